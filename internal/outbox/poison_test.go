package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/outbox"
	"satchel/internal/sandbox"
)

// poisoned is the real client, but for one record: what became of its updates
// HubSpot never says.
type poisoned struct {
	*hubspot.Client
	id    crm.RemoteID
	tries int
}

func (p *poisoned) Update(c context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error) {
	var good []crm.Write
	for _, r := range rows {
		if r.ID == p.id {
			p.tries++
		} else {
			good = append(good, r)
		}
	}
	if len(good) == 0 {
		return nil, nil
	}
	return p.Client.Update(c, t, good)
}

// An operation that never gets an answer is tried twelve times and set aside,
// with a reason. The others go out meanwhile, also those of its own batch and its
// record's other fields; and it can be edited and sent again.
func TestR25_APoisonOperationIsSetAsideAndBlocksNothing(t *testing.T) {
	w := newWorld(t, sandbox.Options{})
	list := w.some(crm.Contacts, 10)
	h := &poisoned{Client: w.hub, id: list[3].RemoteID}
	w.outbox = outbox.New(w.options(h, w.store, &yes))
	var ops []crm.Op
	for i, r := range list {
		ops = append(ops, w.edit(r, crm.Values{"jobtitle": fmt.Sprintf("Officer %d", i)}))
	}
	poison := ops[3]
	first, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	require.Equal(t, 9, first.Acked, "the others do not wait for it")
	deal := w.edit(w.first(crm.Deals, "dealname"), crm.Values{"dealname": "Beside it"})
	again, err := w.outbox.Flush(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, again.Acked)
	require.Equal(t, crm.Acked, w.op(deal.ID).State)

	require.Equal(t, crm.FlushResult{Parked: 1}, w.flush())
	require.Equal(t, 12, h.tries)
	require.Equal(t, crm.Parked, w.op(poison.ID).State)
	require.NotEmpty(t, w.op(poison.ID).Reason)
	require.Equal(t, "Officer 3", w.record(crm.Contacts, list[3].ID).View()["jobtitle"], "what the rep typed is kept")
	w.clock = w.clock.Add(24 * time.Hour)
	require.Equal(t, crm.FlushResult{}, w.flush(), "it is not tried by itself any more")

	h.id = ""
	other := w.edit(list[3], crm.Values{"firstname": "Beside"})
	require.Equal(t, 1, w.flush().Acked, "another field of the record goes out")
	require.Equal(t, crm.Acked, w.op(other.ID).State)
	w.edit(list[3], crm.Values{"jobtitle": "Corrected"})
	require.NoError(t, w.store.Retry(t.Context(), poison.ID, crm.At(w.clock)))
	require.NotZero(t, w.flush().Acked)
	require.Equal(t, "Corrected", w.there(crm.Contacts, list[3].RemoteID, "jobtitle")["jobtitle"])
	left, err := w.store.Unfinished(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
}
