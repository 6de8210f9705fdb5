package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"satchel/internal/crm"
)

// flowTimeout is how long a rep has for HubSpot's pages.
const flowTimeout = 5 * time.Minute

// Why a flow ended without a grant; in the chain of the error of Wait.
var (
	ErrDenied  = errors.New("the rep did not allow the connection")
	ErrExpired = errors.New("the sign-in was not finished in time")
	ErrStopped = errors.New("the sign-in was stopped")
	// ErrNotPermitted means that the user may not connect apps.
	ErrNotPermitted = errors.New("hubspot did not let the user connect the app")
	// ErrWrongApp means that HubSpot does not know the app, or that it is set up
	// wrongly.
	ErrWrongApp = errors.New("hubspot does not accept the app")
)

// Flow is one sign-in under way. It ends by itself: with a grant, an error or
// after five minutes, and frees its port then.
type Flow struct {
	// URL is HubSpot's page, to be opened in the system browser. Nothing in it
	// is secret.
	URL string
	// Install is the same page for somebody else, who lets the app in and is not
	// signed in here: it carries nothing of this flow.
	Install string
	// Expires is when the flow gives up.
	Expires time.Time

	app      App
	scopes   Scopes
	state    string
	verifier string
	redirect string
	cancel   context.CancelFunc
	answers  chan answer // holds the one answer that was taken
	done     chan struct{}

	mu    sync.Mutex
	taken bool // an answer with the right state has come
	grant Grant
	err   error
}

// answer is what HubSpot sent the browser back with.
type answer struct {
	code   string
	error  string
	pasted bool // no browser waits for a page
}

// Start begins a sign-in: it listens for HubSpot's answer first and then says
// which page to open. When every port is taken it returns both a flow and an
// error of kind InUse that names the ports: the flow goes on without a
// listener, and Paste gives it the address on which the browser landed.
// Cancelling ctx ends the flow.
func Start(ctx context.Context, app App, scopes Scopes) (*Flow, error) {
	ports := app.Ports
	if len(ports) == 0 {
		ports = RedirectPorts()
	}
	f := &Flow{
		app: app, scopes: scopes, state: rand.Text(), verifier: oauth2.GenerateVerifier(),
		answers: make(chan answer, 1), done: make(chan struct{}), Expires: time.Now().Add(flowTimeout),
	}
	within, cancel := context.WithTimeout(ctx, flowTimeout)
	f.cancel = cancel
	listeners, port, err := listen(ctx, ports)
	if err != nil {
		port = ports[0]
	}
	f.redirect = redirectURL(port)
	f.URL = f.authorizeURL(f.state, oauth2.S256ChallengeOption(f.verifier))
	f.Install = f.authorizeURL("")
	var d *desk
	if err == nil {
		d = newDesk(f, port, listeners)
	}
	go f.run(within, d)
	return f, err
}

func (f *Flow) authorizeURL(state string, opts ...oauth2.AuthCodeOption) string {
	c := oauth2.Config{
		ClientID: f.app.ClientID, RedirectURL: f.redirect, Scopes: f.scopes.Required,
		Endpoint: oauth2.Endpoint{AuthURL: f.app.AuthorizeURL, TokenURL: f.app.TokenURL},
	}
	if len(f.scopes.Optional) > 0 {
		opts = append(opts, oauth2.SetAuthURLParam("optional_scope", strings.Join(f.scopes.Optional, " ")))
	}
	// HubSpot's guide writes spaces as %20; a literal plus is %2B by now.
	return strings.ReplaceAll(c.AuthCodeURL(state, opts...), "+", "%20")
}

// String leaves out what only HubSpot may see.
func (f *Flow) String() string { return "sign-in through " + f.redirect }

// GoString leaves it out too.
func (f *Flow) GoString() string { return f.String() }

// LogValue leaves it out too.
func (f *Flow) LogValue() slog.Value { return slog.StringValue(f.String()) }

// Done is closed when the flow has ended.
func (f *Flow) Done() <-chan struct{} { return f.done }

// Wait waits for the end. Errors are of kind Canceled when the rep declined,
// stopped it or let it expire (ErrDenied, ErrStopped, ErrExpired), Forbidden
// when the app is set up wrongly or required scopes are missing (Scopes), or
// as the token endpoint's.
func (f *Flow) Wait(ctx context.Context) (Grant, error) {
	select {
	case <-f.done:
	case <-ctx.Done():
		return Grant{}, &crm.Error{Kind: crm.Canceled, Op: "sign in", Msg: "Stopped. Nothing was changed.", Err: ctx.Err()}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.grant, f.err
}

// Cancel ends the flow and frees its port.
func (f *Flow) Cancel() {
	f.cancel()
	<-f.done
}

// Paste takes the address on which the browser landed, for a browser that
// cannot reach this computer's ports. A wrong one is an error of kind Invalid,
// and the flow goes on.
func (f *Flow) Paste(address string) error {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !f.take(u.Query(), true) {
		return &crm.Error{
			Kind: crm.Invalid, Op: "sign in", Err: errors.New("the pasted address is not this flow's"),
			Msg: "This is not the address of the page on which HubSpot left you. It starts with " + f.redirect + " and contains a code; copy all of it.",
		}
	}
	return nil
}

// take accepts the one answer that carries this flow's state. Anything else
// changes nothing.
func (f *Flow) take(q url.Values, pasted bool) bool {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(f.state)) != 1 {
		return false
	}
	a := answer{code: q.Get("code"), error: q.Get("error"), pasted: pasted}
	if a.code == "" && a.error == "" {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.taken {
		return false
	}
	f.taken = true
	f.answers <- a
	return true
}

// run is the flow's one goroutine; Wait and Cancel wait for it.
func (f *Flow) run(ctx context.Context, d *desk) {
	defer close(f.done)
	defer f.cancel()
	stop := d.open()
	var grant Grant
	var err error
	select {
	case a := <-f.answers:
		grant, err = f.exchange(ctx, a)
		if !a.pasted {
			d.see(ctx)
		}
	case <-ctx.Done():
		err = ended(ctx.Err())
	}
	stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.grant, f.err = grant, err
}

func ended(cause error) error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return &crm.Error{Kind: crm.Canceled, Op: "sign in", Err: ErrExpired, Msg: "The sign-in was not finished within five minutes, so it was stopped. Nothing was changed; press Connect to try again."}
	}
	return &crm.Error{Kind: crm.Canceled, Op: "sign in", Err: ErrStopped, Msg: "The sign-in was stopped. Nothing was changed."}
}

// exchange turns HubSpot's answer into a grant.
func (f *Flow) exchange(ctx context.Context, a answer) (Grant, error) {
	switch a.error {
	case "":
	case "access_denied":
		return Grant{}, &crm.Error{Kind: crm.Canceled, Op: "sign in", Err: ErrDenied, Msg: "You did not allow the connection in HubSpot. Nothing was changed; press Connect to try again."}
	default:
		return Grant{}, refusedPage(a.error)
	}
	issued := time.Now()
	r, err := f.app.post(ctx, "sign in", "", url.Values{
		"grant_type": {"authorization_code"}, "code": {a.code}, "redirect_uri": {f.redirect}, "code_verifier": {f.verifier},
	})
	if err != nil {
		return Grant{}, err
	}
	if r.Access == "" || r.Refresh == "" {
		return Grant{}, &crm.Error{Kind: crm.Upstream, Op: "sign in", Err: errors.New("the answer holds no tokens"), Msg: "HubSpot's sign-in service gave an incomplete answer. Connect again."}
	}
	g := r.grant(issued)
	if missing := f.scopes.missing(g.Scopes); len(missing) > 0 {
		return Grant{}, &crm.Error{
			Kind: crm.Forbidden, Op: "sign in", Scopes: missing, Err: fmt.Errorf("%d scopes are missing", len(missing)),
			Msg: "HubSpot did not give Satchel all it needs: " + strings.Join(missing, ", ") + " is missing. Add it to the app in HubSpot and connect again.",
		}
	}
	return g, nil
}

// refusedPage is an error that HubSpot's page sent back. Its code is quoted
// only when it is a plain word, since anybody can write into an address.
func refusedPage(code string) error {
	word := strings.ToLower(codeOf(reply{Error: code}))
	if word == "" {
		word = "unknown"
	}
	return &crm.Error{
		Kind: crm.Forbidden, Op: "sign in", Err: fmt.Errorf("%w: its page answered %s", ErrNotPermitted, word),
		Msg: "HubSpot did not allow the connection (" + word + "). Your user may lack the right to connect apps; an administrator of the portal can do it, or give you App Marketplace access.",
	}
}
