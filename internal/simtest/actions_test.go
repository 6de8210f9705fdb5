package simtest

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// act is one value that the rep gave a field.
type act struct {
	op     crm.OpID
	group  crm.OpID
	rec    known
	field  string
	mark   string
	base   string // what was on screen
	create bool
	given  bool     // the rep has given it up: undone, discarded, theirs chosen, or the record archived
	chosen []string // values of colleagues that the rep chose to overwrite
}

// newBytes is a source of bytes that a seed decides.
func newBytes(seed uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}

// actions are what may happen, as often as they stand here.
func (w *world) actions() (names []string, do map[string]func()) {
	do = map[string]func(){}
	add := func(name string, weight int, f func()) {
		do[name] = f
		for range weight {
			names = append(names, name)
		}
	}
	add("edit", 6, w.edit)
	add("create", 3, w.create)
	add("associate", 2, w.associate)
	add("archive", 1, w.archive)
	add("undo", 2, w.undo)
	add("colleague", 4, w.colleague)
	add("merge", 1, w.merge)
	add("they archive", 1, w.theyArchive)
	add("flush", 6, w.flush)
	add("look back", 1, w.lookBack)
	add("pull", 3, w.pullSome)
	add("decide", 2, w.decide)
	add("fault", 4, w.fault)
	add("wait", 3, w.wait)
	add("restart", 1, w.restart)
	add("clock", 1, w.jump)
	return names, do
}

// step does one thing that was drawn.
func (w *world) step() {
	w.t.Helper()
	names, do := w.actions()
	do[rapid.SampledFrom(names).Draw(w.t, "action")]()
}

// lookBack compares what was sent with the histories.
func (w *world) lookBack() {
	n, err := w.outbox.Check(w.ctx)
	w.say("look back: %d overwritten, %v", n, err)
}

// some draws a record that is on screen.
func (w *world) some() (known, crm.Record, bool) {
	w.t.Helper()
	list := w.records
	if rapid.Bool().Draw(w.t, "one of few") { // so that what happens meets
		list = list[:3]
	}
	k := rapid.SampledFrom(list).Draw(w.t, "record")
	r, ok := w.record(k)
	return k, r, ok && r.Badge != crm.BadgeGone
}

func (w *world) enqueue(ops ...crm.Op) ([]crm.Op, bool) {
	w.t.Helper()
	for i := range ops {
		ops[i].Made = w.millis()
	}
	out, err := w.store.Enqueue(w.ctx, ops, nil)
	if k := crm.KindOf(err); err != nil && (k == crm.Invalid || k == crm.NotFound || k == crm.Conflict) {
		return nil, false // told in a sentence: the record is archived, for one
	}
	require.NoError(w.t, err)
	return out, true
}

func (w *world) edit() {
	w.t.Helper()
	k, r, ok := w.some()
	if !ok {
		return
	}
	fields := rapid.SliceOfNDistinct(rapid.SampledFrom(textFields(k.typ)), 1, 2, rapid.ID).Draw(w.t, "fields")
	op := crm.Op{Kind: crm.OpUpdate, Type: k.typ, Record: k.id}
	var acts []*act
	for _, f := range fields {
		a := &act{rec: k, field: f, mark: w.mark("m"), base: r.View()[f]}
		acts = append(acts, a)
		op.Fields = append(op.Fields, crm.Field{Name: f, Value: a.mark})
	}
	out, ok := w.enqueue(op)
	if !ok || out[0].State == "" {
		return
	}
	for _, a := range acts {
		a.op, a.group = out[0].ID, out[0].Group
		w.acts = append(w.acts, a)
		w.say("the rep edits %s of %s %s: %q -> %q", a.field, k.typ, w.called(k), a.base, a.mark)
	}
}

func (w *world) create() {
	w.t.Helper()
	typ := rapid.SampledFrom([]crm.ObjectType{crm.Contacts, crm.Companies, crm.Deals}).Draw(w.t, "type")
	k := known{typ, crm.NewLocalID()}
	m := w.mark("m")
	field := textFields(typ)[0]
	op := crm.Op{Kind: crm.OpCreate, Type: typ, Record: k.id, Fields: []crm.Field{{Name: field, Value: m}}}
	switch typ {
	case crm.Companies:
	case crm.Contacts:
		if rapid.Bool().Draw(w.t, "with an address") {
			op.Fields = append(op.Fields, crm.Field{Name: "email", Value: m + "@sim.example"})
		}
	case crm.Deals:
		op.Fields = append(op.Fields, crm.Field{Name: "pipeline", Value: "default"}, crm.Field{Name: "dealstage", Value: "appointmentscheduled"})
	}
	out, ok := w.enqueue(op)
	require.True(w.t, ok)
	w.records = append(w.records, k)
	w.acts = append(w.acts, &act{op: out[0].ID, group: out[0].Group, rec: k, field: field, mark: m, create: true})
	w.say("the rep makes %s %s", typ, w.called(k))
}

func (w *world) associate() {
	w.t.Helper()
	from, _, ok := w.some()
	to, _, ok2 := w.some()
	if !ok || !ok2 || from.typ == to.typ {
		return
	}
	kind := crm.OpAssociate
	if rapid.IntRange(0, 3).Draw(w.t, "part") == 0 {
		kind = crm.OpDetach
	}
	if _, ok := w.enqueue(crm.Op{Kind: kind, Type: from.typ, Record: from.id, To: to.typ, ToRecord: to.id}); ok {
		w.say("the rep: %s %s %s", kind, w.called(from), w.called(to))
	}
}

func (w *world) archive() {
	w.t.Helper()
	k, _, ok := w.some()
	if !ok {
		return
	}
	out, ok := w.enqueue(crm.Op{Kind: crm.OpArchive, Type: k.typ, Record: k.id})
	if !ok {
		return
	}
	w.archived[k] = out[0].ID
	w.say("the rep archives %s", w.called(k))
	r, _ := w.record(k)
	w.giveUp(func(a *act) bool { return w.is(a.rec, r.ID) })
}

// is says whether a record is the one with this id, or was merged into it.
func (w *world) is(k known, id crm.LocalID) bool {
	r, ok := w.record(k)
	return k.id == id || ok && r.ID == id
}

// one says whether two records are the same by now.
func (w *world) one(a, b known) bool {
	r, ok := w.record(a)
	return a == b || ok && w.is(b, r.ID)
}

// giveUp notes that the rep does not want some of the edits any more.
func (w *world) giveUp(which func(*act) bool) {
	for _, a := range w.acts {
		if which(a) {
			a.given = true
		}
	}
}

func (w *world) undo() {
	w.t.Helper()
	if len(w.acts) == 0 {
		return
	}
	a := rapid.SampledFrom(w.acts).Draw(w.t, "act")
	_, err := w.store.Undo(w.ctx, a.group, w.millis())
	if k := crm.KindOf(err); err != nil {
		require.Contains(w.t, []crm.Kind{crm.Invalid, crm.NotFound, crm.Conflict}, k, "%v", err)
		return
	}
	w.say("the rep undoes %s", a.mark)
	for _, b := range w.acts {
		if b.group == a.group {
			w.again[b.base] = true
		}
	}
	w.giveUp(func(b *act) bool { return b.group == a.group || a.create && w.is(b.rec, a.rec.id) })
}

func (w *world) colleague() {
	w.t.Helper()
	k, r, ok := w.some()
	if !ok || r.RemoteID == "" {
		return
	}
	field := rapid.SampledFrom(textFields(k.typ)).Draw(w.t, "their field")
	source := rapid.SampledFrom([]string{"", "INTEGRATION"}).Draw(w.t, "their source")
	m := w.mark("c")
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
	id, err := w.portal.Merge(string(a.typ), string(ra.RemoteID), string(rb.RemoteID))
	if err != nil {
		return
	}
	w.say("a colleague merges %s and %s into %s", w.called(a), w.called(b), id)
}

func (w *world) theyArchive() {
	w.t.Helper()
	k, r, ok := w.some()
	if !ok || r.RemoteID == "" || w.portal.Archive(string(k.typ), string(r.RemoteID)) != nil {
		return
	}
	w.say("a colleague archives %s", w.called(k))
}

// flush sends what is due. On the way colleagues and the rep may act, and the
// process may die.
func (w *world) flush() {
	w.t.Helper()
	w.armed = rapid.IntRange(0, 3).Draw(w.t, "may die") == 0
	busy := rapid.IntRange(0, 2).Draw(w.t, "busy") == 0
	between := func(r *http.Request) {
		if w.mayDie(r.Method + " " + r.URL.Path) {
			return
		}
		if busy && rapid.IntRange(0, 3).Draw(w.t, "meanwhile") == 0 {
			rapid.SampledFrom([]func(){w.edit, w.colleague, w.colleague, w.undo, w.merge, w.theyArchive}).Draw(w.t, "what")()
		}
	}
	w.wire.before, w.wire.after = between, between
	w.inFlush = true
	res, err := w.outbox.Flush(w.ctx)
	w.inFlush = false
	w.wire.before, w.wire.after = nil, nil
	w.say("flush: %+v %v", res, err)
	w.revive()
}

// mayDie draws whether the process dies here.
func (w *world) mayDie(where string) bool {
	if w.wire.dead.Load() {
		return true
	}
	if !w.inFlush || !w.armed || rapid.IntRange(0, 5).Draw(w.t, "dies") != 0 {
		return false
	}
	w.say("the process dies: %s", where)
	w.wire.dead.Store(true)
	return true
}

// revive starts a new process if the old one has died.
func (w *world) revive() {
	w.t.Helper()
	if w.wire.dead.Load() {
		w.stop()
		w.start()
	}
}

func (w *world) restart() {
	w.t.Helper()
	w.say("restart")
	w.stop()
	w.start()
}

func (w *world) pullSome() {
	w.t.Helper()
	full := rapid.IntRange(0, 3).Draw(w.t, "full") == 0
	var err error
	if full {
		err = w.pull.Full(w.ctx)
	} else {
		err = w.pull.Delta(w.ctx)
	}
	w.say("pull, full=%v: %v", full, err)
	w.noneBack()
}

// decide answers something that waits for the rep.
func (w *world) decide() {
	w.t.Helper()
	ops, err := w.store.Unfinished(w.ctx)
	require.NoError(w.t, err)
	ops = slices.DeleteFunc(ops, func(o crm.Op) bool { return o.State != crm.Parked && o.State != crm.InDispute })
	if len(ops) == 0 {
		return
	}
	op := ops[rapid.IntRange(0, len(ops)-1).Draw(w.t, "which")]
	what := rapid.SampledFrom([]string{"mine", "theirs", "retry", "discard"}).Draw(w.t, "decision")
	w.say("the rep decides %s about %s of %s: %s", what, op.Kind, w.called(known{op.Type, op.Record}), op.Reason)
	switch {
	case op.State == crm.InDispute && (what == "mine" || what == "theirs"):
		choices := map[string]string{}
		for _, d := range op.Disputes {
			choices[d.Field] = what
			w.chose(op, d, what)
		}
		err = w.store.Resolve(w.ctx, op.ID, choices, w.millis())
	case what == "discard":
		if err = w.store.Discard(w.ctx, op.ID, w.millis()); err == nil {
			w.giveUp(func(a *act) bool {
				same := slices.ContainsFunc(op.Fields, func(f crm.Field) bool { return f.Name == a.field && f.Value == a.mark })
				return same || op.Kind == crm.OpCreate && w.is(a.rec, op.Record)
			})
		}
	case op.State == crm.Parked && op.Kind == crm.OpCreate && op.Unsure:
		// The rep has to look in HubSpot first, which a machine cannot play.
	case op.State == crm.Parked:
		err = w.store.Retry(w.ctx, op.ID, w.millis())
	}
	if err != nil {
		require.Contains(w.t, []crm.Kind{crm.Invalid, crm.NotFound, crm.Conflict}, crm.KindOf(err), "%v", err)
	}
}

// chose notes the rep's answer to one field of a conflict: theirs gives the
// edit up, mine allows their value to be overwritten.
func (w *world) chose(op crm.Op, d crm.Dispute, what string) {
	for _, a := range w.acts {
		if a.field == d.Field && a.mark == d.Mine {
			a.given = a.given || what == "theirs"
			a.chosen = append(a.chosen, d.Theirs)
		}
	}
}

func (w *world) fault() {
	w.t.Helper()
	f := sandbox.Fault{Count: rapid.IntRange(1, 3).Draw(w.t, "count")}
	f.Kind = rapid.SampledFrom([]string{
		"drop_before_apply", "drop_after_apply", "drop_after_apply", "status", "truncate", "html", "latency", "unreachable", "clear",
	}).Draw(w.t, "fault")
	f.Match.Path = rapid.SampledFrom([]string{"", "/crm/**/batch/*", "/crm/**/batch/update", "/crm/**/batch/create", "/crm/**/batch/upsert", "/crm/**/batch/read"}).Draw(w.t, "path")
	switch f.Kind {
	case "clear":
		w.portal.ClearFaults()
		w.say("the network is well")
		return
	case "status":
		f.Status = rapid.SampledFrom([]int{429, 423, 500, 502, 503, 524}).Draw(w.t, "status")
		f.Apply = f.Status >= 500 && rapid.Bool().Draw(w.t, "applied")
	case "latency":
		f.LatencyMS = rapid.IntRange(100, 40_000).Draw(w.t, "ms")
	}
	_, err := w.portal.Fault(f)
	require.NoError(w.t, err)
	w.say("fault: %s %d %s applied=%v x%d", f.Kind, f.Status, f.Match.Path, f.Apply, f.Count)
}

func (w *world) wait() {
	time.Sleep(time.Duration(rapid.SampledFrom([]int{1, 5, 30, 300, 4000, 90_000}).Draw(w.t, "seconds")) * time.Second)
}

// jump moves the clock of the rep's computer.
func (w *world) jump() {
	w.skew += time.Duration(rapid.SampledFrom([]int{-7200, -60, 60, 7200, 86_400}).Draw(w.t, "jump")) * time.Second
	w.say("the computer's clock is off by %s", w.skew)
}
