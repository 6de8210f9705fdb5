package cli

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

// The program is killed at every point that has a name, on a portal that keeps
// our key and on one that refuses it. After each, the next flush makes everything
// good, or says what only the rep can tell. Each point is reached for certain:
// a call is held at the portal until the program is dead.
func TestKill_AtNamedPoints(t *testing.T) {
	unraced(t)
	t.Parallel()
	onBoth(t, func(t *testing.T, refuse bool) {
		t.Helper()
		p := newProgram(t, sandbox.Options{Contacts: 60, Limits: "off", RefuseUniqueProperties: refuse})
		w := &points{rep: newRep(p, 20), refuse: refuse, times: max(1, *killRounds/16)}
		archives := func() {}
		if !refuse { // only creates differ by the key
			archives = w.planArchives()
		}
		w.creates()
		w.lookups()
		if !refuse {
			w.updates()
			w.disputes()
			w.associations()
			w.batches()
			w.lookBack()
			w.refreshes()
			w.commits()
		}
		archives()
		t.Log(w.check())
		require.Positive(t, w.hits[string(answered)], "no program was killed with the whole answer in its hands")
	})
}

// points is a rep whose program dies at named points.
type points struct {
	*rep
	refuse bool
	times  int
}

// each runs one named point, as often as it is to be repeated.
func (w *points) each(name string, f func(*points)) {
	w.t.Helper()
	outer := w.program
	w.t.Run(name, func(t *testing.T) {
		w.program = outer.in(t)
		defer func() { w.program = outer }()
		for range w.times {
			f(w)
		}
	})
	if w.t.Failed() {
		w.t.FailNow()
	}
}

// again flushes and holds HubSpot against the rep's list. It returns what needs
// the rep.
func (w *points) again() []wire.Op {
	w.t.Helper()
	out, code := w.try("outbox", "flush")
	require.Contains(w.t, []int{exitDone, exitWaiting}, code, out)
	open, _ := w.outbox()
	for _, op := range open {
		require.True(w.t, visible(op), "%+v", op)
	}
	w.hold(open)
	return open
}

// needs says how many operations of a record need the rep.
func needs(open []wire.Op, k ref) int {
	n := 0
	for _, op := range open {
		if op.RecordID == k.id {
			n++
		}
	}
	return n
}

func moments() []moment { return []moment{arrived, applied, halfway, answered} }

// some draws a record of a type that HubSpot has.
func (w *points) some(typ string) ref {
	w.t.Helper()
	var known []ref
	for _, k := range w.records {
		if k.typ == typ && w.remote[k] != "" {
			known = append(known, k)
		}
	}
	return known[w.rnd.IntN(len(known))]
}

func (w *points) updates() {
	w.t.Helper()
	for _, call := range []struct{ name, path string }{
		{"the read before an update", "/contacts/batch/read"},
		{"an update", "/contacts/batch/update"},
	} {
		for _, m := range moments() {
			w.each(call.name+": "+string(m), func(w *points) {
				k := w.some("contacts")
				w.set(w.whole, k, 2)
				w.caught(newTrap(m, to("POST", call.path)), "outbox", "flush")
				if w.rnd.IntN(2) == 0 { // the rep goes on where nobody knows what HubSpot has
					w.set(w.whole, k, 2)
				}
				require.Zero(w.t, needs(w.again(), k))
			})
		}
	}
}

// caught kills a command in a trap. With the whole answer in its hands it may
// have been quicker, which is as good.
func (w *points) caught(at *trap, args ...string) {
	w.t.Helper()
	at.linger = time.Duration(w.rnd.Int64N(int64(4 * time.Millisecond)))
	if at.moment == halfway {
		at.linger = 5 * time.Millisecond
	}
	if w.killAt(at, args...) {
		w.hits[string(at.moment)]++
	}
}

// disputes has a colleague write the same field: before our read, which makes a
// conflict, or after our write, which was there or not. The colleague's value
// stays in every case.
func (w *points) disputes() {
	w.t.Helper()
	for _, m := range moments() {
		w.each("the read before an update of what a colleague has changed: "+string(m), func(w *points) {
			k := w.some("contacts")
			w.set(w.whole, k, 1)
			field := w.acts[len(w.acts)-1].field
			theirs := w.colleague(k.typ, w.remote[k], field)
			w.caught(newTrap(m, to("POST", "/contacts/batch/read")), "outbox", "flush")
			w.decide(w.again(), k, true)
			require.Equal(w.t, theirs, w.holds(k, field))
		})
		w.each("an update, which a colleague changes before it is looked up: "+string(m), func(w *points) {
			k := w.some("contacts")
			w.set(w.whole, k, 1)
			field := w.acts[len(w.acts)-1].field
			w.caught(newTrap(m, to("POST", "/contacts/batch/update")), "outbox", "flush")
			theirs := w.colleague(k.typ, w.remote[k], field)
			w.decide(w.again(), k, m == arrived)
			require.Equal(w.t, theirs, w.holds(k, field))
		})
	}
}

// decide chooses the colleague's value where there is, as is expected, a conflict
// about the rep's last edit.
func (w *points) decide(open []wire.Op, k ref, conflict bool) {
	w.t.Helper()
	require.Equal(w.t, map[bool]int{true: 1}[conflict], needs(open, k), "%+v", open)
	for _, op := range open {
		if op.RecordID == k.id {
			require.Equal(w.t, "conflict", op.State)
			w.run("outbox", "resolve", "--theirs", op.ID)
			w.acts[len(w.acts)-1].given = true
		}
	}
}

func (w *points) createCall(typ string) func(call) bool {
	if w.refuse {
		return to("POST", "/"+typ+"/batch/create")
	}
	return to("POST", "/"+typ+"/batch/upsert")
}

func (w *points) creates() {
	w.t.Helper()
	for _, typ := range types() {
		for _, m := range moments() {
			w.each("a create of "+typ+": "+string(m), func(w *points) {
				w.create(w.whole, typ, true)
				k := w.records[len(w.records)-1]
				w.caught(newTrap(m, w.createCall(typ)), "outbox", "flush")
				open := w.again()
				if !w.refuse || typ == "contacts" {
					require.Zero(w.t, needs(open, k))
				}
			})
		}
	}
}

func (w *points) associations() {
	w.t.Helper()
	for _, m := range moments() {
		w.each("an association: "+string(m), func(w *points) {
			a, b := w.some("contacts"), w.some("deals")
			for w.linked(link{a, b}) > 0 { // the portal has associations of its own
				a, b = w.some("contacts"), w.some("deals")
			}
			w.associate(w.whole, a, b)
			w.caught(newTrap(m, to("POST", "/batch/associate/default")), "outbox", "flush")
			require.Zero(w.t, needs(w.again(), a))
		})
	}
}

// batches kills between the first and the second batch of a flush.
func (w *points) batches() {
	w.t.Helper()
	w.each("between the first and the second batch of a flush", func(w *points) {
		w.create(w.whole, "contacts", true)
		first := w.records[len(w.records)-1]
		second := w.some("deals")
		w.set(w.whole, second, 2)
		writes := func(c call) bool { return w.createCall("contacts")(c) || to("POST", "/deals/batch/update")(c) }
		at := newTrap(arrived, writes)
		at.skip = 1
		w.caught(at, "outbox", "flush")
		open, _ := w.outbox()
		require.Zero(w.t, needs(open, first), "the first batch is done")
		require.Equal(w.t, 1, needs(open, second), "the second is not")
		require.Zero(w.t, needs(w.again(), second))
	})
}

// lookups kills a create when it is applied, and then while its key, or its
// e-mail address, is looked up.
func (w *points) lookups() {
	w.t.Helper()
	key := map[bool]string{true: `"idProperty":"email"`, false: `"idProperty":"satchel_client_key"`}[w.refuse]
	looks := func(c call) bool { return to("POST", "/contacts/batch/read")(c) && strings.Contains(c.body, key) }
	for _, before := range []moment{arrived, applied} {
		for _, m := range moments() {
			w.each("the lookup after a create of which "+string(before)+": "+string(m), func(w *points) {
				w.create(w.whole, "contacts", true)
				k := w.records[len(w.records)-1]
				w.caught(newTrap(before, w.createCall("contacts")), "outbox", "flush")
				w.caught(newTrap(m, looks), "outbox", "flush")
				require.Zero(w.t, needs(w.again(), k))
			})
		}
	}
}

// lookBack kills while the histories are read afterwards, when a colleague wrote
// between our reading and our writing: it is told all the same.
func (w *points) lookBack() {
	w.t.Helper()
	histories := func(c call) bool {
		return to("POST", "/contacts/batch/read")(c) && strings.Contains(c.body, "propertiesWithHistory")
	}
	for _, m := range moments() {
		w.each("the look back at the histories: "+string(m), func(w *points) {
			k := w.some("contacts")
			w.set(w.whole, k, 1)
			field := w.acts[len(w.acts)-1].field
			w.gate.meddle(func(c call) {
				if to("POST", "/contacts/batch/update")(c) {
					w.colleague("contacts", w.remote[k], field)
				}
			})
			_, before := w.outbox()
			w.caught(newTrap(m, histories), "sync", "--once")
			w.gate.meddle(nil)
			require.Zero(w.t, needs(w.again(), k))
			w.run("sync", "--once")
			_, after := w.outbox()
			require.Len(w.t, after, len(before)+1, "nobody was told of the colleague's value")
		})
	}
}

// refreshes kills while the sign-in is refreshed: at the start of a flush, and in
// the middle of one, when HubSpot refuses a write because the token is too old.
func (w *points) refreshes() {
	w.t.Helper()
	token := func(c call) bool { return strings.HasPrefix(c.path, "/oauth/") && strings.HasSuffix(c.path, "/token") }
	for _, m := range moments() {
		w.each("the refresh of the sign-in: "+string(m), func(w *points) {
			k := w.some("companies")
			w.set(w.whole, k, 2)
			w.caught(newTrap(m, token), "outbox", "flush")
			require.Zero(w.t, needs(w.again(), k))
		})
		w.each("the refresh of the sign-in in the middle of a flush: "+string(m), func(w *points) {
			k := w.some("companies")
			w.set(w.whole, k, 2)
			old := false
			w.gate.meddle(func(c call) {
				if to("POST", "/companies/batch/update")(c) && !old {
					old = true
					w.portal.Advance(time.Hour)
				}
			})
			at := newTrap(m, token)
			at.skip = 1
			w.caught(at, "outbox", "flush")
			w.gate.meddle(nil)
			require.Zero(w.t, needs(w.again(), k))
		})
	}
}

// onWAL kills a command as soon as its write-ahead log has grown so often.
func (w *points) onWAL(times int) manner {
	return func(args ...string) bool {
		w.t.Helper()
		hit := w.killWhen(w.walGrew(times), args...)
		if hit {
			w.hits["wal"]++
		}
		return !hit
	}
}

// onAnswer kills a command as soon as it has answered.
func (w *points) onAnswer(args ...string) bool {
	w.t.Helper()
	cmd := w.command(args...)
	out, err := cmd.StdoutPipe()
	require.NoError(w.t, err)
	require.NoError(w.t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	require.NoError(w.t, err, "satchel %s: %q", strings.Join(args, " "), line)
	if cmd.ProcessState.ExitCode() == killed {
		w.hits["answer"]++
	}
	return true
}

// until repeats f until a kind of kill has hit as often as is wanted.
func (w *points) until(kind string, f func()) {
	w.t.Helper()
	before := w.hits[kind]
	for range 20 * w.times {
		if w.hits[kind] >= before+w.times {
			return
		}
		f()
	}
	require.Fail(w.t, "the point was not hit often enough", "%d", w.hits[kind]-before)
}

func (w *points) commits() {
	w.t.Helper()
	times := w.times
	w.times = 1 // each repeats until it has hit
	defer func() { w.times = times }()
	point := func(name, kind string, f func()) {
		w.each(name, func(w *points) {
			w.times = times
			w.until(kind, f)
			w.times = 1
			w.again()
		})
	}
	point("an edit writes the WAL", "wal", func() { w.set(w.onWAL(1+w.rnd.IntN(3)), w.some("contacts"), 3) })
	point("a create writes the WAL", "wal", func() { w.create(w.onWAL(1+w.rnd.IntN(3)), "contacts", true) })
	point("an edit was answered", "answer", func() { w.set(w.onAnswer, w.some("companies"), 3) })
	point("a create was answered", "answer", func() { w.create(w.onAnswer, "companies", false) })
	point("a flush writes the WAL", "wal", func() {
		w.set(w.whole, w.some("deals"), 2)
		w.onWAL(1+w.rnd.IntN(4))("outbox", "flush")
	})
	point("a sync writes the WAL", "wal", func() {
		w.set(w.whole, w.some("deals"), 2)
		w.colleague("contacts", w.remote[w.some("contacts")], "city")
		w.onWAL(1+w.rnd.IntN(8))("sync", "--once")
	})
}
