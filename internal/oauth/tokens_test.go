package oauth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/oauth"
	"satchel/internal/sandbox"
)

// service is a token endpoint without a socket.
type service func(form url.Values) (int, string, error)

func (s service) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, err
	}
	status, body, err := s(form)
	if err != nil {
		return nil, err
	}
	kind := "application/json"
	if strings.HasPrefix(body, "<") {
		kind = "text/html"
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (s service) app() oauth.App {
	a := oauth.AppFor("http://hub.test", "client-1", "very-secret")
	a.HTTP = s
	return a
}

// rotating hands out access-N and refresh-N and takes only the last refresh
// token.
type rotating struct {
	mu sync.Mutex
	n  int
}

func (r *rotating) serve(form url.Values) (int, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if form.Get("refresh_token") != fmt.Sprint("refresh-", r.n) {
		return 400, `{"error":"invalid_grant","status":"BAD_REFRESH_TOKEN","message":"refresh token is invalid"}`, nil
	}
	r.n++
	return 200, fmt.Sprintf(`{"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":1800}`, r.n, r.n), nil
}

// vault remembers what was saved.
type vault struct {
	mu    sync.Mutex
	saved []string
	fail  error
}

func (v *vault) Save(_ context.Context, refresh string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fail != nil {
		return v.fail
	}
	v.saved = append(v.saved, refresh)
	return nil
}

// A hundred callers whose token HubSpot refused cause one renewal.
func TestR07_OneRefreshForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := &rotating{}
		calls := atomic.Int32{}
		app := service(func(f url.Values) (int, string, error) {
			calls.Add(1)
			time.Sleep(300 * time.Millisecond)
			return hub.serve(f)
		}).app()
		v := &vault{}
		tokens := oauth.NewTokens(app, oauth.Grant{Refresh: "refresh-0"}, v)
		first, err := tokens.Token(t.Context())
		require.NoError(t, err)
		require.Equal(t, "access-1", first)
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 7 * time.Millisecond) // before, during and after it
				got, err := tokens.Refresh(t.Context(), first)
				if err != nil || got != "access-2" {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
		wg.Wait()
		require.Equal(t, int32(2), calls.Load())
		require.Equal(t, []string{"refresh-1", "refresh-2"}, v.saved)
	})
}

func TestTokens_RenewedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := &rotating{}
		tokens := oauth.NewTokens(service(hub.serve).app(), oauth.Grant{Refresh: "refresh-0"}, nil)
		at := map[string]time.Duration{}
		start := time.Now()
		for range 100 {
			got, err := tokens.Token(t.Context())
			require.NoError(t, err)
			if _, seen := at[got]; !seen {
				at[got] = time.Since(start)
			}
			time.Sleep(30 * time.Second)
		}
		require.Equal(t, map[string]time.Duration{"access-1": 0, "access-2": 23*time.Minute + 30*time.Second, "access-3": 47 * time.Minute}, at)
	})
}

// The new refresh token is durable before anybody gets the access token that
// came with it; while it cannot be stored nothing is lost and HubSpot is not
// asked again.
func TestR07_KeptBeforeUse(t *testing.T) {
	hub := &rotating{}
	v := &vault{fail: errors.New("keychain is locked")}
	tokens := oauth.NewTokens(service(hub.serve).app(), oauth.Grant{Refresh: "refresh-0"}, v)
	for range 3 {
		_, err := tokens.Token(t.Context())
		require.Equal(t, crm.Storage, crm.KindOf(err))
	}
	require.Equal(t, 1, hub.n)
	v.fail = nil
	got, err := tokens.Token(t.Context())
	require.NoError(t, err)
	require.Equal(t, "access-1", got)
	require.Equal(t, []string{"refresh-1"}, v.saved)
}

// The renewal is finished and stored even if the one who asked has gone.
func TestTokens_RenewalOutlivesItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := &rotating{}
		v := &vault{}
		tokens := oauth.NewTokens(service(func(f url.Values) (int, string, error) {
			time.Sleep(time.Second)
			return hub.serve(f)
		}).app(), oauth.Grant{Refresh: "refresh-0"}, v)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := tokens.Token(ctx)
		require.Equal(t, crm.Canceled, crm.KindOf(err))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []string{"refresh-1"}, v.saved)
		got, err := tokens.Token(t.Context())
		require.NoError(t, err)
		require.Equal(t, "access-1", got)
	})
}

func TestTokens_Errors(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		err    error
		kind   crm.Kind
		again  bool // asks HubSpot again
	}{
		{"revoked", 400, `{"error":"invalid_grant","status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh-0"}`, nil, crm.Unauthorized, false},
		{"old body", 400, `{"status":"BAD_REFRESH_TOKEN","message":"m","correlationId":"c"}`, nil, crm.Unauthorized, false},
		{"portal gone", 400, `{"status":"BAD_HUB","message":"missing or unknown hub id","error":"access_denied"}`, nil, crm.Unauthorized, false},
		{"wrong client", 400, `{"error":"invalid_client","status":"BAD_CLIENT_ID"}`, nil, crm.Forbidden, true},
		{"limit", 429, `{"status":"error","message":"You have reached your rate limit."}`, nil, crm.RateLimited, true},
		{"503", 503, `<html>`, nil, crm.Upstream, true},
		{"477", 477, `{}`, nil, crm.Upstream, true},
		{"hotel", 200, `<html>`, nil, crm.Offline, true},
		{"hotel's 401", 401, `<html>`, nil, crm.Offline, true},
		{"garbage", 200, `{"access_token":"access-9`, nil, crm.Upstream, true},
		{"away", 0, "", errors.New("no route to host"), crm.Offline, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := 0
			tokens := oauth.NewTokens(service(func(url.Values) (int, string, error) {
				calls++
				return c.status, c.body, c.err
			}).app(), oauth.Grant{Refresh: "refresh-0"}, nil)
			for range 2 {
				_, err := tokens.Token(t.Context())
				require.Equal(t, c.kind, crm.KindOf(err))
				require.NotEmpty(t, crm.Message(err))
				for _, secret := range []string{"refresh-0", "very-secret", "access-9"} {
					require.NotContains(t, err.Error(), secret)
				}
			}
			require.Equal(t, c.again, calls == 2)
		})
	}
}

// While the old token still works, a token service that is away is no error.
func TestTokens_OldOneIsUsedWhileTheServiceIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := &rotating{}
		away := false
		tokens := oauth.NewTokens(service(func(f url.Values) (int, string, error) {
			if away {
				return 503, "{}", nil
			}
			return hub.serve(f)
		}).app(), oauth.Grant{Refresh: "refresh-0"}, nil)
		_, err := tokens.Token(t.Context())
		require.NoError(t, err)
		away = true
		time.Sleep(28 * time.Minute)
		got, err := tokens.Token(t.Context())
		require.NoError(t, err)
		require.Equal(t, "access-1", got)
		time.Sleep(2 * time.Minute)
		_, err = tokens.Token(t.Context())
		require.Equal(t, crm.Upstream, crm.KindOf(err))
	})
}

func TestTokens_AreNeverPrinted(t *testing.T) {
	tokens := oauth.NewTokens(oauth.AppFor("", "i", "very-secret"), oauth.Grant{Access: "access-1", Refresh: "refresh-1"}, nil)
	static := oauth.Static("pat-secret")
	var log bytes.Buffer
	l := slog.New(slog.NewTextHandler(&log, nil))
	l.Info("x", slog.Any("tokens", tokens), slog.Any("static", static), slog.Any("app", oauth.AppFor("", "i", "very-secret")), slog.Any("grant", oauth.Grant{Access: "access-1"}))
	all := log.String() + fmt.Sprintf("%v %+v %#v %s", static, static, static, static) + fmt.Sprintf("%v %+v %#v", tokens, tokens, tokens)
	for _, secret := range []string{"access-1", "refresh-1", "very-secret", "pat-secret"} {
		require.NotContains(t, all, secret)
	}
	_, err := static.Refresh(t.Context(), "pat-secret")
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
}

// token_expires_mid_run, against the sandbox's half hour.
func TestTokens_Sandbox(t *testing.T) {
	p, err := sandbox.Open(sandbox.Options{Contacts: 10, Limits: "off"})
	require.NoError(t, err)
	refresh, err := p.GrantFor("")
	require.NoError(t, err)
	k := p.Credentials()
	app := oauth.AppFor("http://sandbox.test", k.ClientID, k.ClientSecret)
	app.HTTP = p.RoundTripper()
	tokens := oauth.NewTokens(app, oauth.Grant{Refresh: refresh}, nil)
	first, err := tokens.Token(t.Context())
	require.NoError(t, err)
	p.Advance(time.Hour)
	second, err := tokens.Refresh(t.Context(), first)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	p.Revoke()
	_, err = tokens.Refresh(t.Context(), second)
	require.ErrorIs(t, err, oauth.ErrRevoked)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
}
