package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The kinds of faults, over TCP and without sockets.
func TestFaults(t *testing.T) {
	for _, way := range []string{"tcp", "direct"} {
		t.Run(way, func(t *testing.T) {
			a := open(t)
			if way == "tcp" {
				a = a.overTCP()
			}
			testFaults(t, a)
		})
	}
}

func testFaults(t *testing.T, a *api) {
	t.Helper()
	fault := func(body string) {
		t.Helper()
		a.do(204, "DELETE", "/_sandbox/faults", "")
		a.do(200, "POST", "/_sandbox/faults", body)
	}
	count := func() int64 { return a.p.Stats().Records["contacts"] }
	create := func() (*reply, error) { return a.try("POST", v+"contacts", `{"properties":{"firstname":"F"}}`) }

	start := count()
	fault(`{"match":{"method":"POST","path":"/crm/**/contacts"},"kind":"drop_before_apply","count":1}`)
	_, err := create()
	require.Error(t, err)
	require.Equal(t, start, count())
	_, err = create()
	require.NoError(t, err, "used up")
	fault(`{"kind":"drop_after_apply"}`)
	_, err = create()
	require.Error(t, err)
	require.Equal(t, start+2, count(), "done, but nobody was told")

	fault(`{"kind":"truncate"}`)
	_, err = a.try("GET", v+"contacts", "")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	fault(`{"kind":"reset"}`)
	_, err = a.try("GET", v+"contacts", "")
	require.True(t, errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF), "%v", err)

	fault(`{"kind":"html"}`)
	r, err := a.try("GET", v+"contacts", "")
	require.NoError(t, err)
	require.Equal(t, 200, r.code)
	require.Contains(t, r.raw, "<html>")
	for _, code := range []int{500, 502, 423, 477, 429, 401, 403, 404, 524} {
		fault(fmt.Sprintf(`{"kind":"status","status":%d,"retry_after":7,"policy":"DAILY"}`, code))
		r, err = create()
		require.NoError(t, err)
		require.Equal(t, code, r.code)
		require.Equal(t, "7", r.header.Get("Retry-After"))
	}
	require.Contains(t, r.header.Get("Content-Type"), "text/html", "an edge server's page")
	require.Equal(t, start+2, count())
	fault(`{"kind":"status","status":502,"apply":true}`)
	_, err = create()
	require.NoError(t, err)
	require.Equal(t, start+3, count())
	fault(`{"match":{"path":"/crm/objects/*/companies"},"kind":"status","status":500}`)
	a.do(200, "GET", v+"contacts", "")
	a.do(500, "GET", v+"companies", "")
	a.do(404, "GET", v+"companies/1", "")

	a.do(204, "DELETE", "/_sandbox/faults", "")
	for _, bad := range []string{`{"kind":"x"}`, `{"kind":"status"}`, `{"kind":"latency","latency_ms":-1}`, `{"kind":"html","probability":2}`} {
		a.do(400, "POST", "/_sandbox/faults", bad)
	}
}

// A portal that is off the network ends every connection and counts nothing,
// until the fault is cleared.
func TestFaults_Unreachable(t *testing.T) {
	a := open(t).overTCP()
	before := a.p.Stats().Requests[burst]
	a.do(200, "POST", "/_sandbox/faults", `{"kind":"unreachable"}`)
	for _, path := range []string{v + "contacts", "/oauth/authorize", "/account-info/2026-09/details"} {
		_, err := a.try("GET", path, "")
		require.Error(t, err, path)
	}
	require.Equal(t, before, a.p.Stats().Requests[burst])
	require.GreaterOrEqual(t, a.do(200, "GET", "/_sandbox/faults", "").at("faults", 0, "struck"), 3.0, "a client may try again by itself on a connection it reused")
	a.do(204, "DELETE", "/_sandbox/faults", "")
	a.do(200, "GET", v+"contacts", "")
}

// Probability is drawn from the fault's own seed, so that a run can be repeated.
func TestFaults_ProbabilityIsSeeded(t *testing.T) {
	run := func(seed int64) string {
		a := open(t)
		_, err := a.p.Fault(Fault{Kind: "status", Status: 500, Probability: 0.4, Seed: seed})
		require.NoError(t, err)
		var out strings.Builder
		for range 60 {
			r, err := a.try("GET", v+"contacts?limit=1", "")
			require.NoError(t, err)
			out.WriteString(strconv.Itoa(r.code / 100))
		}
		return out.String()
	}
	require.Equal(t, run(7), run(7))
	require.NotEqual(t, run(7), run(8))
	require.Contains(t, run(7), "2")
	require.Contains(t, run(7), "5")
}

// Latency holds answers back after the change was made; a caller that gives up
// does not know.
func TestLatency_CallerGivesUp(t *testing.T) {
	a := open(t, func(o *Options) { o.Latency = time.Hour })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "DELETE", a.base+v+"contacts/"+strconv.FormatInt(firstID(a.p), 10), nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+a.token)
	_, err = a.send(req)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.EqualValues(t, 39, a.p.Stats().Records["contacts"])
}

func firstID(p *Portal) int64 {
	for r := range p.tables[0].live.ascend(0, 1) {
		return r.cur.id
	}
	return 0
}
