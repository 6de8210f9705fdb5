package store_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/store"
)

// Whoever looks whether a copy is open neither takes the lock from the one that
// has it nor keeps another from opening it, however often it looks.
func TestR13_LookingAtTheLockKeepsNobodyOut(t *testing.T) {
	dir := t.TempDir()
	held, err := store.Held(dir)
	require.NoError(t, err)
	require.False(t, held)
	s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	held, err = store.Held(dir)
	require.NoError(t, err)
	require.True(t, held)
	_, err = store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.Error(t, err, "it still has the lock")
	require.NoError(t, s.Close())

	ctx, stop := context.WithCancel(t.Context())
	var lookers sync.WaitGroup
	for range 2 {
		lookers.Go(func() {
			for ctx.Err() == nil {
				if _, err := store.Held(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Error(err)
			break
		}
		require.NoError(t, s.Close())
	}
	stop()
	lookers.Wait()
}
