package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The values of Options.PKCE; fact sheet 1.4.
const (
	pkceIgnore  = "ignore"
	pkceEnforce = "enforce"
)

// oauthRoutes mounts the token endpoints; fact sheet 1.3, 1.5, 1.6.
func oauthRoutes(on mount) {
	on(tokenEndpoint, "POST", "/oauth/{v}/token", "/oauth/v3/token", "/oauth/v1/token")
	on(introspect, "POST", "/oauth/{v}/token/introspect", "/oauth/v3/token/introspect")
	on(revokeToken, "POST", "/oauth/{v}/token/revoke", "/oauth/v3/token/revoke")
	on(accessTokenInfo, "GET", "/oauth/v1/access-tokens/{token}")
	on(refreshTokenInfo, "GET", "/oauth/v1/refresh-tokens/{token}")
	on(deleteRefreshToken, "DELETE", "/oauth/v1/refresh-tokens/{token}")
}

// pickerRoutes mounts the authorize page; fact sheet 1.1.
func (p *Portal) pickerRoutes(mux *http.ServeMux) {
	for _, path := range []string{"/oauth/authorize", "/oauth/{hub}/authorize"} {
		mux.HandleFunc("GET "+path, p.authorizePage)
		mux.HandleFunc("POST "+path, p.authorizeDecision)
	}
}

// tokenGrant is what the token endpoint hands out.
type tokenGrant struct {
	TokenType    string   `json:"token_type"`
	RefreshToken string   `json:"refresh_token,omitempty"`
	AccessToken  string   `json:"access_token"`
	HubID        int64    `json:"hub_id,omitempty"`
	UserID       int64    `json:"user_id,omitempty"`
	Scopes       []string `json:"scopes,omitempty"`
	ExpiresIn    int      `json:"expires_in"`
	TokenUse     string   `json:"token_use,omitempty"`
}

// form reads the credentials and parameters of an OAuth call. From v3 on they
// stand in the body only, never in the query.
func (c *call) form() url.Values {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return url.Values{}
	}
	if c.version == "v1" {
		for name, vals := range c.r.URL.Query() {
			form[name] = append(form[name], vals...)
		}
	}
	return form
}

// client checks client_id and client_secret and returns the status of the
// refusal, "" for none.
func (c *call) client(form url.Values) string {
	switch {
	case form.Get("client_id") != c.p.auth.ClientID:
		return "BAD_CLIENT_ID"
	case subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(c.p.auth.Secret)) != 1:
		return "BAD_CLIENT_SECRET"
	default:
		return ""
	}
}

// tokenEndpoint answers the three grants; fact sheet 1.3.
func tokenEndpoint(c *call) (answer, error) {
	form := c.form()
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if status := c.client(form); status != "" {
		return refuseToken(c.version, status)
	}
	switch grantType := form.Get("grant_type"); {
	case grantType == "authorization_code":
		return c.redeemCode(form)
	case grantType == "refresh_token":
		return c.refresh(form)
	case grantType == "client_credentials" && c.version != "v1":
		return c.clientCredentials(form)
	default:
		return refuseToken(c.version, "BAD_GRANT_TYPE")
	}
}

func (c *call) redeemCode(form url.Values) (answer, error) {
	code := form.Get("code")
	waiting, known := c.p.auth.Codes[code]
	delete(c.p.auth.Codes, code) // a code works once, whatever comes of it
	switch {
	case !known || c.p.nowMS() >= waiting.Expires:
		return refuseToken(c.version, "BAD_AUTH_CODE")
	case form.Get("redirect_uri") != waiting.Redirect:
		return refuseToken(c.version, "BAD_REDIRECT_URI")
	case c.p.opt.PKCE == pkceEnforce && !verifies(waiting, form.Get("code_verifier")):
		return refuseToken(c.version, "BAD_CODE_VERIFIER")
	}
	return c.handOut(waiting.Grant, c.p.newRefresh(waiting.Grant)), nil
}

// verifies checks PKCE as HubSpot's MCP apps have it: S256 and nothing else.
func verifies(waiting codeGrant, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return verifier != "" && waiting.Method == "S256" && base64.RawURLEncoding.EncodeToString(sum[:]) == waiting.Challenge
}

// refresh gives a new access token. The refresh token stays the same unless
// rotation is switched on, which ends the old one.
func (c *call) refresh(form url.Values) (answer, error) {
	token := form.Get("refresh_token")
	g, known := c.p.auth.Refresh[token]
	if !known {
		return refuseToken(c.version, "BAD_REFRESH_TOKEN")
	}
	if c.p.opt.RotateRefresh {
		delete(c.p.auth.Refresh, token)
		token = c.p.newRefresh(g)
	}
	return c.handOut(g, token), nil
}

// clientCredentials gives the app a token of its own, without a user and an
// account: for app-level scopes only.
func (c *call) clientCredentials(form url.Values) (answer, error) {
	scopes := strings.Fields(form.Get("scope"))
	slices.Sort(scopes)
	scopes = slices.Compact(scopes)
	for _, scope := range scopes {
		if !slices.Contains(appScopes(), scope) {
			return refuseToken(c.version, "BAD_SCOPES")
		}
	}
	if len(scopes) == 0 {
		return refuseToken(c.version, "BAD_SCOPES")
	}
	return c.handOut(grant{Scopes: scopes}, ""), nil
}

func (c *call) handOut(g grant, refresh string) answer {
	token, _ := c.p.newAccess(g)
	out := tokenGrant{TokenType: "bearer", RefreshToken: refresh, AccessToken: token, ExpiresIn: int(accessLife.Seconds())}
	if c.version != "v1" {
		out.UserID, out.Scopes, out.TokenUse = g.UserID, g.Scopes, "access_token"
		if g.UserID != 0 {
			out.HubID = c.p.portalID
		}
	}
	return ok(out)
}

// newCode keeps a grant for the client to fetch.
func (p *Portal) newCode(g grant, q url.Values) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.nowMS()
	for code, old := range p.auth.Codes {
		if now >= old.Expires {
			delete(p.auth.Codes, code)
		}
	}
	p.auth.Serial++
	code := "na1-" + p.uuid("code "+strconv.Itoa(p.auth.Serial))
	p.auth.Codes[code] = codeGrant{
		Grant: g, Redirect: q.Get("redirect_uri"), Challenge: q.Get("code_challenge"), Method: q.Get("code_challenge_method"),
		Expires: now + codeLife.Milliseconds(),
	}
	return code
}
