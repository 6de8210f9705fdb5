package sandbox

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// logSize is how many requests are remembered.
const logSize = 500

// Request is a call of the API as the portal saw it. Calls under /_sandbox, the
// pages and what an unreachable portal never saw are not among them.
type Request struct {
	At     string `json:"at"` // the portal's time
	Method string `json:"method"`
	Path   string `json:"path"`   // without the query, and without tokens
	Status int    `json:"status"` // 0 while it runs, and when no answer was sent
	Bucket string `json:"bucket"` // burst, search, associations, oauth
	App    string `json:"app"`    // who called; "" is nobody known
	MS     int64  `json:"ms"`     // of real time until the answer
	Fault  string `json:"fault"`  // the kind of fault that struck, "" for none
}

// requestLog is a ring of the last requests.
type requestLog struct {
	mu   sync.Mutex // guards everything below, the entries too
	ring []*logEntry
	next int
}

type logEntry struct {
	log   *requestLog
	shown Request
	began time.Time
}

// note enters a request that arrives.
func (p *Portal) note(r *http.Request) *logEntry {
	e := &logEntry{log: &p.requests, began: time.Now(), shown: Request{
		At: stamp(p.nowMS()), Method: r.Method, Path: withoutToken(r.URL.Path), Bucket: bucketOf(r.Method, r.URL.Path), App: p.appOf(r),
	}}
	p.requests.mu.Lock()
	defer p.requests.mu.Unlock()
	if len(p.requests.ring) < logSize {
		p.requests.ring = append(p.requests.ring, e)
		return e
	}
	p.requests.ring[p.requests.next] = e
	p.requests.next = (p.requests.next + 1) % logSize
	return e
}

// end completes an entry; a nil one is a request that is not logged.
func (e *logEntry) end(status int, fault string) {
	if e == nil {
		return
	}
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	e.shown.MS = time.Since(e.began).Milliseconds()
	e.shown.Status, e.shown.Fault = status, fault
}

// Requests returns the last requests, the newest first; limit 0 is all that are
// remembered: 500.
func (p *Portal) Requests(limit int) []Request {
	p.requests.mu.Lock()
	defer p.requests.mu.Unlock()
	n := len(p.requests.ring)
	if limit <= 0 || limit > n {
		limit = n
	}
	out := make([]Request, 0, limit)
	for i := range limit {
		out = append(out, p.requests.ring[(p.requests.next+n-1-i)%n].shown)
	}
	return out
}

// appOf names the app behind a request's token.
func (p *Portal) appOf(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.RLock()
	defer p.mu.RUnlock()
	if who := p.static(token); who != nil {
		return who.label
	}
	if _, known := p.auth.Access[token]; known {
		return appName
	}
	return ""
}

// withoutToken hides the token in the two old addresses that carry one.
func withoutToken(path string) string {
	for _, prefix := range []string{"/oauth/v1/access-tokens/", "/oauth/v1/refresh-tokens/"} {
		if strings.HasPrefix(path, prefix) {
			return prefix + "…"
		}
	}
	return path
}
