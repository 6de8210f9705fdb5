package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is a test's time, which stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 10, 5, 9, 30, 0, 250e6, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// api is a client of a portal.
type api struct {
	t      *testing.T
	p      *Portal
	client *http.Client
	base   string
	token  string
	clock  *clock
}

// reply is an answer, read to its end.
type reply struct {
	t      *testing.T
	code   int
	header http.Header
	raw    string
	body   map[string]any
}

// open starts a small portal without limits, reached without sockets.
func open(t *testing.T, change ...func(*Options)) *api {
	t.Helper()
	clk := newClock()
	o := Options{Contacts: 40, Limits: "off", Now: clk.Now}
	for _, f := range change {
		f(&o)
	}
	p, err := Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return &api{
		t: t, p: p, client: &http.Client{Transport: p.RoundTripper(), CheckRedirect: noRedirect},
		base: "http://localhost", token: p.Credentials().Token, clock: clk,
	}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// overTCP is the same portal behind a real server.
func (a *api) overTCP() *api {
	srv := httptest.NewServer(a.p.Handler())
	a.t.Cleanup(srv.Close)
	b := *a
	b.client, b.base = srv.Client(), srv.URL
	b.client.CheckRedirect = noRedirect
	return &b
}

// as returns the client with another token.
func (a *api) as(token string) *api {
	b := *a
	b.token = token
	return &b
}

// try makes a call that may not be answered.
func (a *api) try(method, path, body string) (*reply, error) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, strings.NewReader(body))
	require.NoError(a.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	return a.send(req)
}

func (a *api) send(req *http.Request) (*reply, error) {
	res, err := a.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	out := &reply{t: a.t, code: res.StatusCode, header: res.Header, raw: string(raw)}
	if strings.HasPrefix(out.raw, "[") {
		require.True(a.t, json.Valid(raw), out.raw)
	} else if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		require.NoError(a.t, json.Unmarshal(raw, &out.body), out.raw)
	}
	return out, nil
}

// do makes a call and expects a status.
func (a *api) do(code int, method, path, body string) *reply {
	a.t.Helper()
	r, err := a.try(method, path, body)
	require.NoError(a.t, err)
	require.Equal(a.t, code, r.code, "%s %s: %s", method, path, r.raw)
	return r
}

// at walks into an answer: names and list positions.
func (r *reply) at(path ...any) any {
	r.t.Helper()
	var v any = r.body
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, isMap := v.(map[string]any)
			require.True(r.t, isMap, "%v in %s", path, r.raw)
			v = m[s]
		case int:
			list, isList := v.([]any)
			require.True(r.t, isList && s < len(list), "%v in %s", path, r.raw)
			v = list[s]
		}
	}
	return v
}

func (r *reply) str(path ...any) string {
	r.t.Helper()
	s, isString := r.at(path...).(string)
	require.True(r.t, isString, "%v in %s", path, r.raw)
	return s
}

func (r *reply) list(path ...any) []any {
	r.t.Helper()
	l, isList := r.at(path...).([]any)
	require.True(r.t, isList, "%v in %s", path, r.raw)
	return l
}

// ids collects the ids of a page.
func (r *reply) ids() []string {
	r.t.Helper()
	out := []string{}
	for i := range r.list("results") {
		out = append(out, r.str("results", i, "id"))
	}
	return out
}

const v = "/crm/objects/2026-09/"

// contact makes a contact and returns its id.
func (a *api) contact(props string) string {
	a.t.Helper()
	return a.do(201, "POST", v+"contacts", `{"properties":`+props+`}`).str("id")
}

// asJSON is a value's JSON.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
