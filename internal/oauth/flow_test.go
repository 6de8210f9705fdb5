package oauth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/oauth"
)

// idp is a token endpoint that checks what it is sent.
type idp struct {
	mu     sync.Mutex
	forms  []url.Values
	answer func(url.Values) (int, string)
}

func (i *idp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(b))
	form.Set("path", r.URL.Path)
	i.mu.Lock()
	i.forms = append(i.forms, form)
	i.mu.Unlock()
	status, body := i.answer(form)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

const granted = `{"access_token":"access-1","refresh_token":"refresh-1","expires_in":1800,"hub_id":77,"user_id":5,"token_type":"bearer"}`

func newIDP(t *testing.T) (*idp, oauth.App) {
	t.Helper()
	i := &idp{answer: func(url.Values) (int, string) { return 200, granted }}
	srv := httptest.NewServer(i)
	t.Cleanup(srv.Close)
	app := oauth.AppFor(srv.URL, "client-1", "very-secret")
	app.Ports = []int{freePort(t), freePort(t)}
	return i, app
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// shown is what a browser got.
type shown struct {
	status int
	header http.Header
}

// visit asks the flow's port for something and does not follow redirects.
func visit(t *testing.T, method, address, host string) (shown, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	require.NoError(t, err)
	if host != "" {
		req.Host = host
	}
	c := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := c.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return shown{res.StatusCode, res.Header}, string(body)
}

type sent struct {
	query    url.Values
	redirect string
	state    string
}

func authorize(t *testing.T, f *oauth.Flow) sent {
	t.Helper()
	u, err := url.Parse(f.URL)
	require.NoError(t, err)
	q := u.Query()
	return sent{q, q.Get("redirect_uri"), q.Get("state")}
}

func TestFlow_Connects(t *testing.T) {
	i, app := newIDP(t)
	f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
	require.NoError(t, err)
	a := authorize(t, f)
	require.NotContains(t, f.URL, "very-secret")
	require.NotContains(t, f.URL, "+")
	require.Equal(t, "S256", a.query.Get("code_challenge_method"))
	require.Contains(t, a.query.Get("scope"), "crm.objects.contacts.read crm.objects.contacts.write")
	require.Contains(t, a.query.Get("optional_scope"), "crm.schemas.contacts.write")
	require.True(t, strings.HasPrefix(a.redirect, "http://localhost:"))

	res, body := visit(t, "GET", a.redirect+"?code=the-code&state="+a.state, "")
	require.Equal(t, http.StatusSeeOther, res.status)
	require.Equal(t, "/done", res.header.Get("Location"))
	require.Empty(t, body)
	res, body = visit(t, "GET", strings.Replace(a.redirect, "/callback", "/done", 1), "")
	require.Equal(t, http.StatusOK, res.status)
	require.Contains(t, body, "close this window")
	require.NotContains(t, body, "the-code")
	require.True(t, strings.HasPrefix(res.header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'"))
	require.Equal(t, "no-store", res.header.Get("Cache-Control"))
	require.Equal(t, "no-referrer", res.header.Get("Referrer-Policy"))

	g, err := f.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, "access-1", g.Access)
	require.Equal(t, "refresh-1", g.Refresh)
	require.Equal(t, "77", g.PortalID)
	require.Equal(t, "5", g.UserID)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", g, g, g, g), "refresh-1")
	require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", app, app, app, app), "very-secret")

	form := i.forms[0]
	require.Equal(t, "authorization_code", form.Get("grant_type"))
	require.Equal(t, "the-code", form.Get("code"))
	require.Equal(t, a.redirect, form.Get("redirect_uri"))
	require.Equal(t, "very-secret", form.Get("client_secret"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	require.Equal(t, a.query.Get("code_challenge"), base64.RawURLEncoding.EncodeToString(sum[:]))

	_, err = net.DialTimeout("tcp", strings.TrimPrefix(strings.TrimSuffix(a.redirect, "/callback"), "http://"), time.Second)
	require.Error(t, err) // the port is free again
}

func TestR04_BothStacksAreServed(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		t.Run(host, func(t *testing.T) {
			if l, err := net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
				t.Skipf("this computer has no %s: %v", host, err)
			} else {
				_ = l.Close()
			}
			_, app := newIDP(t)
			f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
			require.NoError(t, err)
			a := authorize(t, f)
			name := strings.TrimSuffix(strings.TrimPrefix(a.redirect, "http://"), "/callback")
			_, port, err := net.SplitHostPort(name)
			require.NoError(t, err)
			res, _ := visit(t, "GET", "http://"+net.JoinHostPort(host, port)+"/callback?code=c&state="+a.state, name)
			require.Equal(t, http.StatusSeeOther, res.status)
			_, err = f.Wait(t.Context())
			require.NoError(t, err)
		})
	}
}

// 500 hostile requests change nothing and learn nothing; the right one then
// succeeds.
func TestR03_HostileRequestsChangeNothing(t *testing.T) {
	i, app := newIDP(t)
	f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
	require.NoError(t, err)
	a := authorize(t, f)
	base := strings.TrimSuffix(a.redirect, "/callback")
	right := "?code=stolen&state=" + a.state
	hostile := []struct{ method, path, host string }{
		{"GET", "/callback", ""},
		{"GET", "/callback?code=x", ""},
		{"GET", "/callback?code=x&state=", ""},
		{"GET", "/callback?code=x&state=wrong", ""},
		{"GET", "/callback?code=x&state=" + a.state[:20], ""},
		{"GET", "/callback?error=access_denied&state=wrong", ""},
		{"GET", "/callback?state=" + a.state, ""},
		{"POST", "/callback" + right, ""},
		{"PUT", "/callback" + right, ""},
		{"HEAD", "/callback" + right, ""},
		{"GET", "/" + right, ""},
		{"GET", "/callback/" + right, ""},
		{"GET", "/Callback" + right, ""},
		{"GET", "/callback" + right, "evil.example"},
		{"GET", "/callback" + right, "localhost"},
		{"GET", "/callback" + right, "localhost:1"},
		{"GET", "/callback" + right, "127.0.0.1:" + base[strings.LastIndex(base, ":")+1:]},
		{"GET", "/favicon.ico", ""},
	}
	var wg sync.WaitGroup
	for n := range 500 {
		h := hostile[n%len(hostile)]
		wg.Go(func() {
			res, body := visit(t, h.method, base+h.path, h.host)
			if res.status != http.StatusNotFound || strings.Contains(body, a.state) || strings.Contains(body, "stolen") {
				t.Errorf("%s %s: %d %q", h.method, h.path, res.status, body)
			}
		})
		if n%25 == 24 {
			wg.Wait()
		}
	}
	wg.Wait()
	select {
	case <-f.Done():
		t.Fatal("the flow has ended")
	default:
	}
	res, _ := visit(t, "GET", a.redirect+"?code=right&state="+a.state, "")
	require.Equal(t, http.StatusSeeOther, res.status)
	res, _ = visit(t, "GET", a.redirect+"?code=second&state="+a.state, "")
	require.Equal(t, http.StatusNotFound, res.status) // one shot
	_, err = f.Wait(t.Context())
	require.NoError(t, err)
	require.Len(t, i.forms, 1)
	require.Equal(t, "right", i.forms[0].Get("code"))
}

func TestR05_EveryEndHasItsOwnWords(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer string // of HubSpot's page
		status int    // of the token endpoint
		body   string
		is     error
		kind   crm.Kind
		says   string
	}{
		{"denied", "error=access_denied&error_description=x", 200, granted, oauth.ErrDenied, crm.Canceled, "did not allow"},
		{"no right to install", "error=insufficient_rights", 200, granted, nil, crm.Forbidden, "administrator"},
		{"nonsense", "error=%3Cscript%3E", 200, granted, nil, crm.Forbidden, "(unknown)"},
		{"wrong secret", "code=c", 400, `{"error":"invalid_client","status":"BAD_CLIENT_SECRET"}`, nil, crm.Forbidden, "client secret is wrong"},
		{"redirect not registered", "code=c", 400, `{"error":"invalid_grant","status":"BAD_REDIRECT_URI"}`, nil, crm.Invalid, "http://localhost:47611/callback"},
		{"used code", "code=c", 400, `{"error":"invalid_grant","status":"BAD_AUTH_CODE"}`, nil, crm.Unauthorized, "Connect again"},
		{"service away", "code=c", 503, `{}`, nil, crm.Upstream, "tried again"},
		{"scopes missing", "code=c", 200, `{"access_token":"a","refresh_token":"r","expires_in":1800,"scopes":["oauth"]}`, nil, crm.Forbidden, "crm.objects.contacts.read"},
		{"no tokens", "code=c", 200, `{}`, nil, crm.Upstream, "incomplete"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, app := newIDP(t)
			i.answer = func(url.Values) (int, string) { return c.status, c.body }
			f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
			require.NoError(t, err)
			a := authorize(t, f)
			require.NoError(t, f.Paste(" "+a.redirect+"?"+c.answer+"&state="+a.state+"\n"))
			_, err = f.Wait(t.Context())
			require.Equal(t, c.kind, crm.KindOf(err))
			require.Contains(t, crm.Message(err), c.says)
			require.NotContains(t, err.Error(), "script")
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			l, err := net.Listen("tcp", strings.Replace(strings.TrimSuffix(strings.TrimPrefix(a.redirect, "http://"), "/callback"), "localhost", "127.0.0.1", 1))
			require.NoError(t, err)
			_ = l.Close()
		})
	}
}

func TestR05_CancelAndTimeoutFreeThePort(t *testing.T) {
	_, app := newIDP(t)
	app.Ports = app.Ports[:1]
	address := "127.0.0.1:" + strconv.Itoa(app.Ports[0])

	f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
	require.NoError(t, err)
	require.InDelta(t, 300, time.Until(f.Expires).Seconds(), 5)
	start := time.Now()
	f.Cancel()
	require.Less(t, time.Since(start), time.Second)
	_, err = f.Wait(t.Context())
	require.ErrorIs(t, err, oauth.ErrStopped)
	require.Equal(t, crm.Canceled, crm.KindOf(err))

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	f, err = oauth.Start(ctx, app, oauth.DefaultScopes())
	require.NoError(t, err)
	<-ctx.Done()
	start = time.Now()
	_, err = f.Wait(t.Context())
	require.ErrorIs(t, err, oauth.ErrExpired)
	require.Less(t, time.Since(start), time.Second)
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	_ = l.Close()
}

func TestR04_AllPortsTakenLeavesPasting(t *testing.T) {
	_, app := newIDP(t)
	for _, p := range app.Ports {
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(p))
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
	}
	f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
	require.Equal(t, crm.InUse, crm.KindOf(err))
	for _, p := range app.Ports {
		require.Contains(t, crm.Message(err), strconv.Itoa(p))
	}
	a := authorize(t, f)
	for _, wrong := range []string{"", "https://example.com", a.redirect, a.redirect + "?code=c&state=wrong"} {
		require.Equal(t, crm.Invalid, crm.KindOf(f.Paste(wrong)))
	}
	require.NoError(t, f.Paste(a.redirect+"?code=c&state="+a.state))
	g, err := f.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, "refresh-1", g.Refresh)
}

// The port that is taken on one stack only is not used: the browser may pick
// either.
func TestR04_PortTakenOnOneStackIsNotUsed(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this computer has no IPv6: %v", err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, app := newIDP(t)
	app.Ports[0] = l.Addr().(*net.TCPAddr).Port
	f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
	require.NoError(t, err)
	require.Contains(t, f.URL, strconv.Itoa(app.Ports[1]))
	f.Cancel()
}

func TestAppFor(t *testing.T) {
	for base, want := range map[string][2]string{
		"":                          {"https://app.hubspot.com/oauth/authorize", "https://api.hubapi.com/oauth/2026-03/token"},
		"https://api.hubapi.com/":   {"https://app.hubspot.com/oauth/authorize", "https://api.hubapi.com/oauth/2026-03/token"},
		"http://127.0.0.1:4000":     {"http://127.0.0.1:4000/oauth/authorize", "http://127.0.0.1:4000/oauth/2026-03/token"},
		"https://hubapi.com.evil.x": {"https://hubapi.com.evil.x/oauth/authorize", "https://hubapi.com.evil.x/oauth/2026-03/token"},
	} {
		app := oauth.AppFor(base, "i", "s")
		require.Equal(t, want, [2]string{app.AuthorizeURL, app.TokenURL})
	}
}
