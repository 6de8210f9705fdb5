package pull_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// The sign-in's token expires in the middle of many pages: it is renewed once, the
// page is asked for again, and none is skipped. A sign-in that cannot be renewed
// leaves the delta open, to go on from there.
func tokenExpiresMidRun(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 170})
	refresh, err := w.portal.GrantFor("")
	require.NoError(t, err)
	k := w.portal.Credentials()
	app := oauth.AppFor("http://localhost", k.ClientID, k.ClientSecret)
	app.HTTP = w.wire
	w.client = hubspot.New(hubspot.Options{HTTP: w.wire, Tokens: oauth.NewTokens(app, oauth.Grant{Refresh: refresh}, nil), Budget: wide()})
	w.tick(nil)
	var n atomic.Int64
	expires := func(at int64, part string) {
		n.Store(0)
		w.wire.forget()
		w.wire.stop = func(path string) *http.Response {
			if strings.Contains(path, part) && n.Add(1) == at {
				w.portal.ExpireTokens()
			}
			return nil
		}
	}
	renewed := func() int { return w.wire.count("/oauth/") }
	require.NoError(t, w.engine.Schema(t.Context()))
	require.Equal(t, 1, renewed())
	expires(9, objects("contacts"))
	require.NoError(t, w.engine.Backfill(t.Context()))
	require.Equal(t, 1, renewed())
	w.same()

	ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 1_000)
	require.NoError(t, err)
	for i, id := range ids {
		w.edit(crm.Contacts, string(id), "jobtitle", fmt.Sprint("Edited ", i))
	}
	expires(5, objects("contacts/search"))
	require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
	require.Equal(t, 1, renewed())
	require.Equal(t, int64(170/20+1+1), n.Load(), "every page once, and the refused one again")
	w.wire.stop = nil
	w.same()

	for i, id := range ids {
		w.edit(crm.Contacts, string(id), "jobtitle", fmt.Sprint("Edited again ", i))
	}
	w.wire.stop = func(path string) *http.Response {
		if strings.HasSuffix(path, "contacts/search") && n.Add(1) > 3 {
			return answer(http.StatusUnauthorized, `{"status":"error","message":"The OAuth token used to make this call expired 0 second(s) ago.","category":"EXPIRED_AUTHENTICATION"}`)
		}
		return nil
	}
	n.Store(0)
	err = w.engine.Delta(t.Context(), crm.Contacts)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err), "%v", err)
	require.Contains(t, w.cursor("delta/contacts"), `"open":true`)
	w.wire.stop = nil
	w.tick(nil)
	require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
	require.NotContains(t, w.cursor("delta/contacts"), `"open":true`)
	w.same()
}

// The process dies after every page that it has committed: the next one goes on
// from there.
func pageTokenKill(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 90})
	var floor crm.RemoteID // the pages of contacts up to here are committed
	w.wire.tell = func(r *http.Request, _ []byte) {
		if after := crm.RemoteID(r.URL.Query().Get("after")); r.URL.Path == objects("contacts") && (len(after) < len(floor) || len(after) == len(floor) && after < floor) {
			t.Errorf("the page from %q is asked for again, and what is below %q was here", after, floor)
		}
	}
	one := func(int) int { return 1 }
	lives := w.outlive(one, func() error {
		var place struct {
			Spans []struct {
				Next crm.RemoteID `json:"next"`
			} `json:"spans"`
		}
		if text := w.cursor("backfill/contacts"); text != "" {
			require.NoError(t, json.Unmarshal([]byte(text), &place))
			floor = place.Spans[0].Next
		}
		if err := w.engine.Schema(t.Context()); err != nil {
			return err
		}
		return w.engine.Backfill(t.Context())
	})
	require.NotEmpty(t, floor)
	w.wire.tell = nil
	require.Greater(t, lives, 60)
	w.same()
	for _, p := range w.engine.Progress() {
		there := w.portal.Stats().Records[string(p.Type)]
		require.Equal(t, pull.Progress{Type: p.Type, Here: int(there), Total: int(there), Done: true}, p)
	}

	ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 1_000)
	require.NoError(t, err)
	for i, id := range ids {
		w.edit(crm.Contacts, string(id), "jobtitle", fmt.Sprint("Edited ", i))
	}
	some := func(life int) int { return 1 + life%5 } // the associations of a page take more than one
	w.outlive(some, func() error { return w.engine.Delta(t.Context(), crm.Contacts) })
	w.same()
	w.outlive(some, func() error { return w.engine.Full(t.Context()) }, func() error { return w.engine.Backfill(t.Context()) })
	w.same()
}

// outlive runs something in one life after the other, each of which ends after so
// many transactions, until one gets to the end; the lives after the first do what
// then says. It returns how many there were.
func (w *world) outlive(transactions func(life int) int, do func() error, then ...func() error) int {
	w.t.Helper()
	for lives := 1; ; lives++ {
		w.tick(serial{&dying{w.store, transactions(lives)}, make(chan struct{}, 1)})
		err := do()
		if len(then) > 0 {
			do = then[0]
		}
		if err == nil {
			return lives
		}
		require.ErrorIs(w.t, err, errKilled)
		require.Less(w.t, lives, 1_000)
	}
}

// A page of HTML with status 502, half an answer, a connection that is cut: what
// passes is repeated without a word, and what stays ends the run with every record
// whole, to go on from there.
func html502(t *testing.T) {
	t.Helper()
	for _, f := range []sandbox.Fault{
		{Kind: "status", Status: http.StatusBadGateway}, {Kind: "html", Status: http.StatusBadGateway}, {Kind: "truncate"}, {Kind: "reset"}, {Kind: "drop_after_apply"},
	} {
		name := f.Kind
		if f.Status != 0 {
			name += " " + strconv.Itoa(f.Status)
		}
		t.Run(name, func(t *testing.T) {
			simulated(t, sandbox.Options{Contacts: 45}, func(t *testing.T, w *world) {
				t.Helper()
				f.Match.Path = "/crm/**"
				require.NoError(t, w.engine.Schema(t.Context()))
				w.after(5, func() { f.Count = 3; w.fault(f) })
				require.NoError(t, w.engine.Backfill(t.Context()), "it passed")
				require.Equal(t, 3, w.portal.Faults()[0].Struck)
				w.portal.ClearFaults()
				w.tick(nil)
				w.same()

				ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 1_000)
				require.NoError(t, err)
				for i, id := range ids {
					w.edit(crm.Contacts, string(id), "jobtitle", fmt.Sprint("Edited ", i))
				}
				w.after(4, func() { f.Count = 0; w.fault(f) })
				err = w.engine.Delta(t.Context(), crm.Contacts)
				require.Contains(t, []crm.Kind{crm.Upstream, crm.Offline}, crm.KindOf(err), "%v", err)
				w.portal.ClearFaults()
				w.whole(crm.Contacts, "jobtitle", "Edited")
				w.tick(nil)
				require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
				w.same()

				w.after(25, func() { w.fault(f) })
				require.Error(t, w.engine.Full(t.Context()))
				w.portal.ClearFaults()
				w.whole(crm.Contacts, "", "")
				require.NoError(t, w.engine.Backfill(t.Context()))
				w.same()
			})
		})
	}
}

// after does something when the n-th call from now is on its way.
func (w *world) after(n int64, do func()) {
	var calls atomic.Int64
	w.wire.stop = func(string) *http.Response {
		if calls.Add(1) == n {
			do()
		}
		return nil
	}
}

// whole checks that each record of a type that is here is altogether what HubSpot
// has or, with a property that begins with a text there, that it is altogether
// what it was before that.
func (w *world) whole(t crm.ObjectType, prop, text string) {
	w.t.Helper()
	spec, _ := crm.SpecOf(string(t))
	there := w.remote(spec)
	page, err := w.store.List(w.t.Context(), crm.ListQuery{Type: t, Limit: 100_000})
	require.NoError(w.t, err)
	require.Len(w.t, page.Records, len(there))
	old := 0
	for _, r := range page.Records {
		want := maps.Clone(there[r.RemoteID])
		if prop != "" && !strings.HasPrefix(r.Base[prop], text) {
			old++
			for _, name := range []string{prop, spec.Modified} {
				require.NotEqual(w.t, want[name], r.Base[name], "%s of %s", name, r.RemoteID)
				delete(want, name)
				delete(r.Base, name)
			}
		}
		require.Equal(w.t, want, r.Base, r.RemoteID)
	}
	if prop != "" {
		require.Positive(w.t, old, "the run was stopped before its end")
		require.Less(w.t, old, len(page.Records), "it had begun")
	}
}
