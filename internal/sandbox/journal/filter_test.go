package journal

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func cond(property, operator, value string, values ...string) Condition {
	return Condition{FilterType: "CRM_OBJECT_PROPERTY", Property: property, Operator: operator, Value: value, Values: values}
}

func TestCondition_Section7_3_Operators(t *testing.T) {
	for _, c := range []struct {
		c    Condition
		yes  []string
		noes []string
	}{
		{cond("p", "EQ", "b"), []string{"b"}, []string{"", "B", "bb"}},
		{cond("p", "N_EQ", "b"), []string{"", "B"}, []string{"b"}},
		{cond("p", "CONTAINS", "bc"), []string{"abcd", "bc"}, []string{"", "b"}},
		{cond("p", "STARTS_WITH", "bc"), []string{"bcd"}, []string{"", "abc"}},
		{cond("p", "ENDS_WITH", "bc"), []string{"abc"}, []string{"", "bcd"}},
		{cond("p", "GT", "10"), []string{"11", "100", "10.5"}, []string{"", "9", "10"}},
		{cond("p", "GTE", "10"), []string{"10", "10.0"}, []string{"", "9"}},
		{cond("p", "LT", "10"), []string{"9", "-100"}, []string{"", "10", "11"}},
		{cond("p", "LTE", "10"), []string{"10", "9"}, []string{"", "11"}},
		{cond("p", "GT", "2026-01-09"), []string{"2026-01-10"}, []string{"2026-01-09", "2025-12-31"}},
		{cond("p", "IN", "", "a", "b"), []string{"a", "b"}, []string{"", "c"}},
		{cond("p", "NOT_IN", "", "a", "b"), []string{"", "c"}, []string{"a", "b"}},
		{cond("p", "IS_EMPTY", ""), []string{""}, []string{"a"}},
		{cond("p", "IS_NOT_EMPTY", ""), []string{"a"}, []string{""}},
	} {
		require.NoError(t, c.c.check())
		for _, v := range c.yes {
			require.True(t, c.c.holds(v), "%q %+v", v, c.c)
		}
		for _, v := range c.noes {
			require.False(t, c.c.holds(v), "%q %+v", v, c.c)
		}
	}
}

func TestFilter_WhatIsRefused(t *testing.T) {
	b := newBench(t)
	s := b.contacts()
	app := b.subscribe(Request{Type: AppLifecycle, EventTypeID: InstallEvent})
	good := Filter{[]Condition{cond("city", "EQ", "Bonn")}}
	for _, f := range []Filter{
		{},
		{[]Condition{cond("city", "EQ", "Bonn"), cond("", "EQ", "x")}},
		{[]Condition{cond("city", "NEQ", "x")}},
		{[]Condition{cond("city", "", "x")}},
		{[]Condition{cond("city", "EQ", "")}},
		{[]Condition{cond("city", "IN", "x")}},
		{[]Condition{{Property: "city", Operator: "EQ", Value: "x"}}},
	} {
		_, err := b.CreateFilter(s.ID, f)
		require.Equal(t, 400, code(t, err), "%+v", f)
	}
	_, err := b.CreateFilter(app.ID, good)
	require.Equal(t, 400, code(t, err))
	_, err = b.CreateFilter(99, good)
	require.Equal(t, 404, code(t, err))
	_, err = b.Filters(99)
	require.Equal(t, 404, code(t, err))
	require.Equal(t, 404, code(t, b.DeleteFilter(1)))

	id, err := b.CreateFilter(s.ID, good)
	require.NoError(t, err)
	f, err := b.Filter(id)
	require.NoError(t, err)
	raw, err := json.Marshal(f)
	require.NoError(t, err)
	require.JSONEq(t, `{"id":1,"filter":{"conditions":[{"filterType":"CRM_OBJECT_PROPERTY","property":"city","operator":"EQ","value":"Bonn"}]},"createdAt":1791192600250}`, string(raw))
	list, err := b.Filters(s.ID)
	require.NoError(t, err)
	require.Equal(t, []StoredFilter{f}, list)
	list, err = b.Filters(app.ID)
	require.NoError(t, err)
	require.Empty(t, list)
	require.NoError(t, b.DeleteFilter(id))
	_, err = b.Filter(id)
	require.Equal(t, 404, code(t, err))
}

// All conditions of a filter, any filter of a subscription; by the value after
// the change, changed or not.
func TestAppend_FiltersDecide(t *testing.T) {
	b := newBench(t)
	s := b.contacts()
	filter := func(c ...Condition) int64 {
		t.Helper()
		id, err := b.CreateFilter(s.ID, Filter{c})
		require.NoError(t, err)
		return id
	}
	first := filter(cond("city", "EQ", "Bonn"), cond("age", "GT", "30"))
	record := func(id int64, city, age string) Event {
		e := made(id)
		e.Changes = map[string]string{"city": city}
		e.Value = func(name string) string { return map[string]string{"city": "stale", "age": age}[name] }
		return e
	}
	b.Append(record(1, "Bonn", "31"), record(99, "Bonn", "30"), record(99, "Köln", "31"))
	unknown := made(99)
	unknown.Changes = map[string]string{"city": "Bonn"}
	b.Append(unknown)
	require.Equal(t, []int64{1}, b.ids())

	filter(cond("city", "EQ", "Köln"))
	b.Append(record(2, "Köln", ""), record(3, "Bonn", "31"), record(99, "Ulm", "40"))
	require.Equal(t, []int64{1, 2, 3}, b.ids())
	b.subscribe(Request{Type: Object, ObjectTypeID: "0-2", Actions: []Action{Create}})
	b.Append(Event{Action: Create, ObjectTypeID: "0-2", ObjectID: 4})
	require.Equal(t, []int64{1, 2, 3, 4}, b.ids(), "a filter is one subscription's")
	require.NoError(t, b.DeleteFilter(first))
	b.Append(record(99, "Bonn", "31"))
	require.Equal(t, []int64{1, 2, 3, 4}, b.ids())
}
