package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

// act is one value that the rep gave a field. It is on the rep's list once the
// command answered, or, when the command was killed, once the outbox shows it.
type act struct {
	rec    ref
	field  string
	mark   string
	base   string // what was on screen
	create bool
	given  bool // the rep chose a colleague's value instead
}

// ref is a record, by its local id.
type ref struct{ typ, id string }

// link is an association that the rep made.
type link struct{ from, to ref }

// rep is somebody who works with the program, and remembers what was done.
type rep struct {
	*program
	records  []ref          // that may be edited
	remote   map[ref]string // HubSpot's ids; of new records not before the check
	acts     []act
	links    []link
	archived map[ref]bool
	journal  follower
	dropped  []string       // marks of commands that were killed before they did anything
	hits     map[string]int // how many commands were killed, by their name

	mu     sync.Mutex // guards the fields below
	marks  int
	theirs map[string]bool // values of colleagues
}

// newRep connects the program and pulls the portal for the first time. The rep
// works on up to n records of each type, and on the new ones.
func newRep(p *program, n int) *rep {
	p.t.Helper()
	p.run("connect", "--sandbox")
	p.run("sync", "--once")
	r := &rep{program: p, remote: map[ref]string{}, archived: map[ref]bool{}, theirs: map[string]bool{}, hits: map[string]int{}}
	r.subscribe()
	for _, typ := range types() {
		rows := p.rows(typ)
		for _, row := range rows[:min(n, len(rows))] {
			k := ref{typ, row.ID}
			r.records = append(r.records, k)
			r.remote[k] = row.RemoteID
		}
	}
	return r
}

func types() []string { return []string{"contacts", "companies", "deals"} }

// fields are those that are edited; the mark of a create is in another one,
// which is never edited.
func fields(typ string) []string {
	return map[string][]string{
		"contacts": {"firstname", "jobtitle", "city"}, "companies": {"city", "zip", "state"}, "deals": {"description", "hs_next_step"},
	}[typ]
}

func markField(typ string) string {
	return map[string]string{"contacts": "lastname", "companies": "name", "deals": "dealname"}[typ]
}

func (r *rep) mark(who string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.marks++
	return fmt.Sprintf("%s%04d", who, r.marks)
}

// manner is a way to run a command. It says whether the command answered; one
// that did not was killed.
type manner func(args ...string) (answered bool)

// whole lets a command come to its end.
func (r *rep) whole(args ...string) bool {
	r.t.Helper()
	r.run(args...)
	return true
}

// within kills a command after a time, if it is still there.
func (r *rep) within(d time.Duration) manner {
	return func(args ...string) bool {
		r.t.Helper()
		out, code := r.killAfter(d, args...)
		require.Contains(r.t, []int{exitDone, killed}, code, "satchel %s: %s", strings.Join(args, " "), out)
		if code == killed {
			r.hits[args[0]]++
		}
		return code == exitDone
	}
}

// create makes a new record. A contact has an e-mail address or not.
func (r *rep) create(how manner, typ string, address bool) {
	r.t.Helper()
	a := act{rec: ref{typ: typ}, field: markField(typ), mark: r.mark("new"), create: true}
	args := []string{"create", typ, a.field + "=" + a.mark}
	switch {
	case typ == "deals":
		args = append(args, "pipeline=default", "dealstage=appointmentscheduled")
	case typ == "contacts" && address:
		args = append(args, "email="+a.mark+"@satchel.example")
	}
	done := how(args...)
	found := r.marked([]string{a.mark})
	if len(found) == 0 {
		require.False(r.t, done, "%s was answered and is not in the outbox", a.mark)
		r.dropped = append(r.dropped, a.mark)
		return
	}
	a.rec.id = found[0].RecordID
	r.acts = append(r.acts, a)
	r.records = append(r.records, a.rec)
}

// set changes n fields of a record in one command.
func (r *rep) set(how manner, k ref, n int) {
	r.t.Helper()
	shown := lines[row](r.program, "show", k.typ, k.id)[0]
	names := slices.Clone(fields(k.typ))
	r.rnd.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	args := []string{"set", k.typ, k.id}
	var made []act
	var marks []string
	for _, f := range names[:min(n, len(names))] {
		a := act{rec: k, field: f, mark: r.mark("rep"), base: shown.Properties[f]}
		args, made, marks = append(args, f+"="+a.mark), append(made, a), append(marks, a.mark)
	}
	done := how(args...)
	switch r.marked(marks) {
	case nil:
		require.False(r.t, done, "%v were answered and are not in the outbox", marks)
		r.dropped = append(r.dropped, marks...)
	default:
		r.acts = append(r.acts, made...)
	}
}

// marked finds the operations with some values, which are there all or not at
// all.
func (r *rep) marked(marks []string) []wire.Op {
	r.t.Helper()
	var found []wire.Op
	open, _ := r.outbox()
	for _, op := range open {
		for _, f := range op.Fields {
			if slices.Contains(marks, f.To) {
				found = append(found, op)
			}
		}
	}
	require.Contains(r.t, []int{0, len(marks)}, len(found), "a command is there by half: %v", marks)
	return found
}

// archive moves a record to the recycle bin; it is edited no more.
func (r *rep) archive(how manner, k ref) {
	r.t.Helper()
	done := how("archive", k.typ, k.id)
	open, _ := r.outbox()
	there := slices.ContainsFunc(open, func(op wire.Op) bool { return op.Kind == "archive" && op.RecordID == k.id })
	require.True(r.t, there || !done, "an archive was answered and is not in the outbox")
	if there {
		r.archived[k] = true
		r.records = slices.DeleteFunc(r.records, func(o ref) bool { return o == k })
	}
}

// associate links two records.
func (r *rep) associate(how manner, a, b ref) {
	r.t.Helper()
	if slices.Contains(r.links, link{a, b}) {
		return
	}
	before, _ := r.outbox()
	done := how("associate", a.typ, a.id, b.typ, b.id, "--json")
	open, _ := r.outbox()
	if done || len(open) > len(before) {
		r.links = append(r.links, link{a, b})
	}
}

// colleague gives a field of a record a value in HubSpot, which may happen in
// the middle of a call of the program's. The value is empty when the record is
// archived by then.
func (r *rep) colleague(typ, remote, field string) (mark string) {
	mark = r.mark("col")
	var ch sandbox.Change
	text := fmt.Sprintf(`{"type":%q,"id":%q,"properties":{%q:%q}}`, typ, remote, field, mark)
	if json.Unmarshal([]byte(text), &ch) != nil || r.portal.Edit(ch) != nil {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.theirs[mark] = true
	return mark
}
