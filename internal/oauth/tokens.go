package oauth

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"satchel/internal/crm"
)

// Keeper stores the refresh token where it survives the process. Save is
// called before a token that came with it is used, and must be durable when it
// returns.
type Keeper interface {
	Save(ctx context.Context, refresh string) error
}

// fresh is the part of a token's life after which it is renewed.
const fresh = 0.78

// Tokens is a sign-in that renews itself. It is safe for concurrent use; of
// any number of callers in need one asks HubSpot.
type Tokens struct {
	app    App
	keeper Keeper
	flight singleflight.Group

	mu      sync.Mutex
	grant   Grant
	unsaved *Grant // renewed, but the keeper failed; not used before it has it
	over    error  // set once and for all when HubSpot ended the sign-in
}

// NewTokens carries on a sign-in: with what Flow.Wait gave, or with the stored
// refresh token alone.
func NewTokens(app App, g Grant, k Keeper) *Tokens {
	return &Tokens{app: app, keeper: k, grant: g}
}

// LogValue shows nothing.
func (*Tokens) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// String shows nothing.
func (*Tokens) String() string { return "[redacted]" }

// GoString shows nothing.
func (*Tokens) GoString() string { return "[redacted]" }

// Token returns an access token that is good for the next call, renewing it
// when more than about three quarters of its life are over. While the old one
// still works, a renewal that fails for now is no error.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	g, over := t.grant, t.over
	t.mu.Unlock()
	if over != nil {
		return "", over
	}
	if g.good(fresh) {
		return g.Access, nil
	}
	access, err := t.Refresh(ctx, g.Access)
	if err != nil && g.good(0.98) && crm.KindOf(err) != crm.Unauthorized && crm.KindOf(err) != crm.Canceled {
		return g.Access, nil
	}
	return access, err
}

// good says whether less than the given part of the token's life is over, by
// the clock that runs on evenly and by the one on the wall, since one stands
// still while the computer sleeps and the other jumps.
func (g Grant) good(part float64) bool {
	if g.Access == "" {
		return false
	}
	most := time.Duration(part * float64(g.Lifetime))
	now := time.Now()
	return now.Sub(g.Issued) < most && now.Round(0).Sub(g.Issued.Round(0)) < most
}

// Refresh returns another token than stale, which HubSpot refused: the current
// one if it has been renewed meanwhile, else a new one. The rotated refresh
// token is with the keeper before anybody gets the access token. Errors:
// Unauthorized for good (reconnect), Forbidden or Invalid when the app is set
// up wrongly, Storage when the keeper failed, and Offline, Upstream or
// RateLimited when it may work later.
func (t *Tokens) Refresh(ctx context.Context, stale string) (string, error) {
	for {
		// The renewal belongs to all who wait for it, and what HubSpot answers
		// must be stored even if the one who asked has gone: it is detached, and
		// bounded by its own timeout.
		result := t.flight.DoChan("", func() (any, error) {
			detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout+10*time.Second)
			defer cancel()
			return t.renew(detached, stale)
		})
		select {
		case r := <-result:
			if r.Err != nil {
				return "", r.Err
			}
			if access, _ := r.Val.(string); access != stale || stale == "" {
				return access, nil
			}
			// We joined a flight that was about another token; ask again.
		case <-ctx.Done():
			return "", &crm.Error{Kind: crm.Canceled, Op: "renew the sign-in", Msg: "Stopped. Nothing was lost.", Err: ctx.Err()}
		}
	}
}

func (t *Tokens) renew(ctx context.Context, stale string) (string, error) {
	t.mu.Lock()
	g, unsaved, over := t.grant, t.unsaved, t.over
	t.mu.Unlock()
	switch {
	case over != nil:
		return "", over
	case g.Access != stale && g.good(fresh):
		return g.Access, nil
	case unsaved != nil && unsaved.good(fresh):
		return t.install(ctx, g, *unsaved)
	case unsaved != nil:
		g.Refresh = unsaved.Refresh
	}
	if g.Refresh == "" {
		return "", &crm.Error{Kind: crm.Unauthorized, Op: "renew the sign-in", Msg: msgRevoked, Err: errors.New("there is no refresh token")}
	}
	issued := time.Now()
	r, err := t.app.post(ctx, "renew the sign-in", "", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.Refresh}})
	if err != nil {
		if errors.Is(err, ErrRevoked) {
			t.mu.Lock()
			t.over = err
			t.mu.Unlock()
		}
		return "", err
	}
	if r.Access == "" {
		return "", &crm.Error{Kind: crm.Upstream, Op: "renew the sign-in", Err: errors.New("the answer holds no token"), Msg: "HubSpot's sign-in service gave an incomplete answer. It is tried again by itself."}
	}
	next := r.grant(issued)
	if next.Refresh == "" {
		next.Refresh = g.Refresh
	}
	return t.install(ctx, g, next)
}

// install puts a renewed token to use, after its refresh token is safe.
func (t *Tokens) install(ctx context.Context, old, next Grant) (string, error) {
	if next.Refresh != old.Refresh && t.keeper != nil {
		if err := t.keeper.Save(ctx, next.Refresh); err != nil {
			t.mu.Lock()
			t.unsaved = &next
			t.mu.Unlock()
			return "", &crm.Error{Kind: crm.Storage, Op: "keep the renewed sign-in", Err: err, Msg: "The renewed sign-in could not be stored on this computer. Your edits are kept; it is tried again by itself."}
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.grant, t.unsaved = next, nil
	return next.Access, nil
}

// Introspect asks HubSpot whom the sign-in belongs to.
func (t *Tokens) Introspect(ctx context.Context) (Identity, error) {
	access, err := t.Token(ctx)
	if err != nil {
		return Identity{}, err
	}
	r, err := t.app.post(ctx, "ask who is signed in", "/introspect", url.Values{"token": {access}, "token_type_hint": {"access_token"}})
	if err != nil {
		return Identity{}, err
	}
	if r.Active != nil && !*r.Active {
		return Identity{}, &crm.Error{Kind: crm.Unauthorized, Op: "ask who is signed in", Msg: msgRevoked, Err: errors.New("the token is not active")}
	}
	return r.identity(), nil
}

// Revoke ends the sign-in at HubSpot. Access tokens that are out there live on
// for up to half an hour; the app stays installed in the portal.
func (t *Tokens) Revoke(ctx context.Context) error {
	t.mu.Lock()
	refresh := t.grant.Refresh
	t.mu.Unlock()
	if refresh == "" {
		return nil
	}
	_, err := t.app.post(ctx, "sign out", "/revoke", url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}})
	if err != nil && !errors.Is(err, ErrRevoked) {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.grant, t.unsaved = Grant{}, nil
	t.over = &crm.Error{Kind: crm.Unauthorized, Op: "sign out", Msg: "You are signed out of HubSpot. Your edits are kept; connect again to send them.", Err: ErrRevoked}
	return nil
}

// StaticToken is a token that the rep pasted, or the environment supplied. It
// cannot be renewed and says nothing of a user.
type StaticToken struct{ token string }

// Static makes a token source of one token.
func Static(token string) StaticToken { return StaticToken{token} }

// Token returns it.
func (s StaticToken) Token(context.Context) (string, error) { return s.token, nil }

// Refresh is an error of kind Unauthorized.
func (StaticToken) Refresh(context.Context, string) (string, error) {
	return "", &crm.Error{
		Kind: crm.Unauthorized, Op: "renew the sign-in", Err: ErrRevoked,
		Msg: "HubSpot does not accept the token. Your edits are kept; make a new one in HubSpot and connect again with it.",
	}
}

// LogValue shows nothing.
func (StaticToken) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// String shows nothing.
func (StaticToken) String() string { return "[redacted]" }

// GoString shows nothing.
func (StaticToken) GoString() string { return "[redacted]" }
