package boot

import (
	"context"
	"errors"
	"sync"

	"satchel/internal/account"
	"satchel/internal/crm"
	"satchel/internal/oauth"
	"satchel/internal/secret"
)

// signIn begins a sign-in in the browser. One whose ports are all taken goes on
// without them: the browser's address is pasted.
func (d *dialer) signIn(ctx context.Context, baseURL, clientID, clientSecret string) (account.SignIn, error) {
	app := oauth.AppFor(baseURL, clientID, clientSecret)
	app.HTTP = d.transport
	f, err := oauth.Start(ctx, app, oauth.DefaultScopes())
	if err != nil && (f == nil || crm.KindOf(err) != crm.InUse) {
		return nil, err
	}
	out := flow{f: f}
	if err != nil {
		out.busy = crm.Message(err)
	}
	return out, nil
}

type flow struct {
	f    *oauth.Flow
	busy string
}

func (f flow) URL() string                { return f.f.URL }
func (f flow) Install() string            { return f.f.Install }
func (f flow) Busy() string               { return f.busy }
func (f flow) Paste(address string) error { return f.f.Paste(address) }
func (f flow) Cancel()                    { f.f.Cancel() }

func (f flow) Wait(ctx context.Context) (account.Grant, error) {
	g, err := f.f.Wait(ctx)
	if o, known := endOf(err); known {
		err = &account.EndedError{Outcome: o, Err: err}
	}
	return account.Grant{Refresh: g.Refresh}, err
}

// endOf is the outcome of a sign-in whose end is oauth's to know.
func endOf(err error) (account.Outcome, bool) {
	for end, o := range map[error]account.Outcome{
		oauth.ErrDenied: account.UserDenied, oauth.ErrExpired: account.TimedOut, oauth.ErrStopped: account.Stopped,
		oauth.ErrNotPermitted: account.NotPermitted, oauth.ErrWrongApp: account.WrongApp,
	} {
		if errors.Is(err, end) {
			return o, true
		}
	}
	return account.Pending, false
}

// scopes are what a sign-in asks for, and what does not work without each.
func scopes() []account.Lack {
	s := oauth.DefaultScopes()
	var out []account.Lack
	for _, name := range s.Required {
		out = append(out, account.Lack{Scope: name, Off: "Satchel cannot work properly without it: connect again and allow it."})
	}
	for _, name := range s.Optional {
		out = append(out, account.Lack{Scope: name, Off: without(name)})
	}
	return out
}

// without says what does not work without an optional scope.
func without(scope string) string {
	switch scope {
	case "tickets":
		return "Tickets are not shown."
	case "crm.objects.line_items.read":
		return "The line items of deals are not shown."
	case "crm.objects.products.read":
		return "Products are not shown."
	case "sales-email-read":
		return "E-mails are missing from the timelines, or come without their text."
	}
	return "Satchel cannot add its hidden key property. When HubSpot's answer to a new record is lost, " +
		"it is recognised by its values instead, and where that is not certain you are asked."
}

// keeper is the place of the sign-in as account and oauth need it. Its errors
// are for people.
type keeper struct {
	*secret.Keeper
	failed func(error) // is told how keeping a renewed sign-in went; nil for nobody
}

const (
	msgNoKeychain = "The keychain of this computer cannot be used: it is missing, locked, or does not answer. Nothing was put elsewhere, and your data and edits are safe. " +
		"Unlock it and try again, or keep the sign-in in a file that a passphrase encrypts, or only until Satchel quits."
	msgLocked     = "The sign-in is in an encrypted file that waits for its passphrase. Your data and edits are here; connecting and sending need it."
	msgPassphrase = "This passphrase does not open the file with the sign-in. Nothing was changed. " +
		"If it is forgotten, make a new file and sign in again."
	msgFile = "The encrypted file with the sign-in cannot be read or written. Nothing was changed. Look at the data directory, or choose another place for the sign-in."
)

// told is an error for people.
func told(op string, place secret.Place, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, secret.ErrLocked):
		return &crm.Error{Kind: crm.Storage, Op: op, Msg: msgLocked, Err: errors.Join(account.ErrLocked, err)}
	case errors.Is(err, secret.ErrPassphrase):
		return &crm.Error{Kind: crm.Invalid, Op: op, Msg: msgPassphrase, Fields: map[string]string{"passphrase": msgPassphrase}, Err: err}
	case errors.Is(err, secret.ErrUnavailable), place == secret.Keychain && errors.Is(err, context.DeadlineExceeded):
		return &crm.Error{Kind: crm.Storage, Op: op, Msg: msgNoKeychain, Err: errors.Join(account.ErrNoKeychain, err)}
	case errors.Is(err, secret.ErrFile):
		return &crm.Error{Kind: crm.Storage, Op: op, Msg: msgFile, Err: err}
	}
	return err
}

// Put keeps a secret and says where.
func (k *keeper) Put(ctx context.Context, name, value string) (string, error) {
	where, err := k.Set(ctx, name, value)
	return string(where), told("keep the sign-in", k.Keeper.Place(), err)
}

// Get finds a secret.
func (k *keeper) Get(ctx context.Context, name string) (value, where string, found bool, err error) {
	v, w, ok, err := k.Keeper.Get(ctx, name)
	return v, string(w), ok, told("read the sign-in", k.Keeper.Place(), err)
}

// Drop forgets secrets everywhere.
func (k *keeper) Drop(ctx context.Context, names ...string) error {
	return told("forget the sign-in", secret.Keychain, k.Wipe(ctx, names...))
}

// Place is where secrets are kept.
func (k *keeper) Place() string { return string(k.Keeper.Place()) }

// Use says where secrets are kept, without looking.
func (k *keeper) Use(place string) { k.Keeper.Use(secret.Place(place)) }

// Check says whether the place can be used now.
func (k *keeper) Check(ctx context.Context) error {
	return told("look for a place for the sign-in", k.Keeper.Place(), k.Keeper.Check(ctx))
}

// Choose takes up another place.
func (k *keeper) Choose(ctx context.Context, place, passphrase string, anew bool) error {
	return told("choose a place for the sign-in", secret.Place(place), k.Keeper.Choose(ctx, secret.Place(place), passphrase, anew))
}

// Leave removes secrets from a place that is not in use any more.
func (k *keeper) Leave(ctx context.Context, place string, names ...string) error {
	return told("leave the former place of the sign-in", secret.Place(place), k.Keeper.Leave(ctx, secret.Place(place), names...))
}

// refreshKeeper keeps a refresh token that HubSpot has replaced. While the sign-in
// is held it only remembers it: the portal may turn out to be another one, and the
// former sign-in stays then.
type refreshKeeper struct {
	k *keeper

	mu     sync.Mutex // also held while a token is kept, so that an older one never comes after a newer
	held   bool
	latest string
}

// Save keeps the refresh token.
func (r *refreshKeeper) Save(ctx context.Context, refresh string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.latest = refresh
	if r.held {
		return nil
	}
	_, err := r.put(ctx)
	return err
}

// settle keeps what was held.
func (r *refreshKeeper) settle(ctx context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	where, err := r.put(ctx)
	r.held = r.held && err != nil
	return where, err
}

func (r *refreshKeeper) put(ctx context.Context) (string, error) {
	where, err := r.k.Put(ctx, account.RefreshSecret, r.latest)
	if r.k.failed != nil {
		r.k.failed(err)
	}
	return where, err
}
