// Package sessiontest gives a test a desktop session of its own: a fresh session
// bus and a fresh home, as the keychain of the system needs them.
package sessiontest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// inside is set in the processes that Run starts.
const inside = "SATCHEL_TEST_IN_SESSION"

// Keyring is a line of shell for Run: an unlocked keyring answers then.
const Keyring = `printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1;`

// Session is what Run starts beside the test.
type Session struct {
	Shell    string   // a line that is run before the test
	Bus      []string // arguments of dbus-run-session
	Programs []string // that have to be installed; else the test is skipped by name
}

// Run runs the test that calls it again, in a process of its own with a fresh
// session bus and home. It answers true in there. Outside it answers false when
// the test has passed, with the home for what is to be seen in it afterwards.
func Run(t *testing.T, s Session) (in bool, home string) {
	t.Helper()
	if os.Getenv(inside) != "" {
		return true, os.Getenv("HOME")
	}
	for _, program := range append(s.Programs, "dbus-run-session", "sh") {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: %s is not installed", program)
		}
	}
	home = t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append(s.Bus, "--", "sh", "-c", s.Shell+` exec "$0" -test.run "^$1\$" -test.v`, os.Args[0], t.Name())
	cmd := exec.CommandContext(ctx, "dbus-run-session", args...)
	cmd.Env = append(os.Environ(), inside+"=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_RUNTIME_DIR="+home)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name(), "%s", out)
	return false, home
}
