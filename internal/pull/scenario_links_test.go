package pull_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// The association call answers 500: that is "unknown" and never "none", in the
// first pull, in a delta, in a sweep and in a full pull.
func associationFetchFails(t *testing.T) {
	t.Helper()
	simulated(t, sandbox.Options{Contacts: 40}, func(t *testing.T, w *world) {
		t.Helper()
		fail := func() {
			w.fault(sandbox.Fault{Kind: "status", Status: http.StatusInternalServerError, Match: sandbox.Match{Path: "/crm/associations/**"}})
		}
		require.NoError(t, w.engine.Schema(t.Context()))
		fail()
		require.Equal(t, crm.Upstream, crm.KindOf(w.engine.Backfill(t.Context())))
		n, err := w.store.Count(t.Context(), crm.Contacts)
		require.NoError(t, err)
		require.Equal(t, 40, n, "the records are here all the same")
		_, known := w.ends(w.record(crm.Contacts, w.someID(crm.Contacts, 0)), crm.Companies)
		require.False(t, known, "unknown, not none")
		w.portal.ClearFaults()
		w.tick(nil)
		w.fill()
		w.same()
		r := w.linked(0)
		companies, known := w.ends(r, crm.Companies)
		require.True(t, known)

		// A page of a delta is here, and its associations are not: they stay due.
		made := w.create(crm.Contacts, crm.Values{"email": "new.one@example.com"})
		w.associate(crm.Contacts, made, crm.Companies, string(companies[0]))
		w.edit(crm.Contacts, string(r.RemoteID), "jobtitle", "Edited")
		fail()
		require.Equal(t, crm.Upstream, crm.KindOf(w.engine.Delta(t.Context())))
		fresh := w.record(crm.Contacts, string(made))
		_, known = w.ends(fresh, crm.Companies)
		require.False(t, known, "unknown, not none")
		w.holds(r, companies)
		w.portal.ClearFaults()
		w.tick(nil)
		require.NoError(t, w.engine.Delta(t.Context()))
		now, _ := w.ends(fresh, crm.Companies)
		require.Equal(t, companies[:1], now)
		left, err := w.store.Cursors(t.Context(), "due/")
		require.NoError(t, err)
		require.Empty(t, left)
		w.same()

		// Once known, a failure removes nothing.
		w.again()
		fail()
		w.portal.Advance(25 * time.Hour)
		failed := false
		for range 50 {
			s, err := w.engine.Sweep(t.Context())
			failed = failed || err != nil
			require.Zero(t, s.Wait)
		}
		require.True(t, failed)
		w.holds(r, companies)
		require.Error(t, w.engine.Full(t.Context()))
		w.holds(r, companies)
		w.portal.ClearFaults()
		require.NoError(t, w.engine.Backfill(t.Context()))
		w.sweep()
		w.same()
	})
}

func (w *world) holds(r crm.Record, companies []crm.RemoteID) {
	w.t.Helper()
	ids, known := w.ends(r, crm.Companies)
	require.True(w.t, known)
	require.Equal(w.t, companies, ids, "nothing is removed here")
}

// either sends every second call for associations to the older version of the API,
// which writes the same ids as numbers.
type either struct {
	next http.RoundTripper
	n    atomic.Int64
}

func (e *either) RoundTrip(r *http.Request) (*http.Response, error) {
	const dated = "/crm/associations/2026-03/"
	if rest, ok := strings.CutPrefix(r.URL.Path, dated); ok && e.n.Add(1)%2 == 0 {
		r = r.Clone(r.Context())
		r.URL.Path = "/crm/v4/associations/" + rest
	}
	return e.next.RoundTrip(r)
}

// Ids of associations come as numbers and as texts.
func idsAsNumbers(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	r := w.linked(3)
	companies, _ := w.ends(r, crm.Companies)
	w.edit(crm.Contacts, string(r.RemoteID), "jobtitle", "Edited")
	e := &either{next: w.wire.next}
	w.wire.next = e
	w.again()
	require.NoError(t, w.engine.Delta(t.Context()))
	w.sweep()
	require.NoError(t, w.engine.Full(t.Context()))
	require.Greater(t, e.n.Load(), int64(20))
	now, _ := w.ends(r, crm.Companies)
	require.Equal(t, companies, now)
	w.same()
	w.wire.next = e.next
	w.same()
}
