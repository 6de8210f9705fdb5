package simtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/sandbox"
)

// limits is I8, from the place where calls arrive. The rule: while the limits
// are as they always were, the portal refuses no call of ours for them. When they
// are lowered in the middle of a run, a call may be refused
//
//   - for the burst, until the first answer has reached the process that names
//     the new limit in its headers; a process that starts later has to be told
//     anew. A call that left in the same instant could not know either.
//   - for search and associations, whose answers name no limit, at any time; but
//     once a refusal has reached the process, none of its calls of that bucket
//     leaves before a whole window is over.
//
// And at no time do more calls arrive in one window than the limits allowed
// before they were lowered.
type limits struct {
	portal *sandbox.Portal
	spans  map[string]time.Duration
	before map[string]int // as they were

	mu     sync.Mutex // guards what follows
	tight  bool
	burst  int                  // the lowered limit
	told   time.Time            // when this process heard of it; zero for not yet
	paused map[string]time.Time // when this process was last refused, by bucket
	broken []string             // what was against the rule
}

func newLimits(p *sandbox.Portal) *limits {
	l := p.Limits()
	return &limits{
		portal: p, paused: map[string]time.Time{},
		spans:  map[string]time.Duration{"burst": 10 * time.Second, "search": time.Second, "associations": 10 * time.Second},
		before: map[string]int{"burst": l.App, "search": l.Search, "associations": l.Associations},
	}
}

// tighten lowers the limits.
func (l *limits) tighten(app, search, associations int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tight, l.burst, l.told = true, app, time.Time{}
	return l.portal.SetLimits(sandbox.LimitChange{App: &app, Search: &search, Associations: &associations})
}

// loosen brings the limits back to what they were, for whoever looks at the end.
func (l *limits) loosen() error {
	app, search, associations := l.before["burst"], l.before["search"], l.before["associations"]
	return l.portal.SetLimits(sandbox.LimitChange{App: &app, Search: &search, Associations: &associations})
}

// restarted says that a process begins, which knows nothing.
func (l *limits) restarted() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = time.Time{}
	clear(l.paused)
}

// refusals is how many calls the portal has refused in the bucket of a path.
func (l *limits) refusals(path string) int64 {
	return l.portal.Stats().Rejected[bucketOf(path)]
}

// arrived judges a call that left at some time, of which the portal refused some.
// The portal's own answers have no latency but what faults give them, so that
// nearly always no other call is among the refused.
func (l *limits) arrived(r *http.Request, left time.Time, refused int64) {
	bucket := bucketOf(r.URL.Path)
	l.mu.Lock()
	defer l.mu.Unlock()
	what := fmt.Sprintf("%s %s %s", time.Now().Format("15:04:05.000"), r.Method, r.URL.Path)
	if at, ok := l.paused[bucket]; ok && left.After(at) && left.Sub(at) < l.spans[bucket] {
		l.broken = append(l.broken, fmt.Sprintf("%s left %s after a refusal", what, left.Sub(at)))
	}
	switch {
	case refused == 0:
	case !l.tight:
		l.broken = append(l.broken, what+" was over the limit")
	case bucket == "burst" && !l.told.IsZero() && left.After(l.told):
		l.broken = append(l.broken, what+" was over the limit, of which the process had heard")
	}
}

// heard notes what an answer tells the process that it has reached.
func (l *limits) heard(r *http.Request, res *http.Response, refused int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if refused > 0 && res.StatusCode == http.StatusTooManyRequests {
		l.paused[bucketOf(r.URL.Path)] = time.Now()
	}
	if l.tight && l.told.IsZero() && res.Header.Get("X-HubSpot-RateLimit-Max") == strconv.Itoa(l.burst) {
		l.told = time.Now()
	}
}

func bucketOf(path string) string {
	switch {
	case isTokens(path):
		return "oauth"
	case strings.HasSuffix(path, "/search"):
		return "search"
	case strings.HasPrefix(path, "/crm/associations/") && strings.Contains(path, "/batch/"):
		return "associations"
	}
	return "burst"
}

// tighten lowers the portal's limits, once or again.
func (w *world) tighten() {
	w.t.Helper()
	app := rapid.SampledFrom([]int{8, 20, 60}).Draw(w.t, "burst")
	search := rapid.IntRange(1, 4).Draw(w.t, "search")
	links := rapid.SampledFrom([]int{2, 20}).Draw(w.t, "associations")
	if w.wire.limits.burst > 0 {
		app = min(app, w.wire.limits.burst)
	}
	require.NoError(w.t, w.wire.limits.tighten(app, search, links))
	w.say("the portal's limits are %d, search %d, associations %d now", app, search, links)
}

// withinLimits is I8.
func (w *world) withinLimits() {
	w.t.Helper()
	l := w.wire.limits
	require.Empty(w.t, l.broken, "I8: calls over the limit")
	for bucket, most := range l.before {
		require.LessOrEqual(w.t, w.portal.Stats().MaxInWindow[bucket], int64(most), "I8: %s", bucket)
	}
}
