package simtest

import (
	"slices"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

// called names a record in the history.
func (w *world) called(k known) string {
	i := slices.Index(w.records, k)
	if i < 0 {
		return string(k.typ) + " ?"
	}
	return string(k.typ) + " " + strconv.Itoa(i)
}

// drain lets everything end that ends by itself: the network is well, the rep is
// signed in, and time passes.
func (w *world) drain() {
	w.t.Helper()
	w.portal.ClearFaults()
	w.armed = false
	w.wire.renewed.set(false)
	w.say("quiet")
	w.back()
	for range 60 {
		_, err := w.outbox.Flush(w.ctx)
		w.signedOut(err)
		w.back()
		w.watch()
		at, ok, nextErr := w.outbox.Next(w.ctx)
		require.NoError(w.t, nextErr)
		if err == nil && !ok {
			return
		}
		w.sleep(max(time.Duration(at-w.millis())*time.Millisecond, time.Second))
	}
	_, ok, err := w.outbox.Next(w.ctx)
	require.NoError(w.t, err)
	require.False(w.t, ok, "the outbox does not come to rest")
}

// decideAll answers some of what is left for the rep.
func (w *world) decideAll() {
	w.t.Helper()
	for range 4 {
		if len(w.waiting()) == 0 || !rapid.Bool().Draw(w.t, "decide now") {
			return
		}
		w.decide()
	}
}

// pullAll brings everything that HubSpot has.
func (w *world) pullAll() {
	w.t.Helper()
	time.Sleep(time.Minute) // the search index has everything now
	if w.restored {
		time.Sleep(5 * time.Minute) // what we archived a moment ago is not believed to be back
	}
	w.insist(func() error { return w.pull.Delta(w.ctx) })
	w.insist(func() error { return w.pull.Schema(w.ctx) })
	w.insist(func() error { return w.pull.Full(w.ctx) })
	w.noneBack()
}

// insist does something until it works. Only limits that were lowered so far that
// a call meets them again and again are a reason for it not to.
func (w *world) insist(do func() error) {
	w.t.Helper()
	err := do()
	for range 10 {
		w.signedOut(err)
		if !w.out && (err == nil || crm.KindOf(err) != crm.RateLimited || !w.wire.limits.tight) {
			break
		}
		w.back()
		time.Sleep(time.Minute)
		err = do()
	}
	require.NoError(w.t, err)
}

// noneBack checks I6 for what the rep has archived: once HubSpot has done it, no
// pull brings it back.
func (w *world) noneBack() {
	w.t.Helper()
	for k, id := range w.archived {
		op, err := w.store.Op(w.ctx, id)
		require.NoError(w.t, err)
		if r, ok := w.record(k); ok && op.State == crm.Acked {
			require.True(w.t, r.Archived, "I6: %s was archived, and is back", w.called(k))
		}
	}
}

// watch checks I7: everything unfinished has a time or a reason, or waits for
// something that has.
func (w *world) watch() {
	w.t.Helper()
	ops, err := w.store.Unfinished(w.ctx)
	require.NoError(w.t, err)
	_, timed, err := w.outbox.Next(w.ctx)
	require.NoError(w.t, err)
	if timed {
		return
	}
	var reason bool
	for _, op := range ops {
		stuck := op.State == crm.Parked || op.State == crm.InDispute
		if stuck {
			require.NotEmpty(w.t, op.Reason, "I7: %s %s has no reason", op.State, op.Kind)
		}
		reason = reason || stuck
		for _, d := range op.Disputes {
			require.NotEqual(w.t, d.Mine, d.Theirs, "I6: our own %s of %s is called a conflict", d.Field, w.called(known{op.Type, op.Record}))
		}
	}
	require.True(w.t, reason || len(ops) == 0, "I7: %d operations wait for nothing", len(ops))
}

// check holds what HubSpot and the store hold against what was done.
func (w *world) check() {
	w.t.Helper()
	w.drain()
	w.insist(func() error { _, err := w.outbox.Check(w.ctx); return err })
	w.pullAll()
	w.hold()
}

// hold checks the invariants of a world at rest.
func (w *world) hold() {
	w.t.Helper()
	w.roots = map[known]crm.LocalID{}
	all := w.changes()
	ops, err := w.store.Unfinished(w.ctx)
	require.NoError(w.t, err)
	w.nothingLost(all, ops)
	w.nothingDoubled(all)
	w.nothingOverwritten(all)
	w.inOrder(all)
	w.afterTheirCreate(all, ops)
	w.linksArrived(ops)
	w.jotsArrived()
	w.same(ops)
	w.withinLimits()
	w.renewedOnce()
	w.silentLog()
}

// nothingLost is I1.
func (w *world) nothingLost(all []change, ops []crm.Op) {
	w.t.Helper()
	there := map[string]bool{}
	for _, c := range all {
		there[c.value] = true
	}
	for _, op := range ops {
		for _, f := range op.Fields {
			there[f.Value] = true
		}
	}
	for i, a := range w.acts {
		if there[a.mark] || a.given {
			continue
		}
		later := slices.ContainsFunc(w.acts[i+1:], func(b *act) bool { return b.field == a.field && w.one(a.rec, b.rec) })
		require.True(w.t, later, "I1: %s of %s is lost: %s", a.field, w.called(a.rec), a.mark)
	}
}

// nothingDoubled is I2.
func (w *world) nothingDoubled(all []change) {
	w.t.Helper()
	for _, a := range w.acts {
		if !a.create {
			continue
		}
		n := 0
		for _, c := range all {
			if c.create && c.prop == a.field && c.value == a.mark {
				n++
			}
		}
		require.LessOrEqual(w.t, n, 1, "I2: %s was created %d times", a.mark, n)
	}
}

// nothingOverwritten is I3: where a value of the rep's follows one of a
// colleague's, the rep has seen that value, or was asked about it. A report
// afterwards is for what nobody could have seen: a value that was there when the
// record was read before the write is a conflict.
func (w *world) nothingOverwritten(all []change) {
	w.t.Helper()
	consecutive(all, func(was, now change) {
		if !w.theirs[was.value] {
			return
		}
		for _, a := range w.acts {
			if a.mark != now.value {
				continue
			}
			told := slices.Contains(w.overwrites(), was.value+">"+now.value) && !w.wire.read(was, now)
			require.True(w.t, w.saw(a, was.value) || told, "I3: %s overwrote %s of a colleague, and nobody was told", now.value, was.value)
		}
	})
}

// saw says whether the rep had a value on screen before an edit, or was asked
// about it, or before those edits of the rep's that it continued.
func (w *world) saw(a *act, value string) bool {
	for a != nil && a.base != value && !slices.Contains(a.chosen, value) {
		i := slices.IndexFunc(w.acts, func(b *act) bool { return b.mark == a.base })
		if i < 0 {
			return false
		}
		a = w.acts[i]
	}
	return a != nil
}

// consecutive calls f for every value with the one that it replaced.
func consecutive(all []change, f func(was, now change)) {
	last := map[string]change{}
	for _, c := range all {
		key := c.typ + " " + strconv.FormatInt(c.id, 10) + " " + c.prop
		if was, ok := last[key]; ok {
			f(was, c)
		}
		last[key] = c
	}
}

// overwrites are the reports about values of colleagues that were overwritten.
func (w *world) overwrites() (out []string) {
	w.t.Helper()
	done, err := w.store.Overwritten(w.ctx)
	require.NoError(w.t, err)
	open, err := w.store.Unfinished(w.ctx) // told as soon as they are done
	require.NoError(w.t, err)
	for _, op := range slices.Concat(done, open) {
		for _, d := range op.Overwrote {
			out = append(out, d.Theirs+">"+d.Mine)
		}
	}
	return out
}

// inOrder is I4: the rep's values of one field arrive in the order in which
// they were given.
func (w *world) inOrder(all []change) {
	w.t.Helper()
	at := map[string]int{}
	for i, a := range w.acts {
		at[a.mark] = i + 1
	}
	consecutive(all, func(was, now change) {
		if a, b := at[was.value], at[now.value]; a > 0 && b > 0 && !w.again[now.value] {
			require.Less(w.t, a, b, "I4: %s arrived after %s", now.value, was.value)
		}
	})
}

// same is I6: what is on screen is what HubSpot holds with the pending edits
// over it.
func (w *world) same(ops []crm.Op) {
	w.t.Helper()
	for _, s := range crm.Specs() {
		props := textFields(s.Type)
		there := map[crm.RemoteID]crm.Values{}
		for after := ""; ; {
			page, err := w.hub.List(w.ctx, s.Type, crm.ListCall{After: after, Limit: 100, Props: props})
			require.NoError(w.t, err)
			for _, r := range page.Records {
				there[r.ID] = r.Values
			}
			if after = page.Next; after == "" {
				break
			}
		}
		here, err := w.store.List(w.ctx, crm.ListQuery{Type: s.Type, Limit: 1000})
		require.NoError(w.t, err)
		seen := map[crm.RemoteID]bool{}
		for _, r := range here.Records {
			if r.RemoteID == "" || r.Badge == crm.BadgeGone {
				continue
			}
			theirs, ok := there[r.RemoteID]
			require.True(w.t, ok, "I6: %s %s is not in HubSpot", s.Type, r.RemoteID)
			seen[r.RemoteID] = true
			want := theirs.Clone()
			for _, op := range ops {
				if op.Record == r.ID && (op.Kind == crm.OpUpdate || op.Kind == crm.OpCreate) {
					want = op.Values().Over(want)
				}
			}
			for _, p := range props {
				if p == note && w.schema.hidden {
					continue
				}
				require.Equal(w.t, want[p], r.View()[p], "I6: %s of %s %s", p, s.Type, r.RemoteID)
			}
		}
		for id := range there {
			archiving := slices.ContainsFunc(ops, func(o crm.Op) bool { return o.Kind == crm.OpArchive && o.RemoteID == id })
			require.True(w.t, seen[id] || archiving, "I6: %s %s is not here", s.Type, id)
		}
	}
}
