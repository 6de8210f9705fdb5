package store_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
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

	// Somebody is looking at this moment.
	look := flock.New(filepath.Join(dir, "satchel.lock"))
	shared, err := look.TryRLock()
	require.NoError(t, err)
	require.True(t, shared)
	time.AfterFunc(10*time.Millisecond, func() { _ = look.Unlock() })
	s, err = store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err, "whoever opens waits a look out")
	require.NoError(t, s.Close())
}
