package boot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
	"satchel/internal/diskcrypt"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
)

// dialer makes sessions.
type dialer struct {
	log       *slog.Logger
	transport http.RoundTripper
	keeper    *keeper
	agent     string
	sample    *Sample
	reserve   *reserving
	spent     map[budget.Bucket]budget.Spent // by the run before this one, at its end
}

func (d *dialer) dial(s account.Session) (account.Hub, error) {
	b := budget.New(budget.Options{Heir: true, Spent: d.spent, Reserve: budget.Reserve(d.reserve.get())})
	out := &session{budget: b}
	var tokens hubspot.TokenSource
	switch {
	case s.Token != "":
		tokens = oauth.Static(s.Token)
	case s.Kind == account.Sample && s.Refresh == "":
		tokens = &lateTokens{d: d, baseURL: s.BaseURL}
	default:
		out.tokens, out.keeper = d.tokens(s)
		tokens = out.tokens
	}
	out.Client = hubspot.New(hubspot.Options{
		BaseURL: s.BaseURL, HTTP: d.transport, Tokens: tokens, Budget: b, Logger: d.log, UserAgent: d.agent,
	})
	return out, nil
}

// tokens are the sign-in of a session. That to the sample portal is granted anew
// at each start, and kept nowhere.
func (d *dialer) tokens(s account.Session) (*oauth.Tokens, *refreshKeeper) {
	app := oauth.AppFor(s.BaseURL, s.ClientID, s.ClientSecret)
	app.HTTP = d.transport
	g := oauth.Grant{Refresh: s.Refresh}
	if s.Kind == account.Sample {
		return oauth.NewTokens(app, g, nil), nil
	}
	k := &refreshKeeper{k: d.keeper, held: s.Held, latest: s.Refresh}
	return oauth.NewTokens(app, g, k), k
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
		l.tokens, _ = l.d.tokens(s)
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
	return &account.SamplePortal{Drop: s.Drop, Grant: func(ctx context.Context, baseURL string) (account.Session, error) {
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

// diskOf asks once whether the disk below a folder is encrypted: the answer does
// not change while the program runs.
func diskOf(dir string) func(context.Context) string {
	var once sync.Once
	var state diskcrypt.State
	return func(ctx context.Context) string {
		once.Do(func() { state = diskcrypt.Of(context.WithoutCancel(ctx), dir) })
		return string(state)
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
