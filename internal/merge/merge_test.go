package merge

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

var props = map[string]crm.Property{
	"amount":    {Name: "amount", Type: crm.TypeNumber},
	"closedate": {Name: "closedate", Type: crm.TypeDateTime},
	"dealname":  {Name: "dealname", Type: crm.TypeString},
	"tags":      {Name: "tags", Type: crm.TypeEnumeration, Field: "checkbox"},
}

func TestFields_SortsEachFieldByItself(t *testing.T) {
	r := Fields(props, []crm.Field{
		{Name: "amount", Base: "100", Value: "200"},
		{Name: "closedate", Base: "2026-01-01T00:00:00.000Z", Value: "2026-02-01T00:00:00.000Z"},
		{Name: "dealname", Base: "Old", Value: "Mine"},
	}, crm.Values{"amount": "100.0", "closedate": "2026-02-01T00:00:00Z", "dealname": "Theirs"})

	require.Equal(t, []crm.Field{{Name: "amount", Base: "100", Value: "200"}}, r.Send)
	require.Equal(t, []string{"closedate"}, r.Settled)
	require.Equal(t, []crm.Dispute{{Field: "dealname", Base: "Old", Mine: "Mine", Theirs: "Theirs"}}, r.Disputes)
}

func TestFields_UnsetAndEmptyAreOne(t *testing.T) {
	r := Fields(props, []crm.Field{{Name: "dealname", Base: "", Value: "New"}}, crm.Values{})
	require.Len(t, r.Send, 1)

	r = Fields(props, []crm.Field{{Name: "dealname", Base: "Old", Value: ""}}, crm.Values{})
	require.Equal(t, []string{"dealname"}, r.Settled)
}

func TestFields_OptionsInAnotherOrderAreTheSame(t *testing.T) {
	r := Fields(props, []crm.Field{{Name: "tags", Base: "a;b", Value: "a;b;c"}}, crm.Values{"tags": "b;a"})
	require.Len(t, r.Send, 1)
	require.Empty(t, r.Disputes)
}

func TestFields_PropertyWithoutDefinitionIsText(t *testing.T) {
	r := Fields(props, []crm.Field{{Name: "gone", Base: "1", Value: "2"}}, crm.Values{"gone": "1.0"})
	require.Len(t, r.Disputes, 1)
}

// Both sides' additions and removals are made, whoever came first.
func TestFields_SeveralValuesAreMergedAsSets(t *testing.T) {
	for name, c := range map[string]struct{ base, mine, theirs, send string }{
		"both add":                     {"a", "a;b", "a;c", "a;c;b"},
		"one adds, one removes":        {"a;b", "a;b;c", "b", "b;c"},
		"both remove":                  {"a;b;c", "a;c", "a;b", "a"},
		"the same is added":            {"a", "a;b", "b;a;c", ""},
		"removed here, kept there":     {"a;b", "", "a;b;c", "c"},
		"cleared there, added to here": {"a", "a;b", "", "b"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Fields(props, []crm.Field{{Name: "tags", Base: c.base, Value: c.mine}}, crm.Values{"tags": c.theirs})
			require.Empty(t, r.Disputes)
			if c.send == "" {
				require.Equal(t, []string{"tags"}, r.Settled)
				return
			}
			require.Equal(t, []crm.Field{{Name: "tags", Base: c.theirs, Value: c.send}}, r.Send)
			again := Fields(props, []crm.Field{{Name: "tags", Base: c.base, Value: c.mine}}, crm.Values{"tags": c.send})
			require.Equal(t, []string{"tags"}, again.Settled, "after a lost answer it is done")
		})
	}
}

func TestDecide_ByThePolicyOfEachProperty(t *testing.T) {
	dispute := func(field, source string) crm.Dispute {
		return crm.Dispute{Field: field, Base: "0", Mine: "1", Theirs: "2", Source: source}
	}
	r := Result{Disputes: []crm.Dispute{
		dispute("asked", "CRM_UI"), dispute("mine", "CRM_UI"), dispute("theirs", "CRM_UI"),
		dispute("flow", "AUTOMATION_PLATFORM"), dispute("person", "CRM_UI"), dispute("unknown", ""),
	}}
	r.Decide(map[string]crm.Policy{
		"mine": crm.Mine, "theirs": crm.Theirs, "flow": crm.Workflows, "person": crm.Workflows, "unknown": crm.Workflows,
	})
	require.Equal(t, []crm.Field{{Name: "mine", Base: "2", Value: "1"}}, r.Send)
	require.Equal(t, []crm.Dispute{dispute("theirs", "CRM_UI"), dispute("flow", "AUTOMATION_PLATFORM")}, r.Yielded)
	require.Equal(t, []crm.Dispute{dispute("asked", "CRM_UI"), dispute("person", "CRM_UI"), dispute("unknown", "")}, r.Disputes)
}
