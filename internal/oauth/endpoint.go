package oauth

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"satchel/internal/crm"
)

const (
	callTimeout = 30 * time.Second
	maxBody     = 1 << 20
)

// reply is whatever the endpoints answer with, errors included.
type reply struct {
	Access    string      `json:"access_token"`
	Refresh   string      `json:"refresh_token"`
	ExpiresIn int64       `json:"expires_in"`
	Portal    json.Number `json:"hub_id"`
	UserID    json.Number `json:"user_id"`
	Scopes    []string    `json:"scopes"`
	Active    *bool       `json:"active"`
	User      string      `json:"user"`
	Domain    string      `json:"hub_domain"`
	Error     string      `json:"error"`
	Status    string      `json:"status"`
}

func (r reply) grant(issued time.Time) Grant {
	return Grant{
		Access: r.Access, Refresh: r.Refresh, Lifetime: time.Duration(r.ExpiresIn) * time.Second, Issued: issued,
		Scopes: r.Scopes, PortalID: r.Portal.String(), UserID: r.UserID.String(),
	}
}

func (r reply) identity() Identity {
	return Identity{Email: r.User, UserID: r.UserID.String(), PortalID: r.Portal.String(), Domain: r.Domain, Scopes: r.Scopes}
}

// post sends a form with the app's credentials to the token endpoint or a path
// below it. Its errors never hold anything of the request or the answer but
// HubSpot's error codes.
func (a App) post(ctx context.Context, op, below string, form url.Values) (reply, error) {
	form.Set("client_id", a.ClientID)
	if a.ClientSecret != "" {
		form.Set("client_secret", a.ClientSecret)
	}
	within, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(within, http.MethodPost, a.TokenURL+below, strings.NewReader(form.Encode()))
	if err != nil {
		return reply{}, &crm.Error{Kind: crm.Internal, Op: op, Err: errors.New("the token address is not an address")}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	client := &http.Client{
		Transport:     a.HTTP,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		return reply{}, unreached(ctx, op, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return reply{}, unreached(ctx, op, err)
	}
	return understand(op, res, body)
}

func unreached(ctx context.Context, op string, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return &crm.Error{Kind: crm.Canceled, Op: op, Err: err, Msg: "Stopped. Nothing was lost."}
	}
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
		return &crm.Error{Kind: crm.Offline, Op: op, Err: err, Msg: "The certificate that the network showed is not HubSpot's, so nothing was sent. " +
			"If your company's proxy reads encrypted traffic, have its certificate trusted by this computer, or name its file with --ca-file, SATCHEL_CA_FILE or ca_file in config.json. " +
			"If this network asks for a sign-in, do that in a browser."}
	}
	return &crm.Error{Kind: crm.Offline, Op: op, Err: err, Msg: "HubSpot's sign-in service cannot be reached. Your edits are kept; it is tried again by itself."}
}

func understand(op string, res *http.Response, body []byte) (reply, error) {
	var r reply
	ok := res.StatusCode >= 200 && res.StatusCode < 300
	b := bytes.TrimSpace(body)
	if ok && len(b) == 0 {
		return r, nil // revoke may answer so
	}
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	page := err == nil && !strings.HasSuffix(media, "json") || len(b) > 0 && b[0] != '{'
	if res.StatusCode < 500 && (page || res.StatusCode >= 300 && res.StatusCode < 400) {
		return r, &crm.Error{Kind: crm.Offline, Op: op, Err: fmt.Errorf("a web page with status %d", res.StatusCode), Msg: "The network answered with a web page instead of HubSpot's. " +
			"If this is a hotel's or a train's Wi-Fi, open a browser and sign in to it. Your edits are kept."}
	}
	err = json.Unmarshal(b, &r)
	if ok && err != nil { // not wrapped: json's errors quote the input
		return reply{}, &crm.Error{Kind: crm.Upstream, Op: op, Err: errors.New("the answer is not JSON"), Msg: "HubSpot's sign-in service gave a damaged answer. It is tried again by itself."}
	}
	if ok {
		return r, nil
	}
	return reply{}, refused(op, res, r)
}

// refused sorts HubSpot's refusals: the sign-in is over, the app is set up
// wrongly, or it may work later.
func refused(op string, res *http.Response, r reply) error {
	code := codeOf(r)
	e := &crm.Error{Op: op, Err: fmt.Errorf("the token endpoint answered %d %s", res.StatusCode, code)}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		e.RetryAfter = min(time.Duration(s)*time.Second, 15*time.Minute)
	}
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		e.Kind, e.Msg = crm.RateLimited, "HubSpot's sign-in service asked Satchel to slow down. It is tried again by itself."
	case res.StatusCode >= 500, res.StatusCode == http.StatusLocked, res.StatusCode == 477, res.StatusCode == http.StatusRequestTimeout:
		e.Kind, e.Msg = crm.Upstream, "HubSpot's sign-in service has a problem at the moment. Your edits are kept; it is tried again by itself."
	case slices.Contains([]string{"BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "INVALID_CLIENT", "UNAUTHORIZED_CLIENT"}, code):
		e.Kind, e.Msg = crm.Forbidden, "HubSpot does not know this app: its client ID or client secret is wrong. Copy both again from the app's settings in HubSpot."
	case code == "BAD_REDIRECT_URI":
		e.Kind, e.Msg = crm.Invalid, "The app in HubSpot lacks Satchel's redirect addresses. Add "+strings.Join(RedirectURLs(), ", ")+" to it and connect again."
	case code == "BAD_SCOPES", code == "INVALID_SCOPE":
		e.Kind, e.Msg = crm.Forbidden, "The app in HubSpot does not have the scopes that Satchel asks for. Add them in the app's settings and connect again."
	case code == "BAD_AUTH_CODE", code == "BAD_CODE_VERIFIER":
		e.Kind, e.Msg = crm.Unauthorized, "This sign-in took too long or was used already. Connect again."
	case slices.Contains([]string{"INVALID_GRANT", "BAD_REFRESH_TOKEN", "BAD_HUB", "ACCESS_DENIED"}, code):
		e.Kind, e.Msg, e.Err = crm.Unauthorized, msgRevoked, errors.Join(ErrRevoked, e.Err)
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		e.Kind, e.Msg = crm.Forbidden, "HubSpot refused this app's sign-in. Check its client ID and secret in the app's settings in HubSpot."
	default:
		e.Kind, e.Msg = crm.Invalid, "HubSpot did not understand the sign-in request. Check the app's settings in HubSpot and connect again."
	}
	if e.Kind == crm.Forbidden || code == "BAD_REDIRECT_URI" {
		e.Err = errors.Join(ErrWrongApp, e.Err)
	}
	return e
}

// ErrRevoked is in the chain of an error after which only connecting again
// helps.
var ErrRevoked = errors.New("the refresh token is no longer valid")

const msgRevoked = "HubSpot no longer accepts this sign-in: it was revoked, or the app was removed from the portal. Your edits are kept; connect again to send them."

// codeOf is HubSpot's own code, else OAuth's, in capitals; only names that
// are plain words get into messages.
func codeOf(r reply) string {
	for _, c := range []string{r.Status, r.Error} {
		c = strings.ToUpper(c)
		if c != "" && c != "ERROR" && len(c) < 40 && strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == "" {
			return c
		}
	}
	return ""
}
