package sandbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Each bucket's own refusal, in its exact body, and that search is the
// account's: what one app spends, another one lacks.
func TestSection10_04_EveryBucketRefuses(t *testing.T) {
	const assoc = "/crm/associations/2026-09/contacts/deals/batch/read"
	for plan, most := range map[string]int{"free": 100, "pro": 190} {
		a := open(t, func(o *Options) { o.Limits = plan })
		app := a.as(a.access(a.newRefresh()))
		body := func(policy, more string) string {
			return `{"status":"error","message":"You have reached your ` + policy + ` limit.","errorType":"RATE_LIMIT","correlationId":"…",` + more + `}`
		}
		r := a.overrun(most)
		r.whole(body("ten_secondly_rolling", `"policyName":"TEN_SECONDLY_ROLLING","groupName":"publicapi:private_app-api-calls-ten-secondly:%d:%d"`), a.p.portalID, a.p.auth.StaticAppID)
		require.Empty(t, r.header.Get("Retry-After"))
		app.overrun(110).whole(body("ten_secondly_rolling", `"policyName":"TEN_SECONDLY_ROLLING","groupName":"publicapi:oauth-api-calls-ten-secondly:%d:%d"`), a.p.portalID, a.p.auth.AppID)

		for i := range 5 {
			[]*api{a, app}[i%2].search(200, "contacts", `{"limit":1}`)
		}
		for _, who := range []*api{a, app} {
			who.search(429, "contacts", `{"limit":1}`).whole("%s", body("secondly", `"policyName":"SECONDLY"`))
		}
		a.clock.Add(time.Second)
		a.search(200, "contacts", `{"limit":1}`)

		pl, _ := planOf(plan)
		for range pl.associations {
			app.do(200, "POST", assoc, `{"inputs":[]}`)
		}
		a.do(429, "POST", assoc, `{"inputs":[]}`).whole(body("ten_secondly_rolling", `"policyName":"TEN_SECONDLY_ROLLING","groupName":"publicapi:associations-api-calls-ten-secondly:%d"`), a.p.portalID)

		require.NoError(t, a.p.SetLimits(LimitChange{Daily: new(1)}))
		yes := true
		require.NoError(t, a.p.SetSettings(SettingsChange{RetryAfter: &yes}))
		r = a.do(429, "GET", v+"contacts", "")
		r.whole("%s", body("daily", `"policyName":"DAILY","requestId":"…"`))
		require.NotEmpty(t, r.header.Get("Retry-After"), "switched on")
		a.clock.Add(10 * time.Second)
		app.do(200, "GET", v+"contacts", "") // OAuth apps have no day
	}
}

// A taken value of a custom unique property is an invalid value, in any case of
// its letters, on the first and in the batch, and names the record that has it.
func TestSection10_05_ConflictingUniqueValue(t *testing.T) {
	a := open(t)
	a.do(201, "POST", propsAt+"contacts", uniqueDef("my_key"))
	holder, other := a.contact(`{"my_key":"K1"}`), a.contact(`{}`)
	for _, val := range []string{"K1", "k1"} {
		a.do(400, "POST", v+"contacts", `{"properties":{"my_key":"`+val+`"}}`).invalidValue(a.p.portalID, "CONFLICTING_UNIQUE_VALUE", "my_key", val, holder+" already has that value.")
		a.do(400, "PATCH", v+"contacts/"+other, `{"properties":{"my_key":"`+val+`"}}`).invalidValue(a.p.portalID, "CONFLICTING_UNIQUE_VALUE", "my_key", val, holder+" already has that value.")
		r := a.do(207, "POST", v+"contacts/batch/update", fmt.Sprintf(`{"inputs":[{"id":%q,"objectWriteTraceId":"t","properties":{"my_key":%q}}]}`, other, val))
		require.Equal(t, "VALIDATION_ERROR", r.str("errors", 0, "category"))
		require.Contains(t, r.str("errors", 0, "message"), holder+" already has that value.")
	}
	a.do(200, "PATCH", v+"contacts/"+holder, `{"properties":{"my_key":"k1"}}`)
}
