package pull_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// sweep takes steps until nothing is due, and returns how many it took.
func (w *world) sweep() int {
	w.t.Helper()
	for n := range 2_000 {
		s, err := w.engine.Sweep(w.t.Context())
		require.NoError(w.t, err)
		if s.Wait > 0 {
			return n
		}
	}
	w.t.Fatal("the sweep does not end")
	return 0
}

// swept is a filled world whose engine knows the time and the rep.
func swept(t *testing.T, o sandbox.Options) *world {
	t.Helper()
	w := open(t, o)
	w.fill()
	w.again()
	return w
}

func (w *world) again() {
	owners, err := w.store.Owners(w.t.Context())
	require.NoError(w.t, err)
	w.restart(nil, func(o *pull.Options) {
		o.Clock = w.portal.Now
		o.Owner = func() crm.OwnerID { return owners[0].ID }
	})
}

// The rep's own records are looked at within the hour.
func TestSweep_OwnRecordsWithinAnHour(t *testing.T) {
	w := swept(t, sandbox.Options{Contacts: 150})
	w.sweep()
	owners, err := w.store.Owners(t.Context())
	require.NoError(t, err)
	mine, err := w.store.OwnIDs(t.Context(), crm.Contacts, owners[0].ID)
	require.NoError(t, err)
	require.NotEmpty(t, mine)
	others := map[crm.RemoteID]bool{}
	for i := range 150 {
		others[crm.RemoteID(w.someID(crm.Contacts, i))] = true
	}
	for _, id := range mine {
		delete(others, id)
	}
	require.NotEmpty(t, others)
	var theirs crm.RemoteID
	for theirs = range others {
		break
	}
	require.NoError(t, w.portal.Archive("contacts", string(mine[0])))
	require.NoError(t, w.portal.Archive("contacts", string(theirs)))
	w.portal.Advance(59 * time.Minute)
	require.Zero(t, w.sweep())
	w.portal.Advance(2 * time.Minute)
	w.wire.forget()
	require.Positive(t, w.sweep())
	gone := func(id crm.RemoteID) bool {
		r, err := w.store.Record(t.Context(), crm.Contacts, string(id))
		require.NoError(t, err)
		return r.Archived
	}
	require.True(t, gone(mine[0]))
	require.False(t, gone(theirs), "that is for the day's round")
	require.Zero(t, w.wire.count("/search"), "own records are read by their ids")
}

// A portal that is as it should be costs a search for each type, and what the
// associations cost.
func TestSweep_CostsLittleWhenNothingIsWrong(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 800})
	w.fill()
	w.restart(nil, func(o *pull.Options) { o.Clock = w.portal.Now })
	w.wire.forget()
	w.sweep()
	require.LessOrEqual(t, w.wire.count("/search"), len(crm.AllSpecs()))
	require.Zero(t, w.wire.count("/batch/read")-w.wire.count("/associations/"), "no record is read")
}

// failing fails two of three calls.
type failing struct {
	*hubspot.Client
	calls int
}

func (f *failing) fails() error {
	if f.calls++; f.calls%3 == 0 {
		return nil
	}
	return &crm.Error{Kind: crm.Upstream, Msg: "HubSpot cannot at the moment."}
}

func (f *failing) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	if err := f.fails(); err != nil {
		return crm.Page{}, err
	}
	return f.Client.Search(ctx, t, c)
}

func (f *failing) Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error) {
	if err := f.fails(); err != nil {
		return nil, err
	}
	return f.Client.Associations(ctx, from, to, ids)
}

// What fails is unknown, not gone; the round goes on from where it was.
func TestSweep_FailuresRemoveNothing(t *testing.T) {
	w := swept(t, sandbox.Options{Contacts: 60})
	before, err := w.store.Counts(t.Context())
	require.NoError(t, err)
	failing := &failing{Client: w.client}
	w.restart(nil, func(o *pull.Options) { o.Clock, o.Remote = w.portal.Now, failing })
	for range 100 {
		if _, err := w.engine.Sweep(t.Context()); err != nil {
			require.Equal(t, crm.Upstream, crm.KindOf(err), "%v", err)
		}
	}
	require.Greater(t, failing.calls, 60)
	after, err := w.store.Counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after)
	w.again()
	w.portal.Advance(25 * time.Hour)
	w.sweep()
	w.equal()
}

// A stop anywhere costs a step.
func TestSweep_KilledAnywhereGoesOn(t *testing.T) {
	w := swept(t, sandbox.Options{Contacts: 60})
	require.NoError(t, w.portal.Archive("contacts", w.someID(crm.Contacts, 5)))
	_, err := w.portal.Merge("contacts", w.someID(crm.Contacts, 31), w.someID(crm.Contacts, 47))
	require.NoError(t, err)
	for lives := 0; ; lives++ {
		require.Less(t, lives, 400)
		w.restart(&dying{w.store, 1 + lives%4}, func(o *pull.Options) { o.Clock = w.portal.Now })
		s, err := crm.Swept{}, error(nil)
		for err == nil && s.Wait == 0 {
			s, err = w.engine.Sweep(t.Context())
		}
		if s.Wait > 0 {
			break
		}
		require.ErrorIs(t, err, errKilled)
	}
	w.again()
	require.NoError(t, w.engine.Delta(t.Context()))
	w.equal(crm.Contacts)
}
