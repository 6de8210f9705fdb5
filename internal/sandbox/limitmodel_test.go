package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// limitCall is a kind of call, as the limits tell them apart; fact sheet 2.1.
type limitCall struct {
	name, method, path, body string
	static                   bool
	limit                    int
	span                     time.Duration
	daily                    int
}

// limitRun makes calls at random times and keeps what was admitted.
type limitRun struct {
	p        *Portal
	clk      *clock
	client   *http.Client
	admitted map[string][]time.Time // by bucket
	day      map[string]int         // static token's admitted calls, by local day
}

// The invariants, for every bucket and through the whole handler: no stretch of
// a span, wherever it begins, holds more admitted calls than the limit; a call
// is refused only when the span that ends with it holds that many, or when the
// day in the portal's zone is spent; a call that is refused takes nothing.
// Headers and bodies are those of fact sheet 2.2 and 2.3.
func TestLimiter_AdmitsExactlyTheLimit(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		pl := plan{
			app: rapid.IntRange(1, 30).Draw(rt, "app"), static: rapid.IntRange(1, 30).Draw(rt, "static"),
			search: rapid.IntRange(1, 5).Draw(rt, "search"), associations: rapid.IntRange(1, 8).Draw(rt, "associations"),
			daily: rapid.IntRange(1, 40).Draw(rt, "daily"),
		}
		r, oauthToken := openLimited(rt, dir, pl)
		calls := []limitCall{
			{name: "app", method: "GET", path: v + "contacts", limit: pl.app, span: 10 * time.Second},
			{name: "static", method: "GET", path: v + "contacts", static: true, limit: pl.static, span: 10 * time.Second, daily: pl.daily},
			{name: "search", method: "POST", path: v + "contacts/search", body: `{}`, limit: pl.search, span: time.Second},
			{name: "search", method: "POST", path: "/crm/v3/objects/deals/search", body: `{}`, static: true, limit: pl.search, span: time.Second, daily: pl.daily},
			{name: "associations", method: "POST", path: "/crm/associations/2026-09/deals/contacts/batch/read", body: `{"inputs":[]}`, limit: pl.associations, span: 10 * time.Second},
			{name: "associations", method: "POST", path: "/crm/v4/associations/deals/contacts/batch/read", body: `{"inputs":[]}`, static: true, limit: pl.associations, span: 10 * time.Second, daily: pl.daily},
		}
		pause := rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 400), rapid.SampledFrom([]int{999, 1000, 1001, 9999, 10_000, 10_001}))
		for range rapid.IntRange(1, 150).Draw(rt, "calls") {
			r.clk.Add(time.Duration(pause.Draw(rt, "pause")) * time.Millisecond)
			c := rapid.SampledFrom(calls).Draw(rt, "call")
			token := oauthToken
			if c.static {
				token = r.p.Credentials().Token
			}
			r.make(rt, c, token)
		}
		for _, c := range calls {
			for _, end := range r.admitted[c.name] {
				require.LessOrEqual(rt, within(r.admitted[c.name], end, c.span), c.limit, "%s", c.name)
			}
		}
	})
}

// openLimited starts a portal shortly before a midnight in Berlin: of a plain
// day, or of one that is an hour longer or shorter than others.
func openLimited(rt *rapid.T, dir string, pl plan) (*limitRun, string) {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(rt, err)
	day := rapid.SampledFrom([]time.Time{
		time.Date(2026, 10, 6, 0, 0, 0, 0, zone), time.Date(2026, 10, 26, 0, 0, 0, 0, zone), time.Date(2026, 3, 29, 0, 0, 0, 0, zone),
	}).Draw(rt, "midnight")
	clk := &clock{now: day.Add(-time.Duration(rapid.IntRange(0, 20_000).Draw(rt, "before")) * time.Millisecond)}
	p, err := Open(Options{SeedDir: dir, Limits: "off", Now: clk.Now})
	require.NoError(rt, err)
	p.meter = newMeter(pl, p.portalID, p.zone)
	p.auth.Access["token"] = access{Grant: grant{Scopes: knownScopes()}, Expires: day.Add(24 * time.Hour).UnixMilli()}
	return &limitRun{p, clk, &http.Client{Transport: p.RoundTripper()}, map[string][]time.Time{}, map[string]int{}}, "token"
}

// make makes a call and checks the answer against what was admitted before.
func (r *limitRun) make(rt *rapid.T, c limitCall, token string) {
	now := r.clk.Now()
	day := now.In(r.p.zone).Format(time.DateOnly)
	used := within(r.admitted[c.name], now, c.span)
	spent := c.static && r.day[day] >= c.daily
	code, header, raw := r.send(rt, c, token)
	if !spent && used < c.limit {
		require.Equal(rt, 200, code, "%s refused with %d of %d used: %s", c.name, used, c.limit, raw)
		r.admitted[c.name] = append(r.admitted[c.name], now)
		if c.static {
			r.day[day]++
		}
	} else {
		require.Equal(rt, 429, code, "%s admitted with %d of %d used, day spent %v", c.name, used, c.limit, spent)
		require.Equal(rt, r.refusal(c, spent, header.Get("X-HubSpot-Correlation-Id")), raw)
		require.Empty(rt, header.Get("Retry-After"), "nobody promises it here")
	}
	want := map[string]string{}
	if c.name == "app" || c.name == "static" {
		n := func(i int) string { return strconv.Itoa(i) }
		want = map[string]string{
			"Max": n(c.limit), "Remaining": n(c.limit - within(r.admitted[c.name], now, c.span)), "Interval-Milliseconds": "10000",
			"Secondly": n(c.limit / 10), "Secondly-Remaining": n(max(c.limit/10-within(r.admitted[c.name], now, time.Second), 0)),
		}
		if c.static {
			want["Daily"], want["Daily-Remaining"] = n(c.daily), n(c.daily-r.day[day])
		}
	}
	got := map[string]string{}
	for name := range header {
		if short, is := strings.CutPrefix(strings.ToLower(name), "x-hubspot-ratelimit-"); is {
			got[short] = header.Get(name)
		}
	}
	for name, val := range want {
		require.Equal(rt, val, got[strings.ToLower(name)], "%s of a %s call", name, c.name)
	}
	require.Len(rt, got, len(want), "%v", got)
}

func (r *limitRun) send(rt *rapid.T, c limitCall, token string) (int, http.Header, string) {
	req, err := http.NewRequestWithContext(rt.Context(), c.method, "http://localhost"+c.path, strings.NewReader(c.body))
	require.NoError(rt, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := r.client.Do(req)
	require.NoError(rt, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(rt, err)
	return res.StatusCode, res.Header, string(raw)
}

// refusal is the whole body of a 429; fact sheet 2.3.
func (r *limitRun) refusal(c limitCall, spent bool, id string) string {
	const head = `{"status":"error","message":"You have reached your %s limit.","errorType":"RATE_LIMIT","correlationId":"%s","policyName":"%s"`
	rolling := fmt.Sprintf(head, "ten_secondly_rolling", id, "TEN_SECONDLY_ROLLING") + `,"groupName":"publicapi:`
	switch {
	case spent:
		return fmt.Sprintf(head, "daily", id, "DAILY") + `,"requestId":"` + id + `"}`
	case c.name == "search":
		return fmt.Sprintf(head, "secondly", id, "SECONDLY") + `}`
	case c.name == "associations":
		return rolling + fmt.Sprintf(`associations-api-calls-ten-secondly:%d"}`, r.p.portalID)
	case c.static:
		return rolling + fmt.Sprintf(`private_app-api-calls-ten-secondly:%d:%d"}`, r.p.portalID, r.p.auth.StaticAppID)
	default:
		return rolling + fmt.Sprintf(`oauth-api-calls-ten-secondly:%d:%d"}`, r.p.portalID, r.p.auth.AppID)
	}
}

// Fact sheet 2.1: the plans, by how many calls of one moment they admit.
func TestSection2_1_PlansAdmit(t *testing.T) {
	for _, pl := range []struct {
		name                                 string
		app, static, search, links, dailyMax int
	}{
		{"", 110, 190, 5, 150, 625_000},
		{"oauth", 110, 190, 5, 150, 625_000},
		{"free", 110, 100, 5, 100, 250_000},
		{"pro", 110, 190, 5, 150, 625_000},
		{"enterprise", 110, 190, 5, 150, 1_000_000},
	} {
		t.Run("plan "+pl.name, func(t *testing.T) {
			a := open(t, func(o *Options) { o.Limits, o.Contacts = pl.name, 1 })
			refresh, err := a.p.GrantFor("")
			require.NoError(t, err)
			app := a.as(a.access(refresh))
			admits := func(want int, b *api, method, path, body string) {
				t.Helper()
				for range want {
					b.do(200, method, path, body)
				}
				b.do(429, method, path, body)
			}
			admits(pl.app, app, "GET", v+"contacts?limit=1", "")
			admits(pl.static, a, "GET", v+"contacts?limit=1", "")
			admits(pl.search, a, "POST", v+"contacts/search", `{}`)
			admits(pl.links, a, "POST", "/crm/associations/2026-09/contacts/deals/batch/read", `{"inputs":[]}`)
			a.clock.Add(10 * time.Second)
			require.Equal(t, strconv.Itoa(pl.dailyMax), a.do(200, "GET", v+"contacts?limit=1", "").header.Get("X-HubSpot-RateLimit-Daily"))
		})
	}
}
