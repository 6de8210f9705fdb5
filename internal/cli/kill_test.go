package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// program runs satchel as a process of its own against a sandbox of this one,
// so that it can be killed.
type program struct {
	t      *testing.T
	portal *sandbox.Portal
	url    string
	dir    string
	rnd    *rand.Rand
}

func newProgram(t *testing.T, o sandbox.Options) *program {
	t.Helper()
	p, err := sandbox.Open(o)
	require.NoError(t, err)
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(func() { srv.Close(); _ = p.Close() })
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &program{t: t, portal: p, url: srv.URL, dir: t.TempDir(), rnd: rand.New(rand.NewPCG(seed, 1))}
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), "satchel", args...)
	cmd.Env = append(os.Environ(), "SATCHEL_DATA_DIR="+p.dir, "SATCHEL_BASE_URL="+p.url, "XDG_CONFIG_HOME="+p.dir,
		"DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR="+p.dir)
	return cmd
}

func (p *program) run(args ...string) string {
	p.t.Helper()
	var out, errs bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	require.NoError(p.t, err, "satchel %s: %s%s", strings.Join(args, " "), out.String(), errs.String())
	return out.String()
}

// kill starts a command and kills it within the given time. It says whether
// the command had not ended by itself.
func (p *program) kill(within time.Duration, args ...string) bool {
	cmd := p.command(args...)
	require.NoError(p.t, cmd.Start())
	time.Sleep(20*time.Millisecond + time.Duration(p.rnd.Int64N(int64(within))))
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return cmd.ProcessState.ExitCode() == -1 // ended by a signal
}

// rows reads a list as JSON lines.
func (p *program) rows(typ string) []row {
	var out []row
	for line := range strings.SplitSeq(strings.TrimSpace(p.run("list", typ, "--limit", "0", "--json")), "\n") {
		if line == "" {
			continue
		}
		var r row
		require.NoError(p.t, json.Unmarshal([]byte(line), &r))
		out = append(out, r)
	}
	return out
}

// total asks the portal's own API how many records match a condition.
func (p *program) total(typ, prop, value string) int {
	body := fmt.Sprintf(`{"filterGroups":[{"filters":[{"propertyName":%q,"operator":"EQ","value":%q}]}]}`, prop, value)
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url+"/crm/v3/objects/"+typ+"/search", strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("Authorization", "Bearer "+p.portal.Credentials().Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(p.t, err)
	defer func() { _ = res.Body.Close() }()
	var answer struct {
		Total int `json:"total"`
	}
	require.NoError(p.t, json.NewDecoder(res.Body).Decode(&answer))
	return answer.Total
}

// A pull that is killed again and again goes on where it was: in the end
// everything is here, and nothing twice.
func TestKill_MiddleOfAPull(t *testing.T) {
	p := newProgram(t, sandbox.Options{Contacts: 6000, Limits: "off", Latency: 5 * time.Millisecond})
	p.run("connect", "--sandbox")
	killed := 0
	for range 8 {
		if p.kill(700*time.Millisecond, "sync", "--once") {
			killed++
		}
	}
	require.Positive(t, killed, "no round was killed: the pull is too fast for this test")
	p.run("sync", "--once")
	for typ, want := range p.portal.Stats().Records {
		if typ != "contacts" && typ != "companies" && typ != "deals" {
			continue
		}
		rows := p.rows(typ)
		ids := map[string]bool{}
		for _, r := range rows {
			ids[r.RemoteID] = true
		}
		require.Len(t, rows, int(want), typ)
		require.Len(t, ids, int(want), "%s: some are here twice", typ)
	}
}

// A flush that is killed again and again sends every operation once: on a
// portal that keeps our key, and on one that refuses it, where contacts are
// recognised by their address.
func TestKill_MiddleOfAFlush(t *testing.T) {
	for _, refuse := range []bool{false, true} {
		t.Run(fmt.Sprintf("refuse=%v", refuse), func(t *testing.T) {
			p := newProgram(t, sandbox.Options{Contacts: 40, Limits: "off", Latency: 60 * time.Millisecond, RefuseUniqueProperties: refuse})
			p.run("connect", "--sandbox")
			p.run("sync", "--once")
			deal := p.rows("deals")[0]
			p.run("set", "deal", deal.RemoteID, "amount=424242")
			const made = 12
			killed := 0
			for i := range made {
				p.run("create", "contact", fmt.Sprintf("email=kill%d@satchel.example", i), "firstname=Kill", fmt.Sprintf("lastname=%d", i))
				if p.kill(350*time.Millisecond, "outbox", "flush") {
					killed++
				}
			}
			require.Positive(t, killed)
			p.run("sync", "--once")
			require.Contains(t, p.run("outbox", "list"), "Everything is in HubSpot")
			for i := range made {
				require.Equal(t, 1, p.total("contacts", "email", fmt.Sprintf("kill%d@satchel.example", i)), "contact %d", i)
			}
			require.Equal(t, 1, p.total("deals", "amount", "424242"))
			require.Len(t, p.rows("contacts"), 40+made)
		})
	}
}
