package syncer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestCheck_FollowsWhatWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		s := running(t, f, nil)
		require.Len(t, f.named("check"), 1, "what the last run left is looked at first")
		f.forget()
		f.queue(0)
		s.Wake()
		synctest.Wait()
		require.Equal(t, []string{"flush", "check"}, names(f.named("flush", "check")))
	})
}

// A check that hangs or fails keeps nothing waiting, and is tried again.
func TestCheck_IsInNobodysWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		f.slow = func(ctx context.Context, name string) error {
			if name != "check" {
				return nil
			}
			require.Equal(t, crm.Delta, crm.LaneOf(ctx))
			select {
			case <-time.After(time.Hour):
			case <-ctx.Done():
			}
			return &crm.Error{Kind: crm.Upstream, Msg: "HubSpot has a problem."}
		}
		s := running(t, f, nil)
		f.queue(0)
		s.Wake()
		synctest.Wait()
		require.Len(t, f.named("flush"), 1)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		require.Greater(t, len(f.named("check")), 1)
		require.NoError(t, s.Disconnect(t.Context()), "it is stopped, not waited for")
	})
}
