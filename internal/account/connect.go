package account

import (
	"context"
	"errors"
	"strconv"
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
	Message   string
	ExpiresAt crm.Millis
}

type flow struct {
	Flow
	cancel func()
}

// Connect begins a sign-in in the system browser. Without an app's id and
// secret, those from the configuration or from the last connection are used.
func (a *Account) Connect(ctx context.Context, clientID, clientSecret string) (Flow, error) {
	clientID, clientSecret, err := a.app(ctx, clientID, clientSecret)
	if err != nil {
		return Flow{}, err
	}
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
	}, cancel: func() { signIn.Cancel(); cancel() }}
	a.mu.Lock()
	for _, old := range a.flows {
		old.cancel() // one sign-in at a time: the ports are few
	}
	a.flows[f.ID] = f
	out := f.Flow
	a.mu.Unlock()
	s := Session{Kind: OAuth, BaseURL: a.base(), ClientID: clientID, ClientSecret: clientSecret}
	a.wg.Go(func() {
		defer cancel()
		a.finish(run, f, signIn, s)
	})
	if err := a.o.Browse(ctx, out.URL); err != nil {
		out.Message = "The browser could not be opened. Copy the link and open it yourself."
		a.update(f, Waiting, out.Message)
	}
	return out, nil
}

func (a *Account) app(ctx context.Context, id, secret string) (string, string, error) {
	if id != "" && secret != "" {
		return id, secret, nil
	}
	if a.o.ClientID != "" && a.o.ClientSecret != "" {
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
	grant, err := signIn.Wait(ctx)
	if err == nil {
		a.update(f, Finishing, "")
		s.Refresh = grant.Refresh
		err = a.connect(ctx, s)
	}
	switch {
	case err == nil:
		a.update(f, Connected, "")
	case errors.Is(err, context.DeadlineExceeded):
		a.update(f, Expired, "The sign-in took longer than five minutes. Nothing was changed; try again.")
	case crm.KindOf(err) == crm.Canceled:
		a.update(f, Canceled, "The sign-in was cancelled. Nothing was changed.")
	case crm.KindOf(err) == crm.Forbidden:
		a.update(f, Denied, crm.Message(err))
	default:
		a.update(f, Failed, crm.Message(err))
	}
}

func (a *Account) update(f *flow, p Phase, msg string) {
	a.mu.Lock()
	f.Phase, f.Message = p, msg
	a.mu.Unlock()
	a.o.Notify(crm.TopicAccount)
}

// Flow says how a sign-in stands.
func (a *Account) Flow(id string) (Flow, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok := a.flows[id]
	if !ok {
		return Flow{}, &crm.Error{Kind: crm.NotFound, Msg: "This sign-in is over. Press Connect to begin another."}
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
// the portal. A connection that fails leaves the former one in place.
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
	where, err := a.keep(ctx, s)
	if err != nil {
		return err
	}
	return a.establish(ctx, hub, s, where)
}

func (a *Account) keep(ctx context.Context, s Session) (string, error) {
	switch s.Kind {
	case OAuth:
		if _, err := a.o.Secrets.Put(ctx, appSecret, s.ClientSecret); err != nil {
			return "", err
		}
		return a.o.Secrets.Put(ctx, refreshSecret, s.Refresh)
	case Token:
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
		", and this sign-in is for portal " + p.ID + ". Nothing was changed. Disconnect first, or use another --data-dir."}
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
	hub := a.hub
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
	for _, name := range []string{refreshSecret, tokenSecret, appSecret} {
		if err := a.o.Secrets.Drop(ctx, name); err != nil {
			return err
		}
	}
	for _, spec := range crm.Specs() {
		if err := a.o.Store.SetSetting(ctx, keyedPrefix+string(spec.Type), ""); err != nil {
			return err
		}
	}
	if err := a.o.Store.SetSetting(ctx, profileKey, ""); err != nil {
		return err
	}
	a.mu.Lock()
	a.p, a.keptIn, a.expired = profile{}, "", false
	a.mu.Unlock()
	topics := []crm.Topic{crm.TopicAccount, crm.TopicSync, crm.TopicOutbox, crm.TopicSchema}
	for _, spec := range crm.Specs() {
		topics = append(topics, crm.ListTopic(spec.Type))
	}
	a.o.Notify(topics...)
	if revokeErr != nil {
		return &crm.Error{Kind: crm.KindOf(revokeErr), Op: "revoke", Msg: "This computer is disconnected and wiped. HubSpot could not be told, so also remove the app in HubSpot's settings: Connected Apps.", Err: revokeErr}
	}
	return nil
}
