package cli

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// moment is a point in the life of a call, seen from the portal.
type moment string

// The moments, in their order.
const (
	arrived  moment = "the request arrived and nothing is done"
	applied  moment = "it is done and no byte of the answer is sent"
	halfway  moment = "half of the answer is sent"
	answered moment = "the answer is whole and sent"
)

// call is a request as it came to the gate.
type call struct{ method, path, body string }

// to says whether a call goes to an address that ends so.
func to(method, suffix string) func(call) bool {
	return func(c call) bool { return c.method == method && strings.HasSuffix(c.path, suffix) }
}

// trap catches one call of the program and holds it until the program is dead.
type trap struct {
	is     func(call) bool
	skip   int // how many such calls pass before
	moment moment
	// linger is how long the program lives on with what it got of the answer.
	linger time.Duration

	caught  atomic.Bool   // a call is in it
	reached chan struct{} // closed when that call is where it is to be
	dead    chan struct{} // closed when the program is gone
}

func newTrap(m moment, is func(call) bool) *trap {
	return &trap{is: is, moment: m, linger: 3 * time.Millisecond, reached: make(chan struct{}), dead: make(chan struct{})}
}

// gate stands between the program and the portal.
type gate struct {
	portal http.Handler

	mu     sync.Mutex
	trap   *trap      // nil lets everything pass
	before func(call) // is told of every call before it is served; nil for nobody
}

func (g *gate) arm(t *trap) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trap = t
}

// meddle lets f act before each call is served.
func (g *gate) meddle(f func(call)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = f
}

// catch gives the trap that a call runs into.
func (g *gate) catch(c call) (*trap, func(call)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.trap
	if t == nil || !t.is(c) {
		return nil, g.before
	}
	if t.skip > 0 {
		t.skip--
		return nil, g.before
	}
	g.trap = nil
	t.caught.Store(true)
	return t, g.before
}

// ServeHTTP implements http.Handler.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // the program died with the request on its lips
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := call{r.Method, r.URL.Path, string(body)}
	t, before := g.catch(c)
	if before != nil {
		before(c)
	}
	if t == nil {
		g.portal.ServeHTTP(w, r)
		return
	}
	if t.moment != arrived {
		rec := httptest.NewRecorder()
		g.portal.ServeHTTP(rec, r)
		t.answer(w, rec)
	}
	close(t.reached)
	<-t.dead
	panic(http.ErrAbortHandler)
}

// answer sends as much of the answer as the moment allows.
func (t *trap) answer(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	send := rec.Body.Bytes()
	switch t.moment {
	case arrived, applied:
		return
	case halfway:
		send = send[:len(send)/2]
	case answered:
	}
	maps.Copy(w.Header(), rec.Header())
	if rec.Code != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()))
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(send)
	_ = http.NewResponseController(w).Flush() // it may be gone already
	time.Sleep(t.linger)
}
