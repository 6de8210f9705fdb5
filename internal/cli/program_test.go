package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

var killRounds = flag.Int("kill.rounds", 16, "how many rounds a random kill test has; a named point is tried a sixteenth as often")

var killSeed = flag.Uint64("kill.seed", 0, "the seed of the random kill tests; 0 draws one")

// program runs satchel as a process of its own against a sandbox of this one,
// so that it can be killed. Everything that it sends goes through the gate.
type program struct {
	t      *testing.T
	portal *sandbox.Portal
	gate   *gate
	url    string
	dir    string
	rnd    *rand.Rand
}

func newProgram(t *testing.T, o sandbox.Options) *program {
	t.Helper()
	p, err := sandbox.Open(o)
	require.NoError(t, err)
	g := &gate{portal: p.Handler()}
	srv := httptest.NewServer(g)
	t.Cleanup(func() { srv.Close(); _ = p.Close() })
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	return &program{t: t, portal: p, gate: g, url: srv.URL, dir: t.TempDir(), rnd: rand.New(rand.NewPCG(seed, 1))}
}

// unraced skips a test that starts hundreds of programs where each takes ten times
// as long to start.
func unraced(t *testing.T) {
	t.Helper()
	if racing {
		t.Skip("the race detector makes starting the program slow; ci runs this without it")
	}
}

// onBoth runs f on a portal that keeps our key and on one that refuses it, at the
// same time: most of it is waiting.
func onBoth(t *testing.T, f func(t *testing.T, refuse bool)) {
	t.Helper()
	var both sync.WaitGroup
	for _, refuse := range []bool{false, true} {
		both.Go(func() {
			t.Run(fmt.Sprintf("refuse=%v", refuse), func(t *testing.T) { f(t, refuse) })
		})
	}
	both.Wait()
}

// in is the same program for a subtest.
func (p *program) in(t *testing.T) *program {
	t.Helper()
	q := *p
	q.t = t
	return &q
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), "satchel", args...)
	cmd.Env = append(os.Environ(), "SATCHEL_DATA_DIR="+p.dir, "SATCHEL_BASE_URL="+p.url, "XDG_CONFIG_HOME="+p.dir,
		"DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR="+p.dir)
	return cmd
}

// run runs a command that must succeed.
func (p *program) run(args ...string) string {
	p.t.Helper()
	out, code := p.try(args...)
	require.Equal(p.t, exitDone, code, "satchel %s: %s", strings.Join(args, " "), out)
	return out
}

// try runs a command to its end. When it fails, its errors are in the output.
func (p *program) try(args ...string) (out string, code int) {
	p.t.Helper()
	var said, errs bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &said, &errs
	err := cmd.Run()
	if err == nil {
		return said.String(), exitDone
	}
	_, exited := errors.AsType[*exec.ExitError](err)
	require.True(p.t, exited, "satchel %s: %v", strings.Join(args, " "), err)
	return said.String() + errs.String(), cmd.ProcessState.ExitCode()
}

// kill starts a command and kills it within the given time. It says whether
// the command had not ended by itself.
func (p *program) kill(within time.Duration, args ...string) bool {
	p.t.Helper()
	_, code := p.killAfter(20*time.Millisecond+time.Duration(p.rnd.Int64N(int64(within))), args...)
	return code == killed
}

// killed is the exit code of a process that was ended by a signal.
const killed = -1

// killAfter starts a command and kills it after a while. The code is that of a
// command which was quicker.
func (p *program) killAfter(d time.Duration, args ...string) (out string, code int) {
	p.t.Helper()
	var said bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(p.t, cmd.Start())
	timer := time.AfterFunc(d, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	timer.Stop()
	return said.String(), cmd.ProcessState.ExitCode()
}

// killAt starts a command and kills it in the trap, which it must reach. It says
// whether the command had not ended by itself: with the whole answer in its
// hands it may.
func (p *program) killAt(at *trap, args ...string) bool {
	p.t.Helper()
	p.gate.arm(at)
	defer p.gate.arm(nil)
	var said bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	require.NoError(p.t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	select {
	case <-at.reached:
		_ = cmd.Process.Kill()
		<-ended
		close(at.dead)
	case <-ended:
		require.True(p.t, at.caught.Load(), "the point was not reached: satchel %s: %s", strings.Join(args, " "), said.String())
		<-at.reached // it had the answer before the trap closed
		close(at.dead)
	}
	code := cmd.ProcessState.ExitCode()
	require.True(p.t, code == killed || at.moment == answered, "the program did not wait for its answer: %d, %s", code, said.String())
	return code == killed
}

// killWhen starts a command and kills it as soon as something is so. It says
// whether the command had not ended by itself before.
func (p *program) killWhen(so func() bool, args ...string) bool {
	p.t.Helper()
	cmd := p.command(args...)
	require.NoError(p.t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	for !so() {
		select {
		case <-ended:
			return false
		default:
		}
	}
	_ = cmd.Process.Kill()
	<-ended
	return cmd.ProcessState.ExitCode() == killed
}

// walGrew watches the write-ahead log from outside, without ever opening it, and
// says when it has grown a number of times.
func (p *program) walGrew(times int) func() bool {
	length := func() int64 {
		info, err := os.Stat(filepath.Join(p.dir, "satchel.db-wal"))
		if err != nil {
			return 0 // there is none between two programs
		}
		return info.Size()
	}
	size := length()
	return func() bool {
		now := length()
		if now > size {
			times--
		}
		size = now
		return times <= 0
	}
}

// lines reads what a command prints as JSON lines.
func lines[T any](p *program, args ...string) []T {
	p.t.Helper()
	text, code := p.try(append(args, "--json")...)
	require.Contains(p.t, []int{exitDone, exitWaiting}, code, "satchel %s: %s", strings.Join(args, " "), text)
	var out []T
	for line := range strings.Lines(text) {
		var v T
		require.NoError(p.t, json.Unmarshal([]byte(line), &v), line)
		out = append(out, v)
	}
	return out
}

// rows reads a list.
func (p *program) rows(typ string) []row {
	p.t.Helper()
	return lines[row](p, "list", typ, "--limit", "0")
}

// outbox reads what waits or needs the rep, in the rep's order, and what was
// overwritten unseen.
func (p *program) outbox() (open, overwrote []wire.Op) {
	p.t.Helper()
	for _, op := range lines[wire.Op](p, "outbox", "list") {
		if op.State == "acked" || op.State == "discarded" {
			overwrote = append(overwrote, op)
		} else {
			open = append(open, op)
		}
	}
	return open, overwrote
}

// ask calls the portal's own API past the gate, and says how it was answered.
func (p *program) ask(method, path, body, kind, bearer string, into any) int {
	p.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.url + path
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", kind)
	res, err := p.portal.RoundTripper().RoundTrip(req)
	require.NoError(p.t, err)
	defer func() { _ = res.Body.Close() }()
	if into != nil && res.StatusCode < 300 && res.StatusCode != http.StatusNoContent {
		require.NoError(p.t, json.NewDecoder(res.Body).Decode(into))
	}
	return res.StatusCode
}

// admin calls the portal's own API as its administrator.
func (p *program) admin(method, path, body string, into any) int {
	p.t.Helper()
	return p.ask(method, path, body, "application/json", p.portal.Credentials().Token, into)
}

// total asks the portal's own API how many records match a condition.
func (p *program) total(typ, prop, value string) int {
	p.t.Helper()
	body := fmt.Sprintf(`{"filterGroups":[{"filters":[{"propertyName":%q,"operator":"EQ","value":%q}]}]}`, prop, value)
	var answer struct {
		Total int `json:"total"`
	}
	require.Equal(p.t, http.StatusOK, p.admin(http.MethodPost, "/crm/v3/objects/"+typ+"/search", body, &answer))
	return answer.Total
}
