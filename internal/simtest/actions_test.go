package simtest

import (
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
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

// link is an association that the rep made or ended.
type link struct {
	op       crm.OpID
	group    crm.OpID
	from, to known
	kind     crm.OpKind
	given    bool // the rep has taken it back
}

// newBytes is a source of bytes that a seed decides.
func newBytes(seed uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}

// actions are what may happen, with how often each stands in the list. They take
// turns in it, since what stands first is drawn more often.
func (w *world) actions() (names []string, do map[string]func()) {
	do = map[string]func(){}
	list := []struct {
		name   string
		weight int
		do     func()
	}{
		{"edit", 5, w.edit},
		{"flush", 6, w.flush},
		{"colleague", 4, w.colleague},
		{"create", 3, w.create},
		{"fault", 4, w.fault},
		{"pull", 3, w.pullSome},
		{"bulk", 1, w.bulk},
		{"jot", 2, w.jot},
		{"undo", 2, w.undo},
		{"wait", 3, w.wait},
		{"decide", 2, w.decide},
		{"schema", 1, w.reshape},
		{"associate", 2, w.associate},
		{"expire", 1, w.expire},
		{"merge", 1, w.merge},
		{"tighten", 1, w.tighten},
		{"archive", 1, w.archive},
		{"they archive", 1, w.theyArchive},
		{"they restore", 1, w.theyRestore},
		{"look back", 1, w.lookBack},
		{"restart", 1, w.restart},
		{"clock", 1, w.jump},
		{"sign in", 1, w.back},
	}
	for turn := range list[1].weight {
		for _, a := range list {
			do[a.name] = a.do
			if turn < a.weight {
				names = append(names, a.name)
			}
		}
	}
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
	w.signedOut(err)
	w.revive()
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
	if k, _, ok := w.some(); ok {
		w.editOf(k)
	}
}

func (w *world) editOf(k known) {
	w.t.Helper()
	w.editFields(k, rapid.SliceOfNDistinct(rapid.SampledFrom(textFields(k.typ)), 1, 2, rapid.ID).Draw(w.t, "fields")...)
}

// editFields gives fields of a record new values, in one operation.
func (w *world) editFields(k known, fields ...string) {
	w.t.Helper()
	r, ok := w.record(k)
	if !ok {
		return
	}
	op := crm.Op{Kind: crm.OpUpdate, Type: k.typ, Record: k.id}
	var acts []*act
	for _, f := range fields {
		a := &act{rec: k, field: f, mark: w.value(f, "m"), base: r.View()[f]}
		acts = append(acts, a)
		op.Fields = append(op.Fields, crm.Field{Name: f, Value: a.mark})
	}
	if out, ok := w.enqueue(op); ok {
		w.did(out[0], acts...)
	}
}

// did notes what the rep has done.
func (w *world) did(op crm.Op, acts ...*act) {
	if op.State == "" {
		return
	}
	for _, a := range acts {
		a.op, a.group = op.ID, op.Group
		w.acts = append(w.acts, a)
		w.say("the rep edits %s of %s %s: %q -> %q", a.field, a.rec.typ, w.called(a.rec), a.base, a.mark)
	}
}

// newRecord is a create that is not in the outbox yet.
func (w *world) newRecord() (crm.Op, *act) {
	w.t.Helper()
	typ := rapid.SampledFrom([]crm.ObjectType{crm.Contacts, crm.Companies, crm.Deals}).Draw(w.t, "type")
	k := known{typ, crm.NewLocalID()}
	m := w.mark("m")
	field := textFields(typ)[0]
	op := crm.Op{Kind: crm.OpCreate, Type: typ, Record: k.id, Fields: []crm.Field{{Name: field, Value: m}}}
	if typ == crm.Contacts && rapid.Bool().Draw(w.t, "with an address") {
		op.Fields = append(op.Fields, crm.Field{Name: "email", Value: m + "@sim.example"})
	}
	if typ == crm.Deals {
		op.Fields = append(op.Fields, crm.Field{Name: "pipeline", Value: "default"}, crm.Field{Name: "dealstage", Value: "appointmentscheduled"})
	}
	return op, &act{rec: k, field: field, mark: m, create: true}
}

// create makes a record and, in the same act, associations with some that are
// there, which may be new as well; sometimes it is edited at once.
func (w *world) create() {
	w.t.Helper()
	op, a := w.newRecord()
	ops := []crm.Op{op}
	var links []*link
	for range rapid.IntRange(0, 2).Draw(w.t, "links") {
		list := w.records
		if rapid.Bool().Draw(w.t, "latest") {
			list = list[len(list)-3:]
		}
		to := rapid.SampledFrom(list).Draw(w.t, "to")
		if r, ok := w.record(to); to.typ == op.Type || !ok || r.Archived || r.Badge == crm.BadgeGone {
			continue
		}
		links = append(links, &link{from: a.rec, to: to, kind: crm.OpAssociate})
		ops = append(ops, crm.Op{Kind: crm.OpAssociate, Type: op.Type, Record: op.Record, To: to.typ, ToRecord: to.id})
	}
	out, ok := w.enqueue(ops...)
	require.True(w.t, ok)
	w.made(out[0], a)
	w.linked(out[1:], links)
	if rapid.IntRange(0, 3).Draw(w.t, "and edits it") == 0 {
		w.editOf(a.rec)
	}
}

// made notes a new record.
func (w *world) made(op crm.Op, a *act) {
	a.op, a.group = op.ID, op.Group
	w.records = append(w.records, a.rec)
	w.acts = append(w.acts, a)
	w.say("the rep makes %s %s: %q", a.rec.typ, w.called(a.rec), a.mark)
}

// linked notes associations.
func (w *world) linked(ops []crm.Op, links []*link) {
	for i, l := range links {
		l.op, l.group = ops[i].ID, ops[i].Group
		w.links = append(w.links, l)
		w.say("the rep: %s %s %s", l.kind, w.called(l.from), w.called(l.to))
	}
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
	if out, ok := w.enqueue(crm.Op{Kind: kind, Type: from.typ, Record: from.id, To: to.typ, ToRecord: to.id}); ok {
		w.linked(out, []*link{{from: from, to: to, kind: kind}})
	}
}

func (w *world) archive() {
	w.t.Helper()
	if k, _, ok := w.some(); ok {
		w.archiveThe(k)
	}
}

func (w *world) archiveThe(k known) {
	w.t.Helper()
	out, ok := w.enqueue(crm.Op{Kind: crm.OpArchive, Type: k.typ, Record: k.id})
	if !ok {
		return
	}
	w.archived[k], w.removed[k] = out[0].ID, true
	w.buried = append(w.buried, k)
	w.say("the rep archives %s", w.called(k))
	r, _ := w.record(k)
	w.giveUp(func(a *act) bool { return w.is(a.rec, r.ID) })
}

// is says whether a record is the one with this id, or was merged into it.
func (w *world) is(k known, id crm.LocalID) bool { return k.id == id || w.root(k) == id }

// one says whether two records are the same by now.
func (w *world) one(a, b known) bool { return a == b || w.is(b, w.root(a)) }

// root is the id of the record that one has become.
func (w *world) root(k known) crm.LocalID {
	if id, ok := w.roots[k]; ok {
		return id
	}
	id := k.id
	if r, ok := w.record(k); ok {
		id = r.ID
	}
	if w.roots != nil {
		w.roots[k] = id
	}
	return id
}

// giveUp notes that the rep does not want some of the edits any more.
func (w *world) giveUp(which func(*act) bool) {
	for _, a := range w.acts {
		if which(a) {
			a.given = true
		}
	}
}

// forget notes associations of which nobody can say any more what they should be.
func (w *world) forget(which func(*link) bool) {
	for _, l := range w.links {
		l.given = l.given || which(l)
	}
}

// undo takes back one act of the rep, with all that belongs to it.
func (w *world) undo() {
	w.t.Helper()
	var groups []crm.OpID
	for _, a := range w.acts {
		groups = append(groups, a.group)
	}
	for _, l := range w.links {
		groups = append(groups, l.group)
	}
	for _, j := range w.jots {
		groups = append(groups, j.group)
	}
	groups = slices.Compact(groups)
	if len(groups) == 0 {
		return
	}
	group := rapid.SampledFrom(groups).Draw(w.t, "act")
	_, err := w.store.Undo(w.ctx, group, w.millis())
	if k := crm.KindOf(err); err != nil {
		require.Contains(w.t, []crm.Kind{crm.Invalid, crm.NotFound, crm.Conflict}, k, "%v", err)
		return
	}
	for _, a := range w.acts {
		if a.group != group {
			continue
		}
		w.say("the rep undoes %s", a.mark)
		w.again[a.base], a.given = true, true
		if a.create {
			w.giveUp(func(b *act) bool { return w.is(b.rec, a.rec.id) })
		}
	}
	w.forget(func(l *link) bool { return l.group == group })
	for _, j := range w.jots {
		j.given = j.given || j.group == group
	}
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
			rapid.SampledFrom([]func(){w.edit, w.colleague, w.colleague, w.undo, w.merge, w.theyArchive, w.reshape, w.expire}).Draw(w.t, "what")()
		}
	}
	w.wire.before, w.wire.after = between, between
	w.inFlush = true
	res, err := w.outbox.Flush(w.ctx)
	w.inFlush = false
	w.wire.before, w.wire.after = nil, nil
	w.signedOut(err)
	w.say("flush: %+v %v", res, err)
	w.revive()
}

// mayDie says whether the process dies here: its fuse is burnt down, or that is
// what was drawn.
func (w *world) mayDie(where string) bool {
	if w.wire.dead.Load() {
		return true
	}
	if w.fuse.Load() > 0 && w.fuse.Add(-1) == 0 {
		w.say("the process dies: %s", where)
		w.wire.dead.Store(true)
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
	what := rapid.SampledFrom([]string{"delta", "delta", "delta", "delta", "delta", "full", "full", "schema"}).Draw(w.t, "pull")
	var err error
	switch what {
	case "full":
		err = w.pull.Full(w.ctx)
	case "schema":
		err = w.pull.Schema(w.ctx)
	default:
		err = w.pull.Delta(w.ctx)
	}
	w.signedOut(err)
	w.say("pull of %s: %v", what, err)
	w.revive()
	w.noneBack()
}

// mostWait leaves the portal's journal, which goes back three days, with
// everything that happened.
const mostWait = 60 * time.Hour

func (w *world) wait() {
	d := time.Duration(rapid.SampledFrom([]int{1, 5, 30, 300, 4000, 90_000}).Draw(w.t, "seconds")) * time.Second
	if w.waited+d > mostWait {
		d = time.Second
	}
	w.waited += d
	time.Sleep(d)
}

// jump moves the clock of the rep's computer.
func (w *world) jump() {
	w.skew.Add(int64(rapid.SampledFrom([]int{-7200, -60, 60, 7200, 86_400}).Draw(w.t, "jump")))
	w.say("the computer's clock is off by %d s", w.skew.Load())
}

// back signs in again, if HubSpot has ended the sign-in.
func (w *world) back() {
	if w.out {
		w.out = false
		w.signIn()
	}
}
