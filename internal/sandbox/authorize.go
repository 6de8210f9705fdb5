package sandbox

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const hubDomain = "satchel.example"

// authorizeView is what the authorize page shows.
type authorizeView struct {
	Portal int64
	Domain string
	App    string
	Users  []*owner
	Scopes []string
	Query  map[string]string
	Action string
}

// authorizePage asks a person which user of which account lets the app in.
func (p *Portal) authorizePage(w http.ResponseWriter, r *http.Request) {
	if p.faults.unreachable() {
		hangUp(w, false)
	}
	q := r.URL.Query()
	if !p.validAuthorize(w, q) {
		return
	}
	scopes, _ := scopesOf(q)
	view := authorizeView{Portal: p.portalID, Domain: hubDomain, App: appName, Scopes: scopes, Action: r.URL.Path, Query: map[string]string{}}
	for _, name := range []string{"client_id", "redirect_uri", "scope", "optional_scope", "state", "code_challenge", "code_challenge_method"} {
		if q.Has(name) {
			view.Query[name] = q.Get(name)
		}
	}
	p.mu.RLock()
	view.Users = slices.Clone(p.owners)
	p.mu.RUnlock()
	p.html(w, http.StatusOK, authorizeTemplate, view)
}

// authorizeDecision sends the browser back to the app with a code, or with the
// user's refusal.
func (p *Portal) authorizeDecision(w http.ResponseWriter, r *http.Request) {
	if p.faults.unreachable() {
		hangUp(w, false)
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		p.complain(w, http.StatusForbidden, "This form was sent from another site.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		p.complain(w, http.StatusBadRequest, "This form could not be read.")
		return
	}
	q := r.PostForm
	if !p.validAuthorize(w, q) {
		return
	}
	back := url.Values{}
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	if q.Get("decision") != "allow" {
		back.Set("error", "access_denied")
		back.Set("error_description", "The user denied access.")
	} else {
		p.mu.RLock()
		user := p.user(q.Get("user"))
		p.mu.RUnlock()
		if user == nil {
			p.complain(w, http.StatusBadRequest, "This user is not in the account.")
			return
		}
		scopes, _ := scopesOf(q)
		back.Set("code", p.newCode(grant{user.UserID, scopes}, q))
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// validAuthorize checks an authorize request and shows the mistake to the
// person, since a wrong redirect must not be followed.
func (p *Portal) validAuthorize(w http.ResponseWriter, q url.Values) bool {
	p.mu.RLock()
	client := p.auth.ClientID
	p.mu.RUnlock()
	granted, unknown := scopesOf(q)
	method := q.Get("code_challenge_method")
	switch {
	case q.Get("client_id") != client:
		p.complain(w, http.StatusBadRequest, "Authorization failed because the client ID is missing or unknown.")
	case !slices.Contains(redirects(), q.Get("redirect_uri")):
		p.complain(w, http.StatusBadRequest, "Authorization failed because the redirect URL doesn't match the registered redirect URLs: "+strings.Join(redirects(), ", "))
	case len(unknown) > 0:
		p.complain(w, http.StatusBadRequest, "Authorization failed because there is a mismatch between the scopes in the install URL and the app's configured scopes: "+strings.Join(unknown, " "))
	case len(granted) == 0:
		p.complain(w, http.StatusBadRequest, "Authorization failed because the scope parameter is missing.")
	case method != "" && method != "S256" && method != "plain":
		p.complain(w, http.StatusBadRequest, "Authorization failed because code_challenge_method is unknown.")
	default:
		return true
	}
	return false
}

func (p *Portal) complain(w http.ResponseWriter, code int, message string) {
	p.html(w, code, complaintTemplate, message)
}

// html writes a page. Its policy allows no script, only our stylesheet, and
// forms that lead here or, by redirect, to the app: browsers check form-action
// against redirects as well.
func (p *Portal) html(w http.ResponseWriter, code int, page string, data any) {
	tmpl, err := template.New("page").Parse(page)
	if err != nil {
		http.Error(w, "page is broken", http.StatusInternalServerError)
		return
	}
	callbacks := strings.ReplaceAll(strings.Join(redirects(), " "), "/callback", "")
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+callbacks)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	if err := tmpl.Execute(w, data); err != nil {
		p.log.Debug("page was not written")
	}
}
