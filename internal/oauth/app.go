package oauth

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// version is the API version of the token endpoint; v1 stops in February 2027.
const version = "2026-03"

// App is the OAuth app that a rep signs in through, and where.
type App struct {
	ClientID     string
	ClientSecret string
	AuthorizeURL string
	TokenURL     string // introspection and revocation live below it
	// HTTP carries the calls to the token endpoint; http.DefaultTransport when
	// nil. Redirects are never followed.
	HTTP http.RoundTripper
	// Ports are tried in turn; those of RedirectURLs when nil.
	Ports []int
}

// AppFor is the app at HubSpot, or at a server that stands in for it: base is
// then the address under which it has the pages as well as the API.
func AppFor(base, id, secret string) App {
	a := App{
		ClientID: id, ClientSecret: secret,
		AuthorizeURL: "https://app.hubspot.com/oauth/authorize",
		TokenURL:     "https://api.hubapi.com/oauth/" + version + "/token",
	}
	base = strings.TrimRight(base, "/")
	u, err := url.Parse(base)
	if base == "" || err == nil && (u.Hostname() == "hubapi.com" || strings.HasSuffix(u.Hostname(), ".hubapi.com")) {
		return a
	}
	a.AuthorizeURL = base + "/oauth/authorize"
	a.TokenURL = base + "/oauth/" + version + "/token"
	return a
}

// LogValue leaves the secret out.
func (a App) LogValue() slog.Value {
	return slog.GroupValue(slog.String("client_id", a.ClientID), slog.String("token_url", a.TokenURL))
}

// String leaves the secret out.
func (a App) String() string { return "app " + a.ClientID + " at " + a.TokenURL }

// GoString leaves the secret out.
func (a App) GoString() string { return a.String() }

// RedirectPorts are the ports of the registered redirect addresses.
func RedirectPorts() []int { return []int{47611, 47612, 47613} }

// RedirectURLs are what an app must register at HubSpot, all of them.
func RedirectURLs() []string {
	var out []string
	for _, p := range RedirectPorts() {
		out = append(out, redirectURL(p))
	}
	return out
}

func redirectURL(port int) string {
	return "http://localhost:" + strconv.Itoa(port) + callbackPath
}

// Scopes are what a sign-in asks for.
type Scopes struct {
	Required []string // all of them, or HubSpot refuses
	Optional []string // dropped in silence where the portal or the user cannot give them
}

// DefaultScopes are what Satchel needs: to read and write contacts, companies
// and deals, and to read their properties and owners. The optional ones let it
// make its key property (crm.KeyProperty), and read tickets, line items, products
// and the e-mails of timelines.
func DefaultScopes() Scopes {
	s := Scopes{Required: []string{"oauth", "crm.objects.owners.read"}}
	for _, t := range []string{"contacts", "companies", "deals"} {
		s.Required = append(s.Required, "crm.objects."+t+".read", "crm.objects."+t+".write", "crm.schemas."+t+".read")
		s.Optional = append(s.Optional, "crm.schemas."+t+".write")
	}
	s.Optional = append(s.Optional, "tickets", "crm.objects.line_items.read", "crm.objects.products.read", "sales-email-read")
	return s
}

// missing are the required scopes that were not granted. An answer that names
// none says nothing.
func (s Scopes) missing(granted []string) []string {
	if len(granted) == 0 {
		return nil
	}
	var out []string
	for _, r := range s.Required {
		if !slices.Contains(granted, r) {
			out = append(out, r)
		}
	}
	return out
}
