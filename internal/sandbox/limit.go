package sandbox

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// The buckets that HubSpot counts apart; fact sheet 2.1.
const (
	burst        = "burst"
	search       = "search"
	associations = "associations"
	oauth        = "oauth"
	exempt       = "journal" // counts against no limit
)

const (
	burstSpan  = 10 * time.Second
	searchSpan = time.Second
)

// meter holds an account's rate windows and counts every call.
type meter struct {
	portalID int64
	zone     *time.Location

	mu         sync.Mutex // guards everything below
	plan       plan
	name       string            // of the plan, "custom" for one of numbers
	retryAfter bool              // 429s carry Retry-After
	category   bool              // 429s have a category in place of an errorType
	apps       map[int64]*appUse // burst, per app
	search     *window
	assoc      *window
	token      *window // the token endpoint: counted, not limited
	requests   map[string]int64
	rejected   map[string]int64
	day        string // of the daily counts, in the account's time zone
	today      int
	assocToday int
}

// appUse is one app's burst window.
type appUse struct {
	*window
	private bool
	label   string
}

func newMeter(pl plan, portalID int64, zone *time.Location) *meter {
	return &meter{
		plan: pl, portalID: portalID, zone: zone,
		apps: map[int64]*appUse{}, search: newWindow(pl.search, searchSpan),
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
// Search and association batches have none. A call that the day has no room for
// takes no slot.
func (m *meter) take(bucket string, who *caller, now time.Time) (http.Header, *apiError) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(now)
	w := m.window(bucket, who)
	w.arrive(now)
	refused, wait := m.daySpent(bucket, who, now)
	if refused == nil && !w.admit(now) {
		refused, wait = m.full(bucket, who), w.free(now)
	}
	if refused == nil {
		m.spendDaily(bucket, who)
	}
	header := http.Header{}
	if bucket != search && bucket != associations {
		header = m.headers(w, who, now)
	}
	if refused == nil {
		return header, nil
	}
	m.rejected[bucket]++
	if m.retryAfter {
		header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	if m.category {
		refused.ErrorType, refused.Category = "", "RATE_LIMITS"
	}
	return header, refused
}

// window returns the window of a bucket, for burst that of the caller's app.
func (m *meter) window(bucket string, who *caller) *window {
	switch bucket {
	case search:
		return m.search
	case associations:
		return m.assoc
	default:
		return m.app(who).window
	}
}

// full is the refusal of a bucket without a free slot.
func (m *meter) full(bucket string, who *caller) *apiError {
	if bucket == search {
		return tooMany("You have reached your secondly limit.", "SECONDLY", "")
	}
	return tenSecondly(m.groupName(bucket, who))
}

// app returns the burst window of the caller's app.
func (m *meter) app(who *caller) *appUse {
	use := m.apps[who.appID]
	if use == nil {
		use = &appUse{newWindow(m.appLimit(who.private), burstSpan), who.private, who.label}
		m.apps[who.appID] = use
	}
	return use
}

func (m *meter) appLimit(private bool) int {
	if private {
		return m.plan.static
	}
	return m.plan.app
}

// turn begins a new day when the account's midnight has passed.
func (m *meter) turn(now time.Time) {
	if day := now.In(m.zone).Format(time.DateOnly); day != m.day {
		m.day, m.today, m.assocToday = day, 0, 0
	}
}

// daySpent refuses a call when the day has none left, and says how long that
// lasts. OAuth apps have no daily limit but for associations; all private apps
// of the account share theirs.
func (m *meter) daySpent(bucket string, who *caller, now time.Time) (*apiError, time.Duration) {
	assoc := bucket == associations && m.plan.assocDaily > 0 && m.assocToday >= m.plan.assocDaily
	private := who.private && m.plan.daily > 0 && m.today >= m.plan.daily
	if !assoc && !private {
		return nil, 0
	}
	return tooMany("You have reached your daily limit.", "DAILY", ""), untilMidnight(now, m.zone)
}

// spendDaily takes one of the day's calls, where they are counted.
func (m *meter) spendDaily(bucket string, who *caller) {
	if bucket == associations && m.plan.assocDaily > 0 {
		m.assocToday++
	}
	if who.private && m.plan.daily > 0 {
		m.today++
	}
}

func untilMidnight(now time.Time, zone *time.Location) time.Duration {
	year, month, day := now.In(zone).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, zone).Sub(now)
}

// groupName names the limit of ten seconds that a call counts against; fact
// sheet 2.3.
func (m *meter) groupName(bucket string, who *caller) string {
	kind := "publicapi:oauth-api-calls-ten-secondly:"
	switch {
	case bucket == associations:
		return "publicapi:associations-api-calls-ten-secondly:" + strconv.FormatInt(m.portalID, 10)
	case who.private:
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
	each := secondly(w.limit)
	set("Secondly", each)
	set("Secondly-Remaining", max(each-w.used(now, time.Second), 0))
	if who.private && m.plan.daily > 0 {
		set("Daily", m.plan.daily)
		set("Daily-Remaining", max(m.plan.daily-m.today, 0))
	}
	return h
}

// tooMany is a 429; fact sheet 2.3: errorType and policyName, no category.
func tooMany(message, policy, group string) *apiError {
	return &apiError{code: http.StatusTooManyRequests, Message: message, ErrorType: "RATE_LIMIT", PolicyName: policy, GroupName: group}
}

func tenSecondly(group string) *apiError {
	return tooMany("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING", group)
}
