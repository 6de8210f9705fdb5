package syncer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// What follows a delta follows each that succeeds, in the background; that it
// hangs or fails keeps no delta waiting.
func TestAfter_FollowsADeltaInNobodysWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{complete: true}
		broken := true
		f.trouble = func(name string) error {
			if (name == "delta" || name == "schema") && broken {
				return kind(crm.Upstream)
			}
			return nil
		}
		calls := 0
		s := running(t, f, func(o *Options) {
			o.After = func(ctx context.Context) error {
				require.Equal(t, crm.Delta, crm.LaneOf(ctx))
				f.set(func() { calls++ })
				select {
				case <-time.After(10 * time.Minute):
					return kind(crm.Internal)
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		})
		require.Zero(t, calls, "nothing was pulled")
		f.set(func() { broken = false })
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 1, calls)
		before := len(f.named("delta"))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		require.Greater(t, len(f.named("delta")), before)
		require.Equal(t, 1, calls, "one at a time")
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		require.Equal(t, 2, calls, "after it failed, too")
		require.NoError(t, s.Disconnect(t.Context()), "it is stopped, not waited for")
	})
}

func TestAfter_OfOneRoundIsNoReasonToFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &engines{clock: time.Now}
		calls := 0
		s := New(Options{Puller: f, Pusher: f, Connected: true, After: func(context.Context) error {
			calls++
			return kind(crm.Upstream)
		}})
		_, err := s.Once(t.Context(), false)
		require.NoError(t, err)
		require.Equal(t, 1, calls)
	})
}
