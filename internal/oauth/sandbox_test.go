package oauth_test

import (
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
