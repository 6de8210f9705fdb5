package oauth_test

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/oauth"
	"satchel/internal/sandbox"
)

// The whole way through the sandbox's page.
func TestFlow_Sandbox(t *testing.T) {
	p, err := sandbox.Open(sandbox.Options{Contacts: 10, Limits: "off"})
	require.NoError(t, err)
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	k := p.Credentials()
	f, err := oauth.Start(t.Context(), oauth.AppFor(srv.URL, k.ClientID, k.ClientSecret), oauth.DefaultScopes())
	if crm.KindOf(err) != crm.InUse { // other tests may sit on the registered ports; pasting works all the same
		require.NoError(t, err)
	}
	u, err := url.Parse(f.URL)
	require.NoError(t, err)
	form := u.Query()
	form.Set("decision", "allow")
	form.Set("user", firstUser(t, f.URL))
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(srv.URL+"/oauth/authorize", form)
	require.NoError(t, err)
	_ = res.Body.Close()
	require.Equal(t, http.StatusFound, res.StatusCode)
	require.NoError(t, f.Paste(res.Header.Get("Location")))
	g, err := f.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, strconv.FormatInt(k.PortalID, 10), g.PortalID)

	tokens := oauth.NewTokens(oauth.AppFor(srv.URL, k.ClientID, k.ClientSecret), g, nil)
	who, err := tokens.Introspect(t.Context())
	require.NoError(t, err)
	require.Equal(t, g.PortalID, who.PortalID)
	require.Equal(t, g.UserID, who.UserID)
	require.Contains(t, who.Email, "@")
	require.Contains(t, who.Scopes, "crm.objects.deals.write")
	require.NoError(t, tokens.Revoke(t.Context()))
	_, err = tokens.Token(t.Context())
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
}

// firstUser reads the first user's name off the authorize page.
func firstUser(t *testing.T, address string) string {
	t.Helper()
	_, body := visit(t, "GET", address, "")
	_, rest, ok := strings.Cut(body, `name="user"`)
	require.True(t, ok, body)
	_, rest, ok = strings.Cut(rest, `value="`)
	require.True(t, ok, body)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// A thousand sign-ins, each with a challenge and a state of its own: the portal
// gives tokens only to whoever has the verifier of the challenge.
func TestR02_EverySignInHasItsOwnChallengeAndState(t *testing.T) {
	p, err := sandbox.Open(sandbox.Options{Contacts: 10, Limits: "off", PKCE: "enforce"})
	require.NoError(t, err)
	k := p.Credentials()
	user := ""
	seen := map[string]bool{}
	for n := range 1000 {
		app := oauth.AppFor("http://sandbox.test", k.ClientID, k.ClientSecret)
		app.HTTP = p.RoundTripper()
		if n%100 == 99 { // somebody who has the code, and not the verifier
			app.HTTP = swapped{p.RoundTripper()}
		}
		f, err := oauth.Start(t.Context(), app, oauth.DefaultScopes())
		if crm.KindOf(err) != crm.InUse {
			require.NoError(t, err)
		}
		u, err := url.Parse(f.URL)
		require.NoError(t, err)
		q := u.Query()
		require.Equal(t, "S256", q.Get("code_challenge_method"))
		challenge, err := base64.RawURLEncoding.DecodeString(q.Get("code_challenge"))
		require.NoError(t, err)
		require.Len(t, challenge, sha256.Size)
		state, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(q.Get("state"))
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(state)*8, 128)
		for _, s := range []string{q.Get("state"), q.Get("code_challenge")} {
			require.False(t, seen[s])
			seen[s] = true
		}
		if user == "" {
			user = pageUser(t, p, u.RequestURI())
		}
		q.Set("decision", "allow")
		q.Set("user", user)
		req := httptest.NewRequest(http.MethodPost, "/oauth/authorize", strings.NewReader(q.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, req)
		require.Equal(t, http.StatusFound, w.Code, w.Body.String())
		require.NoError(t, f.Paste(w.Header().Get("Location")))
		g, err := f.Wait(t.Context())
		if n%100 == 99 {
			require.Equal(t, crm.Unauthorized, crm.KindOf(err), "a wrong verifier gets nothing")
			require.Empty(t, g.Refresh)
			continue
		}
		require.NoError(t, err)
		require.NotEmpty(t, g.Refresh)
	}
}

// swapped sends another verifier than the flow's.
type swapped struct{ http.RoundTripper }

func (s swapped) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, err
	}
	form.Set("code_verifier", strings.Repeat("x", 43))
	text := form.Encode()
	next := r.Clone(r.Context())
	next.Body, next.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return s.RoundTripper.RoundTrip(next)
}

// pageUser is the first user whom the portal's page offers.
func pageUser(t *testing.T, p *sandbox.Portal, page string) string {
	t.Helper()
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, page, nil))
	_, rest, ok := strings.Cut(w.Body.String(), `name="user"`)
	require.True(t, ok, w.Body.String())
	_, rest, _ = strings.Cut(rest, `value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
