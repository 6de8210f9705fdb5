package simtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/oauth"
)

// keychain holds the refresh token where it outlives the process.
type keychain struct {
	dead *atomic.Bool

	mu      sync.Mutex // guards what follows: a renewal has a goroutine of its own
	refresh string
	ever    []string // all that it has held
}

// Save implements oauth.Keeper. What a dead process saves is lost.
func (k *keychain) Save(_ context.Context, refresh string) error {
	if k.dead.Load() {
		return errDead
	}
	k.put(refresh)
	return nil
}

func (k *keychain) put(refresh string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refresh = refresh
	k.ever = append(k.ever, refresh)
}

func (k *keychain) get() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refresh
}

// session is the node's token source: the real one, and another after the rep
// has signed in again.
type session struct{ atomic.Pointer[oauth.Tokens] }

func (s *session) Token(ctx context.Context) (string, error) { return s.Load().Token(ctx) }

func (s *session) Refresh(ctx context.Context, stale string) (string, error) {
	return s.Load().Refresh(ctx, stale)
}

// carryOn makes the process's sign-in of what the keychain holds.
func (w *world) carryOn(s *session) {
	c := w.portal.Credentials()
	app := oauth.AppFor("http://localhost", c.ClientID, c.ClientSecret)
	app.HTTP = w.wire
	s.Store(oauth.NewTokens(app, oauth.Grant{Refresh: w.keys.get()}, w.keys))
	w.wire.renewed.allow()
}

// signIn is the rep's, in the browser.
func (w *world) signIn() {
	w.t.Helper()
	refresh, err := w.portal.GrantFor("")
	require.NoError(w.t, err)
	w.keys.put(refresh)
	if w.node != nil {
		w.carryOn(w.session)
		w.say("the rep signs in")
	}
}

// expire ends the life of the access token, sometimes with the process in the
// middle of the renewal.
func (w *world) expire() {
	w.t.Helper()
	w.portal.ExpireTokens()
	dies := rapid.IntRange(0, 4).Draw(w.t, "dies when it renews") == 0
	w.wire.renewed.set(dies)
	w.say("the access token expires, dies=%v", dies)
}

// renewals checks that a sign-in is renewed once, and only for a reason: because
// there is no token yet, HubSpot refused the one there is, or most of its life is
// over.
type renewals struct {
	dead *atomic.Bool

	mu     sync.Mutex // guards what follows
	dies   bool
	reason bool
	last   time.Time
	token  string // the last one that was given
	broken []string
}

// mostOfALife is the part of half an hour after which a token is renewed.
const mostOfALife = 23 * time.Minute

// allow says that there is no token yet.
func (n *renewals) allow() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reason = true
}

func (n *renewals) set(dies bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dies = dies
}

// refused notes a token that HubSpot does not take any more.
func (n *renewals) refused(res *http.Response, authorization string) {
	if res == nil || res.StatusCode != http.StatusUnauthorized {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reason = n.reason || authorization == "Bearer "+n.token
}

// passed judges a renewal. One whose answer was lost does not count.
func (n *renewals) passed(res *http.Response, err error, left time.Time) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.dies {
		n.dies = false
		n.dead.Store(true)
	}
	if err != nil || n.dead.Load() {
		return err
	}
	raw, err := io.ReadAll(res.Body)
	res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(raw), broken{err}))
	var grant struct {
		Token string `json:"access_token"`
	}
	if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(raw, &grant) != nil || grant.Token == "" {
		return nil
	}
	if !n.reason && left.Sub(n.last) < mostOfALife {
		n.broken = append(n.broken, left.Format("15:04:05.000"))
	}
	n.reason, n.last, n.token = false, left, grant.Token
	return nil
}

// broken ends a body as it ended before.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) {
	if b.err == nil {
		return 0, io.EOF
	}
	return 0, b.err
}

// renewedOnce checks the sign-in.
func (w *world) renewedOnce() {
	w.t.Helper()
	require.Empty(w.t, w.wire.renewed.broken, "the sign-in was renewed without a reason")
}

// signedOut notes an error that only the rep can help with.
func (w *world) signedOut(err error) {
	if err != nil && crm.KindOf(err) == crm.Unauthorized {
		w.out = true
	}
}

// silentLog is I9.
func (w *world) silentLog() {
	w.t.Helper()
	text := w.log.String()
	for token := range w.wire.tokens {
		require.False(w.t, token != "" && strings.Contains(text, token), "I9: an access token is in the log")
	}
	for _, refresh := range w.keys.ever {
		require.NotContains(w.t, text, refresh, "I9: a refresh token is in the log")
	}
	for _, a := range w.acts {
		require.False(w.t, strings.Contains(text, a.mark+"@") || strings.Contains(text, `"`+a.mark), "I9: %s is in the log", a.mark)
	}
}
