package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const tokenPath = "/oauth/2026-09/token"

// redeem fetches a grant with its code.
func (a *api) redeem(code string, more ...string) *reply {
	a.t.Helper()
	form := a.secrets("grant_type", "authorization_code", "code", code, "redirect_uri", redirects()[0])
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return a.post(tokenPath, form)
}

// newRefresh grants everything to the first user.
func (a *api) newRefresh() string {
	a.t.Helper()
	refresh, err := a.p.GrantFor("")
	require.NoError(a.t, err)
	return refresh
}

// refused checks a token endpoint's answer, to its last byte.
func (r *reply) refused(code, status, message string) {
	r.t.Helper()
	require.Equal(r.t, 400, r.code, r.raw)
	require.Equal(r.t, `{"error":"`+code+`","error_description":"`+message+`","status":"`+status+`","message":"`+message+`"}`, r.raw)
}

func TestSection1_7_BadRefreshToken(t *testing.T) {
	a := open(t)
	r := a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", "na1-x"))
	r.refused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
	r = a.post("/oauth/v3/token", a.secrets("grant_type", "refresh_token"))
	r.refused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
}

func TestSection1_7_BadClient(t *testing.T) {
	a := open(t)
	form := a.secrets("grant_type", "refresh_token", "refresh_token", a.newRefresh())
	require.Equal(t, 200, a.post(tokenPath, form).code)
	for _, path := range []string{tokenPath, tokenPath + "/introspect", tokenPath + "/revoke"} {
		form := a.secrets("grant_type", "refresh_token", "client_id", "x")
		a.post(path, form).refused("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
		form = a.secrets("grant_type", "refresh_token", "client_secret", "x")
		a.post(path, form).refused("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")
	}
	a.post(tokenPath+"?"+form.Encode(), nil).refused("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
}

func TestSection1_7_BadAuthCode(t *testing.T) {
	a := open(t)
	bad := func(r *reply) { r.refused("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code") }
	bad(a.redeem("na1-x"))
	code := a.authorize().Get("code")
	require.Equal(t, 200, a.redeem(code).code)
	bad(a.redeem(code))
	code = a.authorize().Get("code")
	a.clock.Add(codeLife)
	bad(a.redeem(code))
}

func TestSection1_7_BadRedirectURI(t *testing.T) {
	a := open(t)
	code := a.authorize().Get("code")
	a.redeem(code, "redirect_uri", redirects()[1]).refused("invalid_grant", "BAD_REDIRECT_URI", "missing or invalid redirect uri")
	a.redeem(code).refused("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
}

func TestSection1_7_BadGrantType(t *testing.T) {
	a := open(t)
	for _, grantType := range []string{"password", ""} {
		a.post(tokenPath, a.secrets("grant_type", grantType)).refused("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
	}
}

func TestSection1_7_BadHub(t *testing.T) {
	a := open(t)
	refresh := a.newRefresh()
	id, err := a.p.Fault(Fault{Kind: "token_error", Error: "BAD_HUB", Count: 1})
	require.NoError(t, err)
	require.Equal(t, 1, id)
	a.do(200, "GET", v+"contacts", "")
	r := a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
	require.Equal(t, 400, r.code)
	require.Equal(t, `{"status":"BAD_HUB","message":"missing or unknown hub id","error":"access_denied"}`, r.raw)
	require.NotEmpty(t, a.access(refresh), "once")
	_, err = a.p.Fault(Fault{Kind: "token_error", Error: "BAD_LUCK"})
	require.EqualError(t, err, `fault error "BAD_LUCK": want BAD_REFRESH_TOKEN, BAD_HUB or another of the token endpoint's`)
}

// The older body: a correlationId in place of the error, and the older text.
func TestSection1_7_OlderBodyInV1(t *testing.T) {
	a := open(t)
	for status, message := range map[string]string{
		"BAD_REFRESH_TOKEN": "missing or invalid refresh token", "BAD_AUTH_CODE": "missing or unknown auth code",
		"BAD_CLIENT_ID": "missing or unknown client id", "BAD_GRANT_TYPE": "missing or unknown grant type", "BAD_HUB": "missing or unknown hub id",
	} {
		form := a.secrets("grant_type", "refresh_token")
		switch status {
		case "BAD_AUTH_CODE":
			form.Set("grant_type", "authorization_code")
		case "BAD_CLIENT_ID":
			form.Del("client_id")
		case "BAD_GRANT_TYPE":
			form.Set("grant_type", "client_credentials")
		case "BAD_HUB":
			_, err := a.p.Fault(Fault{Kind: "token_error", Error: status})
			require.NoError(t, err)
		}
		r := a.post("/oauth/v1/token", form)
		a.p.ClearFaults()
		require.Equal(t, 400, r.code)
		correlation := r.header.Get("X-HubSpot-Correlation-Id")
		require.Len(t, correlation, 36)
		require.Equal(t, `{"status":"`+status+`","message":"`+message+`","correlationId":"`+correlation+`"}`, r.raw)
	}
	r := a.as("").do(400, "GET", "/oauth/v1/refresh-tokens/na1-x", "")
	require.Equal(t, "BAD_REFRESH_TOKEN", r.str("status"))
	good := a.secrets("grant_type", "refresh_token", "refresh_token", a.newRefresh())
	require.Equal(t, 200, a.post("/oauth/v1/token?"+good.Encode(), nil).code, "v1 takes the query")
}

// HubSpot's ordinary apps know nothing of PKCE.
func TestSection1_4_PKCEIsIgnored(t *testing.T) {
	a := open(t)
	for _, method := range []string{"S256", "md5"} {
		code := a.authorize("code_challenge", "x", "code_challenge_method", method).Get("code")
		require.Equal(t, 200, a.redeem(code, "code_verifier", "wrong").code)
	}
}

func TestSection1_4_PKCEIsEnforced(t *testing.T) {
	a := open(t, func(o *Options) { o.PKCE = "enforce" })
	verifier := strings.Repeat("v", 50)
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	code := func() string {
		return a.authorize("code_challenge", challenge, "code_challenge_method", "S256").Get("code")
	}
	require.Equal(t, 200, a.redeem(code(), "code_verifier", verifier).code)
	a.redeem(code(), "code_verifier", "wrong").refused("invalid_grant", "BAD_CODE_VERIFIER", "missing or invalid code verifier")
	a.redeem(code()).refused("invalid_grant", "BAD_CODE_VERIFIER", "missing or invalid code verifier")
	a.redeem(a.authorize().Get("code"), "code_verifier", verifier).refused("invalid_grant", "BAD_CODE_VERIFIER", "missing or invalid code verifier")
	q := url.Values{"client_id": {a.p.Credentials().ClientID}, "redirect_uri": {redirects()[0]}, "scope": {"oauth"}, "code_challenge_method": {"plain"}}
	require.Contains(t, a.do(400, "GET", "/oauth/authorize?"+q.Encode(), "").raw, "code_challenge_method is unknown")
	_, err := Open(Options{PKCE: "maybe"})
	require.EqualError(t, err, `pkce "maybe": want ignore or enforce`)
}

func TestSection1_3_RefreshTokenRotates(t *testing.T) {
	a := open(t, func(o *Options) { o.RotateRefresh = true })
	first := a.newRefresh()
	r := a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", first))
	require.Equal(t, 200, r.code)
	second := r.str("refresh_token")
	require.NotEqual(t, first, second)
	old := r.str("access_token")
	r = a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", first))
	r.refused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
	require.NotEmpty(t, a.access(second))
	a.as(old).do(200, "GET", v+"contacts", "")
}

func TestSection1_3_ClientCredentials(t *testing.T) {
	a := open(t)
	const journal = "developer.webhooks_journal."
	scope := journal + "read " + journal + "subscriptions.read " + journal + "subscriptions.write " + journal + "snapshots.read " + journal + "snapshots.write"
	r := a.post(tokenPath, a.secrets("grant_type", "client_credentials", "scope", scope))
	require.Equal(t, 200, r.code, r.raw)
	require.Equal(t, []string{"access_token", "expires_in", "scopes", "token_type", "token_use"}, keys(r.body))
	require.Len(t, r.list("scopes"), 5)
	b := a.as(r.str("access_token"))
	for _, path := range []string{v + "contacts", "/account-info/2026-09/details"} {
		require.Equal(t, "MISSING_SCOPES", b.do(403, "GET", path, "").str("category"))
	}
	b.do(403, "DELETE", "/appinstalls/2026-09/external-install", "")
	info := a.post(tokenPath+"/introspect", a.secrets("token", b.token))
	require.Equal(t, true, info.at("active"))
	require.NotContains(t, info.body, "hub_id")
	for _, scope := range []string{"", "oauth", journal + "read crm.objects.contacts.read", journal + "nonsense"} {
		r := a.post(tokenPath, a.secrets("grant_type", "client_credentials", "scope", scope))
		r.refused("invalid_scope", "BAD_SCOPES", "missing or unknown scopes")
	}
}

// The token endpoint has a limit of its own, which strikes on demand.
func TestSection1_3_TokenEndpointLimit(t *testing.T) {
	a := open(t)
	refresh := a.newRefresh()
	for retry, want := range map[int]string{0: "10", 7: "7"} {
		_, err := a.p.Fault(Fault{Kind: "status", Status: 429, RetryAfter: retry, Match: Match{Path: "/oauth/**"}, Count: 1})
		require.NoError(t, err)
		r := a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
		require.Equal(t, 429, r.code)
		require.Equal(t, want, r.header.Get("Retry-After"))
		require.Equal(t, `{"status":"error","message":"You have reached your rate limit.","errorType":"RATE_LIMIT","correlationId":"`+r.header.Get("X-HubSpot-Correlation-Id")+`"}`, r.raw)
	}
	require.NotEmpty(t, a.access(refresh))
}

func TestSection1_5_Introspection(t *testing.T) {
	a := open(t)
	refresh := a.newRefresh()
	token := a.access(refresh)
	a.clock.Add(11 * time.Second)
	r := a.post(tokenPath+"/introspect", a.secrets("token", token, "token_type_hint", "access_token"))
	require.Equal(t, 200, r.code)
	require.Equal(t, []string{
		"active", "app_id", "client_id", "expires_in", "hub_domain", "hub_id", "is_private_distribution", "scopes",
		"signed_access_token", "token", "token_type", "token_use", "user", "user_id",
	}, keys(r.body))
	require.EqualValues(t, 1789, r.at("expires_in"))
	require.Equal(t, "Bearer", r.at("token_type"))
	require.Equal(t, "access_token", r.at("token_use"))
	require.Equal(t, []string{
		"appId", "appInstallId", "audience", "expiresAt", "hubId", "hublet", "installingUserId", "isPrivateDistribution", "isServiceAccount", "isUserLevel", "newSignature", "scopeToScopeGroupPks", "scopes",
		"signature", "trialScopeToScopeGroupPks", "trialScopes", "userId",
	}, keys(r.at("signed_access_token")))
	require.EqualValues(t, a.p.portalID, r.at("signed_access_token", "hubId"))
	require.EqualValues(t, a.p.Now().Add(accessLife-11*time.Second).UnixMilli(), r.at("signed_access_token", "expiresAt"))

	r = a.post(tokenPath+"/introspect", a.secrets("refresh_token", refresh))
	require.Equal(t, "refresh_token", r.at("token_use"))
	require.Equal(t, refresh, r.at("token"))
	require.NotContains(t, r.body, "expires_in")
	require.NotContains(t, r.body, "signed_access_token")
	for _, unknown := range []string{"x", "", a.token} {
		require.Equal(t, `{"active":false}`, a.post(tokenPath+"/introspect", a.secrets("token", unknown)).raw)
	}
	a.clock.Add(accessLife)
	require.Equal(t, `{"active":false}`, a.post(tokenPath+"/introspect", a.secrets("token", token)).raw)
}
