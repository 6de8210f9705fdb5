package simtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// import_beside_typing: a bulk edit of ten thousand rows is on its way, under an
// app's limits, while the rep edits one deal, again and again. Each of these is in
// HubSpot within seconds, and in the end so is everything else, each row once.
func TestScenario_import_beside_typing(t *testing.T) {
	if racing || os.Getenv("SATCHEL_LONG") == "" {
		t.Skip("ten thousand rows take two minutes: make long has them, and internal/outbox a thousand")
	}
	const rows = 10_000
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p, err := sandbox.Open(sandbox.Options{Contacts: rows, Limits: "oauth", Latency: 100 * time.Millisecond})
		require.NoError(t, err)
		defer func() { require.NoError(t, p.Close()) }()
		ctx, cancel := context.WithCancel(t.Context())
		d := startDesktop(ctx, t, p, access(t, p), dir)
		var loops sync.WaitGroup
		loops.Go(func() { _ = d.sync.Run(ctx) }) // it ends with ctx, which is no error
		for n := 0; n < rows; n, err = d.store.Count(ctx, crm.Contacts) {
			require.NoError(t, err)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		var bulk []crm.Op
		for len(bulk) < rows {
			page, err := d.store.List(ctx, crm.ListQuery{Type: crm.Contacts, Offset: len(bulk), Limit: 1000, Sort: crm.Sort{Prop: crm.SortTitle}})
			require.NoError(t, err)
			for _, r := range page.Records {
				bulk = append(bulk, crm.Op{
					Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, Made: crm.At(time.Now()),
					Fields: []crm.Field{{Name: "jobtitle", Value: fmt.Sprintf("Bulk %d", len(bulk))}},
				})
			}
		}
		_, err = d.store.Enqueue(ctx, bulk, nil)
		require.NoError(t, err)
		d.sync.Wake()
		deals, err := d.store.List(ctx, crm.ListQuery{Type: crm.Deals, Limit: 1})
		require.NoError(t, err)
		var slowest time.Duration
		for i := range 5 {
			time.Sleep(2 * time.Second)
			ops, err := d.store.Enqueue(ctx, []crm.Op{{
				Kind: crm.OpUpdate, Type: crm.Deals, Record: deals.Records[0].ID, Made: crm.At(time.Now()),
				Fields: []crm.Field{{Name: "dealname", Value: fmt.Sprintf("At once %d", i)}},
			}}, nil)
			require.NoError(t, err)
			d.sync.Wake()
			began := time.Now()
			for {
				op, err := d.store.Op(ctx, ops[0].ID)
				require.NoError(t, err)
				if op.State == crm.Acked {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			slowest = max(slowest, time.Since(began))
			waiting, _, _, err := d.store.Badges(ctx)
			require.NoError(t, err)
			require.Positive(t, waiting, "the bulk edit was over before the rep typed")
		}
		t.Logf("the slowest of five single edits took %s", slowest)
		require.Less(t, slowest, 5*time.Second)
		for waiting := 1; waiting > 0; time.Sleep(time.Second) {
			waiting, _, _, err = d.store.Badges(ctx)
			require.NoError(t, err)
		}
		require.Zero(t, p.Stats().Rejected["burst"])
		for i := 0; i < rows; i += 997 {
			r, err := d.store.Record(ctx, crm.Contacts, string(bulk[i].Record))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("Bulk %d", i), r.Base["jobtitle"])
		}
		cancel()
		loops.Wait()
		require.NoError(t, d.store.Close())
	})
}
