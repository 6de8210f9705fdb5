package simtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var errDead = errors.New("the process is dead")

// wire is the way to the portal. Before and after a call something may happen
// that the caller knows nothing of; once the process is dead nothing passes.
type wire struct {
	next   http.RoundTripper
	dead   atomic.Bool
	before func(r *http.Request)
	after  func(r *http.Request)
	slow   time.Duration // each way, when a portal is far off

	limits  *limits
	renewed *renewals

	mu     sync.Mutex // guards what follows: a pull makes some calls at the same time
	calls  []string
	named  []naming        // calls that name records
	tokens map[string]bool // every bearer token that was sent
}

// naming is a call that names records by their ids, as the portal got it.
type naming struct {
	at           time.Time
	method, path string
	body         []byte
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	left := time.Now()
	signIn := isTokens(r.URL.Path)
	turn(r.Method, r.URL.String(), sent(r))
	if err := rest(r.Context(), w.slow); err != nil {
		return nil, err
	}
	if w.before != nil && !signIn && !w.dead.Load() { // the sign-in is renewed in a goroutine of its own
		w.before(r)
	}
	if w.dead.Load() {
		return nil, errDead
	}
	w.note(r)
	refused := w.limits.refusals(r.URL.Path)
	res, err := w.next.RoundTrip(r)
	refused = w.limits.refusals(r.URL.Path) - refused
	w.limits.arrived(r, left, refused)
	if signIn {
		err = w.renewed.passed(res, err, left)
	} else {
		w.renewed.refused(res, r.Header.Get("Authorization"))
	}
	w.log(r, res, err)
	if err == nil {
		err = rest(r.Context(), w.slow)
	}
	if w.after != nil && !signIn {
		w.after(r)
	}
	if w.dead.Load() {
		err = errDead
	}
	if err != nil {
		if res != nil {
			_ = res.Body.Close() // nobody is left to read it
		}
		return nil, err
	}
	w.limits.heard(r, res, refused)
	return res, nil
}

// drawn are the ids that are others in every run.
var drawn = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// sent is a call's body, which is in memory, as it is in every run.
func sent(r *http.Request) []byte {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	b, _ := io.ReadAll(body)
	return drawn.ReplaceAll(b, nil)
}

// isTokens says whether a path is that of the token endpoint.
func isTokens(path string) bool { return strings.HasPrefix(path, "/oauth/") }

// note keeps what a call names, and the token that it carries.
func (w *wire) note(r *http.Request) {
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body) // it is in memory
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	names := strings.Contains(r.URL.Path, "/batch/") || r.Method == http.MethodDelete
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] = true
	if names && strings.HasPrefix(r.URL.Path, "/crm/") {
		w.named = append(w.named, naming{time.Now(), r.Method, r.URL.Path, body})
	}
}

// read says whether the node read a record between two changes of it.
func (w *wire) read(was, now change) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := []byte(`"` + strconv.FormatInt(now.id, 10) + `"`)
	for _, n := range w.named {
		if strings.HasSuffix(n.path, "/batch/read") && bytes.Contains(n.body, id) && !bytes.Contains(n.body, []byte("WithHistory")) &&
			n.at.Truncate(time.Millisecond).After(was.at) && n.at.Before(now.at) { // the journal's stamps are in milliseconds
			return true
		}
	}
	return false
}

func (w *wire) log(r *http.Request, res *http.Response, err error) {
	answer := "no answer"
	if err == nil {
		answer = res.Status
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, fmt.Sprintf("%s %s %s: %s", time.Now().Format("15:04:05.000"), r.Method, r.URL.Path, answer))
}

// rest lets time pass, unless the caller has gone.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
