package sandbox

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// install opens the authorize page of an address with these parameters.
func (a *api) install(code int, path string, more ...string) *reply {
	a.t.Helper()
	q := url.Values{"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {a.p.redirects()[0]}, "scope": {"oauth"}}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return a.as("").do(code, "GET", path+"?"+q.Encode(), "")
}

func (r *reply) complains(sentence string) {
	r.t.Helper()
	require.Contains(r.t, r.raw, `<p id="error">`+sentence)
	require.Empty(r.t, r.header.Get("Location"))
}

// Without an account in the address there is a picker; with one it must be this
// portal.
func TestSection1_1_AccountPicker(t *testing.T) {
	a := open(t)
	hub := strconv.FormatInt(a.p.portalID, 10)
	page := a.install(200, "/oauth/authorize")
	require.Equal(t, 3, strings.Count(page.raw, `type="radio" name="account"`))
	require.Equal(t, 2, strings.Count(page.raw, " disabled"))
	require.Contains(t, page.raw, `name="account" value="`+hub+`" checked`)
	require.Contains(t, page.raw, "See which account and user it is connected to <code>oauth</code>")
	page = a.install(200, "/oauth/"+hub+"/authorize")
	require.NotContains(t, page.raw, `name="account"`)
	require.Contains(t, page.raw, `action="/oauth/`+hub+`/authorize"`)
	a.install(400, "/oauth/146000000/authorize").complains("Authorization failed because this account is not available here")

	other := strconv.FormatInt(a.p.accounts()[1].ID, 10)
	form := url.Values{
		"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {redirects()[0]}, "scope": {"oauth"},
		"user": {a.p.owners[2].Email}, "decision": {"allow"}, "account": {other},
	}
	r := a.post("/oauth/authorize", form)
	require.Equal(t, 400, r.code)
	r.complains("Authorization failed because this account is not available here")
	form.Set("account", hub)
	require.Equal(t, 302, a.post("/oauth/authorize", form).code)
	require.Equal(t, 400, a.post("/oauth/"+other+"/authorize", form).code)
}

func TestSection1_1_ScopesOfTheApp(t *testing.T) {
	a := open(t, func(o *Options) {
		o.App = AppScopes{
			Required: []string{"oauth", "crm.objects.contacts.read"}, Conditional: []string{"crm.objects.deals.read"},
			Optional: []string{"tickets", "e-commerce"},
		}
		o.Lacks = []string{"e-commerce", "crm.objects.deals.read"}
	})
	const mismatch = "Authorization failed because there is a mismatch between the scopes in the install URL and the app&#39;s configured scopes: "
	a.install(400, "/oauth/authorize", "scope", "oauth").complains(mismatch + "crm.objects.contacts.read")
	a.install(400, "/oauth/authorize", "scope", "oauth crm.objects.contacts.read tickets").complains(mismatch + "tickets")
	a.install(400, "/oauth/authorize", "scope", "oauth crm.objects.contacts.read", "optional_scope", "crm.lists.read").complains(mismatch + "crm.lists.read")
	a.install(400, "/oauth/authorize", "scope", "oauth crm.objects.contacts.read crm.objects.deals.read").
		complains("Authorization failed because this account doesn&#39;t have access to the scopes that the app requires: crm.objects.deals.read")
	r := a.install(200, "/oauth/authorize", "scope", "oauth crm.objects.contacts.read", "optional_scope", "tickets e-commerce")
	require.Contains(t, r.raw, "<code>tickets</code>")
	require.NotContains(t, r.raw, "<code>e-commerce</code>")
	code := a.authorize("scope", "oauth crm.objects.contacts.read", "optional_scope", "tickets e-commerce").Get("code")
	require.Equal(t, []any{"crm.objects.contacts.read", "oauth", "tickets"}, a.redeem(code).at("scopes"))
	_, err := Open(Options{App: AppScopes{Required: []string{"crm.everything"}}})
	require.EqualError(t, err, `scope "crm.everything" is unknown`)
}

func TestSection1_2_RedirectURLs(t *testing.T) {
	a := open(t, func(o *Options) { o.Redirects = []string{"https://app.example/back?to=1", "http://localhost:3000"} })
	r := a.install(200, "/oauth/authorize")
	require.Contains(t, r.header.Get("Content-Security-Policy"), "form-action 'self' http://localhost:3000 https://app.example")
	a.install(400, "/oauth/authorize", "redirect_uri", "http://localhost:3000/").complains("Authorization failed because the redirect URL doesn&#39;t match")
	a.install(400, "/oauth/authorize", "redirect_uri", redirects()[0]).complains("Authorization failed because the redirect URL doesn&#39;t match")
	form := url.Values{
		"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {"https://app.example/back?to=1"}, "scope": {"oauth"},
		"user": {""}, "decision": {"deny"},
	}
	require.Equal(t, "https://app.example/back?to=1&error=access_denied&error_description=The+user+denied+access.", a.post("/oauth/authorize", form).header.Get("Location"))
	for address, why := range map[string]string{
		"http://127.0.0.1:3000/x": "IP addresses are not supported, use localhost", "https://[::1]/x": "IP addresses are not supported, use localhost",
		"http://app.example/x": "http is for localhost only, use https", "ftp://localhost/x": "want https, or http on localhost",
		"/x": "not an address that a browser can be sent to", "https://app.example/#x": "not an address that a browser can be sent to",
	} {
		_, err := Open(Options{Redirects: []string{address}})
		require.EqualError(t, err, `redirect "`+address+`": `+why)
	}
}

func TestSection1_7_MissingScopesOfAStaticToken(t *testing.T) {
	a := open(t, func(o *Options) {
		o.Limits = "free"
		o.Tokens = []StaticToken{
			{Name: "Reader", Scopes: []string{"crm.objects.contacts.read"}},
			{Token: "pat-na1-mine"},
		}
	})
	r := a.do(200, "GET", v+"contacts", "")
	require.Equal(t, "99", r.header.Get("X-HubSpot-RateLimit-Remaining"))
	r = a.do(403, "POST", v+"contacts", `{"properties":{"firstname":"A"}}`)
	require.Equal(t, `{"status":"error","message":"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.","correlationId":"`+
		r.header.Get("X-HubSpot-Correlation-Id")+`","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.contacts.write"]}}],"links":{"scopes":"https://developers.hubspot.com/scopes"},"category":"MISSING_SCOPES"}`, r.raw)
	a.do(200, "GET", "/account-info/2026-09/details", "")

	b := a.as("pat-na1-mine")
	r = b.do(201, "POST", v+"contacts", `{"properties":{"firstname":"A"}}`)
	require.Equal(t, "99", r.header.Get("X-HubSpot-RateLimit-Remaining"), "an app of its own")
	require.Equal(t, "249996", r.header.Get("X-HubSpot-RateLimit-Daily-Remaining"), "the day is the account's")
	used := b.do(200, "GET", "/account-info/2026-09/api-usage/daily/private-apps", "")
	require.EqualValues(t, 5, used.at("results", 0, "currentUsage"))

	old := a.p.StaticTokens()
	require.Equal(t, "Reader", old[0].Name)
	require.Equal(t, a.token, old[0].Token)
	a.p.Revoke()
	for i, now := range a.p.StaticTokens() {
		require.NotEqual(t, old[i].Token, now.Token)
		a.as(old[i].Token).do(401, "GET", v+"contacts", "")
		a.as(now.Token).do(200, "GET", v+"contacts", "")
	}
	_, err := Open(Options{Tokens: []StaticToken{{Name: "X", Scopes: []string{"all"}}}})
	require.EqualError(t, err, `token "X": scope "all" is unknown`)
}
