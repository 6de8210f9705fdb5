package sandbox

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const hubDomain = "satchel.example"

// authorizeView is what the authorize page shows.
type authorizeView struct {
	App      string
	Accounts []hubAccount // none where the address names the account
	Portal   int64
	Domain   string
	Users    []owner
	Scopes   []scopeView
	Query    map[string]string
	Action   string
}

// hubAccount is an account that the user of the picker belongs to.
type hubAccount struct {
	ID   int64
	Name string
	Here bool // it is this portal
}

type scopeView struct{ Scope, Words string }

// accounts are what HubSpot's picker would list for the user. Only the first
// one is here; the others show that there is a choice.
func (p *Portal) accounts() []hubAccount {
	return []hubAccount{
		{p.portalID, hubDomain, true},
		{p.portalID + 1_204_311, "Lindgren Consulting", false},
		{p.portalID + 2_790_046, "satchel.example developer test account", false},
	}
}

// people are the users who may let an app in; the caller holds the lock.
func (p *Portal) people() []owner {
	var out []owner
	for _, o := range p.owners {
		if o.Archived == 0 && o.UserID != 0 {
			out = append(out, *o)
		}
	}
	return out
}

// authorizePage asks a person which account, and which user of it, lets the app
// in.
func (p *Portal) authorizePage(w http.ResponseWriter, r *http.Request) {
	if p.faults.unreachable() {
		hangUp(w, false)
	}
	q := r.URL.Query()
	if !p.validAuthorize(w, r, q) {
		return
	}
	scopes, _ := p.scopesOf(q)
	view := authorizeView{App: appName, Portal: p.portalID, Domain: hubDomain, Action: r.URL.Path, Query: map[string]string{}}
	if r.PathValue("hub") == "" {
		view.Accounts = p.accounts()
	}
	for _, scope := range scopes {
		view.Scopes = append(view.Scopes, scopeView{scope, inWords(scope)})
	}
	for _, name := range []string{"client_id", "redirect_uri", "scope", "optional_scope", "state", "code_challenge", "code_challenge_method"} {
		if q.Has(name) {
			view.Query[name] = q.Get(name)
		}
	}
	p.mu.RLock()
	view.Users = p.people()
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
	if !p.validAuthorize(w, r, q) {
		return
	}
	back := url.Values{}
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	if q.Get("decision") != "allow" {
		back.Set("error", "access_denied")
		back.Set("error_description", "The user denied access.")
		http.Redirect(w, r, backTo(q.Get("redirect_uri"), back), http.StatusFound)
		return
	}
	if hub := q.Get("account"); hub != "" && !p.isHub(hub) {
		p.complain(w, http.StatusBadRequest, notHere)
		return
	}
	id, found := p.person(q.Get("user"))
	if !found {
		p.complain(w, http.StatusBadRequest, "This user is not in the account.")
		return
	}
	scopes, _ := p.scopesOf(q)
	back.Set("code", p.newCode(grant{id, scopes}, q))
	http.Redirect(w, r, backTo(q.Get("redirect_uri"), back), http.StatusFound)
}

// person finds the user who lets the app in, by what a form names them.
func (p *Portal) person(name string) (id int64, found bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	user := p.user(name)
	if user == nil || user.Archived != 0 || user.UserID == 0 {
		return 0, false
	}
	return user.UserID, true
}

const notHere = "Authorization failed because this account is not available here: the sandbox is one account only. Go back and choose the first one."

func (p *Portal) isHub(id string) bool { return id == strconv.FormatInt(p.portalID, 10) }

// validAuthorize checks an authorize request and shows the mistake to the
// person, since a wrong redirect must not be followed.
func (p *Portal) validAuthorize(w http.ResponseWriter, r *http.Request, q url.Values) bool {
	p.mu.RLock()
	client, pkce := p.auth.ClientID, p.opt.PKCE
	p.mu.RUnlock()
	granted, wrong := p.scopesOf(q)
	lacking := p.lacking(q)
	method := q.Get("code_challenge_method")
	var why string
	switch hub := r.PathValue("hub"); {
	case hub != "" && !p.isHub(hub):
		why = notHere
	case q.Get("client_id") != client:
		why = "Authorization failed because the client ID is missing or unknown."
	case !p.registered(q.Get("redirect_uri")):
		why = "Authorization failed because the redirect URL doesn't match the registered redirect URLs: " + strings.Join(p.redirects(), ", ")
	case len(wrong) > 0:
		why = "Authorization failed because there is a mismatch between the scopes in the install URL and the app's configured scopes: " + strings.Join(wrong, " ")
	case len(granted) == 0:
		why = "Authorization failed because the scope parameter is missing."
	case len(lacking) > 0:
		why = "Authorization failed because this account doesn't have access to the scopes that the app requires: " + strings.Join(lacking, " ")
	case pkce == pkceEnforce && method != "" && method != "S256":
		why = "Authorization failed because code_challenge_method is unknown."
	default:
		return true
	}
	p.complain(w, http.StatusBadRequest, why)
	return false
}

func (p *Portal) complain(w http.ResponseWriter, code int, message string) {
	p.html(w, code, complaintTemplate, message)
}

// html writes a page. Its policy allows no script, only our stylesheet, and
// forms that lead here or, by redirect, to the app: browsers check form-action
// against redirects as well.
func (p *Portal) html(w http.ResponseWriter, code int, page string, data any) {
	p.write(w, code, page, data, "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+p.origins())
}

// write writes a page under a content security policy.
func (p *Portal) write(w http.ResponseWriter, code int, page string, data any, policy string) {
	tmpl, err := template.New("page").Parse(page)
	if err != nil {
		http.Error(w, "page is broken", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	if err := tmpl.Execute(w, data); err != nil {
		p.log.Debug("page was not written")
	}
}
