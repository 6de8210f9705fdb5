package boot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"satchel/internal/account"
	"satchel/internal/budget"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
	"satchel/internal/secret"
)

// dialer makes sessions.
type dialer struct {
	log       *slog.Logger
	transport http.RoundTripper
	keeper    *keeper
	agent     string
	sample    *Sample
}

func (d *dialer) dial(s account.Session) (account.Hub, error) {
	b := budget.New(budget.Options{Heir: true})
	out := &session{budget: b}
	var tokens hubspot.TokenSource
	switch {
	case s.Token != "":
		tokens = oauth.Static(s.Token)
	case s.Kind == account.Sample && s.Refresh == "":
		tokens = &lateTokens{d: d, baseURL: s.BaseURL}
	default:
		out.tokens = d.tokens(s)
		tokens = out.tokens
	}
	out.Client = hubspot.New(hubspot.Options{
		BaseURL: s.BaseURL, HTTP: d.transport, Tokens: tokens, Budget: b, Logger: d.log, UserAgent: d.agent,
	})
	return out, nil
}

func (d *dialer) tokens(s account.Session) *oauth.Tokens {
	app := oauth.AppFor(s.BaseURL, s.ClientID, s.ClientSecret)
	app.HTTP = d.transport
	keep := d.keeper
	if s.Kind == account.Sample {
		keep = nil // granted anew at each start
	}
	return oauth.NewTokens(app, oauth.Grant{Refresh: s.Refresh}, keep.saver())
}

// lateTokens is the sign-in to a sandbox that did not run when we started: it
// is asked for with the first call that needs it.
type lateTokens struct {
	d       *dialer
	baseURL string

	mu     sync.Mutex // guards tokens, and lets one ask at a time
	tokens *oauth.Tokens
}

func (l *lateTokens) get(ctx context.Context) (*oauth.Tokens, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tokens == nil {
		s, err := samplePortal(l.d.sample).Grant(ctx, l.baseURL)
		if err != nil {
			return nil, err
		}
		l.tokens = l.d.tokens(s)
	}
	return l.tokens, nil
}

// Token asks for the sign-in first.
func (l *lateTokens) Token(ctx context.Context) (string, error) {
	t, err := l.get(ctx)
	if err != nil {
		return "", err
	}
	return t.Token(ctx)
}

// Refresh asks for the sign-in first.
func (l *lateTokens) Refresh(ctx context.Context, stale string) (string, error) {
	t, err := l.get(ctx)
	if err != nil {
		return "", err
	}
	return t.Refresh(ctx, stale)
}

// signIn begins a sign-in in the browser.
func (*dialer) signIn(ctx context.Context, baseURL, clientID, clientSecret string) (account.SignIn, error) {
	f, err := oauth.Start(ctx, oauth.AppFor(baseURL, clientID, clientSecret), oauth.DefaultScopes())
	if err != nil {
		return nil, err
	}
	return flow{f}, nil
}

type flow struct{ f *oauth.Flow }

func (f flow) URL() string { return f.f.URL }
func (f flow) Cancel()     { f.f.Cancel() }

func (f flow) Wait(ctx context.Context) (account.Grant, error) {
	g, err := f.f.Wait(ctx)
	switch {
	case errors.Is(err, oauth.ErrDenied):
		err = &crm.Error{Kind: crm.Forbidden, Op: "sign in", Msg: crm.Message(err), Err: err}
	case errors.Is(err, oauth.ErrExpired):
		err = fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	return account.Grant{Refresh: g.Refresh}, err
}

// keeper is the keychain as account and oauth need it.
type keeper struct{ *secret.Keeper }

// Put keeps a secret and says where.
func (k *keeper) Put(ctx context.Context, name, value string) (string, error) {
	where, err := k.Set(ctx, name, value)
	return string(where), err
}

// Get finds a secret.
func (k *keeper) Get(ctx context.Context, name string) (value, where string, found bool, err error) {
	v, w, ok, err := k.Keeper.Get(ctx, name)
	return v, string(w), ok, err
}

// Drop forgets a secret. A keychain that does not answer cannot hold one of a
// sign-in that is being used, so it is no reason not to disconnect.
func (k *keeper) Drop(ctx context.Context, name string) error {
	if err := k.Delete(ctx, name); err != nil && !errors.Is(err, secret.ErrUnavailable) {
		return err
	}
	return nil
}

// saver keeps a refresh token that HubSpot has replaced.
func (k *keeper) saver() oauth.Keeper {
	if k == nil {
		return nil
	}
	return refreshKeeper{k}
}

type refreshKeeper struct{ k *keeper }

// Save keeps the refresh token.
func (r refreshKeeper) Save(ctx context.Context, refresh string) error {
	_, err := r.k.Set(ctx, account.RefreshSecret, refresh)
	return err
}

// profileName tells the keychain items of one data directory from another's.
func profileName(dir string) string {
	if abs, err := filepath.EvalSymlinks(dir); err == nil {
		dir = abs
	}
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:8])
}

func samplePortal(s *Sample) *account.SamplePortal {
	if s == nil {
		return nil
	}
	return &account.SamplePortal{Grant: func(ctx context.Context, baseURL string) (account.Session, error) {
		g, err := s.Grant(ctx, baseURL)
		return account.Session{
			Kind: account.Sample, BaseURL: g.BaseURL, BuiltIn: g.BuiltIn, ClientID: g.ClientID, ClientSecret: g.ClientSecret, Refresh: g.Refresh,
		}, err
	}}
}

// browser opens addresses with the program named in the configuration, or the
// system's own.
func browser(name string) func(context.Context, string) error {
	return func(ctx context.Context, url string) error {
		args := []string{name, url}
		switch {
		case name == config.NoBrowser:
			return nil
		case name != "":
		case runtime.GOOS == "windows":
			args = []string{"rundll32", "url.dll,FileProtocolHandler", url}
		case runtime.GOOS == "darwin":
			args = []string{"open", url}
		default:
			args = []string{"xdg-open", url}
		}
		// The browser outlives the call that opened it.
		cmd := exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...) //nolint:gosec // the address was checked by the caller and is one argument
		if err := cmd.Start(); err != nil {
			return &crm.Error{Kind: crm.NotFound, Op: "open browser", Err: err, Msg: "No browser could be opened. Copy the link and open it yourself."}
		}
		return cmd.Process.Release()
	}
}

// plain is the operating system's reason without path and call.
func plain(err error) string {
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		return no.Error()
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return strings.TrimSpace(err.Error())
}

// Offline is an error for people about a portal that could not be reached.
func Offline(msg string, cause error) error {
	return &crm.Error{Kind: crm.Offline, Msg: msg, Err: cause}
}

// Busy is an error for people about an address that cannot be listened on.
func Busy(addr string, cause error) error {
	return &crm.Error{Kind: crm.InUse, Op: "listen", Err: cause, Msg: "Satchel cannot listen on " + addr + ": " + plain(cause) +
		". Close the program that uses it, or give another address with --listen."}
}
