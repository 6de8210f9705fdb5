package sandbox

import (
	"net/url"

	"github.com/stretchr/testify/require"
)

func driveAccount(d *drive) {
	d.call(200, "GET", "/details", "")
	d.call(200, "GET", "/api-usage/daily/private-apps", "")
	d.as("").do(401, "GET", d.base+"/details", "")
	d.as(d.narrow()).do(403, "GET", d.base+"/api-usage/daily/private-apps", "")
}

// grant lets the first owner's user consent to everything.
func (d *drive) grant() string {
	d.t.Helper()
	refresh, err := d.p.GrantFor("")
	require.NoError(d.t, err)
	return refresh
}

func driveUninstall(d *drive) {
	d.call(403, "DELETE", "/external-install", "")
	d.as("").do(401, "DELETE", d.base+"/external-install", "")
	token := d.access(d.grant())
	d.as(token).do(204, "DELETE", d.base+"/external-install", "")
	d.as(token).do(401, "DELETE", d.base+"/external-install", "")
}

// form posts a form and expects a status.
func (d *drive) form(code int, rest string, form url.Values) *reply {
	d.t.Helper()
	r := d.post(d.base+rest, form)
	require.Equal(d.t, code, r.code, "%s: %s", rest, r.raw)
	return r
}

// driveOAuth drives the token endpoint and, from v3 on, what belongs to it.
func driveOAuth(d *drive) {
	code := d.authorize().Get("code")
	form := d.secrets("grant_type", "authorization_code", "code", code, "redirect_uri", redirects()[0])
	got := d.form(200, "/token", form)
	d.form(400, "/token", form)
	d.form(200, "/token", d.secrets("grant_type", "refresh_token", "refresh_token", got.str("refresh_token")))
	d.form(400, "/token", d.secrets("grant_type", "refresh_token", "refresh_token", "nonsense"))
	d.form(400, "/token", url.Values{"grant_type": {"refresh_token"}})
	if d.version == "v1" {
		return
	}
	for _, kind := range []string{"access_token", "refresh_token"} {
		d.form(200, "/token/introspect", d.secrets("token", got.str(kind), "token_type_hint", kind))
	}
	d.form(200, "/token/introspect", d.secrets("token", "nonsense"))
	d.form(400, "/token/introspect", url.Values{"token": {"nonsense"}})
	d.form(200, "/token/revoke", d.secrets("token", got.str("refresh_token"), "token_type_hint", "refresh_token"))
	d.form(400, "/token/revoke", url.Values{"token": {"nonsense"}})
}

// driveOAuthV1 drives what only the first version has.
func driveOAuthV1(d *drive) {
	refresh := d.grant()
	token := d.access(refresh)
	b := d.as("")
	b.do(200, "GET", d.base+"/access-tokens/"+token, "")
	b.do(404, "GET", d.base+"/access-tokens/nonsense", "")
	b.do(200, "GET", d.base+"/refresh-tokens/"+refresh, "")
	b.do(204, "DELETE", d.base+"/refresh-tokens/"+refresh, "")
	b.do(400, "GET", d.base+"/refresh-tokens/"+refresh, "")
}
