package pull_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

// benchSandbox makes the test binary be a portal of that many contacts: the
// memory that is measured is then that of the pull alone.
const benchSandbox = "SATCHEL_BENCH_SANDBOX"

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(benchSandbox)); err == nil {
		serveSandbox(n)
		return
	}
	os.Exit(m.Run())
}

func serveSandbox(contacts int) {
	p, err := sandbox.Open(sandbox.Options{Contacts: contacts, Latency: 150 * time.Millisecond, Limits: "oauth", Seed: 7})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("http://" + l.Addr().String())
	_ = http.Serve(l, p.Handler()) // until it is killed
}

// BenchmarkBackfill is the first pull of a large portal under the limits of an
// OAuth app, 150 ms away: go test ./internal/pull -run - -bench Backfill
// -benchtime 1x. SATCHEL_BENCH_CONTACTS is the number of contacts, 100,000
// unless told.
func BenchmarkBackfill(b *testing.B) {
	contacts := 100_000
	if n, err := strconv.Atoi(os.Getenv("SATCHEL_BENCH_CONTACTS")); err == nil {
		contacts = n
	}
	base := startSandbox(b, contacts)
	for b.Loop() {
		s, err := store.Open(b.Context(), b.TempDir(), slog.New(slog.DiscardHandler))
		require.NoError(b, err)
		client := hubspot.New(hubspot.Options{BaseURL: base, Tokens: tokens(oauthToken(b, base))})
		e := pull.New(pull.Options{Remote: client, Store: s})
		began := time.Now()
		require.NoError(b, e.Schema(b.Context()))
		require.NoError(b, e.Backfill(b.Context()))
		filled := time.Since(began).Seconds()
		require.NoError(b, e.Delta(b.Context()))
		require.NoError(b, s.Close())
		got := e.Pulled()
		require.Equal(b, contacts, got[crm.Contacts])
		b.ReportMetric(float64(contacts)/filled, "contacts/s")
		b.ReportMetric(float64(got[crm.Contacts]+got[crm.Companies]+got[crm.Deals])/filled, "records/s")
		b.ReportMetric(float64(peakMemory(b))/1024, "MB-peak")
	}
	stats := map[string]json.RawMessage{}
	get(b, base+"/_sandbox/stats", &stats)
	rejected := map[string]int{}
	require.NoError(b, json.Unmarshal(stats["rejected"], &rejected))
	b.Logf("requests %s, in a window %s", stats["requests"], stats["max_in_window"])
	for bucket, n := range rejected {
		require.Zero(b, n, "429s of %s", bucket)
	}
}

func startSandbox(b *testing.B, contacts int) string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), benchSandbox+"="+strconv.Itoa(contacts))
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone with the context
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(line)
}

func oauthToken(b *testing.B, base string) string {
	b.Helper()
	var grant struct {
		ID      string `json:"client_id"`
		Secret  string `json:"client_secret"`
		Refresh string `json:"refresh_token"`
	}
	post(b, base+"/_sandbox/grant", "application/json", "{}", &grant)
	var token struct {
		Access string `json:"access_token"`
	}
	form := url.Values{
		"grant_type": {"refresh_token"}, "client_id": {grant.ID}, "client_secret": {grant.Secret}, "refresh_token": {grant.Refresh},
	}
	post(b, base+"/oauth/2026-03/token", "application/x-www-form-urlencoded", form.Encode(), &token)
	require.NotEmpty(b, token.Access)
	return token.Access
}

func get(b *testing.B, to string, out any) {
	b.Helper()
	res, err := http.Get(to)
	require.NoError(b, err)
	defer func() { _ = res.Body.Close() }() // read or failed
	require.NoError(b, json.NewDecoder(res.Body).Decode(out))
}

func post(b *testing.B, to, kind, body string, out any) {
	b.Helper()
	res, err := http.Post(to, kind, strings.NewReader(body))
	require.NoError(b, err)
	defer func() { _ = res.Body.Close() }() // read or failed
	require.NoError(b, json.NewDecoder(res.Body).Decode(out))
}

// peakMemory is the most that this process has had in memory, in kB; 0 where
// the system does not say.
func peakMemory(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			require.NoError(b, err)
			return n
		}
	}
	return 0
}
