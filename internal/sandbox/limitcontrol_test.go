package sandbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSection2_1_Plans(t *testing.T) {
	for name, want := range map[string]plan{
		"":            {110, 190, 5, 150, 625_000, 500_000},
		"oauth":       {110, 190, 5, 150, 625_000, 500_000},
		"free":        {110, 100, 5, 100, 250_000, 500_000},
		"pro":         {110, 190, 5, 150, 625_000, 500_000},
		"pro+":        {110, 250, 5, 200, 1_625_000, 1_000_000},
		"enterprise":  {110, 190, 5, 150, 1_000_000, 500_000},
		"enterprise+": {110, 250, 5, 200, 2_000_000, 1_000_000},
		"off":         {},
	} {
		got, known := planOf(name)
		require.True(t, known, name)
		require.Equal(t, want, got, name)
	}
	for _, name := range []string{"+", "free+", "off+", "oauth+", "pro++", "fast"} {
		_, err := Open(Options{Limits: name})
		require.EqualError(t, err, fmt.Sprintf("limits %q: want oauth, free, pro, pro+, enterprise, enterprise+ or off", name))
	}
}

// burst makes calls until one is refused.
func (a *api) overrun(calls int) *reply {
	a.t.Helper()
	for range calls {
		a.do(200, "GET", v+"contacts?limit=1", "")
	}
	return a.do(429, "GET", v+"contacts?limit=1", "")
}

func TestSection2_2_Secondly(t *testing.T) {
	for plan, want := range map[string]string{"free": "15", "pro": "19", "enterprise+": "25"} {
		r := open(t, func(o *Options) { o.Limits = plan }).do(200, "GET", v+"contacts?limit=1", "")
		require.Equal(t, want, r.header.Get("X-HubSpot-RateLimit-Secondly"))
	}
}

func TestSection2_3_Bodies(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "free" })
	id := func(r *reply) string { return r.header.Get("X-HubSpot-Correlation-Id") }
	r := a.overrun(100)
	require.Equal(t, fmt.Sprintf(`{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT","correlationId":"%s","policyName":"TEN_SECONDLY_ROLLING","groupName":"publicapi:private_app-api-calls-ten-secondly:%d:%d"}`, id(r), a.p.portalID, a.p.auth.StaticAppID), r.raw)
	for range 5 {
		a.search(200, "contacts", `{"limit":1}`)
	}
	r = a.search(429, "contacts", `{"limit":1}`)
	require.Equal(t, fmt.Sprintf(`{"status":"error","message":"You have reached your secondly limit.","errorType":"RATE_LIMIT","correlationId":"%s","policyName":"SECONDLY"}`, id(r)), r.raw)
	require.NoError(t, a.p.SetLimits(LimitChange{Daily: new(105)}))
	a.clock.Add(burstSpan)
	r = a.do(429, "GET", v+"contacts?limit=1", "")
	require.Len(t, r.str("requestId"), 36)
	require.Equal(t, fmt.Sprintf(`{"status":"error","message":"You have reached your daily limit.","errorType":"RATE_LIMIT","correlationId":"%s","policyName":"DAILY","requestId":"%s"}`, id(r), r.str("requestId")), r.raw)
	require.Empty(t, r.header.Get("Retry-After"))
}

func TestSection2_3_RetryAfter(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits, o.RetryAfter = "free", true })
	require.Equal(t, "10", a.overrun(100).header.Get("Retry-After"))
	a.clock.Add(8500 * time.Millisecond)
	require.Equal(t, "2", a.overrun(0).header.Get("Retry-After"))
	require.NoError(t, a.p.SetLimits(LimitChange{Search: new(1)}))
	a.search(200, "contacts", `{"limit":1}`)
	r := a.search(429, "contacts", `{"limit":1}`)
	require.Equal(t, "1", r.header.Get("Retry-After"))
	require.Empty(t, r.header.Get("X-HubSpot-RateLimit-Max"))
	require.NoError(t, a.p.SetLimits(LimitChange{Static: new(0), Daily: new(1)}))
	// 9:30:08.75 UTC is 11:30 in Berlin: midnight is in 12:29:51.25.
	require.Equal(t, "44992", a.overrun(0).header.Get("Retry-After"))
}

func TestSection2_3_CategoryVariant(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits, o.RateCategory = "free", true })
	r := a.overrun(100)
	require.Equal(t, fmt.Sprintf(`{"status":"error","message":"You have reached your ten_secondly_rolling limit.","correlationId":"%s","policyName":"TEN_SECONDLY_ROLLING","groupName":"%s","category":"RATE_LIMITS"}`, r.header.Get("X-HubSpot-Correlation-Id"), r.str("groupName")), r.raw)
}

// The day of associations is everybody's, the OAuth apps' too.
func TestSection2_1_AssociationsDaily(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "pro" })
	b := a.as(a.access(a.newRefresh()))
	require.NoError(t, a.p.SetLimits(LimitChange{AssociationsDaily: new(2)}))
	const path = "/crm/associations/2026-09/contacts/companies/batch/read"
	a.do(200, "POST", path, `{"inputs":[]}`)
	b.do(200, "POST", path, `{"inputs":[]}`)
	for _, who := range []*api{a, b} {
		require.Equal(t, "DAILY", who.do(429, "POST", path, `{"inputs":[]}`).str("policyName"))
		who.do(200, "GET", v+"contacts?limit=1", "")
	}
	a.clock.Add(24 * time.Hour)
	b = a.as(a.access(a.newRefresh()))
	b.do(200, "POST", path, `{"inputs":[]}`)
}

func TestLimits_ChangeWhileRunning(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "off" })
	for range 150 {
		a.do(200, "GET", v+"contacts?limit=1", "")
	}
	anon := a.as("")
	r := anon.do(200, "POST", "/_sandbox/limits", `{"plan":"free","static":3}`)
	require.Equal(t, "custom", r.at("plan"))
	require.EqualValues(t, 3, r.at("static"))
	require.EqualValues(t, 110, r.at("app"))
	a.overrun(3)
	anon.do(200, "POST", "/_sandbox/limits", `{"static":5}`)
	a.overrun(2)
	anon.do(200, "POST", "/_sandbox/limits", `{"static":4}`)
	a.overrun(0)
	a.clock.Add(burstSpan)
	a.overrun(4)

	r = anon.do(200, "GET", "/_sandbox/limits", "")
	require.Equal(t, map[string]any{
		"bucket": "burst", "app": "Satchel sandbox token", "app_id": float64(a.p.auth.StaticAppID), "window_ms": 10000.0,
		"limit": 4.0, "used": 4.0, "arrived": 5.0,
	}, r.at("use", 0))
	require.Len(t, r.list("use"), 6)
	require.Equal(t, "daily", r.at("use", 4, "bucket"))
	require.EqualValues(t, 9, r.at("use", 4, "used"))
	for body, why := range map[string]string{
		`{"plan":"fast"}`: `plan "fast": want oauth, free, pro, pro+, enterprise, enterprise+ or off`,
		`{"app":-1}`:      "a limit must not be negative; 0 is unlimited",
		`{}`:              "nothing to change: give a plan, or numbers for app, static, search, associations, daily or associations_daily",
		`{"apps":1}`:      `unknown field "apps"`,
	} {
		r := anon.do(400, "POST", "/_sandbox/limits", body)
		require.Contains(t, r.str("message"), why)
	}
	require.Equal(t, "free", anon.do(200, "POST", "/_sandbox/limits", `{"plan":"free"}`).at("plan"))
}
