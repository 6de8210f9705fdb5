package sandbox

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// tokenInfo is an introspection; fact sheet 1.5.
type tokenInfo struct {
	Active    *bool        `json:"active,omitempty"` // nil in v1
	Token     string       `json:"token,omitempty"`
	HubID     int64        `json:"hub_id,omitempty"`
	UserID    int64        `json:"user_id,omitempty"`
	ClientID  string       `json:"client_id,omitempty"`
	AppID     int64        `json:"app_id,omitempty"`
	User      string       `json:"user,omitempty"`
	HubDomain string       `json:"hub_domain,omitempty"`
	Scopes    []string     `json:"scopes,omitempty"`
	Signed    *signedToken `json:"signed_access_token,omitempty"`
	ExpiresIn int64        `json:"expires_in,omitempty"`
	Private   *bool        `json:"is_private_distribution,omitempty"`
	TokenUse  string       `json:"token_use,omitempty"`
	TokenType string       `json:"token_type,omitempty"`
}

// signedToken is what HubSpot's own servers pass on. Its signatures and scope
// lists are opaque; here they are made up.
type signedToken struct {
	ExpiresAt        int64  `json:"expiresAt"`
	Scopes           string `json:"scopes"`
	HubID            int64  `json:"hubId"`
	UserID           int64  `json:"userId"`
	AppID            int64  `json:"appId"`
	Signature        string `json:"signature"`
	ScopeGroups      string `json:"scopeToScopeGroupPks"`
	NewSignature     string `json:"newSignature"`
	Hublet           string `json:"hublet"`
	TrialScopes      string `json:"trialScopes"`
	TrialScopeGroups string `json:"trialScopeToScopeGroupPks"`
	UserLevel        bool   `json:"isUserLevel"`
	Private          bool   `json:"isPrivateDistribution"`
	InstallID        string `json:"appInstallId"`
	Installer        int64  `json:"installingUserId"`
	Audience         string `json:"audience"`
	Service          bool   `json:"isServiceAccount"`
}

func introspect(c *call) (answer, error) {
	form := c.form()
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	if status := c.client(form); status != "" {
		return refuseToken(c.version, status)
	}
	token := tokenIn(form)
	if a, known := c.p.auth.Access[token]; known && !a.Revoked && c.p.nowMS() < a.Expires {
		info := c.p.describe(token, a.Grant)
		info.ExpiresIn, info.TokenUse, info.TokenType = (a.Expires-c.p.nowMS())/1000, "access_token", "Bearer"
		info.Signed = c.p.sign(token, a)
		return ok(info), nil
	}
	if g, known := c.p.auth.Refresh[token]; known {
		info := c.p.describe(token, g)
		info.TokenUse, info.TokenType = "refresh_token", "Bearer"
		return ok(info), nil
	}
	return ok(map[string]bool{"active": false}), nil
}

// tokenIn finds the token that a call is about. Some of HubSpot's prose names
// the field after the token's kind; fact sheet 1.5.
func tokenIn(form interface{ Get(name string) string }) string {
	for _, name := range []string{"token", "access_token", "refresh_token"} {
		if token := form.Get(name); token != "" {
			return token
		}
	}
	return ""
}

func (p *Portal) describe(token string, g grant) tokenInfo {
	private, active := false, true
	info := tokenInfo{
		Active: &active, Token: token, ClientID: p.auth.ClientID, AppID: p.auth.AppID, Scopes: g.Scopes, Private: &private,
	}
	if g.UserID != 0 {
		info.HubID, info.UserID, info.User, info.HubDomain = p.portalID, g.UserID, p.emailOf(g.UserID), hubDomain
	}
	return info
}

func (p *Portal) sign(token string, a access) *signedToken {
	opaque := func(name string) string {
		b := p.secret(name + " " + token)
		return base64.StdEncoding.EncodeToString(b[:])
	}
	s := &signedToken{
		ExpiresAt: a.Expires, Scopes: opaque("scopes"), UserID: a.Grant.UserID, AppID: p.auth.AppID, Signature: opaque("signature"),
		ScopeGroups: opaque("groups " + strings.Join(a.Grant.Scopes, " ")), NewSignature: opaque("new signature"), Hublet: "na1",
	}
	if a.Grant.UserID != 0 {
		s.HubID, s.Installer = p.portalID, a.Grant.UserID
	}
	return s
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
	info.Active, info.ClientID = nil, "" // the later versions have these
	return ok(info), nil
}

func refreshTokenInfo(c *call) (answer, error) {
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	token := c.r.PathValue("token")
	g, known := c.p.auth.Refresh[token]
	if !known {
		return refuseToken(c.version, "BAD_REFRESH_TOKEN")
	}
	info := c.p.describe(token, g)
	info.TokenType = "refresh"
	info.Active, info.AppID, info.Private = nil, 0, nil // the later versions have these
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
	if status := c.client(form); status != "" {
		return refuseToken(c.version, status)
	}
	token := tokenIn(form)
	delete(c.p.auth.Refresh, token)
	if a, known := c.p.auth.Access[token]; known {
		a.Revoked = true
		c.p.auth.Access[token] = a
	}
	c.p.saver.touch(c.p)
	return answer{code: http.StatusOK, body: []byte("{}")}, nil
}
