package sandbox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What an administrator changes in HubSpot's settings meets the next write.
func TestAdministrator_ChangesTheSchema(t *testing.T) {
	a := open(t)
	require.NoError(t, a.p.DefineProperty("contacts", NewProperty{Name: "level", Label: "Level", Group: "contactinformation", Options: []string{"low", "high"}}))
	id, err := a.p.Create(Change{Type: "contacts", Properties: map[string]text{"email": "ada@x.example", "level": "high"}})
	require.NoError(t, err)
	set := func(code int, level string) string {
		return a.do(code, "PATCH", "/crm/objects/2026-09/contacts/"+id, `{"properties":{"level":"`+level+`"}}`).raw
	}

	require.NoError(t, a.p.SetOptions("contacts", "level", []string{"high"}))
	require.Contains(t, set(400, "low"), "INVALID_OPTION")
	require.NoError(t, a.p.SetReadOnly("contacts", "level", true))
	require.Contains(t, set(400, ""), "READ_ONLY_VALUE")
	require.NoError(t, a.p.SetReadOnly("contacts", "level", false))
	require.NoError(t, a.p.ArchiveProperty("contacts", "level"))
	require.Contains(t, set(400, "high"), "PROPERTY_DOESNT_EXIST")
	require.NoError(t, a.p.DefineProperty("contacts", NewProperty{Name: "level", Label: "Level", Group: "contactinformation"}))
	require.Contains(t, a.do(200, "GET", "/crm/objects/2026-09/contacts/"+id+"?properties=level", "").raw, `"level":"high"`)

	require.Error(t, a.p.ArchiveProperty("contacts", "email"), "it is HubSpot's own")
	require.Error(t, a.p.SetReadOnly("contacts", "nothing", true))
}

// A property that is marked later leaves the usual list for one of its own.
func TestMarkSensitive_MovesThePropertyToAListOfItsOwn(t *testing.T) {
	a := open(t)
	require.NoError(t, a.p.DefineProperty("contacts", NewProperty{Name: "rash", Label: "Rash", Group: "contactinformation"}))
	require.Contains(t, a.do(200, "GET", propsAt+"contacts", "").raw, `"rash"`)
	require.NoError(t, a.p.MarkSensitive("contacts", "rash", "highly_sensitive"))
	require.NotContains(t, a.do(200, "GET", propsAt+"contacts", "").raw, `"rash"`)
	require.Contains(t, a.do(200, "GET", propsAt+"contacts?dataSensitivity=highly_sensitive", "").raw, `"rash"`)
	require.Error(t, a.p.MarkSensitive("contacts", "rash", "very"))
}

// Tokens that have expired are a 401 each; the grant behind them gives another.
func TestExpireTokens_LeavesTheGrant(t *testing.T) {
	a := open(t)
	refresh := a.newRefresh()
	first := a.as(a.access(refresh))
	first.do(200, "GET", "/crm/objects/2026-09/contacts", "")
	a.p.ExpireTokens()
	require.Contains(t, first.do(401, "GET", "/crm/objects/2026-09/contacts", "").raw, "EXPIRED_AUTHENTICATION")
	a.as(a.access(refresh)).do(200, "GET", "/crm/objects/2026-09/contacts", "")
}
