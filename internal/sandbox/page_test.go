package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPage_ShowsWhatHappens(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "free" })
	anon := a.as("")
	require.Contains(t, anon.do(200, "GET", "/", "").raw, "None yet.")
	a.do(200, "GET", v+"contacts?limit=1", "")
	a.do(404, "GET", "/crm/<b>", "")
	page := anon.do(200, "GET", "/", "")
	require.Equal(t, "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'", page.header.Get("Content-Security-Policy"))
	for _, part := range []string{
		"<td>contacts</td><td>40</td>", `<tr><td>09:30:00</td><td class="path">GET ` + v + `contacts</td><td>200</td><td>Satchel sandbox token</td>`,
		`<tr class="bad"><td>09:30:00</td><td class="path">GET /crm/&lt;b&gt;</td><td>404</td>`,
		`<meter min="0" max="100" value="2" aria-label="Satchel sandbox token, 10s: 2 of 100">`, "<option selected>free</option>",
		`<script src="/sandbox.js" defer>`, `id="live"`,
	} {
		require.Contains(t, page.raw, part)
	}
	require.Contains(t, anon.do(200, "GET", "/sandbox.js", "").raw, "getElementById('live')")
	require.NotContains(t, page.raw, a.token)
}

func TestPage_ButtonsWork(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "free" })
	press := func(do string) string {
		r := a.post("/", url.Values{"do": {do}, "plan": {"pro+"}})
		require.Equal(t, http.StatusSeeOther, r.code, r.raw)
		require.Equal(t, "/?done="+do, r.header.Get("Location"))
		return a.as("").do(200, "GET", "/?done="+do, "").raw
	}
	require.Contains(t, press("502"), `<p id="done" role="status">The next three calls will answer 502.</p>`)
	require.Contains(t, press("429"), `value="429" autofocus`)
	for range 3 {
		a.do(502, "GET", v+"contacts?limit=1", "")
	}
	for range 3 {
		a.do(429, "GET", v+"contacts?limit=1", "")
	}
	a.do(200, "GET", v+"contacts?limit=1", "")
	press("drop")
	_, err := a.try("GET", v+"contacts?limit=1", "")
	require.Error(t, err)
	press("latency")
	require.Equal(t, 2000, a.p.Faults()[3].LatencyMS)
	require.Contains(t, press("offline"), "It cannot be reached.")
	_, err = a.try("GET", v+"contacts?limit=1", "")
	require.Error(t, err)
	require.Contains(t, press("clear"), "None. More of them")
	a.do(200, "GET", v+"contacts?limit=1", "")
	before := a.p.Now()
	press("30m")
	require.Equal(t, 30*time.Minute, a.p.Now().Sub(before))
	require.Contains(t, press("plan"), "Limits: pro&#43;.")
	require.Equal(t, 250, a.p.Limits().Static)
	require.Equal(t, 400, a.post("/", url.Values{"do": {"explode"}}).code)
	require.Equal(t, 400, a.post("/", url.Values{"do": {"plan"}, "plan": {"x"}}).code)
}

// A page of another site, or one that reaches this machine by a name of its own,
// presses nothing.
func TestPage_IsForThisMachine(t *testing.T) {
	a := open(t)
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.Host = "evil.example" },
		func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", a.base+"/", strings.NewReader("do=offline"))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(req)
		r, err := a.send(req)
		require.NoError(t, err)
		require.Equal(t, 403, r.code)
	}
	require.Empty(t, a.p.Faults())
}
