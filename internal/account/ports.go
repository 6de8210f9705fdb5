package account

import (
	"context"
	"time"

	"satchel/internal/crm"
)

// Kind is how the rep is signed in.
type Kind string

// The kinds of sign-in.
const (
	None        Kind = ""
	OAuth       Kind = "oauth"       // the rep's own app, refreshed
	Token       Kind = "token"       // a static token that was pasted
	Environment Kind = "environment" // a static token from the environment; never stored
	Sample      Kind = "sample"      // the portal on this computer
)

// Session is what it takes to talk to a portal.
type Session struct {
	Kind         Kind
	BaseURL      string // "" for HubSpot itself
	BuiltIn      bool   // Sample: the address is this process's own, good until it ends
	ClientID     string
	ClientSecret string
	Refresh      string // OAuth and Sample
	Token        string // Token and Environment
	Held         bool   // OAuth: nothing is kept before Settle
}

// Hub is HubSpot, as far as connecting needs it.
type Hub interface {
	Portal(ctx context.Context) (crm.Portal, error)
	Owners(ctx context.Context) ([]crm.Owner, error)
	// EnsureKey makes the property by which our creates are recognised; false
	// when the portal refuses it.
	EnsureKey(ctx context.Context, t crm.ObjectType) (bool, error)
	// Who is the user behind the sign-in; empty for a static token.
	Who(ctx context.Context) (User, error)
	// Settle keeps the refresh token of a session that was held, which HubSpot may
	// have replaced meanwhile, and says where; from now on replacements are kept as
	// they come.
	Settle(ctx context.Context) (where string, err error)
	// Revoke ends the sign-in at HubSpot; a no-op for static tokens.
	Revoke(ctx context.Context) error
}

// User is the person who signed in.
type User struct {
	Email  string
	ID     string
	Domain string // the customer's web site: the nearest thing to a portal's name
	Scopes []string
}

// Grant is what a finished sign-in gives.
type Grant struct{ Refresh string }

// SignIn is a sign-in under way in the system browser.
type SignIn interface {
	URL() string
	// Install is the page that lets the app in without signing anybody in here.
	Install() string
	// Busy says that the browser's answer cannot be listened for, and what to do:
	// Paste then takes it. "" while it can.
	Busy() string
	Wait(ctx context.Context) (Grant, error)
	// Paste takes the address on which the browser landed; a wrong one is an error
	// of kind Invalid, and the sign-in goes on.
	Paste(address string) error
	Cancel()
}

// Store keeps what is no secret.
type Store interface {
	Portal(ctx context.Context) (crm.Portal, bool, error)
	SetPortal(ctx context.Context, p crm.Portal) error
	SaveOwners(ctx context.Context, owners []crm.Owner) (bool, error)
	Owners(ctx context.Context) ([]crm.Owner, error)
	Unfinished(ctx context.Context) ([]crm.Op, error)
	Reset(ctx context.Context, dropEdits bool) error
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Secrets keeps secrets by name, in a place that the rep chose. Errors are for
// people, with ErrNoKeychain or ErrLocked in their chain when the place cannot be
// used.
type Secrets interface {
	// Put keeps a secret, durably but in memory, and says where.
	Put(ctx context.Context, name, value string) (where string, err error)
	Get(ctx context.Context, name string) (value, where string, found bool, err error)
	// Drop forgets secrets everywhere.
	Drop(ctx context.Context, names ...string) error
	// Place is where secrets are kept; Use says so without looking.
	Place() string
	Use(place string)
	// Made says whether there is an encrypted file.
	Made() bool
	// Check says whether the place can be used now.
	Check(ctx context.Context) error
	// Choose takes up another place, with all that is known.
	Choose(ctx context.Context, place, passphrase string, anew bool) error
	// Leave removes secrets from a place that is not in use any more.
	Leave(ctx context.Context, place string, names ...string) error
}

// SamplePortal is the portal on this computer. Grant signs the sample user in
// without a page: to the sandbox at an address, or, with none, to the built-in
// one, which it starts when it does not run yet.
type SamplePortal struct {
	// Drop removes the one of this process, when it is disconnected.
	Drop  func() error
	Grant func(ctx context.Context, baseURL string) (Session, error)
}

// Options are what an Account works with.
type Options struct {
	Store   Store
	Secrets Secrets
	// Dial makes a client for a session; it does not touch the network.
	Dial func(s Session) (Hub, error)
	// SignIn begins a sign-in with the given app.
	SignIn func(ctx context.Context, baseURL, clientID, clientSecret string) (SignIn, error)
	// Browse opens an address in the system browser.
	Browse func(ctx context.Context, url string) error
	// Connected is called after every change of who is connected.
	Connected func()
	Notify    func(...crm.Topic)
	Clock     func() time.Time

	BaseURL      string // overrides the one of the profile; "" for none
	ClientID     string // an app known from the configuration
	ClientSecret string
	Baked        bool   // BaseURL is a gateway that knows the app's secret
	EnvToken     string // a static token that is used and never stored
	KeepIn       string // where the sign-in is kept, from the configuration; "" for what the rep chose
	Passphrase   string // of the encrypted file, from the configuration
	Scopes       []Lack // what a sign-in asks for, and what does not work without
	Sample       *SamplePortal
}
