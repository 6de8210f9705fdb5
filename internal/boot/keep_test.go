package boot_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/config"
)

// A node that runs makes its backups, from the first minute on.
func TestR16_ANodeThatRunsMakesBackups(t *testing.T) {
	p := portal(t, 1)
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		r := &rep{t: t, dir: dir, hub: &hub{Portal: p}}
		// The log's library leaves a goroutine behind once something is logged.
		r.open("memory", func(c *config.Config) { c.LogLevel = "error" })
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.node.Run(ctx) }()
		time.Sleep(90 * time.Second)
		synctest.Wait()
		found, err := filepath.Glob(filepath.Join(dir, "backup", "daily-*.db"))
		require.NoError(t, err)
		require.NotEmpty(t, found)
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, r.node.Close())
	})
}
