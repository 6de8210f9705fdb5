package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// Looking for damage and erasing get along: neither waits for the other, whoever
// comes first.
func TestInspect_EndsWhereSomethingIsErased(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	var rs []crm.RemoteRecord
	for i := range 2000 {
		rs = append(rs, contact(i+1, 1000, "firstname", fmt.Sprint(canary, i), "email", fmt.Sprintf("%s%d@example.org", canary, i)))
	}
	pull(t, s, rs...)
	ctx, stop := context.WithCancel(t.Context())
	var looks sync.WaitGroup
	looked := 0
	looks.Go(func() {
		for ctx.Err() == nil {
			if err := s.Inspect(ctx, true); err != nil && crm.KindOf(err) != crm.Canceled {
				require.NoError(t, err)
			}
			looked++
		}
	})
	for i := range 5 {
		require.NoError(t, s.Forget(t.Context(), crm.Contacts, strconv.Itoa(i+1)))
	}
	require.NoError(t, s.Reset(t.Context(), true))
	stop()
	looks.Wait()
	require.Positive(t, looked)
	requireNoTrace(t, dir, canary)
}
