package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox/hooks"
)

func TestSection10_03_TokensAndTheAuthorizePage(t *testing.T) {
	a := open(t)
	require.Contains(t, a.install(200, "/oauth/authorize").raw, `type="radio" name="account"`)
	for _, wrong := range []string{"http://127.0.0.1:47611/callback", "http://localhost:47611/other", "http://app.example/callback"} {
		r := a.install(400, "/oauth/authorize", "redirect_uri", wrong)
		require.Empty(t, r.header.Get("Location"), wrong)
	}
	got := a.redeem(a.authorize().Get("code"))
	require.Equal(t, 200, got.code, got.raw)
	require.InDelta(t, 1800, got.at("expires_in"), 0)
	b, refresh := a.as(got.str("access_token")), got.str("refresh_token")
	b.do(200, "GET", v+"contacts", "")
	a.p.Advance(30*time.Minute - time.Second)
	b.do(200, "GET", v+"contacts", "")
	a.p.Advance(2 * time.Second)
	require.Equal(t, "EXPIRED_AUTHENTICATION", b.do(401, "GET", v+"contacts", "").str("category"))

	again := func() *reply {
		return a.post(tokenPath, a.secrets("grant_type", "refresh_token", "refresh_token", refresh))
	}
	require.Equal(t, refresh, again().str("refresh_token"), "it does not rotate")
	info := a.post(tokenPath+"/introspect", a.secrets("token", refresh))
	require.Equal(t, true, info.at("active"))
	yes := true
	require.NoError(t, a.p.SetSettings(SettingsChange{RotateRefresh: &yes}))
	require.NotEqual(t, refresh, again().str("refresh_token"), "unless it is told to")
	again().refused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
}

// Signatures, retries, duplicates and order of deliveries; the journal that is
// dry, its links and how long it keeps. Sections 7.1 to 7.3 have more.
func TestSection10_12_WebhooksAndJournal(t *testing.T) {
	a, l := open(t), newListener(t)
	a.subscribe(l, "contact.creation")
	app := a.as(a.appToken())
	const earliest = journalRoot + "journal/2026-09/earliest"
	app.do(200, "POST", journalRoot+"subscriptions/2026-09", fmt.Sprintf(
		`{"subscriptionType":"OBJECT","portalId":%d,"objectTypeId":"0-1","actions":["CREATE"],"properties":[],"objectIds":[]}`, a.p.portalID))
	app.do(204, "GET", earliest, "")

	require.NoError(t, a.p.DisturbWebhooks(hooks.Disturbance{Duplicate: 1, Reorder: true, Seed: 3}))
	l.answers(500)
	var ids []string
	for i := range 4 {
		ids = append(ids, a.contact(fmt.Sprintf(`{"email":"feed-%d@b.example"}`, i)))
	}
	require.Eventually(t, func() bool { return len(l.events()) == 8 }, 10*time.Second, time.Millisecond, "each twice")
	l.answers(200)
	a.p.Advance(time.Minute)
	a.delivered(4)
	seen := map[string]int{}
	for _, n := range l.events() {
		seen[strconv.FormatInt(n.ObjectID, 10)]++
	}
	for _, id := range ids {
		require.GreaterOrEqual(t, seen[id], 3, "tried, doubled and tried again")
	}
	l.mu.Lock()
	for i, head := range l.heads {
		require.Equal(t, hooks.SignV1(a.p.Credentials().ClientSecret, []byte(l.bodies[i])), head.Get("X-HubSpot-Signature"))
		require.NotEmpty(t, head.Get("X-HubSpot-Signature-v3"))
	}
	l.mu.Unlock()

	r := app.do(200, "GET", earliest, "")
	require.True(t, strings.HasPrefix(r.str("url"), "http://localhost/_journal/"))
	require.Len(t, a.fetch(r).Events, 4)
	a.p.Advance(72*time.Hour - time.Minute)
	app = a.as(a.appToken())
	app.do(200, "GET", earliest, "")
	a.p.Advance(2 * time.Minute)
	app.do(204, "GET", earliest, "")
}
