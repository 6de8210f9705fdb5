package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"satchel/internal/crm"
)

// Why the place where the sign-in is kept cannot be used; in the chain of what
// Secrets answers.
var (
	ErrNoKeychain = errors.New("the keychain cannot be used")
	ErrLocked     = errors.New("the encrypted file waits for its passphrase")
)

// The places of a sign-in, as Secrets names them.
const (
	InKeychain = "keychain"
	InFile     = "file"
	InMemory   = "memory"
)

// KeepState says whether the place where the sign-in is kept can be used.
type KeepState string

// The states of the place.
const (
	KeepReady       KeepState = ""            // or not tried yet
	KeepUnavailable KeepState = "unavailable" // the keychain is missing, locked or silent, or the file cannot be read
	KeepLocked      KeepState = "locked"      // the file waits for its passphrase
)

// startPatience is how long the start may wait for the keychain: the window is
// there within three seconds, whatever the keychain does.
const startPatience = 2 * time.Second

// keptInKey is the setting that records which place the rep chose.
const keptInKey = "kept_in"

// usePlace takes up the place that was chosen before, or by the configuration.
func (a *Account) usePlace(ctx context.Context) error {
	place := a.o.KeepIn
	if place == "" {
		recorded, err := a.o.Store.Setting(ctx, keptInKey)
		if err != nil {
			return err
		}
		place = recorded
	}
	if known(place) {
		a.o.Secrets.Use(place)
	}
	if a.o.Secrets.Place() != InFile || a.o.Passphrase == "" {
		return nil
	}
	// What is wrong with the passphrase is told when the sign-in is needed.
	a.KeepFailed(a.o.Secrets.Choose(ctx, InFile, a.o.Passphrase, false))
	return nil
}

func known(place string) bool {
	return slices.Contains([]string{InKeychain, InFile, InMemory}, place)
}

// Keep says where the sign-in is kept from now on: "keychain", "file" or
// "memory"; the place that is in use is tried again. What is known of the
// sign-in moves along. The passphrase is the file's; anew gives up one that
// cannot be opened. Errors: Invalid for a wrong passphrase, Storage when the
// place cannot be used; nothing has changed then.
func (a *Account) Keep(ctx context.Context, place, passphrase string, anew bool) error {
	if !known(place) {
		return &crm.Error{Kind: crm.Invalid, Msg: "There is no such place for the sign-in. Nothing was changed."}
	}
	a.keeping.Lock()
	defer a.keeping.Unlock()
	old := a.o.Secrets.Place()
	if err := a.o.Secrets.Choose(ctx, place, passphrase, anew); err != nil {
		if place == old {
			a.KeepFailed(err)
		}
		return err
	}
	// The record comes before the former place is emptied, so that a crash in
	// between leaves a copy too many and none too few.
	if err := a.o.Store.SetSetting(ctx, keptInKey, place); err != nil {
		return err
	}
	a.mu.Lock()
	a.keepErr = nil
	waiting := a.hub == nil && a.p.Kind != None && a.p.Kind != Sample
	if a.hub != nil && (a.p.Kind == OAuth || a.p.Kind == Token) && a.o.EnvToken == "" {
		a.keptIn = place
	}
	a.mu.Unlock()
	var left error
	if old != place {
		left = a.o.Secrets.Leave(ctx, old, secretNames()...)
	}
	if waiting {
		if err := a.resume(ctx); err != nil {
			return err
		}
		a.o.Connected()
	}
	a.o.Notify(crm.TopicAccount, crm.TopicSync)
	if left != nil && !errors.Is(left, ErrNoKeychain) { // one that is unavailable was not given it, or keeps it locked
		return left
	}
	return nil
}

// KeepFailed notes that the place of the sign-in cannot be used, or with nil
// that it can.
func (a *Account) KeepFailed(err error) {
	a.mu.Lock()
	was := a.keepErr
	a.keepErr = err
	a.mu.Unlock()
	if (was == nil) != (err == nil) {
		a.o.Notify(crm.TopicAccount)
	}
}

// ready makes sure, before a sign-in is begun, that there is a place for it.
func (a *Account) ready(ctx context.Context) error {
	err := a.o.Secrets.Check(ctx)
	a.KeepFailed(err)
	return err
}

func (a *Account) keepState() KeepState {
	switch {
	case a.keepErr == nil:
		return KeepReady
	case errors.Is(a.keepErr, ErrLocked), crm.KindOf(a.keepErr) == crm.Invalid:
		return KeepLocked
	}
	return KeepUnavailable
}

func secretNames() []string { return []string{refreshSecret, tokenSecret, appSecret} }
