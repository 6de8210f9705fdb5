package store_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// The index follows once nobody has edited for a moment, and not before; what
// was late when the last process ended is seen to as well.
func TestKeepIndexed_WaitsForAMomentWithoutEdits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		r := pull(t, s, contact(1, 1, "firstname", "Anna"))[0]
		ctx, stop := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() { s.KeepIndexed(ctx) })
		for _, name := range []string{"Berta", "Clara", "Doris"} {
			r = get(t, s, r)
			enqueue(t, s, edit(r, "firstname", name))
			time.Sleep(200 * time.Millisecond)
			require.Equal(t, 1, must(s.Late(t.Context())))
			require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: name}).Total)
			require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna"}).Total)
		}
		time.Sleep(4 * time.Second)
		require.Zero(t, must(s.Late(t.Context())))
		require.Equal(t, 1, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "doris"}).Total)
		check(t, s)
		stop()
		done.Wait()
		require.NoError(t, s.Close())
	})
}

// Many changed records are derived and indexed anew without being late.
func TestRederive_RebuildsTheIndex(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	for i := range 20 {
		pull(t, s, contact(i+1, 1, "firstname", "Anna"))
	}
	require.NoError(t, s.ForgetDerived(t.Context()))
	require.NoError(t, s.Close())
	s = open(t, dir)
	require.Zero(t, must(s.Late(t.Context())))
	require.Equal(t, 20, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: "anna"}).Total)
	check(t, s)
}
