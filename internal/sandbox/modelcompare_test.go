package sandbox

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// same is require.Equal for what is nearly always equal: looking for the helpers
// of a test costs more than a request.
func (m *modelRun) same(want, got any, about ...any) {
	if !reflect.DeepEqual(want, got) {
		require.Equal(m.rt, want, got, about...)
	}
}

// compare holds the whole portal against the model.
func (m *modelRun) compare(t *rapid.T) {
	m.compareRecords(t)
	for _, typ := range refTypes() {
		m.compareLists(typ)
	}
	for _, mail := range mails() {
		code, r := m.call("GET", v+"contacts/"+urlPath(mail)+"?idProperty=email", "")
		if want := m.holder(mail); want == nil {
			m.same(404, code, "%s: %v", mail, r)
		} else {
			m.same(200, code, "%s: %v", mail, r)
			m.same(want.end.id, text1(r, "id"), mail)
		}
	}
}

// compareRecords holds every record, under all of its ids, and all associations
// against the model.
func (m *modelRun) compareRecords(t *rapid.T) {
	m.rt = t
	for _, typ := range refTypes() {
		for _, archived := range []bool{false, true} {
			for _, r := range m.all(typ, archived) {
				m.compareRecord(r.end, r)
			}
		}
		for _, to := range refTypes() {
			m.compareLinks(typ, to)
		}
	}
	for old := range m.alias {
		m.compareRecord(old, m.find(old))
	}
}

// compareLists reads the live and the archived records in pages.
func (m *modelRun) compareLists(typ string) {
	for _, archived := range []bool{false, true} {
		var want, got []string
		for _, r := range m.all(typ, archived) {
			want = append(want, r.end.id)
		}
		path := v + typ + "?limit=5&archived=" + strconv.FormatBool(archived)
		for after := ""; ; {
			page := m.expect(200, "GET", path+after, "")
			for _, item := range items(page, "results") {
				m.same(archived, dig(item, "archived"))
				got = append(got, text1(item, "id"))
			}
			next := text1(page, "paging", "next", "after")
			if next == "" {
				break
			}
			after = "&after=" + next
		}
		m.same(want, got, "%s, archived %v", typ, archived)
	}
}

// compareRecord reads one record under one of its ids.
func (m *modelRun) compareRecord(asked refEnd, want *refRecord) {
	names := refProps(asked.typ)
	history := names
	if asked.typ == "contacts" {
		history = append(slices.Clone(names), "hs_additional_emails")
	}
	query := "?properties=num_associated_contacts,num_associated_deals," + strings.Join(names, ",") + "&propertiesWithHistory=" + strings.Join(history, ",") + "&associations=contacts,companies,deals"
	if want.archived {
		m.expect(404, "GET", objectsPath(asked, ""), "")
	}
	r := m.expect(200, "GET", objectsPath(asked, query+"&archived="+strconv.FormatBool(want.archived)), "")
	m.same(want.end.id, text1(r, "id"))
	m.sameValues(r, want)
	for _, name := range names {
		var got []refVersion
		for _, item := range items(r, "propertiesWithHistory", name) {
			got = append(got, refVersion{text1(item, "value"), refSource(text1(item, "sourceType"), text1(item, "sourceId")), m.ms(item, "timestamp")})
		}
		slices.Reverse(got) // the API's order is newest first
		past := want.hist[name]
		m.same(fmt.Sprint(past), fmt.Sprint(got), "history of %s of %v", name, want.end)
	}
	if asked.typ == "contacts" {
		more := text1(r, "properties", "hs_additional_emails")
		got := strings.FieldsFunc(more, func(c rune) bool { return c == ';' })
		m.same(slices.Sorted(slices.Values(want.more)), slices.Sorted(slices.Values(got)), "additional addresses of %v", want.end)
		m.same(more, text1(r, "propertiesWithHistory", "hs_additional_emails", 0, "value"), "the newest version is the value")
	}
	for _, to := range refTypes() {
		var got []string
		for _, item := range items(r, "associations", to, "results") {
			got = append(got, text1(item, "id"))
		}
		m.same(slices.SortedFunc(maps.Keys(m.linked(want.end, to)), refByID), slices.Compact(got), "%v to %s", want.end, to)
	}
}

// sameValues compares values and stamps. A property that was asked for and has
// no value is null.
func (m *modelRun) sameValues(r any, want *refRecord) {
	for _, name := range refProps(want.end.typ) {
		obj, _ := dig(r, "properties").(map[string]any)
		got, there := obj[name]
		m.same(true, there, "%s is left out", name)
		if val := want.props[name]; val != "" {
			m.same(val, got, name)
		} else {
			m.same(nil, got, name)
		}
	}
	for name, to := range map[string]string{"num_associated_contacts": "contacts", "num_associated_deals": "deals"} {
		if shown, asked := dig(r, "properties").(map[string]any)[name]; asked {
			n := len(m.linked(want.end, to))
			m.same(map[bool]any{true: strconv.Itoa(n), false: nil}[n > 0], shown, "%s of %v", name, want.end)
		}
	}
	modified := map[bool]string{true: "lastmodifieddate", false: "hs_lastmodifieddate"}[want.end.typ == "contacts"]
	m.same(want.end.id, text1(r, "properties", "hs_object_id"))
	m.same(text1(r, "updatedAt"), text1(r, "properties", modified))
	m.same(want.created, m.ms(r, "createdAt"))
	m.same(want.modified, m.ms(r, "updatedAt"), "modified stamp of %v", want.end)
	m.same(false, m.ms(r, "updatedAt") < m.stamps[want.end], "a stamp never moves backwards")
	m.stamps[want.end] = m.ms(r, "updatedAt")
}

func (m *modelRun) ms(v any, path ...any) int64 {
	at, err := time.Parse(time.RFC3339Nano, text1(v, path...))
	m.same(nil, err)
	return at.UnixMilli()
}

// compareLinks reads all associations between two types.
func (m *modelRun) compareLinks(from, to string) {
	inputs := []any{}
	want := map[string]map[string][]string{}
	var none []string
	for _, r := range m.all(from, false) {
		inputs = append(inputs, map[string]any{"id": r.end.id})
		if list := m.linked(r.end, to); len(list) > 0 {
			want[r.end.id] = list
		} else {
			none = append(none, r.end.id)
		}
	}
	_, r := m.call("POST", "/crm/associations/2026-09/"+from+"/"+to+"/batch/read", toJSON(map[string]any{"inputs": inputs}))
	got := map[string]map[string][]string{}
	for _, item := range items(r, "results") {
		far := map[string][]string{}
		for _, other := range items(item, "to") {
			var kinds []string
			for _, kind := range items(other, "associationTypes") {
				kinds = append(kinds, fmt.Sprintf("%v/%v", dig(kind, "category"), dig(kind, "typeId")))
			}
			slices.Sort(kinds)
			far[text1(other, "toObjectId")] = kinds
		}
		got[text1(item, "from", "id")] = far
	}
	m.same(want, got, "%s to %s", from, to)
	var without []string
	for _, item := range items(r, "errors") {
		without = append(without, text1(item, "context", "fromObjectId", 0))
	}
	m.same(none, without)
}
