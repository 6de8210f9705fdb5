package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/wire"
)

type checkFace interface {
	Check(r wire.CheckRequest) (wire.Checked, error)
	List(q wire.ListQuery) (wire.ListPage, error)
}

// What HubSpot would refuse at the next sync is told while the rep types.
func TestCheck_TellsBeforeTheSync(t *testing.T) {
	p := portal(t, 1)
	n := open(t, t.TempDir(), p, "")
	_, err := faceOf[accountFace](t, n).ConnectToken(p.Credentials().Token)
	require.NoError(t, err)
	_, err = n.Sync(t.Context(), false)
	require.NoError(t, err)
	records := faceOf[checkFace](t, n)
	page, err := records.List(wire.ListQuery{
		Type: "contacts", Limit: 2, Columns: []string{"email"}, Filters: []wire.Filter{{Prop: "email", Op: "is_set"}},
	})
	require.NoError(t, err)
	a, b := page.Rows[0], page.Rows[1]
	for name, c := range map[string]struct {
		typ, id, prop, value, wrong, warn string
	}{
		"a number":             {"deals", "", "amount", "1200", "", ""},
		"not a number":         {"deals", "", "amount", "much", "needs a number", ""},
		"not a date":           {"deals", "", "closedate", "soon", "needs a date", ""},
		"no such option":       {"contacts", "", "lifecyclestage", "friend", "has no option", ""},
		"no such stage":        {"deals", "", "dealstage", "nowhere", "no option", ""},
		"read-only":            {"contacts", "", "createdate", "2026-01-01", "read-only", ""},
		"no such property":     {"contacts", "", "nosuch", "1", "There is no property", ""},
		"taken by another one": {"contacts", b.ID, "email", a.Values["email"], "", "has this already"},
		"taken, of a new one":  {"contacts", "", "email", a.Values["email"], "", "has this already"},
		"its own":              {"contacts", a.ID, "email", a.Values["email"], "", ""},
		"emptied":              {"contacts", a.ID, "email", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := records.Check(wire.CheckRequest{Type: c.typ, ID: c.id, Values: map[string]string{c.prop: c.value}})
			require.NoError(t, err)
			require.Contains(t, got.Wrong[c.prop], c.wrong)
			require.Contains(t, got.Warn[c.prop], c.warn)
			require.Equal(t, c.wrong == "", len(got.Wrong) == 0)
			require.Equal(t, c.warn == "", len(got.Warn) == 0)
		})
	}
}
