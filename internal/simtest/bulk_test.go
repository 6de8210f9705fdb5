package simtest

import (
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

// bulk is one act on many records: a few most of the time, all of a type now and
// then, which is more than the fifty from which on the outbox lets others pass in
// a world that has so many.
func (w *world) bulk() {
	w.t.Helper()
	switch rapid.SampledFrom([]string{"edit", "edit", "edit", "create", "associate"}).Draw(w.t, "bulk") {
	case "create":
		w.createMany()
	case "associate":
		w.associateMany()
	default:
		w.editMany()
	}
}

// several are some records of a type that can be edited.
func (w *world) several(t crm.ObjectType) []crm.Record {
	w.t.Helper()
	var list []crm.Record
	for _, r := range w.list(t) {
		if r.Badge != crm.BadgeGone && !r.Archived {
			list = append(list, r)
		}
	}
	if rapid.IntRange(0, 3).Draw(w.t, "all") == 0 {
		return list
	}
	return list[:min(len(list), rapid.IntRange(2, 4).Draw(w.t, "several"))]
}

func (w *world) editMany() {
	w.t.Helper()
	typ := rapid.SampledFrom([]crm.ObjectType{crm.Contacts, crm.Contacts, crm.Companies, crm.Deals}).Draw(w.t, "type")
	fields := textFields(typ)
	if typ == crm.Contacts {
		fields = fields[:4] // there are not enough options for all
	}
	field := rapid.SampledFrom(fields).Draw(w.t, "field")
	var ops []crm.Op
	var acts []*act
	for _, r := range w.several(typ) {
		a := &act{rec: known{typ, r.ID}, field: field, mark: w.mark("m"), base: r.View()[field]}
		acts = append(acts, a)
		ops = append(ops, crm.Op{Kind: crm.OpUpdate, Type: typ, Record: r.ID, Fields: []crm.Field{{Name: field, Value: a.mark}}})
	}
	if len(ops) == 0 {
		return
	}
	out, ok := w.enqueue(ops...)
	if !ok {
		return
	}
	w.say("in one act, of %d", len(ops))
	for i, a := range acts {
		w.did(out[i], a)
	}
}

// createMany is an import.
func (w *world) createMany() {
	w.t.Helper()
	n := 3
	if rapid.IntRange(0, 15).Draw(w.t, "many") == 15 {
		n = 53
	}
	var ops []crm.Op
	var acts []*act
	for len(ops) < n {
		op, a := w.newRecord()
		ops, acts = append(ops, op), append(acts, a)
	}
	out, ok := w.enqueue(ops...)
	require.True(w.t, ok)
	w.say("in one act, of %d", n)
	for i, a := range acts {
		w.made(out[i], a)
	}
}

func (w *world) associateMany() {
	w.t.Helper()
	to := rapid.SampledFrom(w.records).Draw(w.t, "to")
	if r, ok := w.record(to); to.typ == crm.Contacts || !ok || r.Archived || r.Badge == crm.BadgeGone {
		return
	}
	var ops []crm.Op
	var links []*link
	for _, r := range w.several(crm.Contacts) {
		links = append(links, &link{from: known{crm.Contacts, r.ID}, to: to, kind: crm.OpAssociate})
		ops = append(ops, crm.Op{Kind: crm.OpAssociate, Type: crm.Contacts, Record: r.ID, To: to.typ, ToRecord: to.id})
	}
	if len(ops) == 0 {
		return
	}
	if out, ok := w.enqueue(ops...); ok {
		w.linked(out, links)
	}
}
