package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	accessLife = 30 * time.Minute // fact sheet 1.3
	codeLife   = 10 * time.Minute
	appName    = "Satchel sandbox app"
)

// auth is everything about who may call. Its fields are exported for the state
// file only.
type auth struct {
	ClientID, Secret string
	AppID            int64
	Static           string // the first static token, unless Options names it
	StaticAppID      int64
	Rotations        int // how often the static tokens were replaced
	Serial           int // tokens and codes made so far
	Codes            map[string]codeGrant
	Refresh          map[string]grant
	Access           map[string]access
}

// grant is what a user allowed the app to do; without a user it is what the app
// may do by itself.
type grant struct {
	UserID int64 // 0 is none
	Scopes []string
}

// codeGrant is a grant that waits to be fetched with its authorization code.
type codeGrant struct {
	Grant     grant
	Redirect  string
	Challenge string // PKCE, "" when none was sent
	Method    string
	Expires   int64
}

// access is an access token that was handed out.
type access struct {
	Grant   grant
	Expires int64
	Revoked bool
}

// caller is who makes a request.
type caller struct {
	appID   int64
	static  bool // has every scope
	private bool // a static token: the limits of private apps are its own
	scopes  []string
	userID  int64 // 0 is none
	label   string
}

func (p *Portal) newAuth() auth {
	app := 15_000_000 + int64(mix(p.salt+1)%9_000_000)
	return auth{
		ClientID: p.uuid("client id"), Secret: p.uuid("client secret"), AppID: app,
		Static: p.madeToken(0), StaticAppID: app + 1117,
		Codes: map[string]codeGrant{}, Refresh: map[string]grant{}, Access: map[string]access{},
	}
}

// authenticate finds the caller by the bearer token; fact sheet 1.7.
func (p *Portal) authenticate(r *http.Request, now time.Time) (*caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return nil, noCredentials()
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if who := p.static(token); who != nil {
		return who, nil
	}
	known, ok := p.auth.Access[token]
	switch {
	case !ok && strings.HasPrefix(token, "pat-"), known.Revoked:
		return nil, noCredentials()
	case !ok:
		return nil, expiredToken(time.UnixMilli(0), now.Sub(time.UnixMilli(0)))
	}
	if expires := time.UnixMilli(known.Expires); !now.Before(expires) {
		return nil, expiredToken(expires, now.Sub(expires))
	}
	who := &caller{appID: p.auth.AppID, scopes: known.Grant.Scopes, userID: known.Grant.UserID, label: appName}
	if who.userID == 0 && (strings.HasPrefix(r.URL.Path, "/account-info/") || strings.HasPrefix(r.URL.Path, "/appinstalls/")) {
		return nil, (&call{who: who}).need("oauth") // it belongs to no account
	}
	return who, nil
}

func noCredentials() *apiError {
	return &apiError{
		code:     http.StatusUnauthorized,
		Message:  "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
		Category: "INVALID_AUTHENTICATION",
	}
}

func expiredToken(at time.Time, ago time.Duration) *apiError {
	return &apiError{
		code:     http.StatusUnauthorized,
		Message:  fmt.Sprintf("The OAuth token used to make this call expired %d second(s) ago.", int64(ago/time.Second)),
		Category: "EXPIRED_AUTHENTICATION",
		Context:  map[string][]string{"expire time": {stamp(at.UnixMilli())}},
	}
}

// GrantFor makes what the authorize page would grant to the user with this
// e-mail, "" for the first owner's user, with every scope, and returns the
// refresh token.
func (p *Portal) GrantFor(email string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user := p.user(email)
	if user == nil {
		return "", fmt.Errorf("grant: no user %q in this portal", email)
	}
	return p.newRefresh(grant{user.UserID, knownScopes()}), nil
}

func (p *Portal) newRefresh(g grant) string {
	p.auth.Serial++
	token := "na1-" + p.uuid("refresh "+strconv.Itoa(p.auth.Serial))
	p.auth.Refresh[token] = g
	p.saver.touch(p)
	return token
}

func (p *Portal) newAccess(g grant) (string, int64) {
	now := p.nowMS()
	for token, old := range p.auth.Access {
		if now-old.Expires > (24 * time.Hour).Milliseconds() {
			delete(p.auth.Access, token)
		}
	}
	p.auth.Serial++
	token := "C" + p.opaque("access "+strconv.Itoa(p.auth.Serial))
	p.auth.Access[token] = access{Grant: g, Expires: now + accessLife.Milliseconds()}
	p.saver.touch(p)
	return token, now + accessLife.Milliseconds()
}

// Revoke ends every grant and every token, the static ones too, which are
// replaced: Credentials and StaticTokens have the new ones.
func (p *Portal) Revoke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revokeApp()
	p.auth.Rotations++
	p.auth.Static = p.madeToken(p.auth.Rotations)
	p.issueTokens(true)
}

// revokeApp ends every grant and token of the OAuth app.
func (p *Portal) revokeApp() {
	for token, a := range p.auth.Access {
		a.Revoked = true
		p.auth.Access[token] = a
	}
	clear(p.auth.Refresh)
	clear(p.auth.Codes)
	p.saver.touch(p)
}

// uninstall is DELETE /appinstalls/{v}/external-install; fact sheet 1.6.
func uninstall(c *call) (answer, error) {
	if c.who.private {
		return answer{}, &apiError{code: http.StatusForbidden, Message: "Only OAuth apps can be uninstalled.", Category: "FORBIDDEN"}
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.p.revokeApp()
	return noContent(), nil
}
