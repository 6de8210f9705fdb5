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

// tokenFailure is the token endpoint's error body; fact sheet 1.7.
type tokenFailure struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Status      string `json:"status"`
	Message     string `json:"message"`
}

func refuseToken(code, status, message string) (answer, error) {
	return answer{code: http.StatusBadRequest, body: encodeJSON(tokenFailure{code, message, status, message})}, nil
}

// tokenGrant is what the token endpoint hands out.
type tokenGrant struct {
	TokenType    string   `json:"token_type"`
	RefreshToken string   `json:"refresh_token"`
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

// client checks client_id and client_secret; ok is false when the answer is
// already there.
func (c *call) client(form url.Values) (a answer, passed bool) {
	if form.Get("client_id") != c.p.auth.ClientID {
		a, _ = refuseToken("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
		return a, false
	}
	if subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(c.p.auth.Secret)) != 1 {
		a, _ = refuseToken("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")
		return a, false
	}
	return answer{}, true
}

// tokenEndpoint answers the code and refresh grants; fact sheet 1.3. The
// refresh token does not rotate.
func tokenEndpoint(c *call) (answer, error) {
	form := c.form()
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if a, passed := c.client(form); !passed {
		return a, nil
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return c.redeemCode(form)
	case "refresh_token":
		refresh := form.Get("refresh_token")
		g, known := c.p.auth.Refresh[refresh]
		if !known {
			return refuseToken("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
		}
		return c.handOut(g, refresh), nil
	default:
		return refuseToken("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
	}
}

func (c *call) redeemCode(form url.Values) (answer, error) {
	code := form.Get("code")
	waiting, known := c.p.auth.Codes[code]
	delete(c.p.auth.Codes, code) // a code works once, whatever comes of it
	switch {
	case !known || c.p.nowMS() >= waiting.Expires:
		return refuseToken("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
	case form.Get("redirect_uri") != waiting.Redirect:
		return refuseToken("invalid_grant", "BAD_REDIRECT_URI", "missing or invalid redirect uri")
	case !verifies(waiting, form.Get("code_verifier")):
		return refuseToken("invalid_grant", "BAD_CODE_VERIFIER", "missing or invalid code verifier")
	}
	return c.handOut(waiting.Grant, c.p.newRefresh(waiting.Grant)), nil
}

// verifies checks PKCE where the authorize request had a challenge.
func verifies(waiting codeGrant, verifier string) bool {
	switch {
	case waiting.Challenge == "":
		return true
	case waiting.Method == "S256":
		sum := sha256.Sum256([]byte(verifier))
		return verifier != "" && base64.RawURLEncoding.EncodeToString(sum[:]) == waiting.Challenge
	default:
		return verifier == waiting.Challenge
	}
}

func (c *call) handOut(g grant, refresh string) answer {
	token, _ := c.p.newAccess(g)
	out := tokenGrant{TokenType: "bearer", RefreshToken: refresh, AccessToken: token, ExpiresIn: int(accessLife.Seconds())}
	if c.version != "v1" {
		out.HubID, out.UserID, out.Scopes, out.TokenUse = c.p.portalID, g.UserID, g.Scopes, "access_token"
	}
	return ok(out)
}

// tokenInfo is an introspection; fact sheet 1.5.
type tokenInfo struct {
	Active    bool     `json:"active"`
	Token     string   `json:"token,omitempty"`
	HubID     int64    `json:"hub_id,omitempty"`
	UserID    int64    `json:"user_id,omitempty"`
	ClientID  string   `json:"client_id,omitempty"`
	AppID     int64    `json:"app_id,omitempty"`
	User      string   `json:"user,omitempty"`
	HubDomain string   `json:"hub_domain,omitempty"`
	Scopes    []string `json:"scopes,omitempty"`
	ExpiresIn int64    `json:"expires_in,omitempty"`
	Private   *bool    `json:"is_private_distribution,omitempty"`
	TokenUse  string   `json:"token_use,omitempty"`
	TokenType string   `json:"token_type,omitempty"`
}

func introspect(c *call) (answer, error) {
	form := c.form()
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	if a, passed := c.client(form); !passed {
		return a, nil
	}
	token := form.Get("token")
	if a, known := c.p.auth.Access[token]; known && !a.Revoked && c.p.nowMS() < a.Expires {
		info := c.p.describe(token, a.Grant)
		info.ExpiresIn, info.TokenUse, info.TokenType = (a.Expires-c.p.nowMS())/1000, "access_token", "Bearer"
		return ok(info), nil
	}
	if g, known := c.p.auth.Refresh[token]; known {
		info := c.p.describe(token, g)
		info.TokenUse = "refresh_token"
		return ok(info), nil
	}
	return ok(tokenInfo{}), nil
}

func (p *Portal) describe(token string, g grant) tokenInfo {
	private := false
	return tokenInfo{
		Active: true, Token: token, HubID: p.portalID, UserID: g.UserID, ClientID: p.auth.ClientID, AppID: p.auth.AppID,
		User: p.emailOf(g.UserID), HubDomain: hubDomain, Scopes: g.Scopes, Private: &private,
	}
}

// accessTokenInfo is the old GET /oauth/v1/access-tokens/{token}.
func accessTokenInfo(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	token := c.r.PathValue("token")
	a, known := c.p.auth.Access[token]
	if !known || a.Revoked || c.p.nowMS() >= a.Expires {
		return answer{}, &apiError{code: http.StatusNotFound, Message: "invalid or unknown access token", Category: "OBJECT_NOT_FOUND"}
	}
	info := c.p.describe(token, a.Grant)
	info.ExpiresIn, info.TokenType = (a.Expires-c.p.nowMS())/1000, "access"
	return ok(info), nil
}

func refreshTokenInfo(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	token := c.r.PathValue("token")
	g, known := c.p.auth.Refresh[token]
	if !known {
		return refuseToken("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
	}
	info := c.p.describe(token, g)
	info.TokenType = "refresh"
	return ok(info), nil
}

func deleteRefreshToken(c *call) (answer, error) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	delete(c.p.auth.Refresh, c.r.PathValue("token"))
	c.p.saver.touch(c.p)
	return noContent(), nil
}

// revokeToken ends a refresh token, or one access token. Access tokens of a
// revoked refresh token live on until they expire; fact sheet 1.6.
func revokeToken(c *call) (answer, error) {
	form := c.form()
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if a, passed := c.client(form); !passed {
		return a, nil
	}
	token := form.Get("token")
	delete(c.p.auth.Refresh, token)
	if a, known := c.p.auth.Access[token]; known {
		a.Revoked = true
		c.p.auth.Access[token] = a
	}
	c.p.saver.touch(c.p)
	return answer{code: http.StatusOK, body: []byte("{}")}, nil
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
	method := q.Get("code_challenge_method")
	if method == "" {
		method = "plain"
	}
	p.auth.Codes[code] = codeGrant{
		Grant: g, Redirect: q.Get("redirect_uri"), Challenge: q.Get("code_challenge"), Method: method,
		Expires: now + codeLife.Milliseconds(),
	}
	return code
}

// scopesOf reads the scopes an authorize request asks for. Unknown required
// ones are an error, unknown optional ones are dropped; fact sheet 1.1.
func scopesOf(q url.Values) (granted, unknown []string) {
	known := knownScopes()
	for s := range strings.FieldsSeq(q.Get("scope")) {
		if slices.Contains(known, s) {
			granted = append(granted, s)
		} else {
			unknown = append(unknown, s)
		}
	}
	for s := range strings.FieldsSeq(q.Get("optional_scope")) {
		if slices.Contains(known, s) {
			granted = append(granted, s)
		}
	}
	slices.Sort(granted)
	return slices.Compact(granted), unknown
}
