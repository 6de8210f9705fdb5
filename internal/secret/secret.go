// Package secret keeps named secrets, such as a sign-in's refresh token, in the
// keychain of the operating system, and in memory only where there is none. It
// never writes one to a file, and it never mistakes a keychain that does not
// answer for an empty one.
package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// patience is how long the keychain may take: enough for a slow disk, too
// short for somebody to type a password. A keychain that asks for one is
// unavailable until it has got it.
const patience = 3 * time.Second

// ErrUnavailable means that the keychain cannot be used: there is none, it is
// locked, it does not answer or it refuses. What it holds is not known.
var ErrUnavailable = errors.New("keychain is not available")

// Place is where a secret is kept.
type Place string

// The places. A secret in memory is gone when the program ends.
const (
	Nowhere  Place = ""
	Keychain Place = "keychain"
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
	turn    chan struct{} // held while the keychain is at work, for longer than we wait for it

	mu     sync.Mutex
	memory map[string]string
}

// Open keeps secrets in the system's keychain as items of the service, each
// named for the profile and the secret. It does not touch the keychain yet.
func Open(service, profile string) *Keeper {
	return New(system{}, service, profile)
}

// New is Open with another keychain.
func New(store Store, service, profile string) *Keeper {
	return &Keeper{store: store, service: service, profile: profile, turn: make(chan struct{}, 1), memory: map[string]string{}}
}

// Set keeps a secret and says where: in memory if the keychain is unavailable.
// It takes at most three seconds and fails only with the context's error.
func (k *Keeper) Set(ctx context.Context, name, value string) (Place, error) {
	_, err := k.ask(ctx, func(user string) (string, error) {
		return "", k.store.Set(k.service, user, value)
	}, name)
	if ctx.Err() != nil {
		return Nowhere, context.Cause(ctx)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.memory[name] = value
		return Memory, nil
	}
	delete(k.memory, name)
	return Keychain, nil
}

// Get finds a secret. An error is ErrUnavailable, which is not the same as
// "not found", or the context's.
func (k *Keeper) Get(ctx context.Context, name string) (value string, where Place, found bool, err error) {
	k.mu.Lock()
	value, found = k.memory[name] // newer than what the keychain may hold
	k.mu.Unlock()
	if found {
		return value, Memory, true, nil
	}
	value, err = k.ask(ctx, func(user string) (string, error) {
		return k.store.Get(k.service, user)
	}, name)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return "", Nowhere, false, nil
	case err != nil:
		return "", Nowhere, false, err
	}
	return value, Keychain, true, nil
}

// Delete forgets a secret. With ErrUnavailable it is gone from memory, and the
// keychain may still hold one.
func (k *Keeper) Delete(ctx context.Context, name string) error {
	k.mu.Lock()
	delete(k.memory, name)
	k.mu.Unlock()
	_, err := k.ask(ctx, func(user string) (string, error) {
		return "", k.store.Delete(k.service, user)
	}, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// ask makes one call to the keychain and waits for it, for a while. A call that
// hangs is left behind, since it cannot be stopped, and holds the turn: there
// is never more than one, and what it does comes before what is asked later.
func (k *Keeper) ask(ctx context.Context, call func(user string) (string, error), name string) (string, error) {
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
		value, err := call(k.profile + "/" + name)
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

// system is the keychain of the operating system.
type system struct{}

func (system) Get(service, user string) (string, error) {
	if !reachable(runtime.GOOS, os.Getenv) {
		return "", errNoSession
	}
	return keyring.Get(service, user)
}

func (system) Set(service, user, value string) error {
	if !reachable(runtime.GOOS, os.Getenv) {
		return errNoSession
	}
	return keyring.Set(service, user, value)
}

func (system) Delete(service, user string) error {
	if !reachable(runtime.GOOS, os.Getenv) {
		return errNoSession
	}
	return keyring.Delete(service, user)
}

var errNoSession = fmt.Errorf("%w: there is no session bus", ErrUnavailable)

// reachable says whether there is a session bus where the keychain needs one.
// The D-Bus library would otherwise start a bus daemon of its own and leave it
// behind.
func reachable(goos string, getenv func(string) string) bool {
	if goos == "darwin" || goos == "windows" {
		return true
	}
	if address := getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return !strings.HasPrefix(address, "autolaunch:")
	}
	dir := getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return false
	}
	info, err := os.Stat(filepath.Join(dir, "bus"))
	return err == nil && info.Mode()&os.ModeSocket != 0
}
