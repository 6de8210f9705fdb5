package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSection1_7_BadScopes(t *testing.T) {
	a := open(t)
	for _, scope := range []string{"", "crm.objects.contacts.read", "nonsense"} {
		a.post(tokenPath, a.secrets("grant_type", "client_credentials", "scope", scope)).refused("invalid_scope", "BAD_SCOPES", "missing or unknown scopes")
	}
}

func TestSection1_7_BadCodeVerifier(t *testing.T) {
	a := open(t, func(o *Options) { o.PKCE = pkceEnforce })
	code := a.authorize("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256").Get("code")
	a.redeem(code, "code_verifier", "another").refused("invalid_grant", "BAD_CODE_VERIFIER", "missing or invalid code verifier")
	code = a.authorize("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256").Get("code")
	require.Equal(t, 200, a.redeem(code, "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").code)
}

// Every status of the token endpoint can be had on demand, in its own body.
func TestSection1_7_EveryRefusalOnDemand(t *testing.T) {
	a := open(t)
	refresh := a.newRefresh()
	for status, code := range map[string]string{
		"BAD_REFRESH_TOKEN": "invalid_grant", "BAD_AUTH_CODE": "invalid_grant", "BAD_CLIENT_ID": "invalid_client", "BAD_CLIENT_SECRET": "invalid_client",
		"BAD_REDIRECT_URI": "invalid_grant", "BAD_GRANT_TYPE": "unsupported_grant_type", "BAD_SCOPES": "invalid_scope", "BAD_CODE_VERIFIER": "invalid_grant",
	} {
		_, err := a.p.Fault(Fault{Kind: "token_error", Error: status, Count: 1})
		require.NoError(t, err)
		r := a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
		r.refused(code, status, r.str("message"))
	}
	require.NotEmpty(t, a.access(refresh))
}

// The 401 says how long ago; a token that was taken back is no credential.
func TestSection1_7_ExpiredAndRevoked(t *testing.T) {
	a := open(t)
	b := a.as(a.access(a.newRefresh()))
	a.clock.Add(30*time.Minute + 90*time.Second)
	b.do(401, "GET", v+"contacts", "").whole(`{"status":"error","message":"The OAuth token used to make this call expired 90 second(s) ago.","correlationId":"…","category":"EXPIRED_AUTHENTICATION","context":{"expire time":["2026-10-05T10:00:00.250Z"]}}`)
	b = a.as(a.access(a.newRefresh()))
	b.do(204, "DELETE", "/appinstalls/2026-09/external-install", "")
	b.do(401, "GET", v+"contacts", "").whole(`{"status":"error","message":"Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview","correlationId":"…","category":"INVALID_AUTHENTICATION"}`)
}

// What HubSpot's own servers answer is an envelope.
func TestSection2_4_Envelopes(t *testing.T) {
	a := open(t)
	before := a.p.Stats().Records["contacts"]
	for code, c := range map[int]struct {
		after int
		body  string
	}{
		423: {2, `{"status":"error","message":"This resource is locked because of a high volume of writes.","correlationId":"…"}`},
		477: {86_400, `{"status":"error","message":"This account is being migrated between data hosting locations.","correlationId":"…"}`},
		500: {0, `{"status":"error","message":"internal error","correlationId":"…"}`},
		401: {0, `{"status":"error","message":"The OAuth token used to make this call expired 0 second(s) ago.","correlationId":"…","category":"EXPIRED_AUTHENTICATION","context":{"expire time":["1970-01-01T00:00:00Z"]}}`},
		403: {0, `{"status":"error","message":"This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.","correlationId":"…","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.contacts.read"]}}],"links":{"scopes":"https://developers.hubspot.com/scopes"},"category":"MISSING_SCOPES"}`},
	} {
		_, err := a.p.Fault(Fault{Kind: "status", Status: code, RetryAfter: c.after, Count: 1})
		require.NoError(t, err)
		r := a.do(code, "POST", v+"contacts", `{"properties":{}}`)
		r.whole("%s", c.body)
		require.Equal(t, map[bool]string{true: strconv.Itoa(c.after)}[c.after > 0], r.header.Get("Retry-After"))
	}
	require.Equal(t, before, a.p.Stats().Records["contacts"])
}

// What stands in front of them answers with a page, and for some of its codes
// nobody knows whether the write was done.
func TestSection2_4_EdgePages(t *testing.T) {
	a := open(t)
	count := func() int64 { return a.p.Stats().Records["contacts"] }
	for _, code := range []int{502, 503, 504, 521, 522, 523, 524, 525, 526, 530} {
		title := fmt.Sprintf("%d %s", code, http.StatusText(code))
		if http.StatusText(code) == "" {
			title = fmt.Sprintf("%d Error", code)
		}
		for _, done := range []bool{false, true} {
			before := count()
			_, err := a.p.Fault(Fault{Kind: "status", Status: code, Apply: done, Count: 1})
			require.NoError(t, err)
			r := a.do(code, "POST", v+"contacts", `{"properties":{}}`)
			require.Equal(t, "text/html;charset=utf-8", r.header.Get("Content-Type"))
			require.Equal(t, "<!DOCTYPE html>\n<html><head><title>"+title+"</title></head><body><center><h1>"+title+"</h1></center><hr><center>cloudflare</center></body></html>\n", r.raw)
			require.Equal(t, map[bool]int64{true: before + 1, false: before}[done], count(), "%d", code)
		}
	}
}

// A 404 is a record that is not there, or a route: one is JSON, the other a page.
func TestSection2_4_TwoKindsOfNotFound(t *testing.T) {
	a := open(t)
	a.do(404, "GET", v+"contacts/999", "").whole(`{"status":"error","message":"resource not found","correlationId":"…"}`)
	for _, path := range []string{v + "contacts/1/nothing", "/crm/nothing", "/crm/objects/2019-01/contacts/999"} {
		r := a.do(404, "GET", path, "")
		require.Contains(t, r.header.Get("Content-Type"), "text/html")
		require.Contains(t, r.raw, "<h1>404 Not Found</h1>")
	}
}

// An address that is too long is a page; the same names in a batch are fine.
func TestSection2_4_AddressTooLong(t *testing.T) {
	a := open(t)
	names := strings.Repeat("hs_lifecyclestage_lead_date,", 600)
	r := a.do(414, "GET", v+"contacts?properties="+names, "")
	require.Contains(t, r.raw, "<h1>414 Request URI Too Long</h1>")
	id := a.contact(`{}`)
	list := asJSON(t, strings.Split(strings.TrimSuffix(names, ","), ","))
	r = a.do(200, "POST", v+"contacts/batch/read", `{"properties":`+list+`,"inputs":[{"id":`+id+`}]}`)
	require.Equal(t, "2026-10-05T09:30:00.250Z", r.str("results", 0, "properties", "hs_lifecyclestage_lead_date"))
}

// Every 2xx that writes answer with.
func TestSection2_4_Success(t *testing.T) {
	a := open(t)
	id := a.do(201, "POST", v+"contacts", `{"properties":{}}`).str("id")
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"city":"Rom"}}`)
	r := a.do(207, "POST", v+"contacts/batch/update", `{"inputs":[{"id":"999","properties":{}}]}`)
	require.EqualValues(t, 1, r.at("numErrors"))
	require.Empty(t, a.do(204, "DELETE", v+"contacts/"+id, "").raw)
}
