//go:build linux

package powertest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// folder is where the store is on a disk: as on a new computer, neither the
// folder nor the one it is in is there at first.
const folder = "share/satchel"

// envDir makes this program, started again, the process whose power is cut: it
// only opens the store, or is a rep that goes on with an act or does what is asked
// for, or maps a file.
const (
	envDir  = "POWERTEST_DIR"
	envSeed = "POWERTEST_SEED"
	envFrom = "POWERTEST_FROM"
	envMap  = "POWERTEST_MAP"
	envAsk  = "POWERTEST_ASK"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(envDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := child(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, _ = os.Stdin.Read(make([]byte, 1)) // waits to be killed
}

func child(ctx context.Context, dir string) error {
	if os.Getenv(envMap) != "" {
		return mapTwice(dir)
	}
	r := &rep{dir: dir, say: func(what string) { fmt.Println(what) }}
	if os.Getenv(envAsk) != "" {
		return obey(ctx, r)
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	if seed, ok := os.LookupEnv(envSeed); ok {
		return r.work(ctx, seed, os.Getenv(envFrom))
	}
	return nil
}

// onDisk runs the child on a disk until the power is off, and returns when the
// process is gone; hear gets what it says. A process that ends before the power
// does fails the test.
func onDisk(t *testing.T, d *Disk, hear func(line string), env ...string) {
	t.Helper()
	dir, unmount := mount(t, d)
	defer unmount()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(append(os.Environ(), envDir+"="+filepath.Join(dir, folder)), env...)
	var complaints strings.Builder
	c.Stderr = &complaints
	in, err := c.StdinPipe()
	require.NoError(t, err)
	defer func() { _ = in.Close() }() // Wait may have closed it
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	gone := make(chan struct{})
	defer close(gone)
	go func() {
		select {
		case <-d.Off():
			_ = c.Process.Kill() // it may have noticed by itself
		case <-gone:
		}
	}()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		hear(lines.Text())
	}
	require.Error(t, c.Wait())
	select {
	case <-d.Off():
	default:
		require.Fail(t, "the process ended before the power did", complaints.String())
	}
}
