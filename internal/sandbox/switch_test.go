package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestControl_ClockGoesForward(t *testing.T) {
	a := open(t)
	anon := a.as("")
	before := a.p.Now()
	r := anon.do(400, "POST", "/_sandbox/clock", `{"advance_ms":-1}`)
	require.Equal(t, "advance_ms is -1, but the portal's clock only moves forward; give 0 or more", r.str("message"))
	anon.do(400, "POST", "/_sandbox/clock", `{"advance_ms":9223372036854775807}`)
	a.p.Advance(-time.Hour)
	require.Equal(t, before, a.p.Now())
	anon.do(200, "POST", "/_sandbox/clock", `{"advance_ms":0}`)
}

func TestControl_Settings(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits, o.IndexLag = "free", time.Second })
	anon := a.as("")
	r := anon.do(200, "GET", "/_sandbox/settings", "")
	require.JSONEq(t, `{"index_lag_ms":1000,"pkce":"ignore","rotate_refresh_tokens":false,"retry_after":false,"rate_category":false,"refuse_unique":false,"refuse_associations":false,"unreachable":false}`, r.raw)
	refresh := a.newRefresh()
	all := `{"index_lag_ms":60000,"pkce":"enforce","rotate_refresh_tokens":true,"retry_after":true,"rate_category":true,"refuse_unique":true,"refuse_associations":false,"unreachable":false}`
	require.JSONEq(t, all, anon.do(200, "POST", "/_sandbox/settings", all).raw)

	require.Equal(t, "BAD_CODE_VERIFIER", a.redeem(a.authorize().Get("code")).str("status"))
	rotated := a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", refresh)).str("refresh_token")
	require.NotEqual(t, refresh, rotated)
	r = a.do(403, "POST", "/crm/properties/2026-09/contacts", uniqueDef("k"))
	require.Equal(t, "MISSING_SCOPES", r.str("category"))
	require.NoError(t, a.p.SetLimits(LimitChange{Static: new(1)}))
	r = a.overrun(0)
	require.Equal(t, "10", r.header.Get("Retry-After"))
	require.Equal(t, "RATE_LIMITS", r.str("category"))

	for body, why := range map[string]string{
		`{"index_lag_ms":3600001}`: "index_lag_ms is 3600001; want 0 to 3600000", `{"index_lag_ms":-1}`: "index_lag_ms is -1; want 0 to 3600000",
		`{"pkce":"no"}`: `pkce "no": want ignore or enforce`, `{"lag":1}`: `unknown field "lag"`,
	} {
		require.Equal(t, why, anon.do(400, "POST", "/_sandbox/settings", body).str("message"))
	}
	require.JSONEq(t, all, anon.do(200, "GET", "/_sandbox/settings", "").raw, "nothing changed")
	_, err := Open(Options{IndexLag: 61 * time.Minute})
	require.EqualError(t, err, "index lag 1h1m0s: at most 1h0m0s")

	anon.do(200, "POST", "/_sandbox/settings", `{"unreachable":true}`)
	_, err = a.try("GET", v+"contacts", "")
	require.Error(t, err)
	require.True(t, a.p.Settings().Unreachable)
	anon.do(200, "POST", "/_sandbox/settings", `{"unreachable":false,"retry_after":false}`)
	a.clock.Add(burstSpan)
	a.do(200, "GET", v+"contacts?limit=1", "")
	require.Empty(t, a.p.Faults())
}

// A change that is on its way to the search index arrives no later than one made
// after the lag was shortened, and none gets lost.
func TestControl_IndexLagChanges(t *testing.T) {
	a := open(t, func(o *Options) { o.IndexLag = time.Minute })
	find := func() float64 {
		n, _ := a.search(200, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"firstname","operator":"EQ","value":"Zuleika"}]}]}`).at("total").(float64)
		return n
	}
	a.contact(`{"firstname":"Zuleika"}`)
	require.Zero(t, find())
	require.NoError(t, a.p.SetSettings(SettingsChange{IndexLagMS: new(int64(5000))}))
	a.contact(`{"firstname":"Zuleika"}`)
	a.clock.Add(4999 * time.Millisecond)
	require.Zero(t, find())
	a.clock.Add(time.Millisecond)
	require.EqualValues(t, 2, find())
	a.contact(`{"firstname":"Zuleika"}`)
	require.NoError(t, a.p.SetSettings(SettingsChange{IndexLagMS: new(int64(0))}))
	require.EqualValues(t, 3, find())
	a.contact(`{"firstname":"Zuleika"}`)
	require.EqualValues(t, 4, find())
}

func TestControl_ColleagueCreatesLinksAndForgets(t *testing.T) {
	a := open(t)
	anon := a.as("")
	post := func(code int, path, body string, args ...any) *reply {
		return anon.do(code, "POST", "/_sandbox/"+path, fmt.Sprintf(body, args...))
	}
	id := post(200, "create", `{"type":"contacts","properties":{"firstname":"Ann","email":"ann@b.example"}}`).str("id")
	r := a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=firstname", "")
	require.Equal(t, "CRM_UI", r.str("propertiesWithHistory", "firstname", 0, "sourceType"))
	require.EqualValues(t, a.p.owners[1].UserID, r.at("propertiesWithHistory", "firstname", 0, "updatedByUserId"))
	require.Contains(t, post(409, "create", `{"type":"contacts","properties":{"email":"ANN@b.example"}}`).str("message"), "Existing ID: "+id)
	post(400, "create", `{"type":"contacts","properties":{"nope":"1"}}`)
	post(400, "create", `{"type":"unicorns","properties":{}}`)

	company := post(200, "create", `{"type":"companies","properties":{"name":"B"}}`).str("id")
	post(200, "associate", `{"type":"contacts","id":%q,"to_type":"companies","to_id":%s}`, id, company)
	linked := a.do(200, "GET", "/crm/objects/2026-09/contacts/"+id+"/associations/companies", "")
	require.Len(t, linked.list("results", 0, "associationTypes"), 2, "the first one is primary")
	other := post(200, "create", `{"type":"companies","properties":{"name":"C"}}`).str("id")
	post(200, "associate", `{"type":"contacts","id":%q,"to_type":"companies","to_id":%q,"category":"HUBSPOT_DEFINED","type_id":279}`, id, other)
	require.Len(t, a.do(200, "GET", "/crm/objects/2026-09/contacts/"+id+"/associations/companies", "").list("results"), 2)
	post(400, "associate", `{"type":"contacts","id":%q,"to_type":"companies","to_id":%q,"type_id":4}`, id, other)
	post(400, "associate", `{"type":"contacts","id":%q,"to_type":"companies","to_id":"1"}`, id)

	post(400, "forget", `{"type":"companies","id":%q}`, company)
	post(200, "archive", `{"type":"contacts","id":%q}`, id)
	post(200, "forget", `{"type":"contacts","id":%q}`, id)
	a.do(404, "GET", v+"contacts/"+id+"?archived=true", "")
	post(400, "restore", `{"type":"contacts","id":%q}`, id)
}

func TestSection5_2_OwnersComeAndGo(t *testing.T) {
	a := open(t)
	anon := a.as("")
	refresh, err := a.p.GrantFor(a.p.owners[3].Email)
	require.NoError(t, err)
	queue := anon.do(200, "POST", "/_sandbox/owners", `{"type":"QUEUE","firstName":"Hotline"}`).str("id")
	person := anon.do(200, "POST", "/_sandbox/owners", `{"email":"new@satchel.example","firstName":"Nina","lastName":"New"}`).str("id")
	r := a.do(200, "GET", "/crm/owners/2026-09/"+queue, "")
	require.Equal(t, "QUEUE", r.str("type"))
	require.Nil(t, r.at("userId"))
	require.Nil(t, r.at("userIdIncludingInactive"))
	r = a.do(200, "GET", "/crm/owners/2026-09/"+person, "")
	require.Equal(t, "PERSON", r.str("type"))
	require.Greater(t, r.at("userId"), float64(a.p.owners[11].UserID), "after the users before the queue")
	seen := map[any]bool{}
	for _, o := range a.do(200, "GET", "/crm/owners/2026-09", "").list("results") {
		entry, isObject := o.(map[string]any)
		require.True(t, isObject)
		require.False(t, seen[entry["userId"]], "user ids are unique")
		seen[entry["userId"]] = true
	}

	gone := a.p.owners[3]
	anon.do(200, "POST", "/_sandbox/owners", fmt.Sprintf(`{"archive":%d}`, gone.ID))
	a.do(404, "GET", "/crm/owners/2026-09/"+strconv.FormatInt(gone.ID, 10), "")
	r = a.do(200, "GET", "/crm/owners/2026-09/"+strconv.FormatInt(gone.ID, 10)+"?archived=true", "")
	require.Nil(t, r.at("userId"))
	require.EqualValues(t, gone.UserID, r.at("userIdIncludingInactive"))
	a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", refresh)).
		refused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
	page := a.install(200, "/oauth/authorize").raw
	require.Contains(t, page, "new@satchel.example")
	require.NotContains(t, page, gone.Email)
	require.NotContains(t, page, "Hotline")
	for _, body := range []string{
		`{"archive":1}`, fmt.Sprintf(`{"archive":%d}`, gone.ID), `{"type":"ROBOT"}`, `{"type":"QUEUE"}`, `{}`,
		`{"email":"new@satchel.example"}`, fmt.Sprintf(`{"archive":%s,"email":"x@y.example"}`, person),
	} {
		anon.do(400, "POST", "/_sandbox/owners", body)
	}
	require.Len(t, anon.do(200, "GET", "/_sandbox/owners", "").list("owners"), 14)
}

func TestControl_Requests(t *testing.T) {
	a := open(t)
	anon := a.as("")
	refresh := a.newRefresh()
	token := a.access(refresh)
	anon.do(200, "GET", "/oauth/v1/access-tokens/"+token, "")
	a.as(token).do(200, "GET", v+"contacts?limit=1", "")
	a.search(200, "deals", `{}`)
	for _, kind := range []string{"drop_after_apply", "drop_before_apply", "html"} {
		_, err := a.p.Fault(Fault{Kind: kind, Count: 1})
		require.NoError(t, err)
		_, err = a.try("POST", v+"contacts", `{"properties":{}}`)
		require.Equal(t, kind != "html", err != nil)
	}
	anon.do(401, "GET", v+"contacts", "")
	a.do(404, "GET", "/crm/nonsense", "")

	want := []Request{
		{Method: "GET", Path: "/crm/nonsense", Status: 404, Bucket: burst, App: "Satchel sandbox token"},
		{Method: "GET", Path: v + "contacts", Status: 401, Bucket: burst},
		{Method: "POST", Path: v + "contacts", Status: 200, Bucket: burst, App: "Satchel sandbox token", Fault: "html"},
		{Method: "POST", Path: v + "contacts", Bucket: burst, App: "Satchel sandbox token", Fault: "drop_before_apply"},
		{Method: "POST", Path: v + "contacts", Bucket: burst, App: "Satchel sandbox token", Fault: "drop_after_apply"},
		{Method: "POST", Path: v + "deals/search", Status: 200, Bucket: search, App: "Satchel sandbox token"},
		{Method: "GET", Path: v + "contacts", Status: 200, Bucket: burst, App: appName},
		{Method: "GET", Path: "/oauth/v1/access-tokens/…", Status: 200, Bucket: oauth},
		{Method: "POST", Path: tokenPath, Status: 200, Bucket: oauth},
	}
	got := a.p.Requests(0)
	for i := range got {
		require.Equal(t, "2026-10-05T09:30:00.250Z", got[i].At)
		got[i].At, got[i].MS = "", 0
	}
	require.Equal(t, want, got)
	raw := anon.do(200, "GET", "/_sandbox/requests", "").raw
	require.NotContains(t, raw, token)
	require.NotContains(t, raw, refresh)

	for range logSize {
		a.do(200, "GET", "/crm/owners/2026-09", "")
	}
	a.do(404, "GET", "/crm/nonsense", "")
	require.Len(t, anon.do(200, "GET", "/_sandbox/requests", "").list("requests"), logSize)
	r := anon.do(200, "GET", "/_sandbox/requests?limit=2", "")
	require.Len(t, r.list("requests"), 2)
	require.Equal(t, "/crm/nonsense", r.str("requests", 0, "path"))
	for _, bad := range []string{"0", "501", "x"} {
		require.True(t, strings.HasPrefix(anon.do(400, "GET", "/_sandbox/requests?limit="+bad, "").str("message"), "limit is"))
	}
}

// Real time, as a person would see it in the log.
func TestControl_RequestsTakeTime(t *testing.T) {
	a := open(t, func(o *Options) { o.Latency = 30 * time.Millisecond }).overTCP()
	a.do(http.StatusOK, "GET", v+"contacts?limit=1", "")
	require.GreaterOrEqual(t, a.p.Requests(1)[0].MS, int64(30))
}
