package account

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"satchel/internal/crm"
)

// Phase is where a sign-in in the browser stands.
type Phase string

// The phases of a sign-in.
const (
	Waiting   Phase = "waiting"   // for the browser
	Finishing Phase = "finishing" // HubSpot said yes; asking for the portal
	Connected Phase = "connected"
	Denied    Phase = "denied"
	Expired   Phase = "expired"
	Canceled  Phase = "canceled"
	Failed    Phase = "failed"
)

// flowTime is how long a sign-in may take in the browser.
const flowTime = 5 * time.Minute

// Flow is a sign-in under way, or over.
type Flow struct {
	ID        string
	URL       string
	Phase     Phase
	Outcome   Outcome
	Message   string
	Scopes    []string // that are missing
	MustPaste bool     // the browser's answer cannot be listened for: see Paste
	Admin     string   // what to send to somebody who may connect apps
	ExpiresAt crm.Millis
}

type flow struct {
	Flow
	signIn SignIn
	cancel func()
}

// Connect begins a sign-in in the system browser. Without an app's id and
// secret, those from the configuration or from the last connection are used.
func (a *Account) Connect(ctx context.Context, clientID, clientSecret string) (Flow, error) {
	clientID, clientSecret, err := a.app(ctx, clientID, clientSecret)
	if err != nil {
		return Flow{}, err
	}
	if err := a.ready(ctx); err != nil {
		return Flow{}, err
	}
	a.stopFlows() // one sign-in at a time: the ports are few
	// The sign-in outlives the call that began it; Close and Cancel end it.
	run, cancel := context.WithTimeout(context.WithoutCancel(ctx), flowTime)
	signIn, err := a.o.SignIn(run, a.base(), clientID, clientSecret)
	if err != nil {
		cancel()
		return Flow{}, err
	}
	f := &flow{Flow: Flow{
		ID: string(crm.NewOpID()), URL: signIn.URL(), Phase: Waiting,
		ExpiresAt: crm.At(a.o.Clock().Add(flowTime)),
		Message:   signIn.Busy(), MustPaste: signIn.Busy() != "", Admin: adminText(signIn.Install()),
	}, signIn: signIn, cancel: func() { signIn.Cancel(); cancel() }}
	a.mu.Lock()
	a.flows[f.ID] = f
	out := f.Flow
	a.mu.Unlock()
	s := Session{Kind: OAuth, BaseURL: a.base(), ClientID: clientID, ClientSecret: clientSecret, Held: true}
	a.wg.Go(func() {
		defer cancel()
		a.finish(run, f, signIn, s)
	})
	if err := a.o.Browse(ctx, out.URL); err != nil {
		out.Message = strings.TrimSpace("The browser could not be opened. Copy the link and open it yourself. " + out.Message)
		a.mu.Lock()
		f.Message = out.Message
		a.mu.Unlock()
	}
	return out, nil
}

// stopFlows ends sign-ins under way and waits until their ports are free.
func (a *Account) stopFlows() {
	a.mu.Lock()
	old := slices.Collect(maps.Values(a.flows))
	a.mu.Unlock()
	for _, f := range old {
		f.cancel()
	}
}

// Paste takes the address on which the browser landed, for a browser that cannot
// reach this computer's ports. A wrong one is an error of kind Invalid, and the
// sign-in goes on.
func (a *Account) Paste(id, address string) (Flow, error) {
	a.mu.Lock()
	f, ok := a.flows[id]
	a.mu.Unlock()
	if !ok {
		return Flow{}, errOver()
	}
	if err := f.signIn.Paste(address); err != nil {
		return Flow{}, err
	}
	return a.Flow(id)
}

func errOver() error {
	return &crm.Error{Kind: crm.NotFound, Msg: "This sign-in is over. Press Connect to begin another."}
}

func (a *Account) app(ctx context.Context, id, secret string) (string, string, error) {
	if id != "" && secret != "" {
		return id, secret, nil
	}
	if id == "" && a.o.ClientID != "" && (a.o.ClientSecret != "" || a.o.Baked && a.o.BaseURL != "") {
		return a.o.ClientID, a.o.ClientSecret, nil
	}
	a.mu.Lock()
	known := a.p.ClientID
	a.mu.Unlock()
	if known != "" {
		if s, err := a.appSecret(ctx, known); err == nil && s != "" {
			return known, s, nil
		}
	}
	return "", "", &crm.Error{Kind: crm.Invalid, Msg: "Connecting needs the client id and secret of your HubSpot app. The README says how to make one; or paste a token instead."}
}

// finish waits for the browser and completes the connection.
func (a *Account) finish(ctx context.Context, f *flow, signIn SignIn, s Session) {
	// It ends with ctx, and says itself how.
	grant, err := signIn.Wait(context.WithoutCancel(ctx))
	if err == nil {
		a.mu.Lock()
		f.Phase, f.Message = Finishing, ""
		a.mu.Unlock()
		a.o.Notify(crm.TopicAccount)
		s.Refresh = grant.Refresh
		err = a.connect(ctx, s)
	}
	outcome := outcomeOf(err)
	a.mu.Lock()
	f.Outcome, f.Phase, f.Message = outcome, phaseOf(outcome), ""
	if err != nil {
		f.Message = saidOf(outcome, err)
	}
	if e, ok := crm.AsError(err); ok {
		f.Scopes = e.Scopes
	}
	a.mu.Unlock()
	a.o.Notify(crm.TopicAccount)
}

// Flow says how a sign-in stands.
func (a *Account) Flow(id string) (Flow, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok := a.flows[id]
	if !ok {
		return Flow{}, errOver()
	}
	return f.Flow, nil
}

// Cancel ends a sign-in; one that is over stays as it is.
func (a *Account) Cancel(id string) {
	a.mu.Lock()
	f, ok := a.flows[id]
	a.mu.Unlock()
	if ok {
		f.cancel()
	}
}

// ConnectToken connects with a static token. It belongs to an app, not to a
// person, so the rep chooses an owner afterwards.
func (a *Account) ConnectToken(ctx context.Context, token string) error {
	if token == "" {
		return &crm.Error{Kind: crm.Invalid, Msg: "The token is empty. Nothing was changed."}
	}
	if err := a.ready(ctx); err != nil {
		return err
	}
	return a.connect(ctx, Session{Kind: Token, BaseURL: a.base(), Token: token})
}

// ConnectSample connects to the sample portal on this computer.
func (a *Account) ConnectSample(ctx context.Context) error {
	if a.o.Sample == nil {
		return &crm.Error{Kind: crm.Invalid, Msg: "There is no sample portal here: another portal was named with --base-url."}
	}
	s, err := a.o.Sample.Grant(ctx, a.o.BaseURL)
	if err != nil {
		return err
	}
	return a.connect(ctx, s)
}

// connect dials, keeps the secret before anything rests on it, and establishes
// the portal. A connection that fails leaves the former one in place, its secret
// too.
func (a *Account) connect(ctx context.Context, s Session) error {
	hub, err := a.o.Dial(s)
	if err != nil {
		return err
	}
	portal, err := hub.Portal(ctx)
	if err != nil {
		return err
	}
	if err := a.samePortal(ctx, portal); err != nil {
		return err
	}
	where, err := a.keep(ctx, hub, s)
	if err != nil {
		a.KeepFailed(err)
		return err
	}
	return a.establish(ctx, hub, s, where)
}

func (a *Account) keep(ctx context.Context, hub Hub, s Session) (string, error) {
	switch s.Kind {
	case OAuth:
		if err := a.recordPlace(ctx); err != nil {
			return "", err
		}
		if _, err := a.o.Secrets.Put(ctx, appSecret, s.ClientSecret); err != nil {
			return "", err
		}
		return hub.Settle(ctx)
	case Token:
		if err := a.recordPlace(ctx); err != nil {
			return "", err
		}
		return a.o.Secrets.Put(ctx, tokenSecret, s.Token)
	case Environment:
		return "environment", nil
	case Sample, None:
	}
	return "memory", nil
}

// samePortal refuses a portal other than the one whose records are here.
func (a *Account) samePortal(ctx context.Context, p crm.Portal) error {
	had, ok, err := a.o.Store.Portal(ctx)
	if err != nil || !ok || had.ID == p.ID {
		return err
	}
	return &crm.Error{Kind: crm.Conflict, Msg: "The records on this computer belong to portal " + had.ID +
		", and this sign-in is for portal " + p.ID + ". Nothing was changed. Keep the other portal in a profile of its own, beside this one: satchel profiles add NAME. Or disconnect this one first.", Err: errOtherPortal}
}

func (a *Account) recordPlace(ctx context.Context) error {
	return a.o.Store.SetSetting(ctx, keptInKey, a.o.Secrets.Place())
}

// establish learns the portal, its owners and who the rep is, and makes the key
// property where the portal lets us.
func (a *Account) establish(ctx context.Context, hub Hub, s Session, where string) error {
	portal, err := hub.Portal(ctx)
	if err != nil {
		return err
	}
	if err := a.samePortal(ctx, portal); err != nil {
		return err
	}
	user, err := hub.Who(ctx)
	if err != nil {
		return err
	}
	owners, err := hub.Owners(ctx)
	if err != nil && crm.KindOf(err) != crm.Forbidden {
		return err
	}
	portal.Name = portalName(s.Kind, user.Domain, portal.ID)
	if err := a.o.Store.SetPortal(ctx, portal); err != nil {
		return err
	}
	if _, err := a.o.Store.SaveOwners(ctx, owners); err != nil {
		return err
	}
	for _, spec := range crm.Specs() {
		if spec.Aside {
			continue
		}
		keyed, err := hub.EnsureKey(ctx, spec.Type)
		if err != nil {
			return err
		}
		word := map[bool]string{true: "yes", false: "no"}[keyed]
		if err := a.o.Store.SetSetting(ctx, keyedPrefix+string(spec.Type), word); err != nil {
			return err
		}
	}
	p := profile{
		Kind: s.Kind, BaseURL: s.BaseURL, ClientID: s.ClientID, UserEmail: user.Email, UserID: user.ID,
		OwnerID: ownerOf(owners, user), Scopes: user.Scopes,
	}
	if s.BuiltIn {
		p.BaseURL = "" // another one at the next start
	}
	a.mu.Lock()
	if p.OwnerID == "" && a.p.UserID == p.UserID {
		p.OwnerID = a.p.OwnerID // a choice made before stays
	}
	a.mu.Unlock()
	if err := a.save(ctx, p); err != nil {
		return err
	}
	a.mu.Lock()
	a.p, a.hub, a.keptIn, a.expired, a.checked = p, hub, where, false, hub
	a.mu.Unlock()
	a.o.Notify(crm.TopicAccount, crm.TopicSchema, crm.TopicSync)
	a.o.Connected()
	return nil
}

// portalName is what the rep sees: HubSpot's API knows no name of a portal, but
// the web site of its owner.
func portalName(k Kind, domain, id string) string {
	switch {
	case k == Sample:
		return "Sample portal"
	case domain != "":
		return domain
	}
	return "Portal " + id
}

// Disconnect ends the sign-in and wipes the local copy. It is refused while
// edits wait, unless they are to be dropped.
func (a *Account) Disconnect(ctx context.Context, dropEdits bool) error {
	ops, err := a.o.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	if len(ops) > 0 && !dropEdits {
		return &crm.Error{Kind: crm.Conflict, Msg: "There are " + strconv.Itoa(len(ops)) +
			" changes that HubSpot does not have yet, so nothing was disconnected. Send them first, or say that they may be dropped."}
	}
	a.mu.Lock()
	hub, kind, builtIn := a.hub, a.p.Kind, a.base() == ""
	a.hub = nil
	a.mu.Unlock()
	a.o.Connected() // stops the syncer before the copy goes
	if err := a.o.Store.Reset(ctx, dropEdits); err != nil {
		// An edit was saved in the last moment, or the disk refuses: stay connected.
		a.mu.Lock()
		a.hub = hub
		a.mu.Unlock()
		a.o.Connected()
		return err
	}
	var revokeErr error
	if hub != nil {
		revokeErr = hub.Revoke(ctx)
	}
	dropErr := a.o.Secrets.Drop(ctx, secretNames()...)
	if kind == Sample && builtIn && a.o.Sample != nil {
		dropErr = errors.Join(dropErr, a.o.Sample.Drop())
	}
	for _, spec := range crm.Specs() {
		if err := a.o.Store.SetSetting(ctx, keyedPrefix+string(spec.Type), ""); err != nil {
			return err
		}
	}
	for _, key := range []string{profileKey, keptInKey} {
		if err := a.o.Store.SetSetting(ctx, key, ""); err != nil {
			return err
		}
	}
	where := a.o.Secrets.Place()
	a.mu.Lock()
	a.p, a.keptIn, a.expired, a.keepErr, a.flows = profile{}, "", false, nil, map[string]*flow{}
	a.mu.Unlock()
	a.o.Secrets.Use(cmp.Or(a.o.KeepIn, InKeychain))
	topics := []crm.Topic{crm.TopicAccount, crm.TopicSync, crm.TopicOutbox, crm.TopicSchema}
	for _, spec := range crm.AllSpecs() {
		topics = append(topics, crm.ListTopic(spec.Type))
	}
	a.o.Notify(topics...)
	if hub == nil && kind == OAuth && revokeErr == nil {
		revokeErr = &crm.Error{Kind: crm.Unauthorized, Op: "revoke", Err: errors.New("there was no sign-in to revoke with")}
	}
	if dropErr != nil && (where == InKeychain && (kind == OAuth || kind == Token) || !errors.Is(dropErr, ErrNoKeychain)) {
		return &crm.Error{Kind: crm.Storage, Op: "forget the sign-in", Err: errors.Join(dropErr, revokeErr), Msg: "This computer is disconnected and wiped, but the keychain could not be told to forget the sign-in. " +
			"Remove the items called satchel from it; HubSpot does not accept them any more unless it could not be reached."}
	}
	if revokeErr != nil {
		return &crm.Error{Kind: crm.KindOf(revokeErr), Op: "revoke", Msg: "This computer is disconnected and wiped. HubSpot could not be told, so also remove the app in HubSpot's settings: Connected Apps.", Err: revokeErr}
	}
	return nil
}
