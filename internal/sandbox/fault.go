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
	// (as drop_before_apply, by TCP reset), latency (LatencyMS more), unreachable
	// (every connection ends, nothing is counted, until cleared).
	Kind      string `json:"kind"`
	Status    int    `json:"status,omitempty"`
	LatencyMS int    `json:"latency_ms,omitempty"`
	// Count is how often it strikes before it is used up; 0 is without end.
	Count int `json:"count,omitempty"`
	// Probability is the chance that a matching request is hit; 0 is always.
	Probability float64 `json:"probability,omitempty"`
	Seed        int64   `json:"seed,omitempty"`
	// RetryAfter is sent with a status when above 0, in seconds.
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
	mu   sync.Mutex
	list []*Fault
	last int
}

// Fault adds a fault and returns its id.
func (p *Portal) Fault(f Fault) (int, error) {
	switch f.Kind {
	case "drop_before_apply", "drop_after_apply", "status", "truncate", "html", "reset", "latency", "unreachable":
	default:
		return 0, fmt.Errorf("fault kind %q is unknown", f.Kind)
	}
	if f.Kind == "status" && (f.Status < 200 || f.Status > 599) {
		return 0, fmt.Errorf("fault status %d: want 200 to 599", f.Status)
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
}

// strike picks the faults that hit a request.
func (f *faults) strike(r *http.Request) strike {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hit strike
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
	return (f.Match.Method == "" || strings.EqualFold(f.Match.Method, r.Method)) && (f.path == nil || f.path.MatchString(r.URL.Path))
}

func (s strike) is(kind string) bool { return s.fault != nil && s.fault.Kind == kind }

// before strikes before the request is looked at. It does not return when the
// connection is to end.
func (s strike) before(w http.ResponseWriter) {
	if s.is("drop_before_apply") {
		hangUp(w, false)
	}
	if s.is("reset") {
		hangUp(w, true)
	}
}

// instead reports whether the request is answered by the fault alone.
func (s strike) instead() bool { return s.is("html") || s.is("status") && !s.fault.Apply }

// after strikes when the change was made.
func (s strike) after(w http.ResponseWriter, a *answer, correlation string) {
	if s.is("drop_after_apply") {
		hangUp(w, false)
	}
	if s.is("status") && s.fault.Apply {
		*a = s.answer(correlation)
	}
}

// write sends the answer, or the half of it.
func (s strike) write(w http.ResponseWriter, a answer) {
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

// answer is the fault's own answer: HubSpot's envelope, or a page where an
// edge server would have answered.
func (s strike) answer(correlation string) answer {
	f := s.fault
	header := http.Header{}
	if f.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if f.Kind == "html" {
		code := f.Status
		if code == 0 {
			code = http.StatusOK
		}
		return answer{code: code, kind: "text/html; charset=utf-8", header: header, body: []byte(captivePage)}
	}
	return withHeader(failure(statusError(f), correlation), header)
}

// statusError is the body that comes with a status; fact sheet 1.7, 2.3, 2.4.
func statusError(f *Fault) error {
	switch f.Status {
	case http.StatusTooManyRequests:
		switch f.Policy {
		case "SECONDLY", "DAILY":
			return tooMany("You have reached your "+strings.ToLower(f.Policy)+" limit.", f.Policy, "")
		default:
			return tooMany("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING", "")
		}
	case http.StatusUnauthorized:
		return expiredToken(time.UnixMilli(0), 0)
	case http.StatusForbidden:
		return (&call{who: &caller{}}).need("crm.objects.contacts.read")
	case http.StatusNotFound:
		return notFound()
	case http.StatusLocked:
		return &apiError{code: f.Status, Message: "This resource is locked because of a high volume of writes."}
	case 477:
		return &apiError{code: f.Status, Message: "This account is being migrated between data hosting locations."}
	case http.StatusInternalServerError:
		return &apiError{code: f.Status, Message: "internal error"}
	default:
		if f.Status > 500 {
			return &htmlError{f.Status}
		}
		return &apiError{code: f.Status, Message: "There was a problem with the request."}
	}
}

// captivePage is what a hotel's network answers to everything.
const captivePage = `<!DOCTYPE html>
<html><head><title>Welcome to Hotel WiFi</title></head>
<body><h1>Sign in to use the network</h1><form action="/login"><input name="room"><button>Connect</button></form></body></html>
`
