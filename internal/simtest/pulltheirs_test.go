package simtest

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// What colleagues and administrators do to any record of any type, also to those
// that the node has not pulled.

// anyType is one of those that are pulled.
func (w *copying) anyType(which func(crm.Spec) bool) crm.Spec {
	w.t.Helper()
	return rapid.SampledFrom(slices.DeleteFunc(crm.AllSpecs(), func(s crm.Spec) bool { return !which(s) })).Draw(w.t, "their type")
}

// anyOf is one of the portal's live records of a type, none that the rep has
// logged; false where there is none.
func (w *copying) anyOf(s crm.Spec) (crm.RemoteID, bool) {
	w.t.Helper()
	all, err := w.portal.Contents(string(s.Type))
	require.NoError(w.t, err)
	live := slices.DeleteFunc(all, func(c sandbox.Content) bool {
		return c.Archived || s.Activity && slices.ContainsFunc(w.jots, func(j *jot) bool { return j.mark == c.Values[s.Body] })
	})
	if len(live) == 0 {
		return "", false
	}
	return crm.RemoteID(rapid.SampledFrom(live).Draw(w.t, "their record").ID), true
}

// words is a property of a type that takes any text and is not an activity's body.
func words(s crm.Spec) string {
	if fields := textFields(s.Type); len(fields) > 0 {
		return fields[0]
	}
	switch s.Type { //nolint:exhaustive // the others need no more
	case crm.LineItems, crm.Products:
		return "name"
	case crm.Calls:
		return "hs_call_title"
	case crm.Emails:
		return "hs_email_subject"
	case crm.Meetings:
		return "hs_meeting_title"
	case crm.Tasks:
		return "hs_task_subject"
	}
	return ""
}

func (w *copying) their(s crm.Spec, id crm.RemoteID, values map[string]string) sandbox.Change {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"type": s.Type, "id": id, "properties": values})
	require.NoError(w.t, err)
	var ch sandbox.Change
	require.NoError(w.t, json.Unmarshal(body, &ch))
	return ch
}

func (w *copying) theyEdit() {
	w.t.Helper()
	w.editOneOf(w.anyType(func(s crm.Spec) bool { return words(s) != "" }))
}

func (w *copying) editOneOf(s crm.Spec) {
	w.t.Helper()
	id, ok := w.anyOf(s)
	if !ok {
		return
	}
	m := w.mark("c")
	require.NoError(w.t, w.portal.Edit(w.their(s, id, map[string]string{words(s): m})))
	w.theirs[m] = true
	w.say("somebody edits %s %s: %s", s.Type, id, m)
}

// theyMake makes records with associations: a few, or many that share one stamp.
func (w *copying) theyMake() {
	w.t.Helper()
	s := w.anyType(func(crm.Spec) bool { return true })
	n := rapid.SampledFrom([]int{1, 1, 2, 3, 1, 30}).Draw(w.t, "how many")
	if n == 30 && rapid.IntRange(0, 5).Draw(w.t, "an import") == 5 {
		s, n = crm.AllSpecs()[0], 220 // more than a page of search
	}
	w.make(s, n, rapid.IntRange(0, 2).Draw(w.t, "their links"))
}

// make makes n records of a type, each with the same associations.
func (w *copying) make(s crm.Spec, n, links int) {
	w.t.Helper()
	var to []linkKey
	for range links {
		if len(s.Links) == 0 {
			break
		}
		other, _ := crm.SpecOf(string(rapid.SampledFrom(s.Links).Draw(w.t, "their links to")))
		if id, ok := w.anyOf(other); ok {
			to = append(to, linkKey{b: key{other.Type, id}})
		}
	}
	at := crm.FormatDateTime(w.portal.Now())
	for range n {
		m := w.mark("c")
		w.theirs[m] = true
		values := map[string]string{}
		if f := words(s); f != "" {
			values[f] = m
		}
		switch s.Type { //nolint:exhaustive // the others need no more
		case crm.Deals:
			values["pipeline"], values["dealstage"] = "default", "appointmentscheduled"
		case crm.Tickets:
			values["hs_pipeline"], values["hs_pipeline_stage"] = "0", "1"
		case crm.Emails:
			values["hs_email_direction"] = "EMAIL"
		case crm.Meetings:
			values["hs_meeting_start_time"], values["hs_meeting_end_time"] = at, at
		}
		if s.Activity {
			values[crm.TimestampProperty], values[s.Body] = at, m
		}
		id, err := w.portal.Create(w.their(s, "", values))
		require.NoError(w.t, err)
		for _, l := range to {
			l.a = key{s.Type, crm.RemoteID(id)}
			require.NoError(w.t, w.portal.Associate(l.link(w.t)))
			w.made = append(w.made, l.ordered())
		}
	}
	w.say("somebody makes %d %s with %v", n, s.Type, to)
}

// theyLink makes or ends an association, which moves no stamp.
func (w *copying) theyLink() {
	w.t.Helper()
	s := w.anyType(func(s crm.Spec) bool { return len(s.Links) > 0 })
	other, _ := crm.SpecOf(string(rapid.SampledFrom(s.Links).Draw(w.t, "their link to")))
	a, ok := w.anyOf(s)
	b, ok2 := w.anyOf(other)
	if !ok || !ok2 {
		return
	}
	l := linkKey{key{s.Type, a}, key{other.Type, b}}
	var ends []linkKey
	if rapid.Bool().Draw(w.t, "ends") {
		for k := range w.seen.links { // one that is there
			if k.a == l.a || k.b == l.a {
				ends = append(ends, k)
			}
		}
		slices.SortFunc(ends, compareLinks)
	}
	if len(ends) > 0 {
		l = rapid.SampledFrom(ends).Draw(w.t, "their link")
		if w.portal.Dissociate(l.link(w.t)) != nil {
			return
		}
		w.say("somebody ends the association of %v", l)
	} else {
		require.NoError(w.t, w.portal.Associate(l.link(w.t)))
		w.say("somebody associates %v", l)
	}
	w.parted[l.ordered()] = true
	w.forget(func(m *link) bool { return w.between(m, l) })
	for _, j := range w.jots {
		j.given = j.given || l.a.typ == j.rec.typ || l.b.typ == j.rec.typ
	}
}

// between says whether an association of the rep's is of these two.
func (w *copying) between(m *link, l linkKey) bool {
	a, _ := w.record(m.from)
	b, _ := w.record(m.to)
	return linkKey{key{m.from.typ, a.RemoteID}, key{m.to.typ, b.RemoteID}}.ordered() == l.ordered()
}

func (w *copying) theyArchiveAny() {
	w.t.Helper()
	s := w.anyType(func(crm.Spec) bool { return true })
	id, ok := w.anyOf(s)
	if !ok {
		return
	}
	require.NoError(w.t, w.portal.Archive(string(s.Type), string(id)))
	w.say("somebody archives %s %s", s.Type, id)
	w.bury(s.Type, id)
}

// bury notes what is in the recycle bin, as the rep knows it.
func (w *copying) bury(t crm.ObjectType, id crm.RemoteID) {
	w.t.Helper()
	held, err := w.store.Held(w.ctx, t, []crm.RemoteID{id})
	require.NoError(w.t, err)
	if h, ok := held[id]; ok {
		w.buried = append(w.buried, known{t, h.Local})
	}
}

func (w *copying) theyMerge() {
	w.t.Helper()
	s := w.anyType(func(s crm.Spec) bool { return len(textFields(s.Type)) > 0 })
	a, ok := w.anyOf(s)
	b, ok2 := w.anyOf(s)
	if !ok || !ok2 || a == b {
		return
	}
	if id := w.mergeIDs(s.Type, a, b); id != "" {
		w.say("somebody merges %s %s and %s into %s", s.Type, a, b, id)
	}
}

// theyTouch moves the stamps of a whole type and nothing else, as a change of a
// pipeline does.
func (w *copying) theyTouch() {
	w.t.Helper()
	s := w.anyType(func(crm.Spec) bool { return true })
	n, err := w.portal.Touch(string(s.Type))
	require.NoError(w.t, err)
	w.say("all %d %s are touched", n, s.Type)
}

// extra is the property that administrators play with in a type.
const extra = "sim_extra"

// theyDefine makes a property and gives records values of it.
func (w *copying) theyDefine() {
	w.t.Helper()
	s := w.anyType(func(s crm.Spec) bool { return !s.Activity })
	group := map[crm.ObjectType]string{crm.LineItems: "lineiteminformation", crm.Products: "productinformation"}[s.Type]
	if group == "" {
		group = s.One + "information"
	}
	n := sandbox.NewProperty{Name: extra, Label: fmt.Sprintf("Extra %d", w.marks), Group: group}
	if err := w.portal.DefineProperty(string(s.Type), n); err == nil {
		w.say("an administrator defines %s of %s", extra, s.Type)
	}
	for range rapid.SampledFrom([]int{2, 3, 1}).Draw(w.t, "with values") {
		if id, ok := w.anyOf(s); ok {
			_ = w.portal.Edit(w.their(s, id, map[string]string{extra: w.mark("c")})) // it may be archived, and is not asked for then
		}
	}
}

// theyRedefine changes a property that an administrator has made.
func (w *copying) theyRedefine() {
	w.t.Helper()
	s := w.anyType(func(s crm.Spec) bool { return !s.Activity })
	what := rapid.SampledFrom([]string{"archive", "sensitive", "highly_sensitive", "non_sensitive"}).Draw(w.t, "redefine")
	var err error
	if what == "archive" {
		err = w.portal.ArchiveProperty(string(s.Type), extra)
	} else {
		err = w.portal.MarkSensitive(string(s.Type), extra, what)
	}
	if err == nil {
		w.say("an administrator: %s of %s is %s", extra, s.Type, what)
	}
}

func (w *copying) theyStage() {
	w.t.Helper()
	t := rapid.SampledFrom([]crm.ObjectType{crm.Deals, crm.Tickets}).Draw(w.t, "pipeline of")
	st := rapid.SampledFrom(w.portal.Stages(string(t))).Draw(w.t, "stage")
	require.NoError(w.t, w.portal.RenameStage(string(t), st.ID, w.mark("Stage ")))
	w.say("an administrator renames stage %s of %s", st.ID, t)
}

// theyOwn deactivates an owner, or adds one.
func (w *copying) theyOwn() {
	w.t.Helper()
	if rapid.Bool().Draw(w.t, "leaves") {
		people := w.portal.People()
		who := rapid.SampledFrom(people[3:]).Draw(w.t, "who leaves") // the rep and the colleague stay
		if w.portal.ArchiveOwner(who.ID) == nil {
			w.say("owner %s leaves", who.ID)
		}
		return
	}
	id, err := w.portal.AddOwner(sandbox.NewOwner{Email: w.mark("c") + "@sim.example", FirstName: "New", LastName: "Owner"})
	require.NoError(w.t, err)
	w.say("owner %s joins", id)
}

// regret archives a record, often one that the rep has just edited: an index that is
// late shows it as it was in between.
func (w *copying) regret() {
	w.t.Helper()
	k, _, ok := w.some()
	if !ok {
		return
	}
	if rapid.IntRange(0, 3).Draw(w.t, "edited before") > 0 {
		w.editOf(k)
		w.sync.Wake()
		w.pass(3000)
		if _, ok := w.record(k); !ok {
			return
		}
	}
	w.archiveThe(k)
	w.sync.Wake()
	w.pass(1000)
	w.pass(31_000)
}
