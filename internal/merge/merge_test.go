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
