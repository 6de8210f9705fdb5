package desktop

import (
	"context"

	"satchel/internal/account"
	"satchel/internal/crm"
	"satchel/internal/wire"
)

// Account is who is connected.
type Account struct {
	c *Caller
	a *account.Account
}

// NewAccount makes the facade.
func NewAccount(c *Caller, a *account.Account) *Account { return &Account{c, a} }

// State says who is connected to what.
func (f *Account) State() (wire.Account, error) {
	return run(f.c, "Account.State", callTime, f.state)
}

func (f *Account) state(ctx context.Context) (wire.Account, error) {
	s, err := f.a.State(ctx)
	if err != nil {
		return wire.Account{}, err
	}
	w := wire.Account{
		Connected: s.Kind != account.None && s.Portal.ID != "", Kind: string(s.Kind),
		PortalID: s.Portal.ID, PortalName: s.Portal.Name, UIDomain: s.Portal.UIDomain,
		Currency: s.Portal.Currency, TimeZone: s.Portal.TimeZone,
		UserEmail: s.UserEmail, OwnerID: string(s.Owner.ID),
		NeedsOwner: s.NeedsOwner, NeedsSignIn: s.NeedsSignIn, KeptIn: s.KeptIn,
		KeepIn: s.KeepIn, KeepState: string(s.KeepState), KeepProblem: s.KeepProblem, HasFile: s.HasFile,
		Scopes: notNil(s.Scopes), Missing: make([]wire.Lack, len(s.Lacks)), HasApp: s.HasApp, ClientID: s.ClientID, Sample: s.HasSample, BaseURL: s.BaseURL,
	}
	for i, l := range s.Lacks {
		w.Missing[i] = wire.Lack{Scope: l.Scope, Off: l.Off}
	}
	if s.Owner.ID != "" {
		w.OwnerName = s.Owner.Name()
	}
	return w, nil
}

// Connect begins a sign-in in the system browser.
func (f *Account) Connect(r wire.ConnectRequest) (wire.ConnectFlow, error) {
	return run(f.c.given(r), "Account.Connect", netTime, func(ctx context.Context) (wire.ConnectFlow, error) {
		flow, err := f.a.Connect(ctx, r.ClientID, r.ClientSecret)
		return wireFlow(flow), err
	})
}

// Flow says how a sign-in stands.
func (f *Account) Flow(id string) (wire.ConnectFlow, error) {
	return run(f.c.given(id), "Account.Flow", callTime, func(context.Context) (wire.ConnectFlow, error) {
		flow, err := f.a.Flow(id)
		return wireFlow(flow), err
	})
}

// Paste takes the address on which the browser landed, where it cannot reach this
// computer's ports.
func (f *Account) Paste(r wire.PasteRequest) (wire.ConnectFlow, error) {
	return run(f.c.given(r), "Account.Paste", callTime, func(context.Context) (wire.ConnectFlow, error) {
		flow, err := f.a.Paste(r.ID, r.Address)
		return wireFlow(flow), err
	})
}

// Keep says where the sign-in is kept from now on.
func (f *Account) Keep(r wire.KeepRequest) (wire.Account, error) {
	return run(f.c.given(r), "Account.Keep", netTime, func(ctx context.Context) (wire.Account, error) {
		if err := f.a.Keep(ctx, r.Place, r.Passphrase, r.Anew); err != nil {
			return wire.Account{}, err
		}
		return f.state(ctx)
	})
}

// Cancel ends a sign-in.
func (f *Account) Cancel(id string) error {
	return do(f.c.given(id), "Account.Cancel", callTime, func(context.Context) error {
		f.a.Cancel(id)
		return nil
	})
}

// ConnectToken connects with a static token.
func (f *Account) ConnectToken(token string) (wire.Account, error) {
	return run(f.c.given(sized{"token", token, maxText}), "Account.ConnectToken", netTime, func(ctx context.Context) (wire.Account, error) {
		if err := f.a.ConnectToken(ctx, token); err != nil {
			return wire.Account{}, err
		}
		return f.state(ctx)
	})
}

// ConnectSample connects to the sample portal.
func (f *Account) ConnectSample() (wire.Account, error) {
	return run(f.c, "Account.ConnectSample", netTime, func(ctx context.Context) (wire.Account, error) {
		if err := f.a.ConnectSample(ctx); err != nil {
			return wire.Account{}, err
		}
		return f.state(ctx)
	})
}

// Disconnect ends the connection and wipes the local copy.
func (f *Account) Disconnect(r wire.DisconnectRequest) error {
	return do(f.c.given(r), "Account.Disconnect", netTime, func(ctx context.Context) error {
		return f.a.Disconnect(ctx, r.DiscardEdits)
	})
}

// Owners are the portal's owners.
func (f *Account) Owners() ([]wire.Owner, error) {
	return run(f.c, "Account.Owners", callTime, func(ctx context.Context) ([]wire.Owner, error) {
		owners, err := f.a.Owners(ctx)
		out := make([]wire.Owner, len(owners))
		for i, o := range owners {
			out[i] = wire.Owner{ID: string(o.ID), Name: o.Name(), Email: o.Email, Archived: o.Archived, Team: o.Team()}
		}
		return out, err
	})
}

// ChooseOwner says which owner the rep is.
func (f *Account) ChooseOwner(id string) (wire.Account, error) {
	return run(f.c.given(id), "Account.ChooseOwner", callTime, func(ctx context.Context) (wire.Account, error) {
		if err := f.a.ChooseOwner(ctx, id); err != nil {
			return wire.Account{}, err
		}
		return f.state(ctx)
	})
}

func wireFlow(f account.Flow) wire.ConnectFlow {
	return wire.ConnectFlow{
		ID: f.ID, URL: f.URL, Phase: string(f.Phase), Outcome: string(f.Outcome), Message: f.Message, Scopes: notNil(f.Scopes),
		MustPaste: f.MustPaste, Admin: f.Admin, ExpiresAt: int64(f.ExpiresAt),
	}
}

func millis(m crm.Millis) int64 { return int64(m) }
