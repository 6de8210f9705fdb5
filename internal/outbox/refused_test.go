package outbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/outbox"
	"satchel/internal/sandbox"
)

// busy is HubSpot on a day on which the limit is used up.
type busy struct {
	*hubspot.Client
	until time.Time
	clock func() time.Time
	calls int
}

func (b *busy) BatchRead(c ctx, t crm.ObjectType, ids []crm.RemoteID, p []string) (crm.BatchRead, error) {
	b.calls++
	if wait := b.until.Sub(b.clock()); wait > 0 {
		return crm.BatchRead{}, &crm.Error{Kind: crm.RateLimited, RetryAfter: wait, Msg: "HubSpot asked to slow down."}
	}
	return b.Client.BatchRead(c, t, ids, p)
}

// A 429 that asks for a pause stops the flush, and the operation rests until the
// pause is over. However often that happens it costs no attempt.
func TestR23_ARefusalBurnsNoAttempt(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	h := &busy{Client: w.hub, clock: func() time.Time { return w.clock }}
	w.outbox = outbox.New(w.options(h, w.store, &yes))
	op := w.edit(w.first(crm.Contacts, "email"), crm.Values{"firstname": "Mine"})
	for range 30 { // more than the twelve attempts that there are
		h.until, h.calls = w.clock.Add(7*time.Minute), 0
		_, err := w.outbox.Flush(t.Context())
		require.Equal(t, crm.RateLimited, crm.KindOf(err))
		require.Zero(t, w.op(op.ID).Attempts)
		require.Equal(t, crm.RetryWait, w.op(op.ID).State)
		at, ok, err := w.outbox.Next(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		require.GreaterOrEqual(t, at, crm.At(h.until))
		w.clock = h.until.Add(-time.Second)
		_, err = w.outbox.Flush(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, h.calls, "nothing is called before the time")
		w.clock = h.until.Add(time.Second)
	}
	require.Equal(t, 1, w.flush().Acked)
}
