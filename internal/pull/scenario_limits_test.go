package pull_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/syncer"
)

// limited gives a world a budget that knows HubSpot's limits, as in the product.
func (w *world) limited() *budget.Budget {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(w.t, err)
	calls := budget.New(budget.Options{Zone: berlin})
	w.client = hubspot.New(hubspot.Options{HTTP: w.wire, Tokens: tokens(w.portal.Credentials().Token), Budget: calls})
	w.restart(nil, func(o *pull.Options) { o.Clock, o.Owner = w.portal.Now, w.me })
	return calls
}

// runs starts the syncer over a world, as a node does, until the test ends.
func (w *world) runs(calls *budget.Budget) *syncer.Syncer {
	ctx, cancel := context.WithCancel(w.t.Context())
	s := syncer.New(syncer.Options{
		Puller: w.engine, Pusher: w.outbox(), Connected: true, Crowded: calls.Crowded,
		Probe: func(ctx context.Context) error { _, err := w.client.Portal(ctx); return err },
	})
	var loops sync.WaitGroup
	loops.Go(func() { _ = s.Run(ctx) }) // it ends with ctx, which is no error
	w.t.Cleanup(func() { cancel(); loops.Wait() })
	return s
}

func (w *world) requests() (n int64) {
	for _, k := range w.portal.Stats().Requests {
		n += k
	}
	return n
}

// Another program has used most of the portal's day by the afternoon, and then all
// of it. First the pull waits and edits still go out; then everything waits until
// midnight where the portal is, and says so.
func dailyLimit(t *testing.T) {
	t.Helper()
	simulated(t, sandbox.Options{Contacts: 30, Limits: "free"}, func(t *testing.T, w *world) {
		t.Helper()
		static, day := 0, 1_000
		require.NoError(t, w.portal.SetLimits(sandbox.LimitChange{Daily: &day}))
		left := func() int {
			for _, u := range w.portal.Limits().Use {
				if u.Bucket == "daily" {
					return u.Limit - u.Used
				}
			}
			return 0
		}
		others := func(leave int) {
			static = 1_000_000
			require.NoError(t, w.portal.SetLimits(sandbox.LimitChange{Static: &static}))
			for left() > leave {
				w.put("GET", objects("contacts?limit=1"), "")
			}
			static = 100
			time.Sleep(11 * time.Second)
			require.NoError(t, w.portal.SetLimits(sandbox.LimitChange{Static: &static}))
		}
		time.Sleep(14 * time.Hour) // three in the afternoon in Berlin
		s := w.runs(w.limited())
		time.Sleep(5 * time.Minute)
		r := w.record(crm.Contacts, w.someID(crm.Contacts, 3))

		others(40) // less than the twentieth that edits keep
		time.Sleep(2 * time.Minute)
		status := s.Status()
		require.Equal(t, syncer.Waiting, status.State)
		require.Contains(t, status.Message, "daily limit")
		require.GreaterOrEqual(t, left(), 35, "the pull stops when an answer has told it")
		op := w.pending(r, "jobtitle", "Out of the reserve")
		s.Wake()
		time.Sleep(30 * time.Second)
		require.Equal(t, crm.Acked, w.op(op.ID).State, "edits keep a reserve")
		require.Positive(t, left())

		others(0)
		op = w.pending(r, "jobtitle", "Tomorrow")
		s.Wake()
		w.edit(crm.Contacts, w.someID(crm.Contacts, 8), "jobtitle", "In the evening")
		time.Sleep(20 * time.Minute)
		status = s.Status()
		require.Equal(t, syncer.Waiting, status.State)
		require.Contains(t, status.Message, "midnight in the portal's time zone")
		midnight := time.Date(2000, 1, 1, 23, 0, 0, 0, time.UTC)
		require.Equal(t, midnight, status.NextTry.Time().UTC().Round(time.Minute))
		before := w.requests()
		time.Sleep(time.Until(midnight))
		require.LessOrEqual(t, w.requests()-before, int64(1), "it does not knock in the meantime")
		require.NotEqual(t, crm.Acked, w.op(op.ID).State)
		require.Zero(t, w.op(op.ID).Attempts, "waiting is no attempt")

		time.Sleep(20 * time.Minute)
		require.Equal(t, crm.Acked, w.op(op.ID).State)
		require.Equal(t, "In the evening", w.value(crm.Contacts, w.someID(crm.Contacts, 8), "jobtitle"))
		require.Empty(t, s.Status().Message)
		w.client = hubspot.New(hubspot.Options{HTTP: w.wire, Tokens: tokens(w.portal.Credentials().Token), Budget: wide()}) // comparing takes more than the plan of so small a day has
		w.same()
	})
}

// Search has a limit of its own and tells nothing of it: a first pull, deltas and
// sweeps as fast as they can are never refused.
func searchFivePerSecond(t *testing.T) {
	t.Helper()
	simulated(t, sandbox.Options{Contacts: 170, Limits: "free", Latency: 20 * time.Millisecond}, func(t *testing.T, w *world) {
		t.Helper()
		w.limited()
		w.fill()
		for i := range 5 {
			w.edit(crm.Contacts, w.someID(crm.Contacts, 30*i), "jobtitle", fmt.Sprint("Officer ", i))
			_, err := w.portal.Touch("companies")
			require.NoError(t, err)
			var both sync.WaitGroup
			both.Go(func() { // what the rep searches for meanwhile
				for range 10 {
					_, err := w.client.Search(t.Context(), crm.Deals, crm.SearchCall{Limit: 1})
					if err != nil {
						t.Error(err)
					}
				}
			})
			require.NoError(t, w.engine.Delta(t.Context()))
			both.Wait()
		}
		w.sweep()
		s := w.portal.Stats()
		require.Greater(t, s.Requests["search"], int64(100))
		require.LessOrEqual(t, s.MaxInWindow["search"], int64(5))
		require.Equal(t, map[string]int64{"burst": 0, "search": 0, "associations": 0, "oauth": 0}, s.Rejected)
		w.same()
	})
}

// The portal moves to another data centre: 477, with a Retry-After of an hour.
// Syncing pauses, says why and until when, and goes on by itself.
func portalMigration477(t *testing.T) {
	t.Helper()
	simulated(t, sandbox.Options{Contacts: 30, Limits: "free"}, func(t *testing.T, w *world) {
		t.Helper()
		s := w.runs(w.limited())
		time.Sleep(5 * time.Minute)
		require.Empty(t, s.Status().Message)
		w.fault(sandbox.Fault{Kind: "status", Status: 477, RetryAfter: 3600})
		began := time.Now()
		op := w.pending(w.record(crm.Contacts, w.someID(crm.Contacts, 3)), "jobtitle", "Mine")
		s.Wake()
		w.edit(crm.Contacts, w.someID(crm.Contacts, 8), "jobtitle", "Theirs")
		time.Sleep(3 * time.Minute)
		status := s.Status()
		require.Equal(t, syncer.Waiting, status.State)
		require.NotEmpty(t, status.Message)
		t.Log(status.Message)
		require.WithinDuration(t, began.Add(time.Hour), status.NextTry.Time(), 3*time.Minute)
		before := w.requests()
		time.Sleep(50 * time.Minute)
		require.Equal(t, before, w.requests(), "it does not knock in the meantime")

		w.portal.ClearFaults()
		time.Sleep(15 * time.Minute)
		require.Equal(t, crm.Acked, w.op(op.ID).State)
		require.Equal(t, "Theirs", w.value(crm.Contacts, w.someID(crm.Contacts, 8), "jobtitle"))
		require.Empty(t, s.Status().Message)
		w.same()
	})
}
