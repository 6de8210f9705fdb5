package web

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/csp"
	"satchel/internal/wire"
)

// Echo is a facade for the tests.
type Echo struct{}

func (*Echo) Say(text string, n int) (string, error) { return strings.Repeat(text, n), nil }

func (*Echo) Fail() error {
	return &crm.Error{Kind: crm.Invalid, Msg: "No.", Fields: map[string]string{"a": "b"}}
}
func (*Echo) Broken() error { return errors.New("secret detail") }
func (*Echo) NotACall() int { return 1 }

type served struct {
	t    *testing.T
	url  string // with the token
	base string
	http *http.Client
	used chan string // addresses for another browser
}

func serve(t *testing.T) *served {
	t.Helper()
	changes := func(ctx context.Context) <-chan wire.Change {
		out := make(chan wire.Change, 1)
		out <- wire.Change{Seq: 1, Topics: []string{"outbox"}}
		go func() { <-ctx.Done(); close(out) }()
		return out
	}
	used := make(chan string, 10)
	s := New(Options{
		Used:    func(url string) { used <- url },
		Facades: []any{&Echo{}}, Changes: changes, Log: slog.New(slog.DiscardHandler),
		Assets: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "assets/app.js": {Data: []byte("1")}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &served{t, s.URL(l.Addr()), "http://" + l.Addr().String(), &http.Client{Jar: jar, Timeout: 10 * time.Second}, used}
}

// answered is an answer whose body was read.
type answered struct {
	code   int
	header http.Header
}

func (s *served) do(method, path, body string, change func(*http.Request)) (answered, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if change != nil {
		change(req)
	}
	res, err := s.http.Do(req)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, res.Body.Close()) }()
	text := new(strings.Builder)
	_, err = bufio.NewReader(res.Body).WriteTo(text)
	require.NoError(s.t, err)
	return answered{res.StatusCode, res.Header}, text.String()
}

func (s *served) open() {
	s.t.Helper()
	res, err := s.http.Get(s.url)
	require.NoError(s.t, err)
	require.NoError(s.t, res.Body.Close())
	require.Equal(s.t, http.StatusOK, res.StatusCode)
	require.Empty(s.t, res.Request.URL.RawQuery, "the token leaves the address")
}

func TestServe_NothingAnswersWithoutTheCookie(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/", "/assets/app.js", "/events", "/?token=wrong", "/assets/app.js?token=x"} {
		res, body := s.do(http.MethodGet, path, "", nil)
		require.Equal(t, http.StatusUnauthorized, res.code, path)
		require.NotContains(t, body, "doctype")
		require.Equal(t, csp.Of(csp.Server), res.header.Get("Content-Security-Policy"))
	}
	res, _ := s.do(http.MethodPost, "/rpc/Echo.Say", `["a",1]`, nil)
	require.Equal(t, http.StatusUnauthorized, res.code)
}

func TestServe_ForeignHostsAndPagesAreRefused(t *testing.T) {
	s := serve(t)
	s.open()
	res, _ := s.do(http.MethodPost, "/rpc/Echo.Say", `["a",1]`, func(r *http.Request) { r.Host = "evil.example" })
	require.Equal(t, http.StatusMisdirectedRequest, res.code)
	for _, origin := range []string{"http://evil.example", "null", "https://" + strings.TrimPrefix(s.base, "http://")} {
		res, _ = s.do(http.MethodPost, "/rpc/Echo.Say", `["a",1]`, func(r *http.Request) { r.Header.Set("Origin", origin) })
		require.Equal(t, http.StatusForbidden, res.code, origin)
	}
	res, body := s.do(http.MethodPost, "/rpc/Echo.Say", `["a",1]`, func(r *http.Request) { r.Header.Set("Origin", s.base) })
	require.Equal(t, http.StatusOK, res.code)
	require.JSONEq(t, `"a"`, body)
}

func TestCall(t *testing.T) {
	s := serve(t)
	s.open()
	for _, c := range []struct {
		method, body string
		status       int
		want         string
	}{
		{"Echo.Say", `["ab",2]`, 200, `"abab"`},
		{"Echo.Say", `["ab"]`, 400, `{"code":"invalid","message":"The call has the wrong number of arguments.","fields":{}}`},
		{"Echo.Say", `["ab","two"]`, 400, `{"code":"invalid","message":"An argument of the call is not of the form that it takes.","fields":{}}`},
		{"Echo.Say", `{`, 400, `{"code":"invalid","message":"The call's arguments are not a JSON list, or too large.","fields":{}}`},
		{"Echo.Say", `["` + strings.Repeat("x", maxBody) + `",1]`, 400, `{"code":"invalid","message":"The call's arguments are not a JSON list, or too large.","fields":{}}`},
		{"Echo.Fail", `[]`, 400, `{"code":"invalid","message":"No.","fields":{"a":"b"}}`},
		{"Echo.NotACall", `[]`, 404, `{"code":"not_found","message":"There is no such call.","fields":{}}`},
	} {
		res, body := s.do(http.MethodPost, "/rpc/"+c.method, c.body, nil)
		require.Equal(t, c.status, res.code, c.method)
		require.JSONEq(t, c.want, body)
	}
	res, body := s.do(http.MethodPost, "/rpc/Echo.Broken", `[]`, nil)
	require.Equal(t, http.StatusInternalServerError, res.code)
	require.NotContains(t, body, "secret detail", "causes are for the log")
	res, _ = s.do(http.MethodGet, "/rpc/Echo.Say", "", nil)
	require.NotEqual(t, http.StatusOK, res.code)
}

func TestEvents_DeliverChanges(t *testing.T) {
	s := serve(t)
	s.open()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/events", http.NoBody)
	require.NoError(t, err)
	res, err := s.http.Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			require.JSONEq(t, `{"seq":1,"topics":["outbox"]}`, data)
			return
		}
	}
	t.Fatal("the stream ended without a change")
}

// The address signs one browser in; whoever reads it afterwards has nothing.
func TestServe_TheAddressWorksOnce(t *testing.T) {
	s := serve(t)
	open := func(url string, jar http.CookieJar) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		res, err := (&http.Client{Jar: jar, Timeout: 10 * time.Second}).Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	require.Equal(t, http.StatusOK, open(s.url, s.http.Jar))
	require.Equal(t, http.StatusOK, open(s.url, s.http.Jar), "the same browser may come again")
	other, err := cookiejar.New(nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, open(s.url, other))
	next := <-s.used
	require.NotEqual(t, s.url, next)
	require.Equal(t, http.StatusOK, open(next, other), "there is an address for another browser")
}

// Two profiles are served side by side in one browser: a cookie knows no port, and
// still neither signs the other out.
func TestServe_TwoInOneBrowserDoNotSignEachOtherOut(t *testing.T) {
	a, b := serve(t), serve(t)
	b.http = a.http
	a.open()
	b.open()
	for _, s := range []*served{a, b, a} {
		res, _ := s.do(http.MethodPost, "/rpc/Echo.Say", `["a",1]`, nil)
		require.Equal(t, http.StatusOK, res.code)
	}
}
