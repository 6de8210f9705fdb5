package simtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

func (w *world) colleague() {
	w.t.Helper()
	k, r, ok := w.some()
	if !ok || r.RemoteID == "" {
		return
	}
	field := rapid.SampledFrom(textFields(k.typ)).Draw(w.t, "their field")
	source := rapid.SampledFrom([]string{"", "INTEGRATION"}).Draw(w.t, "their source")
	m := w.value(field, "c")
	body, err := json.Marshal(map[string]any{"type": k.typ, "id": r.RemoteID, "properties": map[string]string{field: m}, "source": source})
	require.NoError(w.t, err)
	var ch sandbox.Change
	require.NoError(w.t, json.Unmarshal(body, &ch))
	if err := w.portal.Edit(ch); err != nil {
		return // archived there, and nobody here knows yet
	}
	w.theirs[m] = true
	w.say("a colleague edits %s of %s: %q", field, w.called(k), m)
}

func (w *world) merge() {
	w.t.Helper()
	a, ra, ok := w.some()
	b, rb, ok2 := w.some()
	if !ok || !ok2 || a.typ != b.typ || ra.RemoteID == "" || rb.RemoteID == "" || ra.RemoteID == rb.RemoteID {
		return
	}
	if id := w.mergeIDs(a.typ, ra.RemoteID, rb.RemoteID); id != "" {
		w.say("a colleague merges %s and %s into %s", w.called(a), w.called(b), id)
	}
}

// mergeIDs merges two records of the portal, and returns the id of the one that
// they become, "" where HubSpot refuses.
func (w *world) mergeIDs(t crm.ObjectType, a, b crm.RemoteID) crm.RemoteID {
	id, err := w.portal.Merge(string(t), string(a), string(b))
	if err != nil {
		return ""
	}
	for _, old := range []crm.RemoteID{a, b} {
		// What an id was merged into before is what is merged now.
		for next, ok := w.merged[old]; ok; next, ok = w.merged[old] {
			old = next
		}
		if old != crm.RemoteID(id) {
			w.merged[old] = crm.RemoteID(id)
		}
	}
	return crm.RemoteID(id)
}

func (w *world) theyArchive() {
	w.t.Helper()
	k, r, ok := w.some()
	if !ok || r.RemoteID == "" || w.portal.Archive(string(k.typ), string(r.RemoteID)) != nil {
		return
	}
	w.buried = append(w.buried, k)
	w.say("a colleague archives %s", w.called(k))
}

// theyRestore takes a record out of HubSpot's recycle bin.
func (w *world) theyRestore() {
	w.t.Helper()
	if len(w.buried) == 0 {
		return
	}
	k := rapid.SampledFrom(w.buried).Draw(w.t, "buried")
	r, ok := w.record(k)
	if !ok || r.RemoteID == "" || w.portal.Restore(string(k.typ), string(r.RemoteID)) != nil {
		return
	}
	for b := range w.archived {
		if w.one(b, k) {
			delete(w.archived, b)
		}
	}
	w.restored = true
	w.say("a colleague restores %s", w.called(k))
}

// The account's own properties of contacts.
const (
	note  = "sim_note"
	level = "sim_level"
)

// allOptions is how many options level has at first.
const allOptions = 40

// schema is what an administrator has made of them.
type schema struct {
	options []string // of level, those that are left
	used    int      // how many values of level were given
	hidden  bool     // note is archived
}

// define makes the account's own properties.
func (w *world) define() {
	w.t.Helper()
	for i := range allOptions {
		w.schema.options = append(w.schema.options, fmt.Sprintf("o%03d", i))
	}
	for _, n := range []sandbox.NewProperty{{Name: note}, {Name: level, Options: w.schema.options}} {
		n.Label, n.Group = n.Name, "contactinformation"
		require.NoError(w.t, w.portal.DefineProperty("contacts", n))
	}
}

// value is a new value of a field, which nobody else gives: of level an option
// that may be gone by now, since whoever chooses it may not know.
func (w *world) value(field, who string) string {
	if field != level {
		return w.mark(who)
	}
	w.schema.used++
	return fmt.Sprintf("o%03d", w.schema.used-1)
}

// reshape changes the properties while edits of them may wait; half the time the
// rep makes one first.
func (w *world) reshape() {
	w.t.Helper()
	if rapid.Bool().Draw(w.t, "with an edit") {
		w.editFields(w.records[0], rapid.SampledFrom([]string{level, note}).Draw(w.t, "own"), "jobtitle")
	}
	what := rapid.SampledFrom([]string{"option", "option", "hide", "show", "lock note", "lock level", "unlock"}).Draw(w.t, "schema")
	var err error
	switch what {
	case "option":
		err = w.removeOption()
	case "hide":
		err = w.portal.ArchiveProperty("contacts", note)
	case "show":
		err = w.portal.DefineProperty("contacts", sandbox.NewProperty{Name: note, Label: note, Group: "contactinformation"})
	case "lock note":
		err = w.portal.SetReadOnly("contacts", note, true)
	case "lock level":
		err = w.portal.SetReadOnly("contacts", level, true)
	case "unlock":
		err = errors.Join(w.portal.SetReadOnly("contacts", level, false), w.portal.SetReadOnly("contacts", note, false))
	}
	if err != nil {
		return // it is so already
	}
	if what == "hide" || what == "show" {
		w.schema.hidden = what == "hide"
	}
	w.say("an administrator changes the schema: %s", what)
}

// removeOption takes one of the options away, rather one that an edit has.
func (w *world) removeOption() error {
	w.t.Helper()
	if len(w.schema.options) == 1 {
		return errors.New("it is the last one")
	}
	gone := rapid.SampledFrom(w.schema.options).Draw(w.t, "option")
	for _, a := range slices.Backward(w.acts) {
		if a.field == level && slices.Contains(w.schema.options, a.mark) {
			gone = a.mark
			break
		}
	}
	w.schema.options = slices.DeleteFunc(w.schema.options, func(o string) bool { return o == gone })
	w.say("option %s goes", gone)
	return w.portal.SetOptions("contacts", level, w.schema.options)
}
