package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The invariants: no window of one span, wherever it begins, holds more
// admitted calls than the limit; and a call is refused only if the span that
// ends with it holds that many.
func TestWindow_AdmitsExactlyTheLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 12).Draw(rt, "limit")
		span := time.Duration(rapid.IntRange(1, 40).Draw(rt, "span"))
		w := newWindow(limit, span)
		now := time.Unix(1000, 0)
		var admitted, arrived []time.Time
		peak := 0
		for range rapid.IntRange(1, 200).Draw(rt, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 15).Draw(rt, "pause")))
			w.arrive(now)
			arrived = append(arrived, now)
			peak = max(peak, within(arrived, now, span))
			before := within(admitted, now, span)
			require.Equal(rt, before, w.used(now, span))
			if w.admit(now) {
				admitted = append(admitted, now)
			} else {
				require.Equal(rt, limit, before, "refused below the limit")
			}
		}
		for _, end := range admitted {
			require.LessOrEqual(rt, within(admitted, end, span), limit)
		}
		require.Equal(rt, peak, w.peak)
	})
}

// within counts the calls in the span that ends with now.
func within(calls []time.Time, now time.Time, span time.Duration) int {
	n := 0
	for _, at := range calls {
		if age := now.Sub(at); age >= 0 && age < span {
			n++
		}
	}
	return n
}

// Fact sheet 2.1 to 2.3: 110 per 10 s for an OAuth app, exact headers and body.
func TestLimits_OAuthBurst(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "oauth" })
	refresh, err := a.p.GrantFor("")
	require.NoError(t, err)
	b := a.as(a.access(refresh))
	for i := range 110 {
		r := b.do(200, "GET", v+"contacts?limit=1", "")
		if i == 0 {
			for name, want := range map[string]string{"Max": "110", "Remaining": "109", "Interval-Milliseconds": "10000", "Secondly": "11", "Secondly-Remaining": "10", "Daily": "", "Daily-Remaining": ""} {
				require.Equal(t, want, r.header.Get("X-HubSpot-RateLimit-"+name), name)
			}
		}
	}
	r := b.do(429, "GET", v+"contacts?limit=1", "")
	require.Equal(t, "You have reached your ten_secondly_rolling limit.", r.str("message"))
	require.Equal(t, "RATE_LIMIT", r.str("errorType"))
	require.Equal(t, "TEN_SECONDLY_ROLLING", r.str("policyName"))
	require.NotContains(t, r.body, "category")
	require.Equal(t, "0", r.header.Get("X-HubSpot-RateLimit-Remaining"))
	require.Empty(t, r.header.Get("Retry-After"))
	a.do(200, "GET", v+"contacts?limit=1", "")
	a.clock.Add(burstSpan - time.Millisecond)
	b.do(429, "GET", v+"contacts?limit=1", "")
	a.clock.Add(time.Millisecond)
	b.do(200, "GET", v+"contacts?limit=1", "")
	s := a.p.Stats()
	require.EqualValues(t, 114, s.Requests[burst])
	require.EqualValues(t, 2, s.Rejected[burst])
	require.EqualValues(t, 112, s.MaxInWindow[burst])
	require.EqualValues(t, 1, s.Requests[oauth])
}

// Fact sheet 2.1 to 2.3: search and association batches have buckets of their
// own, a static token another limit and a daily one.
func TestLimits_OtherBuckets(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "free" })
	for range 5 {
		a.search(200, "contacts", `{"limit":1}`)
	}
	r := a.search(429, "contacts", `{"limit":1}`)
	require.Equal(t, "You have reached your secondly limit.", r.str("message"))
	require.Equal(t, "SECONDLY", r.str("policyName"))
	require.Empty(t, r.header.Get("X-HubSpot-RateLimit-Max"))
	a.clock.Add(time.Second)
	a.search(200, "contacts", `{"limit":1}`)
	for range 100 {
		a.do(200, "POST", "/crm/associations/2026-09/contacts/companies/batch/read", `{"inputs":[]}`)
	}
	a.do(429, "POST", "/crm/associations/2026-09/contacts/companies/batch/read", `{"inputs":[]}`)
	r = a.do(200, "GET", v+"contacts", "")
	require.Equal(t, "100", r.header.Get("X-HubSpot-RateLimit-Max"))
	require.Equal(t, "99", r.header.Get("X-HubSpot-RateLimit-Remaining"))
	require.Equal(t, "250000", r.header.Get("X-HubSpot-RateLimit-Daily"))
	require.Equal(t, "249893", r.header.Get("X-HubSpot-RateLimit-Daily-Remaining"))

	a.p.meter.mu.Lock()
	a.p.meter.today = a.p.meter.plan.daily
	a.p.meter.mu.Unlock()
	r = a.do(429, "GET", v+"contacts", "")
	require.Equal(t, "DAILY", r.str("policyName"))
	a.clock.Add(24 * time.Hour)
	a.do(200, "GET", v+"contacts", "")
	_, err := Open(Options{Limits: "fast"})
	require.ErrorContains(t, err, `limits "fast"`)
}
