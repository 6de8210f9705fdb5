package simtest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/sandbox"
	"satchel/internal/syncer"
)

// edit changes a deal's name and gives its operation.
func (d *desktop) edit(ctx context.Context, deal crm.Record, name string) crm.Op {
	d.t.Helper()
	ops, err := d.store.Enqueue(ctx, []crm.Op{{
		Kind: crm.OpUpdate, Type: deal.Type, Record: deal.ID, Made: crm.At(time.Now()),
		Fields: []crm.Field{{Name: "dealname", Value: name}},
	}}, nil)
	require.NoError(d.t, err)
	d.sync.Wake()
	return ops[0]
}

// acked waits so long for an operation, and says whether HubSpot has it.
func (d *desktop) acked(ctx context.Context, op crm.Op, within time.Duration) bool {
	d.t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(within / 60) {
		now, err := d.store.Op(ctx, op.ID)
		require.NoError(d.t, err)
		if now.State == crm.Acked {
			return true
		}
	}
	return false
}

// pulls is how many calls were made to keep the copy fresh.
func (d *desktop) pulls() int {
	n := 0
	s := d.calls.Stats()
	for _, bucket := range []budget.BucketStats{s.Burst, s.Search, s.Associations} {
		for lane := crm.Delta; lane < crm.LaneCount; lane++ {
			n += bucket.Lanes[lane].Calls
		}
	}
	return n
}

// daily_limit: in the afternoon other programs have used up nearly all of the
// portal's day. The pull stands still and says why, edits go on; when HubSpot
// refuses them too, they wait for midnight in the portal's zone, and not longer.
func TestScenario_daily_limit(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) { // 01:00 in the portal
		p, err := sandbox.Open(sandbox.Options{Contacts: 60, Seed: 9, Limits: "pro", Latency: 100 * time.Millisecond})
		require.NoError(t, err)
		defer func() { require.NoError(t, p.Close()) }()
		ctx, cancel := context.WithCancel(t.Context())
		d := startDesktop(ctx, t, p, p.Credentials().Token, dir)
		berlin := time.FixedZone("Europe/Berlin", 3600)
		d.calls.SetZone(berlin)
		time.Sleep(13 * time.Hour)
		var loops sync.WaitGroup
		loops.Go(func() { _ = d.sync.Run(ctx) }) // it ends with ctx, which is no error
		time.Sleep(5 * time.Minute)
		deals, err := d.store.List(ctx, crm.ListQuery{Type: crm.Deals, Limit: 1})
		require.NoError(t, err)
		deal := deals.Records[0]

		day := func(all int) { require.NoError(t, p.SetLimits(sandbox.LimitChange{Daily: &all})) }
		used := d.calls.Stats().Day.Ours
		require.Positive(t, used)
		d.calls.SetReserve(budget.Reserve{Daily: 60})
		day(used * 3 / 2) // a third is left, which is others'
		require.True(t, d.acked(ctx, d.edit(ctx, deal, "First"), time.Minute))
		time.Sleep(time.Minute)
		before := d.pulls()
		require.Positive(t, before)
		time.Sleep(2 * time.Hour)
		require.Equal(t, before, d.pulls(), "the pull stands still")
		s := d.sync.Status()
		require.Equal(t, syncer.Waiting, s.State)
		require.Contains(t, s.Message, "midnight")
		for i := range 5 {
			require.True(t, d.acked(ctx, d.edit(ctx, deal, fmt.Sprintf("Edit %d", i)), time.Minute), "edits go on; %+v", d.calls.Stats().Day)
		}
		require.Zero(t, p.Stats().Rejected["burst"])

		day(d.calls.Stats().Day.Ours) // others have used up the rest
		last := d.edit(ctx, deal, "Last")
		require.False(t, d.acked(ctx, last, time.Hour))
		require.Contains(t, d.sync.Status().Message, "daily limit")
		midnight := time.Date(2000, 1, 2, 0, 0, 0, 0, berlin)
		require.False(t, d.acked(ctx, last, time.Until(midnight)-time.Minute))
		require.LessOrEqual(t, p.Stats().Rejected["burst"]+p.Stats().Rejected["search"], int64(4), "nothing is tried in vain")
		require.True(t, d.acked(ctx, last, 10*time.Minute))
		day(100_000)
		require.True(t, d.acked(ctx, d.edit(ctx, deal, "Next day"), time.Minute)) // whose answers tell
		time.Sleep(25 * time.Minute)
		require.Greater(t, d.pulls(), before+30, "the pull goes on")
		cancel()
		loops.Wait()
		require.NoError(t, d.store.Close())
	})
}
