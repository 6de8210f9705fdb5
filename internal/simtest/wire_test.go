package simtest

import (
	"errors"
	"fmt"
	"net/http"
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

	mu    sync.Mutex // guards calls: a pull makes some at the same time
	calls []string
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	turn(r.Method, r.URL.String())
	if w.before != nil && !w.dead.Load() {
		w.before(r)
	}
	if w.dead.Load() {
		return nil, errDead
	}
	res, err := w.next.RoundTrip(r)
	answer := "no answer"
	if err == nil {
		answer = res.Status
	}
	w.mu.Lock()
	w.calls = append(w.calls, fmt.Sprintf("%s %s %s: %s", time.Now().Format("15:04:05.000"), r.Method, r.URL.Path, answer))
	w.mu.Unlock()
	if w.after != nil {
		w.after(r)
	}
	if w.dead.Load() {
		if err == nil {
			_ = res.Body.Close() // nobody is left to read it
		}
		return nil, errDead
	}
	return res, err
}
