package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const someScopes = "oauth crm.objects.contacts.read crm.objects.contacts.write crm.objects.owners.read"

// post sends a form.
func (a *api) post(path string, form url.Values) *reply {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), "POST", a.base+path, strings.NewReader(form.Encode()))
	require.NoError(a.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err := a.send(req)
	require.NoError(a.t, err)
	return r
}

func (a *api) secrets(more ...string) url.Values {
	c := a.p.Credentials()
	form := url.Values{"client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// authorize consents as a person would, and returns what came back.
func (a *api) authorize(more ...string) url.Values {
	a.t.Helper()
	form := url.Values{
		"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {redirects()[0]}, "scope": {someScopes},
		"state": {"S&T"}, "user": {a.p.owners[2].Email}, "decision": {"allow"},
	}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	r := a.post("/oauth/authorize", form)
	require.Equal(a.t, 302, r.code, r.raw)
	to, err := url.Parse(r.header.Get("Location"))
	require.NoError(a.t, err)
	require.Equal(a.t, form.Get("redirect_uri"), to.Scheme+"://"+to.Host+to.Path)
	require.Equal(a.t, "S&T", to.Query().Get("state"))
	return to.Query()
}

// Fact sheet 1.1 to 1.5: the whole way from the page to a call.
func TestOAuth_CodeFlow(t *testing.T) {
	a := open(t).overTCP()
	page := a.as("").do(200, "GET", "/oauth/authorize?"+url.Values{
		"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {redirects()[2]}, "scope": {someScopes}, "state": {`"><script>`},
	}.Encode(), "")
	require.Contains(t, page.header.Get("Content-Security-Policy"), "form-action 'self' http://localhost:47611 http://localhost:47612 http://localhost:47613")
	require.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'")
	for _, part := range []string{`<select id="user" name="user">`, `<option value="rosa.lindgren@satchel.example" selected>`, `id="authorize"`, `id="deny"`, "crm.objects.contacts.write"} {
		require.Contains(t, page.raw, part)
	}
	require.NotContains(t, page.raw, "<script")
	require.Equal(t, 12, strings.Count(page.raw, "<option"))

	code := a.authorize().Get("code")
	form := a.secrets("grant_type", "authorization_code", "code", code, "redirect_uri", redirects()[0])
	r := a.post("/oauth/2026-09/token", form)
	require.Equal(t, 200, r.code, r.raw)
	require.Equal(t, "bearer", r.str("token_type"))
	require.Equal(t, "access_token", r.str("token_use"))
	require.EqualValues(t, 1800, r.at("expires_in"))
	require.EqualValues(t, a.p.portalID, r.at("hub_id"))
	require.EqualValues(t, a.p.owners[2].UserID, r.at("user_id"))
	require.Len(t, r.list("scopes"), 4)
	refresh := r.str("refresh_token")
	require.True(t, strings.HasPrefix(refresh, "na1-"))
	b := a.as(r.str("access_token"))
	id := b.contact(`{"firstname":"A"}`)
	h := b.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=firstname", "")
	require.Equal(t, strconv.FormatInt(a.p.auth.AppID, 10), h.str("propertiesWithHistory", "firstname", 0, "sourceId"))
	require.Equal(t, appName, h.str("propertiesWithHistory", "firstname", 0, "sourceLabel"))

	r = a.post("/oauth/2026-09/token", form)
	require.Equal(t, 400, r.code, "a code works once")
	require.Equal(t, "BAD_AUTH_CODE", r.str("status"))
	r = a.post("/oauth/v3/token", a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
	require.Equal(t, refresh, r.str("refresh_token"), "does not rotate")
	b.do(200, "GET", v+"contacts/"+id, "")
	r = a.post("/oauth/v1/token", a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
	require.Equal(t, []string{"access_token", "expires_in", "refresh_token", "token_type"}, keys(r.body))
}

// Fact sheet 1.1, 1.2: the page refuses what does not match, in words.
func TestOAuth_AuthorizeRefusals(t *testing.T) {
	a := open(t)
	good := url.Values{"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {redirects()[0]}, "scope": {someScopes}}
	for name, wrong := range map[string]string{
		"client_id": "nobody", "redirect_uri": "http://127.0.0.1:47611/callback", "scope": "oauth crm.nonsense",
	} {
		q := url.Values{}
		maps.Copy(q, good)
		q.Set(name, wrong)
		r := a.do(400, "GET", "/oauth/authorize?"+q.Encode(), "")
		require.Contains(t, r.raw, `<p id="error">Authorization failed because`, name)
		require.Empty(t, r.header.Get("Location"))
	}
	q := url.Values{"client_id": {good.Get("client_id")}, "redirect_uri": {redirects()[1]}, "scope": {"oauth"}, "optional_scope": {"crm.nonsense tickets"}}
	r := a.do(200, "GET", "/oauth/authorize?"+q.Encode(), "")
	require.Contains(t, r.raw, "<code>tickets</code>")
	require.NotContains(t, r.raw, "<code>crm.nonsense")

	back := a.authorize("decision", "deny")
	require.Equal(t, "access_denied", back.Get("error"))
	require.Empty(t, back.Get("code"))
	require.Equal(t, 400, a.post("/oauth/authorize", url.Values{"client_id": good["client_id"], "redirect_uri": good["redirect_uri"], "scope": good["scope"], "user": {"x@y.example"}, "decision": {"allow"}}).code)
	req, err := http.NewRequestWithContext(t.Context(), "POST", a.base+"/oauth/authorize", strings.NewReader(good.Encode()))
	require.NoError(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	r, err = a.send(req)
	require.NoError(t, err)
	require.Equal(t, 403, r.code)
}

func (a *api) access(refresh string) string {
	a.t.Helper()
	r := a.post("/oauth/2026-09/token", a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
	require.Equal(a.t, 200, r.code, r.raw)
	return r.str("access_token")
}

// Fact sheet 1.3, 1.7: tokens expire on the portal's clock; the 401 bodies.
func TestOAuth_ExpiryAndUnknownTokens(t *testing.T) {
	a := open(t)
	refresh, err := a.p.GrantFor(a.p.owners[3].Email)
	require.NoError(t, err)
	token := a.access(refresh)
	b := a.as(token)
	a.p.Advance(accessLife - time.Millisecond)
	b.do(200, "GET", v+"contacts", "")
	a.p.Advance(3 * time.Second)
	r := b.do(401, "GET", v+"contacts", "")
	require.Equal(t, "The OAuth token used to make this call expired 2 second(s) ago.", r.str("message"))
	require.Equal(t, "EXPIRED_AUTHENTICATION", r.str("category"))
	require.Equal(t, "2026-10-05T10:00:00.250Z", r.str("context", "expire time", 0))
	r = a.as("").do(401, "GET", v+"contacts", "")
	require.Equal(t, "INVALID_AUTHENTICATION", r.str("category"))
	require.True(t, strings.HasPrefix(r.str("message"), "Authentication credentials not found. This API supports OAuth 2.0"))
	require.Equal(t, "INVALID_AUTHENTICATION", a.as("pat-na1-unknown").do(401, "GET", v+"contacts", "").str("category"))
	r = a.as("gibberish").do(401, "GET", v+"contacts", "")
	require.Equal(t, "1970-01-01T00:00:00Z", r.str("context", "expire time", 0))
}

// Fact sheet 1.5, 1.6: introspect, revoke, uninstall.
func TestOAuth_IntrospectAndRevoke(t *testing.T) {
	a := open(t)
	user := a.p.owners[3]
	refresh, err := a.p.GrantFor(user.Email)
	require.NoError(t, err)
	token := a.access(refresh)
	r := a.post("/oauth/2026-09/token/introspect", a.secrets("token", token, "token_type_hint", "access_token"))
	require.Equal(t, true, r.at("active"))
	require.Equal(t, user.Email, r.str("user"))
	require.EqualValues(t, user.UserID, r.at("user_id"))
	require.EqualValues(t, a.p.portalID, r.at("hub_id"))
	require.EqualValues(t, 1800, r.at("expires_in"))
	require.Equal(t, map[string]any{"active": false}, a.post("/oauth/2026-09/token/introspect", a.secrets("token", "x")).body)
	r = a.as("").do(200, "GET", "/oauth/v1/access-tokens/"+token, "")
	require.Equal(t, user.Email, r.str("user"))
	a.as("").do(404, "GET", "/oauth/v1/access-tokens/x", "")

	require.Equal(t, 200, a.post("/oauth/2026-09/token/revoke", a.secrets("token", refresh, "token_type_hint", "refresh_token")).code)
	require.Equal(t, "BAD_REFRESH_TOKEN", a.post("/oauth/2026-09/token", a.secrets("grant_type", "refresh_token", "refresh_token", refresh)).str("status"))
	a.as(token).do(200, "GET", v+"contacts", "")
	a.as(token).do(204, "DELETE", "/appinstalls/2026-09/external-install", "")
	require.Equal(t, "INVALID_AUTHENTICATION", a.as(token).do(401, "GET", v+"contacts", "").str("category"))

	again, err := a.p.GrantFor("")
	require.NoError(t, err)
	b := a.as(a.access(again))
	a.as("").do(200, "POST", "/_sandbox/revoke", "")
	b.do(401, "GET", v+"contacts", "")
	a.do(401, "GET", v+"contacts", "")
	a.as(a.p.Credentials().Token).do(200, "GET", v+"contacts", "")
}

// Fact sheet 1.7: a call without its scope.
func TestOAuth_MissingScopes(t *testing.T) {
	a := open(t)
	code := a.authorize("scope", "oauth crm.objects.contacts.read").Get("code")
	r := a.post("/oauth/2026-09/token", a.secrets("grant_type", "authorization_code", "code", code, "redirect_uri", redirects()[0]))
	b := a.as(r.str("access_token"))
	b.do(200, "GET", v+"contacts", "")
	b.do(200, "GET", "/crm/properties/2026-09/contacts", "")
	b.do(200, "GET", "/account-info/2026-09/details", "")
	r = b.do(403, "POST", v+"contacts", `{"properties":{}}`)
	require.Equal(t, "MISSING_SCOPES", r.str("category"))
	require.Equal(t, "https://developers.hubspot.com/scopes", r.str("links", "scopes"))
	require.Equal(t, "One or more of the following scopes are required.", r.str("errors", 0, "message"))
	require.Equal(t, []any{"crm.objects.contacts.write"}, r.at("errors", 0, "context", "requiredGranularScopes"))
	for _, path := range []string{v + "deals", "/crm/owners/2026-09", "/crm/pipelines/2026-09/deals", "/crm/properties/2026-09/deals"} {
		b.do(403, "GET", path, "")
	}
	b.do(403, "POST", "/crm/properties/2026-09/contacts", uniqueDef("k"))
	b.do(403, "POST", v+"deals/batch/read", `{"inputs":[]}`)
	b.do(403, "POST", "/crm/associations/2026-09/deals/contacts/batch/read", `{"inputs":[]}`)
}
