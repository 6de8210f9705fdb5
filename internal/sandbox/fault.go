package sandbox

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with matching requests. Control endpoints
// and the portal's own page are never hit.
type Fault struct {
	ID    int   `json:"id"`
	Match Match `json:"match"`
	// Kind is one of: drop_before_apply and drop_after_apply (the connection
	// ends without an answer, before or after the change was made), status
	// (answers Status, nothing is done), truncate (done, but half of the answer
	// arrives), html (a proxy's page instead of an answer, nothing is done), reset
	// (as drop_before_apply, by TCP reset), latency (LatencyMS more), token_error
	// (the token endpoint answers Error, nothing is done), unreachable (every
	// connection ends, nothing is counted, until cleared).
	Kind      string `json:"kind"`
	Status    int    `json:"status,omitempty"`
	LatencyMS int    `json:"latency_ms,omitempty"`
	// Count is how often it strikes before it is used up; 0 is without end.
	Count int `json:"count,omitempty"`
	// Probability is the chance that a matching request is hit; 0 is always.
	Probability float64 `json:"probability,omitempty"`
	Seed        int64   `json:"seed,omitempty"`
	// Error is the status of a token_error: BAD_HUB, BAD_REFRESH_TOKEN and the
	// like; fact sheet 1.7. It is the category of a status 403 that is about the
	// user and not about scopes: USER_DOES_NOT_HAVE_PERMISSIONS.
	Error string `json:"error,omitempty"`
	// RetryAfter is sent with a status when above 0, in seconds. The token
	// endpoint's 429 always has one, 10 when this is 0.
	RetryAfter int `json:"retry_after,omitempty"`
	// Policy is the policyName of a 429; "" is TEN_SECONDLY_ROLLING.
	Policy string `json:"policy,omitempty"`
	// Apply makes a status fault answer after the change was made: a 502 or 524
	// whose write did happen.
	Apply bool `json:"apply,omitempty"`
	// Struck counts the requests that were hit.
	Struck int `json:"struck"`

	path *regexp.Regexp
	rand *rand.Rand
}

// Match selects requests: an HTTP method and a path pattern in which * is
// within a segment and ** is across. Empty fields match everything.
type Match struct {
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
}

// faults is the list of what is planned to go wrong.
type faults struct {
	note func(*http.Request) *logEntry // enters a request in the log

	mu   sync.Mutex // guards the fields below
	list []*Fault
	last int
}

// Fault adds a fault and returns its id.
func (p *Portal) Fault(f Fault) (int, error) {
	switch f.Kind {
	case "drop_before_apply", "drop_after_apply", "status", "truncate", "html", "reset", "latency", "unreachable", "token_error":
	default:
		return 0, fmt.Errorf("fault kind %q is unknown", f.Kind)
	}
	if f.Kind == "status" && (f.Status < 200 || f.Status > 599) {
		return 0, fmt.Errorf("fault status %d: want 200 to 599", f.Status)
	}
	if _, known := refusalOf(f.Error); f.Kind == "token_error" && !known {
		return 0, fmt.Errorf("fault error %q: want BAD_REFRESH_TOKEN, BAD_HUB or another of the token endpoint's", f.Error)
	}
	if f.Count < 0 || f.LatencyMS < 0 || f.Probability < 0 || f.Probability > 1 {
		return 0, fmt.Errorf("fault %s: count, latency_ms and probability must not be negative, probability at most 1", f.Kind)
	}
	if f.Match.Path != "" {
		re, err := regexp.Compile(glob(f.Match.Path))
		if err != nil {
			return 0, fmt.Errorf("fault path %q: %w", f.Match.Path, err)
		}
		f.path = re
	}
	f.rand = rand.New(rand.NewPCG(uint64(f.Seed), 47611))
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	p.faults.last++
	f.ID, f.Struck = p.faults.last, 0
	p.faults.list = append(p.faults.list, &f)
	return f.ID, nil
}

// Faults lists the planned faults, used up ones included.
func (p *Portal) Faults() []Fault {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	out := []Fault{}
	for _, f := range p.faults.list {
		out = append(out, *f)
	}
	return out
}

// ClearFaults ends all faults.
func (p *Portal) ClearFaults() {
	p.faults.mu.Lock()
	defer p.faults.mu.Unlock()
	p.faults.list = nil
}

// glob turns a path pattern into a regular expression.
func glob(pattern string) string {
	re := regexp.QuoteMeta(pattern)
	re = strings.ReplaceAll(re, `/\*\*/`, `/(?:.*/)?`)
	re = strings.ReplaceAll(re, `\*\*`, `.*`)
	return "(?s)^" + strings.ReplaceAll(re, `\*`, `[^/]*`) + "$"
}

// unreachable reports whether the portal is off the network.
func (f *faults) unreachable() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		if fault.Kind == "unreachable" && !fault.spent() {
			fault.Struck++
			return true
		}
	}
	return false
}

func (f *Fault) spent() bool { return f.Count > 0 && f.Struck >= f.Count }

// strike is what the faults do to one request: at most one kind, and any
// latency.
type strike struct {
	fault   *Fault
	latency time.Duration
	path    string // of the request
	entry   *logEntry
}

// strike picks the faults that hit a request.
func (f *faults) strike(r *http.Request) strike {
	hit := strike{path: r.URL.Path, entry: f.note(r)}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		if fault.Kind == "unreachable" || fault.spent() || !fault.matches(r) {
			continue
		}
		if fault.Kind != "latency" && hit.fault != nil {
			continue
		}
		if fault.Probability > 0 && fault.rand.Float64() >= fault.Probability {
			continue
		}
		fault.Struck++
		if fault.Kind == "latency" {
			hit.latency += time.Duration(fault.LatencyMS) * time.Millisecond
			continue
		}
		chosen := *fault
		hit.fault = &chosen
		hit.latency += time.Duration(fault.LatencyMS) * time.Millisecond
	}
	return hit
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Kind == "token_error" && !isTokenEndpoint(r.URL.Path) {
		return false
	}
	return (f.Match.Method == "" || strings.EqualFold(f.Match.Method, r.Method)) && (f.path == nil || f.path.MatchString(r.URL.Path))
}

// isTokenEndpoint reports whether an address is that of the token endpoint in
// some version.
func isTokenEndpoint(path string) bool {
	return strings.HasPrefix(path, "/oauth/") && strings.HasSuffix(path, "/token")
}

func (s strike) is(kind string) bool { return s.fault != nil && s.fault.Kind == kind }

// kind is what the log says of the strike.
func (s strike) kind() string {
	switch {
	case s.fault != nil:
		return s.fault.Kind
	case s.latency > 0:
		return "latency"
	default:
		return ""
	}
}

// before strikes before the request is looked at. It does not return when the
// connection is to end.
func (s strike) before(w http.ResponseWriter) {
	if s.is("drop_before_apply") || s.is("reset") {
		s.entry.end(0, s.fault.Kind)
		hangUp(w, s.is("reset"))
	}
}

// instead reports whether the request is answered by the fault alone.
func (s strike) instead() bool {
	return s.is("html") || s.is("token_error") || s.is("status") && !s.fault.Apply
}

// after strikes when the change was made.
func (s strike) after(w http.ResponseWriter, c *call, a *answer, correlation string) {
	if s.is("drop_after_apply") {
		s.entry.end(0, s.fault.Kind)
		hangUp(w, false)
	}
	if s.is("status") && s.fault.Apply {
		*a = s.answer(c, correlation)
	}
}

// write sends the answer, or the half of it.
func (s strike) write(w http.ResponseWriter, a answer) {
	s.entry.end(a.code, s.kind())
	if len(a.body) > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	if !s.is("truncate") || len(a.body) < 2 {
		w.WriteHeader(a.code)
		_, _ = w.Write(a.body) // the caller may be gone; there is nobody to tell
		return
	}
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush() // a recorder cannot, and need not
	panic(http.ErrAbortHandler)
}
