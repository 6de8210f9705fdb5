// Package secret keeps named secrets, such as a sign-in's refresh token, in one
// of three places: the keychain of the operating system, a file that is
// encrypted with a passphrase, or memory. Which one is chosen by the rep. It
// never writes a secret in plain text, never puts one elsewhere than where it
// was told to, and never mistakes a place that does not answer for an empty one.
package secret

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// patience is how long the keychain may take: enough for a slow disk, too
// short for somebody to type a password. A keychain that asks for one is
// unavailable until it has got it.
const patience = 3 * time.Second

// Why a place cannot be used. What it holds is not known then.
var (
	// ErrUnavailable means that the keychain cannot be used: there is none, it is
	// locked, it does not answer or it refuses.
	ErrUnavailable = errors.New("keychain is not available")
	// ErrLocked means that the encrypted file waits for its passphrase.
	ErrLocked = errors.New("the encrypted file is locked")
	// ErrPassphrase means that the passphrase is not the file's, or that there is
	// none.
	ErrPassphrase = errors.New("the passphrase does not open the file")
	// ErrFile means that the encrypted file cannot be read or written.
	ErrFile = errors.New("the encrypted file is not accessible")
)

// Place is where a secret is kept.
type Place string

// The places. A secret in memory is gone when the program ends.
const (
	Nowhere  Place = ""
	Keychain Place = "keychain"
	File     Place = "file"
	Memory   Place = "memory"
)

// Store is the system's keychain. Its calls know no context and may hang. Get
// and Delete answer keyring.ErrNotFound for an item that is not there; any
// other error says nothing about the item.
type Store interface {
	Get(service, user string) (string, error)
	Set(service, user, value string) error
	Delete(service, user string) error
}

// Keeper keeps the secrets of one profile. It is safe for concurrent use.
type Keeper struct {
	store   Store
	service string
	profile string
	file    *vault
	turn    chan struct{} // held while the keychain is at work, for longer than we wait for it

	mu    sync.Mutex
	place Place
	known map[string]string // what was kept or found; in memory that is all there is
}

// Open keeps secrets in the system's keychain as items of the service, each
// named for the profile and the secret, until another place is chosen. file is
// where the encrypted file would be. It touches neither yet.
func Open(service, profile, file string) *Keeper {
	return New(system{}, service, profile, file)
}

// New is Open with another keychain.
func New(store Store, service, profile, file string) *Keeper {
	return &Keeper{
		store: store, service: service, profile: profile, file: newVault(file),
		turn: make(chan struct{}, 1), place: Keychain, known: map[string]string{},
	}
}

// Use says where secrets are, without looking: what Choose chose before the
// program was started.
func (k *Keeper) Use(p Place) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.place = p
}

// Place is where secrets are kept now.
func (k *Keeper) Place() Place {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.place
}

// Check says whether the place can be used now; the keychain is tried with an
// item of its own. Errors: ErrUnavailable, ErrLocked, or the context's.
func (k *Keeper) Check(ctx context.Context) error {
	switch k.Place() {
	case Keychain:
		return k.tryKeychain(ctx)
	case File:
		if !k.file.open() {
			return ErrLocked
		}
	case Memory, Nowhere:
	}
	return nil
}

// Made says whether there is an encrypted file already.
func (k *Keeper) Made() bool { return k.file.made() }

// Choose keeps secrets in another place from now on, or opens the one that is in
// use: all that is known goes there first, and with an error nothing has
// changed. The passphrase is the file's; anew makes a new file in place of one
// whose passphrase was forgotten. The former place still holds what it held: see
// Leave. Errors: ErrUnavailable, ErrPassphrase, ErrFile, or the context's.
func (k *Keeper) Choose(ctx context.Context, p Place, passphrase string, anew bool) error {
	k.mu.Lock()
	known := maps.Clone(k.known)
	k.mu.Unlock()
	switch p {
	case Keychain:
		if err := k.tryKeychain(ctx); err != nil {
			return err
		}
		for name, value := range known {
			if err := k.setInKeychain(ctx, name, value); err != nil {
				return err
			}
		}
	case File:
		if err := k.file.unlock(passphrase, known, anew); err != nil {
			return err
		}
	case Memory:
	case Nowhere:
		return errors.New("no place was chosen")
	}
	k.Use(p)
	return nil
}

// Leave removes the named secrets from a place that is not in use any more.
func (k *Keeper) Leave(ctx context.Context, p Place, names ...string) error {
	switch p {
	case Keychain:
		return k.dropFromKeychain(ctx, names)
	case File:
		return k.file.remove()
	case Memory, Nowhere:
	}
	return nil
}

// Set keeps a secret, durably unless the place is memory, and says where. It
// takes at most three seconds for the keychain. With an error it is not kept,
// though Choose takes it along to another place. Errors: ErrUnavailable,
// ErrLocked, ErrFile, or the context's.
func (k *Keeper) Set(ctx context.Context, name, value string) (Place, error) {
	k.mu.Lock()
	k.known[name] = value
	place := k.place
	k.mu.Unlock()
	var err error
	switch place {
	case Keychain:
		err = k.setInKeychain(ctx, name, value)
	case File:
		err = k.file.set(name, value)
	case Memory, Nowhere:
		place = Memory
	}
	if err != nil {
		return Nowhere, err
	}
	return place, nil
}

// Get finds a secret. An error is ErrUnavailable or ErrLocked, which is not the
// same as "not found", or the context's.
func (k *Keeper) Get(ctx context.Context, name string) (value string, where Place, found bool, err error) {
	where = k.Place()
	switch where {
	case Keychain:
		value, err = k.ask(ctx, func() (string, error) { return k.store.Get(k.service, k.user(name)) })
		found = err == nil
		if errors.Is(err, keyring.ErrNotFound) {
			err = nil
		}
	case File:
		value, found, err = k.file.get(name)
	case Memory, Nowhere:
		k.mu.Lock()
		value, found = k.known[name]
		k.mu.Unlock()
	}
	if err != nil || !found {
		return "", Nowhere, false, err
	}
	k.mu.Lock()
	k.known[name] = value
	k.mu.Unlock()
	return value, where, true, nil
}

// Wipe forgets the named secrets everywhere: in memory, in the file, which is
// removed, and in the keychain. With ErrUnavailable the keychain may still hold
// them.
func (k *Keeper) Wipe(ctx context.Context, names ...string) error {
	k.mu.Lock()
	for _, name := range names {
		delete(k.known, name)
	}
	k.mu.Unlock()
	return errors.Join(k.file.remove(), k.dropFromKeychain(ctx, names))
}

func (k *Keeper) user(name string) string { return k.profile + "/" + name }

// tryKeychain keeps an item and removes it: that one can be read does not mean
// that one can be written.
func (k *Keeper) tryKeychain(ctx context.Context) error {
	_, err := k.ask(ctx, func() (string, error) {
		if err := k.store.Set(k.service, k.user("check"), "ok"); err != nil {
			return "", err
		}
		return "", k.store.Delete(k.service, k.user("check"))
	})
	if errors.Is(err, keyring.ErrNotFound) {
		return fmt.Errorf("%w: it did not keep what it was given", ErrUnavailable)
	}
	return err
}

func (k *Keeper) setInKeychain(ctx context.Context, name, value string) error {
	_, err := k.ask(ctx, func() (string, error) { return "", k.store.Set(k.service, k.user(name), value) })
	return err
}

func (k *Keeper) dropFromKeychain(ctx context.Context, names []string) error {
	for _, name := range names {
		_, err := k.ask(ctx, func() (string, error) { return "", k.store.Delete(k.service, k.user(name)) })
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return err
		}
	}
	return nil
}

// ask makes one call to the keychain and waits for it, for a while. A call that
// hangs is left behind, since it cannot be stopped, and holds the turn: there
// is never more than one, and what it does comes before what is asked later.
func (k *Keeper) ask(ctx context.Context, call func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("%w: no answer within %v", ErrUnavailable, patience))
	defer cancel()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	type answer struct {
		value string
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		defer func() { <-k.turn }()
		value, err := call()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil && !errors.Is(a.err, keyring.ErrNotFound) && !errors.Is(a.err, ErrUnavailable) {
			return "", fmt.Errorf("%w: %w", ErrUnavailable, a.err)
		}
		return a.value, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
