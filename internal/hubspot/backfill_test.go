package hubspot_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// A backfill with the limits of an OAuth app and 150 ms of latency uses what
// the background may, in every bucket at once, and HubSpot never refuses.
func TestBackfill_UsesTheLimitsAndIsNeverRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := sandbox.Open(sandbox.Options{Contacts: 400, Limits: "free", Latency: 150 * time.Millisecond})
		require.NoError(t, err)
		b := budget.New(budget.Options{})
		c := clientOf(p, b)
		const spell = 2 * time.Minute
		ctx, cancel := context.WithTimeout(crm.WithLane(t.Context(), crm.Backfill), spell)
		defer cancel()
		page, err := c.List(ctx, crm.Contacts, crm.ListCall{Limit: 100})
		require.NoError(t, err)
		var wg sync.WaitGroup
		busy := func(n int, call func(i int) error) {
			for i := range n {
				wg.Go(func() {
					for ctx.Err() == nil {
						if call(i) != nil {
							return
						}
					}
				})
			}
		}
		busy(4, func(int) error {
			_, err := c.List(ctx, crm.Contacts, crm.ListCall{Limit: 2, Props: []string{"email"}})
			return err
		})
		busy(2, func(i int) error {
			_, err := c.Search(ctx, crm.Contacts, crm.SearchCall{Limit: 1, Where: []crm.Condition{{Prop: "hs_object_id", Op: "GT", Value: strconv.Itoa(i)}}})
			return err
		})
		busy(3, func(int) error {
			_, err := c.Associations(ctx, crm.Contacts, crm.Companies, []crm.RemoteID{page.Records[0].ID})
			return err
		})
		wg.Wait()
		s := p.Stats()
		used := func(bucket string, perSecond float64) float64 {
			return float64(s.Requests[bucket]) / (perSecond * spell.Seconds())
		}
		shares := map[string]float64{"burst": used("burst", 9), "search": used("search", 4), "associations": used("associations", 9)}
		t.Log(fmt.Sprint("share of the background's part used: ", shares, ", fullest windows: ", s.MaxInWindow))
		for bucket, share := range shares {
			require.Greater(t, share, 0.95, bucket)
			require.Zero(t, s.Rejected[bucket], bucket)
		}
		require.Zero(t, b.Stats().Rejected())
	})
}
