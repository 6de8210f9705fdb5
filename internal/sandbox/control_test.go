package sandbox

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// The control endpoints, and that they are for this machine only.
func TestControl(t *testing.T) {
	a := open(t, func(o *Options) { o.Limits = "oauth" }).overTCP()
	id := a.contact(`{"firstname":"A","email":"a@b.example"}`)
	other := a.contact(`{"firstname":"B"}`)
	anon := a.as("")
	anon.do(200, "POST", "/_sandbox/clock", `{"advance_ms":60000}`)
	anon.do(200, "POST", "/_sandbox/edit", fmt.Sprintf(`{"type":"contacts","id":%q,"properties":{"firstname":"Ann"},"user":%q,"source":"AUTOMATION_PLATFORM"}`, id, a.p.owners[4].Email))
	r := a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory=firstname", "")
	require.Equal(t, "2026-10-05T09:31:00.250Z", r.str("updatedAt"))
	require.Equal(t, "AUTOMATION_PLATFORM", r.str("propertiesWithHistory", "firstname", 0, "sourceType"))
	require.EqualValues(t, a.p.owners[4].UserID, r.at("propertiesWithHistory", "firstname", 0, "updatedByUserId"))
	anon.do(400, "POST", "/_sandbox/edit", `{"type":"contacts","id":"1","properties":{}}`)
	anon.do(400, "POST", "/_sandbox/edit", fmt.Sprintf(`{"type":"contacts","id":%q,"properties":{"nope":"1"}}`, id))
	anon.do(400, "POST", "/_sandbox/edit", fmt.Sprintf(`{"type":"contacts","id":%q,"properties":{},"user":"nobody"}`, id))
	anon.do(200, "POST", "/_sandbox/archive", fmt.Sprintf(`{"type":"contact","id":%s}`, id))
	a.do(404, "GET", v+"contacts/"+id, "")
	anon.do(200, "POST", "/_sandbox/restore", fmt.Sprintf(`{"type":"0-1","id":%q}`, id))
	merged := anon.do(200, "POST", "/_sandbox/merge", fmt.Sprintf(`{"type":"contacts","primary":%q,"other":%q}`, id, other)).str("id")
	require.Equal(t, merged, a.do(200, "GET", v+"contacts/"+other, "").str("id"))
	anon.do(200, "POST", "/_sandbox/clock", `{"advance_ms":1000}`)
	require.EqualValues(t, 41, anon.do(200, "POST", "/_sandbox/touch-all", `{"type":"contacts"}`).at("touched"))
	r = a.search(200, "contacts", `{"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"2026-10-05T09:31:01.250Z"}]}]}`)
	require.EqualValues(t, 41, r.at("total"))

	r = anon.do(200, "GET", "/_sandbox/stats", "")
	require.Equal(t, []string{"max_in_window", "records", "rejected", "requests"}, keys(r.body))
	require.Equal(t, []string{"associations", "burst", "oauth", "search"}, keys(r.at("max_in_window")))
	require.EqualValues(t, 1, r.at("requests", "search"))
	require.EqualValues(t, 41, r.at("records", "contacts"))
	anon.do(404, "GET", "/_sandbox/nothing", "")

	for host, code := range map[string]int{"evil.example": 403, "localhost:80": 200, "127.0.0.1": 200, "[::1]:9": 200, "127.0.0.1.evil.example": 403, "sandbox.localhost": 200} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", a.base+"/_sandbox/stats", nil)
		require.NoError(t, err)
		req.Host = host
		r, err := a.send(req)
		require.NoError(t, err)
		require.Equal(t, code, r.code, host)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", a.base+"/_sandbox/revoke", nil)
	require.NoError(t, err)
	req.Header.Set("Origin", "https://evil.example")
	r, err = anon.send(req)
	require.NoError(t, err)
	require.Equal(t, 403, r.code)
	a.do(200, "GET", v+"contacts/"+merged, "")

	page := anon.do(200, "GET", "/", "")
	require.Contains(t, page.raw, "<td>contacts</td><td>41</td>")
	require.Contains(t, anon.do(200, "GET", "/sandbox.css", "").raw, "color-scheme")
}
