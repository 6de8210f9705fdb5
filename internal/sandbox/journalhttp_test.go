package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type journalText struct {
	Offset string `json:"offset"`
	Events []struct {
		Type    string            `json:"type"`
		Action  string            `json:"action"`
		ID      int64             `json:"objectId"`
		Changes map[string]string `json:"propertyChanges"`
	} `json:"journalEvents"`
}

// fetch reads the file that an answer links to, which needs no token.
func (a *api) fetch(r *reply) journalText {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), "GET", r.str("url"), nil)
	require.NoError(a.t, err)
	got, err := a.send(req)
	require.NoError(a.t, err)
	require.Equal(a.t, 200, got.code, got.raw)
	var out journalText
	require.NoError(a.t, json.Unmarshal([]byte(got.raw), &out))
	require.Equal(a.t, r.str("currentOffset"), out.Offset)
	return out
}

// Fact sheet 7.3: a client that follows the offsets misses nothing, not even
// across a restart of the portal; after three days it does.
func TestSection7_3_JournalIsFollowed(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	keep := func(o *Options) { o.StateFile, o.Limits = state, "free" }
	a := open(t, keep)
	app := a.as(a.appToken())
	const root = journalRoot + "journal/2026-09"
	app.do(204, "GET", root+"/earliest", "")
	app.do(200, "POST", journalRoot+"subscriptions/2026-09", fmt.Sprintf(
		`{"subscriptionType":"OBJECT","portalId":%d,"objectTypeId":"0-1","actions":["CREATE","UPDATE","DELETE"],"properties":["email"],"objectIds":[]}`, a.p.portalID))
	id := a.contact(`{"email":"one@b.example","city":"Bern"}`)
	first := app.do(200, "GET", root+"/earliest", "")
	file := a.fetch(first)
	require.Len(t, file.Events, 1)
	require.Equal(t, "crmObject", file.Events[0].Type)
	require.Equal(t, "CREATE", file.Events[0].Action)
	require.Equal(t, map[string]string{"email": "one@b.example"}, file.Events[0].Changes, "no other property was asked for")
	next := root + "/offset/" + first.str("currentOffset") + "/next"
	app.do(204, "GET", next, "")

	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"email":"two@b.example"}}`)
	a.do(204, "DELETE", v+"contacts/"+id, "")
	require.NoError(t, a.p.Close())
	b := open(t, keep)
	again := b.as(b.appToken())
	second := again.do(200, "GET", next, "")
	file = b.fetch(second)
	require.Len(t, file.Events, 2)
	require.Equal(t, "UPDATE", file.Events[0].Action)
	require.Equal(t, "DELETE", file.Events[1].Action)
	for range 300 { // far more than the plan allows
		again.do(204, "GET", root+"/offset/"+second.str("currentOffset")+"/next", "")
	}

	url := second.str("url")
	b.p.Advance(6 * time.Minute)
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	require.NoError(t, err)
	got, err := b.send(req)
	require.NoError(t, err)
	require.Equal(t, 403, got.code, "the link has expired: %s", got.raw)
	b.p.Advance(72 * time.Hour)
	again = b.as(b.appToken())
	require.Equal(t, 404, again.do(404, "GET", next, "").code)
}
