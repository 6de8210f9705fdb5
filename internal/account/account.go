package account

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"satchel/internal/crm"
)

// RefreshSecret is the name under which the refresh token is kept; HubSpot may
// replace it at any refresh.
const RefreshSecret = "refresh_token"

// names of settings and secrets
const (
	profileKey    = "profile"
	keyedPrefix   = "keyed:"
	refreshSecret = RefreshSecret
	appSecret     = "client_secret"
	tokenSecret   = "static_token"
)

// profile is what is kept of a connection beside its secret.
type profile struct {
	Kind      Kind     `json:"kind"`
	BaseURL   string   `json:"base_url"`
	ClientID  string   `json:"client_id"`
	UserEmail string   `json:"user_email"`
	UserID    string   `json:"user_id"`
	OwnerID   string   `json:"owner_id"`
	Scopes    []string `json:"scopes"`
}

// State is who is connected to what.
type State struct {
	Kind        Kind
	Portal      crm.Portal
	UserEmail   string
	Owner       crm.Owner
	NeedsOwner  bool
	NeedsSignIn bool
	KeptIn      string    // where the sign-in is
	KeepIn      string    // where one is put: what the rep chose
	KeepState   KeepState // whether that place can be used
	KeepProblem string    // why not
	HasFile     bool      // there is an encrypted file already
	Scopes      []string
	Lacks       []Lack
	BaseURL     string
	ClientID    string // of the app that Connect would use
	HasApp      bool
	HasSample   bool
}

// Account is the set of use cases. It is safe for concurrent use.
type Account struct {
	o Options

	mu      sync.Mutex // guards what follows
	p       profile
	hub     Hub
	keptIn  string
	expired bool
	keepErr error // why the place of the sign-in cannot be used
	checked Hub   // the hub whose portal is known to be the one of the records here

	checking sync.Mutex // held while a portal is checked
	keeping  sync.Mutex // held while the sign-in moves
	flows    map[string]*flow
	wg       sync.WaitGroup
}

// Open reads the profile and makes ready to talk to its portal; it does not
// touch the network. A keychain that cannot be reached is not an error: the
// state then says so, and Keep tries it again or chooses another place.
func Open(ctx context.Context, o Options) (*Account, error) {
	a := &Account{o: o, flows: map[string]*flow{}}
	text, err := o.Store.Setting(ctx, profileKey)
	if err != nil {
		return nil, err
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &a.p); err != nil {
			return nil, &crm.Error{Kind: crm.Corrupt, Op: "read profile", Msg: "The stored connection cannot be read. Disconnect and connect again; your edits are kept.", Err: err}
		}
	}
	within, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if err := a.usePlace(ctx); err != nil {
		return nil, err
	}
	return a, a.resumeWithin(ctx, within)
}

// Close ends sign-ins that are under way.
func (a *Account) Close() {
	a.mu.Lock()
	for _, f := range a.flows {
		f.cancel()
	}
	a.mu.Unlock()
	a.wg.Wait()
}

// resume makes the client of the profile, or of the environment's token.
func (a *Account) resume(ctx context.Context) error { return a.resumeWithin(ctx, ctx) }

// resumeWithin is resume; the place of the sign-in is asked under another
// context, which may end before.
func (a *Account) resumeWithin(ctx, within context.Context) error {
	s := Session{Kind: a.p.Kind, BaseURL: a.base(), ClientID: a.p.ClientID}
	var where string
	var found bool
	var err error
	switch {
	case a.o.EnvToken != "":
		s = Session{Kind: Environment, BaseURL: a.base(), Token: a.o.EnvToken}
		where, found = "environment", true
	case a.p.Kind == None || a.p.Kind == Environment:
		return nil
	case a.p.Kind == Sample:
		if a.o.Sample == nil {
			return nil
		}
		if s, err = a.o.Sample.Grant(ctx, a.base()); err != nil && a.base() != "" {
			// It does not run at the moment: that is being offline, not signed out.
			s, err = Session{Kind: Sample, BaseURL: a.base()}, nil
		}
		where, found = InMemory, err == nil
	case a.p.Kind == OAuth:
		if s.ClientSecret, err = a.appSecret(within, a.p.ClientID); err == nil {
			s.Refresh, where, found, err = a.o.Secrets.Get(within, refreshSecret)
		}
	case a.p.Kind == Token:
		s.Token, where, found, err = a.o.Secrets.Get(within, tokenSecret)
	}
	moved := a.o.BaseURL != "" && a.o.BaseURL != a.p.BaseURL && (s.Kind == OAuth || s.Kind == Token)
	if err != nil && s.Kind != Sample && !moved {
		a.mu.Lock()
		ready := a.keepState() == KeepReady
		a.mu.Unlock()
		if ready { // else it is known better why
			a.KeepFailed(err)
		}
		return nil // what is there is not known; the state says so, and reading works without
	}
	if err != nil || !found || moved { // what one address gave is not shown to another
		a.mu.Lock()
		a.expired = true
		a.mu.Unlock()
		return nil // no secret means "sign in again", which the state says; reading works without
	}
	hub, err := a.o.Dial(s)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hub, a.keptIn, a.expired = hub, where, false
	return nil
}

func (a *Account) appSecret(ctx context.Context, clientID string) (string, error) {
	if clientID == a.o.ClientID && a.o.ClientSecret != "" {
		return a.o.ClientSecret, nil
	}
	v, _, _, err := a.o.Secrets.Get(ctx, appSecret)
	return v, err
}

func (a *Account) base() string {
	if a.o.BaseURL != "" {
		return a.o.BaseURL
	}
	return a.p.BaseURL
}

// Hub is HubSpot as connected now; an Unauthorized error when nobody is.
func (a *Account) Hub() (Hub, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.hub != nil {
		return a.hub, nil
	}
	if a.keepErr != nil && a.p.Kind != None {
		return nil, &crm.Error{Kind: crm.Unauthorized, Op: "read the sign-in", Msg: crm.Message(a.keepErr), Err: a.keepErr}
	}
	if a.expired {
		return nil, &crm.Error{Kind: crm.Unauthorized, Msg: "The sign-in to HubSpot is not on this computer any more. Your data and edits are; connect again to send them."}
	}
	return nil, &crm.Error{Kind: crm.Unauthorized, Msg: "No portal is connected yet. Run satchel connect, or open the window and press Connect."}
}

// Expired tells that HubSpot has refused a sign-in for good. One that has been
// replaced meanwhile is no matter.
func (a *Account) Expired(hub Hub) {
	a.mu.Lock()
	was := a.expired || a.hub != hub
	a.expired = a.expired || a.hub == hub
	a.mu.Unlock()
	if !was {
		a.o.Notify(crm.TopicAccount, crm.TopicSync)
	}
}

// Owner is the rep's own owner; "" when it is not known.
func (a *Account) Owner(context.Context) crm.OwnerID {
	a.mu.Lock()
	defer a.mu.Unlock()
	return crm.OwnerID(a.p.OwnerID)
}

// Kind is how the rep is signed in.
func (a *Account) Kind() Kind {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.o.EnvToken != "" {
		return Environment
	}
	return a.p.Kind
}

// Keyed says whether the portal keeps our key for a type.
func (a *Account) Keyed(ctx context.Context, t crm.ObjectType) (bool, error) {
	v, err := a.o.Store.Setting(ctx, keyedPrefix+string(t))
	return v == "yes", err
}

// State says who is connected to what.
func (a *Account) State(ctx context.Context) (State, error) {
	portal, _, err := a.o.Store.Portal(ctx)
	if err != nil {
		return State{}, err
	}
	owners, err := a.o.Store.Owners(ctx)
	if err != nil {
		return State{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := State{
		Kind: a.p.Kind, Portal: portal, UserEmail: a.p.UserEmail, BaseURL: a.base(),
		KeptIn: a.keptIn, NeedsSignIn: a.expired, HasSample: a.o.Sample != nil,
		KeepIn: a.o.Secrets.Place(), KeepState: a.keepState(), HasFile: a.o.Secrets.Made(),
		Scopes: a.p.Scopes, Lacks: a.lacks(a.p.Scopes), ClientID: cmp.Or(a.o.ClientID, a.p.ClientID),
		HasApp: a.o.ClientID != "" && (a.o.ClientSecret != "" || a.o.BaseURL != "" && a.o.Baked) || a.p.ClientID != "" && a.p.Kind == OAuth,
	}
	if a.keepErr != nil {
		s.KeepProblem = crm.Message(a.keepErr)
	}
	if a.o.EnvToken != "" {
		s.Kind = Environment
	}
	i := slices.IndexFunc(owners, func(o crm.Owner) bool { return string(o.ID) == a.p.OwnerID })
	if i >= 0 {
		s.Owner = owners[i]
	}
	s.NeedsOwner = (s.Kind == Token || s.Kind == Environment) && a.p.OwnerID == "" && portal.ID != ""
	return s, nil
}

// Checked is HubSpot as connected now, once it is certain that its portal is
// the one whose records are here: a token from the environment may be for any.
// It asks HubSpot once per sign-in. A portal that is not known yet is learned
// here; another one than the records' is an Unauthorized error, and nothing is
// sent to it.
func (a *Account) Checked(ctx context.Context) (Hub, error) {
	hub, err := a.Hub()
	if err != nil || a.isChecked(hub) {
		return hub, err
	}
	a.checking.Lock()
	defer a.checking.Unlock()
	if a.isChecked(hub) {
		return hub, nil
	}
	_, known, err := a.o.Store.Portal(ctx)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	s := Session{Kind: a.p.Kind, BaseURL: a.p.BaseURL, ClientID: a.p.ClientID}
	if a.o.EnvToken != "" {
		s = Session{Kind: Environment, BaseURL: a.base()}
	}
	stay := known && a.p.Kind == s.Kind
	where := a.keptIn
	a.mu.Unlock()
	if stay {
		err = a.check(ctx, hub)
	} else {
		err = a.establish(ctx, hub, s, where)
	}
	if crm.KindOf(err) == crm.Conflict {
		err = &crm.Error{Kind: crm.Unauthorized, Op: "check portal", Msg: crm.Message(err), Err: err}
	}
	return hub, err
}

func (a *Account) isChecked(hub Hub) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.checked == hub
}

func (a *Account) check(ctx context.Context, hub Hub) error {
	portal, err := hub.Portal(ctx)
	if err != nil {
		return err
	}
	if err := a.samePortal(ctx, portal); err != nil {
		return err
	}
	a.mu.Lock()
	a.checked = hub
	a.mu.Unlock()
	return nil
}

// Owners are the portal's owners.
func (a *Account) Owners(ctx context.Context) ([]crm.Owner, error) { return a.o.Store.Owners(ctx) }

// ChooseOwner says which owner the rep is.
func (a *Account) ChooseOwner(ctx context.Context, id string) error {
	owners, err := a.o.Store.Owners(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(owners, func(o crm.Owner) bool { return string(o.ID) == id }) {
		return &crm.Error{Kind: crm.Invalid, Msg: "There is no owner with this id in the portal."}
	}
	a.mu.Lock()
	a.p.OwnerID = id
	p := a.p
	a.mu.Unlock()
	if err := a.save(ctx, p); err != nil {
		return err
	}
	a.o.Notify(crm.TopicAccount)
	return nil
}

func (a *Account) save(ctx context.Context, p profile) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return a.o.Store.SetSetting(ctx, profileKey, string(text))
}

// ownerOf finds the owner with the user's e-mail address or id.
func ownerOf(owners []crm.Owner, u User) string {
	for _, o := range owners {
		if !o.Archived && (u.ID != "" && o.UserID == u.ID || u.Email != "" && strings.EqualFold(o.Email, u.Email)) {
			return string(o.ID)
		}
	}
	return ""
}
