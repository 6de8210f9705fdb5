package cli

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"satchel/internal/wire"
)

const journalPath = "/webhooks-journal/"

// follower reads the portal's own journal of changes, of which the program knows
// nothing.
type follower struct {
	token string
	next  string  // the path of the entry after those that were read
	seen  []event // all since subscribe, in order
}

// event is one value that a record got in the portal; without a property it was
// archived.
type event struct{ typ, id, prop, value, action string }

// signIn lets the follower read the journal.
func (r *rep) signIn() {
	r.t.Helper()
	c := r.portal.Credentials()
	form := "grant_type=client_credentials&client_id=" + c.ClientID + "&client_secret=" + c.ClientSecret +
		"&scope=developer.webhooks_journal.read%20developer.webhooks_journal.subscriptions.write"
	var grant struct {
		Token string `json:"access_token"`
	}
	require.Equal(r.t, http.StatusOK, r.ask("POST", "/oauth/2026-09/token", form, "application/x-www-form-urlencoded", "", &grant))
	r.journal.token = grant.Token
}

// subscribe has the portal keep its changes from now on.
func (r *rep) subscribe() {
	r.t.Helper()
	r.signIn()
	r.journal.next = journalPath + "journal/2026-09/earliest"
	for n := range types() {
		code := r.ask("POST", journalPath+"subscriptions/2026-09", fmt.Sprintf(
			`{"subscriptionType":"OBJECT","portalId":%d,"objectTypeId":"0-%d","actions":["CREATE","UPDATE","DELETE"],"properties":[],"objectIds":[]}`,
			r.portal.Credentials().PortalID, n+1), "application/json", r.journal.token, nil)
		require.Less(r.t, code, 300)
	}
}

// changes are all changes of the portal since subscribe, in order.
func (r *rep) changes() []event {
	r.t.Helper()
	f := &r.journal
	r.signIn() // the portal's clock may have been moved
	for {
		var entry struct{ URL, CurrentOffset string }
		code := r.ask("GET", f.next, "", "application/json", f.token, &entry)
		if code == http.StatusNoContent {
			return f.seen
		}
		require.Equal(r.t, http.StatusOK, code)
		var file struct {
			Events []struct {
				Action  string            `json:"action"`
				Type    string            `json:"objectTypeId"`
				ID      int64             `json:"objectId"`
				Changes map[string]string `json:"propertyChanges"`
			} `json:"journalEvents"`
		}
		require.Equal(r.t, http.StatusOK, r.ask("GET", entry.URL, "", "application/json", "", &file))
		for _, e := range file.Events {
			n, err := strconv.Atoi(strings.TrimPrefix(e.Type, "0-"))
			require.NoError(r.t, err)
			c := event{typ: types()[n-1], id: strconv.FormatInt(e.ID, 10), action: e.Action}
			if e.Action == "DELETE" {
				f.seen = append(f.seen, c)
			}
			for c.prop, c.value = range e.Changes {
				f.seen = append(f.seen, c)
			}
		}
		f.next = journalPath + "journal/2026-09/offset/" + entry.CurrentOffset + "/next"
	}
}

// settle lets the network be well until nothing waits any more but for the rep,
// and returns what does.
func (r *rep) settle() []wire.Op {
	r.t.Helper()
	r.portal.ClearFaults()
	r.gate.meddle(nil)
	for range 6 {
		out, code := r.try("sync", "--once")
		require.Contains(r.t, []int{exitDone, exitWaiting}, code, out)
		open, _ := r.outbox()
		if !slices.ContainsFunc(open, func(op wire.Op) bool { return !visible(op) }) {
			return open
		}
	}
	open, _ := r.outbox()
	open = slices.DeleteFunc(open, visible)
	require.Fail(r.t, "the outbox does not come to rest", "%+v", open)
	return nil
}

// visible says whether an operation is one that the rep sees as needing a
// decision, or as waiting for one.
func visible(op wire.Op) bool {
	return op.State == "parked" || op.State == "conflict" || strings.HasSuffix(op.Reason, "which needs you first.")
}

// check lets everything end, and holds HubSpot's side against the rep's list. It
// says in words what it counted.
func (r *rep) check() string {
	r.t.Helper()
	open := r.settle()
	r.hold(open)
	r.sameTotals()
	n := map[string]int{}
	for _, op := range open {
		n[op.State]++
	}
	r.giveWay(open)
	overwrote := r.toldOf(r.changes())
	return fmt.Sprintf("%d values on the rep's list, %d dropped with a killed command, %d of colleagues, %d reported as overwritten; left for the rep: %v; killed: %v",
		len(r.acts), len(r.dropped), len(r.theirs), overwrote, n, r.hits)
}

// giveWay chooses HubSpot's values in every conflict, since what an operation in
// dispute has overwritten is told once it is decided. Edits that waited for it may
// be in conflict then, too.
func (r *rep) giveWay(open []wire.Op) {
	r.t.Helper()
	for range 20 {
		n := 0
		for _, op := range open {
			if op.State == "conflict" {
				n++
				r.run("outbox", "resolve", "--theirs", op.ID)
			}
		}
		if n == 0 {
			return
		}
		open = r.settle()
	}
	require.Fail(r.t, "the conflicts do not end")
}

// hold holds HubSpot's side against the rep's list, when only the operations that
// need the rep are left.
func (r *rep) hold(open []wire.Op) {
	r.t.Helper()
	all := r.changes()
	r.createdOnce(all, open)
	r.arrived(all, open)
	r.archivedAlone(all, open)
	r.associated(open)
}

// createdOnce counts new records by the marks in what was sent.
func (r *rep) createdOnce(all []event, open []wire.Op) {
	r.t.Helper()
	made := map[string][]string{}
	for _, c := range all {
		if c.action == "CREATE" && c.prop == markField(c.typ) {
			made[c.value] = append(made[c.value], c.id)
		}
	}
	for _, mark := range r.dropped {
		require.Empty(r.t, made[mark], "%s was never in the outbox", mark)
	}
	for _, a := range r.acts {
		if !a.create {
			continue
		}
		stuck := about(open, a.rec, "create", a.field)
		require.LessOrEqual(r.t, len(made[a.mark]), 1, "%s was created twice", a.mark)
		require.True(r.t, len(made[a.mark]) == 1 || stuck, "%s is lost", a.mark)
		require.False(r.t, stuck && !r.portal.Settings().RefuseUnique, "%s has a key, and needs the rep all the same: %+v", a.mark, open)
		if len(made[a.mark]) == 1 && !stuck {
			r.remote[a.rec] = made[a.mark][0]
		}
	}
}

// about says whether an operation that the rep sees is about a field.
func about(open []wire.Op, k ref, kind, field string) bool {
	return slices.ContainsFunc(open, func(op wire.Op) bool {
		return op.RecordID == k.id && (kind == "" || op.Kind == kind) &&
			slices.ContainsFunc(op.Fields, func(f wire.FieldChange) bool { return f.Name == field })
	})
}

// arrived holds the last value that the rep gave each field against the last one
// of the rep's that HubSpot got, and against what it holds.
func (r *rep) arrived(all []event, open []wire.Op) {
	r.t.Helper()
	type place struct {
		k     ref
		field string
	}
	last := map[place]act{}
	mine := map[string]bool{}
	for _, a := range r.acts {
		last[place{a.rec, a.field}] = a
		mine[a.mark] = true
	}
	for at, a := range last {
		if a.given || about(open, at.k, "", at.field) {
			continue
		}
		id, got, now := r.remote[at.k], "", ""
		for _, c := range all {
			if c.typ != at.k.typ || c.id != id || c.prop != at.field {
				continue
			}
			if now = c.value; mine[c.value] {
				got = c.value
			}
		}
		require.Equal(r.t, a.mark, got, "%s of %s %s: the rep's last value never arrived", at.field, at.k.typ, id)
		require.True(r.t, now == got || r.theirs[now], "%s of %s %s holds %s", at.field, at.k.typ, id, now)
		if !r.archived[at.k] {
			require.Equal(r.t, now, r.holds(at.k, at.field), "%s of %s %s", at.field, at.k.typ, id)
		}
	}
	for _, mark := range r.dropped {
		require.False(r.t, slices.ContainsFunc(all, func(c event) bool { return c.value == mark }), "%s was never in the outbox", mark)
	}
}

// holds reads a value from the portal itself.
func (r *rep) holds(k ref, field string) string {
	r.t.Helper()
	var held struct {
		Properties map[string]string `json:"properties"`
	}
	require.Equal(r.t, http.StatusOK, r.admin("GET", "/crm/v3/objects/"+k.typ+"/"+r.remote[k]+"?properties="+field, "", &held))
	return held.Properties[field]
}

// archivedAlone checks that what the rep archived is archived, and nothing else.
func (r *rep) archivedAlone(all []event, open []wire.Op) {
	r.t.Helper()
	want, got := []string{}, []string{}
	for k := range r.archived {
		waits := slices.ContainsFunc(open, func(op wire.Op) bool { return op.RecordID == k.id && op.Kind == "archive" })
		if !waits {
			want = append(want, k.typ+" "+r.remote[k])
		}
	}
	for _, c := range all {
		if c.action == "DELETE" {
			got = append(got, c.typ+" "+c.id)
		}
	}
	require.ElementsMatch(r.t, want, got)
}

// associated checks the rep's associations.
func (r *rep) associated(open []wire.Op) {
	r.t.Helper()
	for _, l := range r.links {
		waits := slices.ContainsFunc(open, func(op wire.Op) bool {
			return op.Kind == "associate" && op.RecordID == l.from.id && op.To.ID == l.to.id
		})
		if waits || r.archived[l.from] || r.archived[l.to] {
			continue
		}
		n := r.linked(l)
		require.Equal(r.t, 1, n, "%v is associated %d times", l, n)
	}
}

// linked says how often HubSpot associates two records.
func (r *rep) linked(l link) int {
	r.t.Helper()
	var page struct {
		Results []struct {
			To int64 `json:"toObjectId"`
		} `json:"results"`
	}
	path := "/crm/v4/objects/" + l.from.typ + "/" + r.remote[l.from] + "/associations/" + l.to.typ + "?limit=500"
	require.Equal(r.t, http.StatusOK, r.admin("GET", path, "", &page))
	n := 0
	for _, e := range page.Results {
		if strconv.FormatInt(e.To, 10) == r.remote[l.to] {
			n++
		}
	}
	return n
}

// sameTotals compares the lists with how many records the portal has.
func (r *rep) sameTotals() {
	r.t.Helper()
	for _, typ := range types() {
		ids := map[string]bool{}
		for _, row := range r.rows(typ) {
			require.False(r.t, row.RemoteID != "" && ids[row.RemoteID], "%s %s is here twice", typ, row.RemoteID)
			ids[row.RemoteID] = true
		}
		delete(ids, "")
		require.Len(r.t, ids, int(r.portal.Stats().Records[typ]), typ)
	}
}

// toldOf checks every value of a colleague's that one of the rep's follows: the
// rep had it on screen, or was told afterwards. It returns how many were told.
func (r *rep) toldOf(all []event) int {
	r.t.Helper()
	_, over := r.outbox()
	told := map[string]bool{}
	for _, op := range over {
		for _, d := range op.Disputes {
			told[d.Theirs+">"+d.Mine] = true
		}
	}
	byMark := map[string]act{}
	for _, a := range r.acts {
		byMark[a.mark] = a
	}
	last := map[string]string{}
	for _, c := range all {
		at := c.typ + " " + c.id + " " + c.prop
		was := last[at]
		last[at] = c.value
		a, mine := byMark[c.value]
		if !mine || !r.theirs[was] {
			continue
		}
		for a.base != was && byMark[a.base].mark != "" { // an edit goes on from the one before it
			a = byMark[a.base]
		}
		require.True(r.t, a.base == was || told[was+">"+c.value], "%s replaced %s of a colleague in silence: %s", c.value, was, at)
	}
	return len(told)
}
