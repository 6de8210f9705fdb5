package simtest

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// lists is how a portal's lists and index are: HubSpot may give fewer records on
// a page than were asked for, and its index may lack some for a while.
type lists struct {
	size atomic.Int64 // records of a page of the list
	gap  atomic.Int64 // until when, in unix ms, the index lacks records that have not changed for ten minutes
}

func (l *lists) page(c crm.ListCall) crm.ListCall {
	if l != nil {
		c.Limit = min(c.Limit, int(l.size.Load()))
	}
	return c
}

// shown takes rows out of what the index shows to a sweep, which asks for ids
// alone. Deltas rest on the index showing what has changed, in the end.
func (l *lists) shown(c crm.SearchCall, p crm.Page) crm.Page {
	now := time.Now().UnixMilli()
	if l == nil || now > l.gap.Load() || len(c.Props) != 1 || c.Props[0] != "hs_object_id" {
		return p
	}
	kept := p.Records[:0:0]
	for _, r := range p.Records {
		h := fnv.New32a()
		_, _ = h.Write([]byte(r.ID)) // a hash takes everything
		if h.Sum32()%3 != 0 || int64(r.Modified) > now-(10*time.Minute).Milliseconds() {
			kept = append(kept, r)
		}
	}
	p.Total -= len(p.Records) - len(kept)
	p.Records = kept
	return p
}

func (w *copying) gap() {
	w.t.Helper()
	minutes := rapid.SampledFrom([]int{10, 60, 2000}).Draw(w.t, "minutes")
	w.lists.gap.Store(time.Now().Add(time.Duration(minutes) * time.Minute).UnixMilli())
	w.say("for %d minutes the index lacks records", minutes)
}

func onPath(f func(string)) func(*http.Request) {
	return func(r *http.Request) { f(r.URL.Path) }
}

// pullFault lets some reads fail.
func (w *copying) pullFault() {
	w.t.Helper()
	f := sandbox.Fault{Count: rapid.SampledFrom([]int{1, 2, 4, 8, 20}).Draw(w.t, "count")}
	f.Match.Path = rapid.SampledFrom([]string{
		"/crm/objects/*/*", "/crm/objects/*/*/search", "/crm/objects/*/*/batch/read", "/crm/associations/**", "/crm/associations/**",
		"/crm/properties/**", "/crm/pipelines/**", "/crm/owners/**", "/crm/objects/*/*/*", "",
	}).Draw(w.t, "reads of")
	f.Kind = rapid.SampledFrom([]string{"status", "status", "html", "truncate", "drop_after_apply", "drop_before_apply", "reset", "latency", "quota"}).Draw(w.t, "read fault")
	switch f.Kind {
	case "status":
		f.Status = rapid.SampledFrom([]int{500, 502, 503, 504, 524, 423, 477}).Draw(w.t, "status")
	case "html":
		f.Status = rapid.SampledFrom([]int{200, 502}).Draw(w.t, "status")
	case "latency":
		f.LatencyMS = rapid.IntRange(100, 40_000).Draw(w.t, "ms")
	case "quota":
		f.Kind, f.Status = "status", http.StatusTooManyRequests
		f.Policy = rapid.SampledFrom([]string{"", "SECONDLY", "DAILY"}).Draw(w.t, "policy")
		if f.Policy == "DAILY" {
			if w.nights > 0 {
				f.Policy = ""
				break
			}
			f.Count, w.daily = 1, true
			w.nights++ // it may take until midnight
		}
	}
	_, err := w.portal.Fault(f)
	require.NoError(w.t, err)
	w.say("fault of reads: %s %d %s %s x%d", f.Kind, f.Status, f.Policy, f.Match.Path, f.Count)
}

// forbid takes the permission for one type away, or gives it back.
func (w *copying) forbid() {
	w.t.Helper()
	if rapid.IntRange(0, 2).Draw(w.t, "give back") == 0 {
		w.portal.ClearFaults()
		w.say("all permissions are there")
		return
	}
	t := rapid.SampledFrom([]crm.ObjectType{crm.Tickets, crm.LineItems, crm.Products, crm.Notes, crm.Calls, crm.Emails, crm.Meetings, crm.Tasks}).Draw(w.t, "forbidden")
	_, err := w.portal.Fault(sandbox.Fault{Kind: "status", Status: http.StatusForbidden, Match: sandbox.Match{Path: "/crm/**/" + string(t) + "**"}})
	require.NoError(w.t, err)
	w.barred = true
	w.say("the permission for %s is gone", t)
}

// night is a day on which the computer sleeps, after which everything is due.
func (w *copying) night() {
	w.t.Helper()
	if w.nights > 0 {
		return
	}
	w.nights++
	w.say("the computer sleeps")
	w.sync.Pause(true)
	lapse(25 * time.Hour)
	if rapid.Bool().Draw(w.t, "wakes and dies") {
		w.copies.Store(int64(rapid.IntRange(1, 40).Draw(w.t, "commits")))
	}
	w.sync.Pause(false)
}

// nap is a while in which the computer sleeps and colleagues work. When it wakes the
// process may die, or the network be as bad as it was.
func (w *copying) nap() {
	w.t.Helper()
	w.sync.Pause(true)
	w.say("the computer sleeps a little")
	for _, s := range crm.AllSpecs() {
		if words(s) != "" && rapid.IntRange(0, 3).Draw(w.t, "meanwhile") > 0 {
			w.editOneOf(s)
		}
	}
	made, _ := crm.SpecOf(string(rapid.SampledFrom([]crm.ObjectType{crm.Contacts, crm.Deals, crm.Tickets, crm.Notes}).Draw(w.t, "made meanwhile")))
	w.make(made, 1, 2)
	lapse(time.Duration(rapid.SampledFrom([]int{900, 10, 300}).Draw(w.t, "more seconds")) * time.Second)
	switch rapid.SampledFrom([]string{"fails", "dies", "dies", "well"}).Draw(w.t, "when it wakes it") {
	case "dies":
		w.copies.Store(int64(rapid.SampledFrom([]int{8, 3, 12, 5, 2, 18, 26, 40}).Draw(w.t, "commits")))
	case "fails":
		_, err := w.portal.Fault(sandbox.Fault{Kind: "status", Status: 503, Count: rapid.SampledFrom([]int{20, 5}).Draw(w.t, "count"), Match: sandbox.Match{
			Path: rapid.SampledFrom([]string{"/crm/associations/**", "/crm/objects/*/*/search", "/crm/objects/*/*"}).Draw(w.t, "reads of"),
		}})
		require.NoError(w.t, err)
	}
	w.look()
	w.sync.Pause(false)
}

// flurry is three edits of a colleague's: the rep sees the second before the index
// shows the first, and the third comes just after.
func (w *copying) flurry() {
	w.t.Helper()
	k := rapid.SampledFrom(w.records).Draw(w.t, "in a hurry") // a contact first
	r, ok := w.record(k)
	s, _ := crm.SpecOf(string(k.typ))
	if !ok || r.RemoteID == "" || r.Badge == crm.BadgeGone {
		return
	}
	w.sync.SetFocus(k.typ)
	for i, then := range []time.Duration{20 * time.Second, time.Second, 0} {
		m := w.mark("c")
		if w.portal.Edit(w.their(s, r.RemoteID, map[string]string{words(s): m})) != nil {
			return // archived there, and nobody here knows yet
		}
		w.theirs[m] = true
		w.say("somebody edits %s %s in a hurry: %s", k.typ, r.RemoteID, m)
		lapse(then)
		if i == 1 {
			w.sync.Show(k.typ, r.RemoteID, k.id)
			lapse(3 * time.Second)
		}
	}
	for range 5 {
		lapse(5 * time.Second)
		w.look()
	}
}

// clock is set while the program is closed. A process measures what has passed by
// a clock that knows no jumps, which a simulated one cannot have.
func (w *copying) clock() {
	w.t.Helper()
	w.end()
	w.living.clock()
	w.again(false)
}

// show brings a record on screen.
func (w *copying) show() {
	w.t.Helper()
	if k, r, ok := w.some(); ok && r.RemoteID != "" {
		w.sync.Show(k.typ, r.RemoteID, k.id)
	}
}

// cursor reads one of the pull's.
func (w *copying) cursor(name string, into any) bool {
	w.t.Helper()
	c, ok, err := w.store.Cursor(w.ctx, name)
	require.NoError(w.t, err)
	if ok {
		require.NoError(w.t, json.Unmarshal([]byte(c.Value), into), "%s", c.Value)
	}
	return ok
}
