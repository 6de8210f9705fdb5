package crm

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNormal_BringsValuesIntoHubSpotsForm(t *testing.T) {
	stage := Property{Name: "stage", Type: TypeEnumeration, Options: []Option{{Value: "closedwon", Label: "Closed won"}}}
	many := Property{Name: "many", Type: TypeEnumeration, Field: "checkbox", Options: []Option{{Value: "a", Label: "A!"}, {Value: "b", Label: "B!"}}}
	for _, c := range []struct {
		p        Property
		in, want string
	}{
		{Property{Type: TypeNumber}, " 12000.50 ", "12000.5"},
		{Property{Type: TypeNumber}, "1e3", "1000"},
		{Property{Type: TypeNumber}, "+007.10", "7.1"},
		{Property{Type: TypeNumber}, "90071992547409931234.5", "90071992547409931234.5"},
		{Property{Type: TypeNumber}, "-0", "0"},
		{Property{Type: TypeDate}, "2026-03-01", "2026-03-01"},
		{Property{Type: TypeDate}, "1772323200000", "2026-03-01"},
		{Property{Type: TypeDateTime}, "2026-03-01", "2026-03-01T00:00:00.000Z"},
		{Property{Type: TypeDateTime}, "2026-03-01T10:00:00+01:00", "2026-03-01T09:00:00.000Z"},
		{Property{Type: TypeBool}, "True", "true"},
		{stage, "Closed Won", "closedwon"},
		{many, "B!;a", "b;a"},
		{Property{Type: TypeString}, "  trimmed ", "trimmed"},
		{Property{Type: TypeString, Field: "textarea"}, " as it is \n", " as it is \n"},
		{Property{Type: TypeNumber}, "", ""},
	} {
		got, err := c.p.Normal(c.in)
		require.NoError(t, err, c.in)
		require.Equal(t, c.want, got, c.in)
	}
}

func TestNormal_RefusesWithTheFieldAndASentence(t *testing.T) {
	for _, c := range []struct {
		p  Property
		in string
	}{
		{Property{Name: "x", Type: TypeNumber}, "12,000"},
		{Property{Name: "x", Type: TypeNumber}, "NaN"},
		{Property{Name: "x", Type: TypeDate}, "tomorrow"},
		{Property{Name: "x", Type: TypeDate}, "1635535865000"},
		{Property{Name: "x", Type: TypeDateTime}, "12"},
		{Property{Name: "x", Type: TypeBool}, "maybe"},
		{Property{Name: "x", Type: TypeEnumeration, Options: []Option{{Value: "a"}}}, "b"},
		{Property{Name: "x", ReadOnly: true}, "y"},
	} {
		_, err := c.p.Normal(c.in)
		require.Equal(t, Invalid, KindOf(err), c.in)
		e, _ := AsError(err)
		require.Contains(t, e.Fields, "x")
		require.NotEmpty(t, Message(err))
	}
}

// Whatever Normal makes of a value, doing it again changes nothing, and the
// value means the same as what was typed.
func TestNormal_IsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Property{Type: rapid.SampledFrom([]PropertyType{TypeNumber, TypeDate, TypeDateTime, TypeBool, TypeString}).Draw(t, "type")}
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`-?[0-9]{1,13}(\.[0-9]{1,4})?`), rapid.StringMatching(`20[0-9]{2}-0[1-9]-[12][0-9]`)).Draw(t, "in")
		once, err := p.Normal(in)
		if err != nil {
			return
		}
		twice, err := p.Normal(once)
		require.NoError(t, err)
		require.Equal(t, once, twice)
		require.True(t, p.Same(once, twice))
	})
}

func TestCoalesce(t *testing.T) {
	edit := func(name, base, value string) Op {
		return Op{Kind: OpUpdate, Fields: []Field{{Name: name, Base: base, Value: value}}}
	}
	waiting := Op{ID: "1", Kind: OpUpdate, State: Queued, Fields: []Field{{Name: "a", Base: "0", Value: "1"}}}

	into, ok := Coalesce([]Op{waiting}, edit("a", "1", "2"))
	require.True(t, ok)
	require.Equal(t, []Field{{Name: "a", Base: "0", Value: "2"}}, into.Fields, "the oldest base stays")

	into, ok = Coalesce([]Op{waiting}, edit("a", "1", "0"))
	require.True(t, ok)
	require.Empty(t, into.Fields, "back at its base, nothing is left to send")

	for _, s := range []OpState{Sending, Ambiguous, RetryWait, InDispute} {
		sent := waiting
		sent.State = s
		_, ok = Coalesce([]Op{sent}, edit("b", "", "1"))
		require.False(t, ok, "never across one that is %s", s)
	}

	refused := waiting
	refused.State, refused.Reason = Parked, "not a number"
	into, ok = Coalesce([]Op{refused}, edit("a", "1", "3"))
	require.True(t, ok)
	require.Equal(t, Queued, into.State)
	require.Empty(t, into.Reason)

	require.Equal(t, []Field{{Name: "a", Base: "0", Value: "1"}}, waiting.Fields, "the input is not changed")
}
