package store_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// While the program runs, backups are made and the file is looked at, and a step
// that fails is tried again. The first time is late enough to leave the disk to
// the start.
func TestR16_BackupsAreMadeWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "data")
		s := open(t, dir)
		pull(t, s, contact(1, 1000, "firstname", "Anna"))
		dailies := func() []string {
			found, err := filepath.Glob(filepath.Join(dir, "backup", "daily-*.db"))
			require.NoError(t, err)
			return found
		}
		inTheWay := filepath.Join(dir, "backup")
		require.NoError(t, os.WriteFile(inTheWay, nil, 0o600))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.KeepSafe(ctx); close(ended) }()
		time.Sleep(19 * time.Second)
		synctest.Wait()
		checked, err := s.Setting(t.Context(), "store.checked")
		require.NoError(t, err)
		require.Empty(t, checked, "it leaves the disk to the start")

		time.Sleep(2 * time.Second)
		synctest.Wait()
		checked, err = s.Setting(t.Context(), "store.checked")
		require.NoError(t, err)
		require.NotEmpty(t, checked, "the file was looked at, though no backup could be made")
		require.Empty(t, dailies())
		require.NoError(t, os.Remove(inTheWay))
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Len(t, dailies(), 1, "it is tried again")
		info, err := os.Stat(dailies()[0])
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
		stop()
		<-ended
		require.NoError(t, s.Close())
	})
}
