package cli

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// A profile that a program has open is told as running, and looking does not
// disturb it: it cannot be removed or opened twice meanwhile, and not all that
// looking keeps another from starting.
func TestProfiles_ARunningOneIsToldAndLeftAlone(t *testing.T) {
	p := newProgram(t, sandbox.Options{Contacts: 5, Limits: "off"})
	p.run("profiles", "add", "acme")
	cmd := p.command("--profile", "acme", "serve")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "UI: http")

	running := func() []bool {
		var is []bool
		for text := range strings.Lines(p.run("profiles", "--json")) {
			var l profileLine
			require.NoError(t, json.Unmarshal([]byte(text), &l))
			is = append(is, l.Running)
		}
		return is
	}
	require.Equal(t, []bool{false, true}, running())
	said, code := p.try("profiles", "remove", "acme", "--yes")
	require.Equal(t, exitFailed, code, said)
	require.Contains(t, said, "runs on the profile acme")
	said, code = p.try("--profile", "acme", "status")
	require.Equal(t, exitFailed, code, said)
	require.Contains(t, said, "already running")
	require.Equal(t, []bool{false, true}, running())

	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.Equal(t, []bool{false, false}, running())
	var last profileLine
	for text := range strings.Lines(p.run("profiles", "--json")) {
		last = profileLine{}
		require.NoError(t, json.Unmarshal([]byte(text), &last))
	}
	require.Nil(t, last.Unsent, "it was killed: what waits there is not known")
	p.run("profiles", "remove", "acme", "--yes")
}
