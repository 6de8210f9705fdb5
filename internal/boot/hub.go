package boot

import (
	"context"
	"errors"

	"satchel/internal/account"
	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
)

// session is a connection to one portal: HubSpot's client with its sign-in and
// its budget. It is what account calls a Hub.
type session struct {
	*hubspot.Client
	budget *budget.Budget
	tokens *oauth.Tokens  // nil with a static token
	keeper *refreshKeeper // nil where nothing is kept
}

// Who is the user behind the sign-in; nobody with a static token.
func (s *session) Who(ctx context.Context) (account.User, error) {
	if s.tokens == nil {
		return account.User{}, nil
	}
	id, err := s.tokens.Introspect(ctx)
	return account.User{Email: id.Email, ID: id.UserID, Domain: id.Domain, Scopes: id.Scopes}, err
}

// Settle keeps the refresh token from now on.
func (s *session) Settle(ctx context.Context) (string, error) {
	if s.keeper == nil {
		return account.InMemory, nil
	}
	return s.keeper.settle(ctx)
}

// Revoke ends the sign-in at HubSpot.
func (s *session) Revoke(ctx context.Context) error {
	if s.tokens == nil {
		return nil
	}
	return s.tokens.Revoke(ctx)
}

// remote is HubSpot as connected now. The engines hold on to it while sign-ins
// come and go: without one, every call answers Unauthorized.
type remote struct {
	account *account.Account
}

func (r *remote) client() (*session, error) {
	return sessionOf(r.account.Hub())
}

// checked is the client for calls that read or write records: its portal is
// certainly the one whose records are here.
func (r *remote) checked(ctx context.Context) (*session, error) {
	hub, err := r.account.Checked(ctx)
	if crm.KindOf(err) == crm.Unauthorized && err != nil && hub != nil {
		r.account.Expired(hub)
	}
	return sessionOf(hub, err)
}

func sessionOf(hub account.Hub, err error) (*session, error) {
	if err != nil {
		return nil, err
	}
	s, ok := hub.(*session)
	if !ok {
		return nil, &crm.Error{Kind: crm.Internal, Op: "session of another kind"}
	}
	return s, nil
}

// ask runs one call and notes a sign-in that HubSpot has refused for good.
func ask[T any](ctx context.Context, r *remote, f func(*session) (T, error)) (T, error) {
	s, err := r.checked(ctx)
	if err != nil {
		var none T
		return none, err
	}
	out, err := f(s)
	if err != nil && crm.KindOf(err) == crm.Unauthorized {
		r.account.Expired(s)
	}
	return out, err
}

func tell(ctx context.Context, r *remote, f func(*session) error) error {
	_, err := ask(ctx, r, func(s *session) (struct{}, error) { return struct{}{}, f(s) })
	return err
}

func (r *remote) List(ctx context.Context, t crm.ObjectType, c crm.ListCall) (crm.Page, error) {
	return ask(ctx, r, func(s *session) (crm.Page, error) { return s.List(ctx, t, c) })
}

func (r *remote) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	return ask(ctx, r, func(s *session) (crm.Page, error) { return s.Search(ctx, t, c) })
}

func (r *remote) BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error) {
	return ask(ctx, r, func(s *session) (crm.BatchRead, error) { return s.BatchRead(ctx, t, ids, props) })
}

func (r *remote) ReadByKey(ctx context.Context, t crm.ObjectType, key string, values, props []string) (map[string]crm.RemoteRecord, error) {
	return ask(ctx, r, func(s *session) (map[string]crm.RemoteRecord, error) {
		return s.ReadByKey(ctx, t, key, values, props)
	})
}

func (r *remote) Get(ctx context.Context, t crm.ObjectType, id crm.RemoteID, props []string) (crm.RemoteRecord, error) {
	return ask(ctx, r, func(s *session) (crm.RemoteRecord, error) { return s.Get(ctx, t, id, props) })
}

func (r *remote) History(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (map[crm.RemoteID]map[string][]crm.Version, error) {
	return ask(ctx, r, func(s *session) (map[crm.RemoteID]map[string][]crm.Version, error) {
		return s.History(ctx, t, ids, props)
	})
}

func (r *remote) Upsert(ctx context.Context, t crm.ObjectType, key string, rows []crm.Write) ([]crm.Written, error) {
	return ask(ctx, r, func(s *session) ([]crm.Written, error) { return s.Upsert(ctx, t, key, rows) })
}

func (r *remote) Create(ctx context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error) {
	return ask(ctx, r, func(s *session) ([]crm.Written, error) { return s.Create(ctx, t, rows) })
}

func (r *remote) Update(ctx context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error) {
	return ask(ctx, r, func(s *session) ([]crm.Written, error) { return s.Update(ctx, t, rows) })
}

func (r *remote) Archive(ctx context.Context, t crm.ObjectType, id crm.RemoteID) error {
	return tell(ctx, r, func(s *session) error { return s.Archive(ctx, t, id) })
}

func (r *remote) Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error) {
	return ask(ctx, r, func(s *session) ([]crm.Link, error) { return s.Associations(ctx, from, to, ids) })
}

func (r *remote) Associate(ctx context.Context, from, to crm.ObjectType, pairs []crm.Pair) error {
	return tell(ctx, r, func(s *session) error { return s.Associate(ctx, from, to, pairs) })
}

func (r *remote) Detach(ctx context.Context, from, to crm.ObjectType, pairs []crm.Pair) error {
	return tell(ctx, r, func(s *session) error { return s.Detach(ctx, from, to, pairs) })
}

func (r *remote) Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error) {
	return ask(ctx, r, func(s *session) ([]crm.Property, error) { return s.Properties(ctx, t) })
}

func (r *remote) Sensitive(ctx context.Context, t crm.ObjectType) ([]string, error) {
	return ask(ctx, r, func(s *session) ([]string, error) { return s.Sensitive(ctx, t) })
}

func (r *remote) Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error) {
	return ask(ctx, r, func(s *session) ([]crm.Pipeline, error) { return s.Pipelines(ctx, t) })
}

func (r *remote) Owners(ctx context.Context) ([]crm.Owner, error) {
	return ask(ctx, r, func(s *session) ([]crm.Owner, error) { return s.Owners(ctx) })
}

// CustomTypes are the object types that the portal made for itself.
func (r *remote) CustomTypes(ctx context.Context) ([]crm.CustomType, error) {
	return ask(ctx, r, func(s *session) ([]crm.CustomType, error) { return s.CustomTypes(ctx) })
}

// crowded says whether others search on this portal's limit.
func (r *remote) crowded() bool {
	s, err := r.client()
	return err == nil && s.budget.Crowded()
}

// probe is the cheapest call that shows whether HubSpot can be reached.
func (r *remote) probe(ctx context.Context) error {
	_, err := ask(ctx, r, func(s *session) (crm.Portal, error) { return s.Portal(ctx) })
	if err != nil && errors.Is(err, context.Canceled) {
		return err
	}
	return err
}
