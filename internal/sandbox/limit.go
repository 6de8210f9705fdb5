package sandbox

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// window admits at most limit calls in every stretch of span, and refuses
// nothing below that: it remembers when each of the last limit calls came, and
// a slot is free again exactly one span after. limit 0 admits everything.
type window struct {
	limit int
	span  time.Duration
	ring  []time.Time // the last admitted calls, oldest at next
	next  int
	seen  []time.Time // every call of the last span, refused ones too
	peak  int         // most calls ever seen in one span
}

func newWindow(limit int, span time.Duration) *window {
	return &window{limit: limit, span: span}
}

// arrive counts a call, admitted or not.
func (w *window) arrive(now time.Time) {
	from := 0
	for from < len(w.seen) && now.Sub(w.seen[from]) >= w.span {
		from++
	}
	w.seen = append(w.seen[from:], now)
	w.peak = max(w.peak, len(w.seen))
}

// admit takes a slot if there is one.
func (w *window) admit(now time.Time) bool {
	switch {
	case w.limit <= 0:
		return true
	case len(w.ring) < w.limit:
		w.ring = append(w.ring, now)
		return true
	case now.Sub(w.ring[w.next]) < w.span:
		return false
	default:
		w.ring[w.next] = now
		w.next = (w.next + 1) % w.limit
		return true
	}
}

// used counts the admitted calls of the last span.
func (w *window) used(now time.Time, span time.Duration) int {
	n := 0
	for _, at := range w.ring {
		if now.Sub(at) < span {
			n++
		}
	}
	return n
}

// The buckets that HubSpot counts apart; fact sheet 2.1.
const (
	burst        = "burst"
	search       = "search"
	associations = "associations"
	oauth        = "oauth"
)

// plan is what an account may call; 0 is unlimited.
type plan struct {
	app, static, search, associations, daily int
}

// planOf returns a plan of fact sheet 2.1 by its name in Options.Limits. Under
// "oauth" a static token has the limits of a Professional account.
func planOf(name string) (plan, bool) {
	switch name {
	case "", "oauth":
		return plan{app: 110, static: 190, search: 5, associations: 150, daily: 625_000}, true
	case "free":
		return plan{app: 110, static: 100, search: 5, associations: 100, daily: 250_000}, true
	case "pro":
		return plan{app: 110, static: 190, search: 5, associations: 150, daily: 625_000}, true
	case "enterprise":
		return plan{app: 110, static: 190, search: 5, associations: 150, daily: 1_000_000}, true
	case "off":
		return plan{}, true
	default:
		return plan{}, false
	}
}

// meter holds an account's rate windows and counts every call.
type meter struct {
	plan     plan
	portalID int64
	zone     *time.Location

	mu       sync.Mutex
	apps     map[int64]*window // burst, per app
	search   *window
	assoc    *window
	token    *window // the token endpoint: counted, not limited
	requests map[string]int64
	rejected map[string]int64
	day      string // of the daily count, in the account's time zone
	today    int
}

const (
	burstSpan  = 10 * time.Second
	searchSpan = time.Second
)

func newMeter(pl plan, portalID int64, zone *time.Location) *meter {
	return &meter{
		plan: pl, portalID: portalID, zone: zone,
		apps: map[int64]*window{}, search: newWindow(pl.search, searchSpan),
		assoc: newWindow(pl.associations, burstSpan), token: newWindow(0, burstSpan),
		requests: map[string]int64{burst: 0, search: 0, associations: 0, oauth: 0},
		rejected: map[string]int64{burst: 0, search: 0, associations: 0, oauth: 0},
	}
}

// count notes a call at its arrival.
func (m *meter) count(bucket string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[bucket]++
}

// arriveOAuth notes a call of the token endpoint.
func (m *meter) arriveOAuth(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.token.arrive(now)
}

// take asks for a slot in a bucket for a caller, and returns the rate headers.
// A call that the day has no room for takes no slot.
func (m *meter) take(bucket string, who *caller, now time.Time) (http.Header, *apiError) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := m.window(bucket, who)
	w.arrive(now)
	refused := m.daySpent(who, now)
	if refused == nil && !w.admit(now) {
		refused = m.full(bucket, who)
	}
	switch {
	case refused != nil:
		m.rejected[bucket]++
	case who.static && m.plan.daily > 0:
		m.today++
	}
	if bucket != burst {
		return nil, refused
	}
	return m.headers(w, who, now), refused
}

// window returns the window of a bucket, for burst that of the caller's app.
func (m *meter) window(bucket string, who *caller) *window {
	switch bucket {
	case search:
		return m.search
	case associations:
		return m.assoc
	default:
		return m.app(who)
	}
}

// full is the refusal of a bucket without a free slot.
func (m *meter) full(bucket string, who *caller) *apiError {
	switch bucket {
	case search:
		return tooMany("You have reached your secondly limit.", "SECONDLY", "")
	case associations:
		return tooMany("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING",
			"publicapi:associations-api-calls-ten-secondly:"+strconv.FormatInt(m.portalID, 10))
	default:
		return tooMany("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING", m.groupName(who))
	}
}

// app returns the burst window of the caller's app.
func (m *meter) app(who *caller) *window {
	w := m.apps[who.appID]
	if w == nil {
		limit := m.plan.app
		if who.static {
			limit = m.plan.static
		}
		w = newWindow(limit, burstSpan)
		m.apps[who.appID] = w
	}
	return w
}

// daySpent refuses a call when the day has none left; OAuth apps have no daily
// limit.
func (m *meter) daySpent(who *caller, now time.Time) *apiError {
	if day := now.In(m.zone).Format(time.DateOnly); day != m.day {
		m.day, m.today = day, 0
	}
	if !who.static || m.plan.daily == 0 || m.today < m.plan.daily {
		return nil
	}
	return tooMany("You have reached your daily limit.", "DAILY", "")
}

func (m *meter) groupName(who *caller) string {
	kind := "publicapi:oauth-api-calls-ten-secondly:"
	if who.static {
		kind = "publicapi:private_app-api-calls-ten-secondly:"
	}
	return kind + strconv.FormatInt(m.portalID, 10) + ":" + strconv.FormatInt(who.appID, 10)
}

// headers are the rate headers of fact sheet 2.2.
func (m *meter) headers(w *window, who *caller, now time.Time) http.Header {
	h := http.Header{}
	if w.limit == 0 {
		return h
	}
	set := func(name string, n int) { h.Set("X-HubSpot-RateLimit-"+name, strconv.Itoa(n)) }
	set("Max", w.limit)
	set("Remaining", max(w.limit-w.used(now, w.span), 0))
	set("Interval-Milliseconds", int(burstSpan.Milliseconds()))
	secondly := w.limit / 10
	set("Secondly", secondly)
	set("Secondly-Remaining", max(secondly-w.used(now, time.Second), 0))
	if who.static && m.plan.daily > 0 {
		set("Daily", m.plan.daily)
		set("Daily-Remaining", max(m.plan.daily-m.today, 0))
	}
	return h
}

// tooMany is a 429; fact sheet 2.3: errorType and policyName, no category.
func tooMany(message, policy, group string) *apiError {
	return &apiError{code: http.StatusTooManyRequests, Message: message, ErrorType: "RATE_LIMIT", PolicyName: policy, GroupName: group}
}
