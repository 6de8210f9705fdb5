package pull_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

func (w *world) lag(d time.Duration) {
	w.t.Helper()
	ms := d.Milliseconds()
	require.NoError(w.t, w.portal.SetSettings(sandbox.SettingsChange{IndexLagMS: &ms}))
}

// With many properties a search is followed by a read of what it found. What has
// gone in between leaves a page short, which is not the last one for that.
func TestDelta_APageThatLacksARecordIsNotTheLast(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	for i := range 120 { // more than search takes
		require.NoError(t, w.portal.DefineProperty("contacts", sandbox.NewProperty{Name: fmt.Sprintf("a_property_with_a_long_name_%d", i), Label: "X", Group: "contactinformation"}))
	}
	w.fill()
	w.restart(nil, func(o *pull.Options) { o.Clock = w.portal.Now })
	w.portal.Advance(10 * time.Minute)
	require.NoError(t, w.engine.Delta(t.Context()))
	for i := range 60 {
		w.edit(crm.Contacts, w.someID(crm.Contacts, i), "jobtitle", "Changed")
	}
	w.lag(time.Minute)
	w.wire.forget()
	for _, i := range []int{3, 19, 20, 21, 22} {
		require.NoError(t, w.portal.Archive("contacts", w.someID(crm.Contacts, i)))
	}
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Positive(t, w.wire.count("contacts/batch/read"), "it takes two steps")
	for i := range 60 {
		id := w.someID(crm.Contacts, i)
		if i != 3 && (i < 19 || i > 22) {
			require.Equal(t, "Changed", w.value(crm.Contacts, id, "jobtitle"), "contact %d", i)
		}
	}
}

// An index that is late by many minutes hides a change from the deltas of that
// time, and not for good.
func TestDelta_AnIndexThatIsVeryLate(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 60})
	w.lag(12 * time.Minute)
	id := w.someID(crm.Contacts, 5)
	w.edit(crm.Contacts, id, "jobtitle", "Late")
	minutes := 0
	for ; w.value(crm.Contacts, id, "jobtitle") != "Late"; minutes++ {
		require.Less(t, minutes, 45)
		w.portal.Advance(time.Minute)
		deal := w.someID(crm.Deals, 1) // of which HubSpot tells what time it is
		w.edit(crm.Deals, deal, "dealname", fmt.Sprint("It is ", minutes))
		require.NoError(t, w.engine.Reread(t.Context(), crm.Deals, []crm.RemoteID{crm.RemoteID(deal)}))
		require.NoError(t, w.engine.Delta(t.Context()))
	}
	require.Greater(t, minutes, 11)
}

// Looking far back now and then is a search more for a quiet type, and no more.
func TestDelta_LookingFarBackCostsLittle(t *testing.T) {
	w, s := watched(t, sandbox.Options{Contacts: 60})
	for range 120 {
		w.portal.Advance(time.Minute)
		require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
	}
	require.Len(t, s.take(), 120)
}

// An engine that goes on with another portal does not take its clock for the one
// that it knew.
func TestMeet_AnotherPortalHasAnotherClock(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 30})
	ahead := func() time.Time { return time.Now().Add(time.Hour) } // our clock, and that of the sample portal
	require.NoError(t, w.store.SetPortal(t.Context(), crm.Portal{ID: "1"}))
	w.portal.Advance(time.Hour)
	w.restart(nil, func(o *pull.Options) { o.Clock = ahead })
	w.fill()
	w.edit(crm.Contacts, w.someID(crm.Contacts, 1), "jobtitle", "An hour ahead")
	require.NoError(t, w.engine.Delta(t.Context()))

	p, err := sandbox.Open(sandbox.Options{Contacts: 40, Seed: 9, Limits: "off"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	p.Advance(time.Second) // so that it is not all the same instant
	require.NoError(t, w.store.Reset(t.Context(), true))
	require.NoError(t, w.store.SetPortal(t.Context(), crm.Portal{ID: "2"}))
	w.portal = p
	w.wire.next = signedIn(p)
	w.fill()
	for i := range 5 {
		require.NoError(t, w.engine.Delta(t.Context()))
		id := w.someID(crm.Contacts, i)
		w.edit(crm.Contacts, id, "jobtitle", "HubSpot's time")
		require.NoError(t, w.engine.Delta(t.Context()))
		require.Equal(t, "HubSpot's time", w.value(crm.Contacts, id, "jobtitle"), "round %d", i)
	}
}

// signedIn is the way to a portal with its own token.
func signedIn(p *sandbox.Portal) http.RoundTripper {
	return trip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+p.Credentials().Token)
		return p.RoundTripper().RoundTrip(r)
	})
}

type trip func(*http.Request) (*http.Response, error)

func (t trip) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

const noSuchType = `{"status":"error","message":"Unable to infer object type from: tickets","category":"VALIDATION_ERROR"}`

// A type that HubSpot does not know, or not any more, is set aside: it says so,
// and keeps nothing else from being pulled, by the first pull, deltas and sweeps.
func TestPull_ATypeThatHubSpotDoesNotKnowIsSetAside(t *testing.T) {
	gone := func(path string) *http.Response {
		if strings.Contains(path, "/tickets") && !strings.Contains(path, "/associations/") {
			return answer(http.StatusBadRequest, noSuchType)
		}
		return nil
	}
	says := func(w *world) (message string) {
		for _, p := range w.engine.Progress() {
			if p.Type == crm.Tickets {
				message = p.Message
			}
		}
		return message
	}
	t.Run("from the start", func(t *testing.T) {
		w := open(t, sandbox.Options{Contacts: 30})
		w.wire.stop = gone
		w.fill()
		done, err := w.engine.Complete(t.Context())
		require.NoError(t, err)
		require.True(t, done)
		require.Contains(t, says(w), "HubSpot does not answer for tickets")
		w.wire.stop = nil
		w.fill()
		w.equal()
		require.Empty(t, says(w))
	})
	t.Run("later", func(t *testing.T) {
		w := swept(t, sandbox.Options{Contacts: 60})
		w.portal.Advance(25 * time.Hour)
		w.wire.stop = gone
		id := w.someID(crm.Contacts, 5)
		w.edit(crm.Contacts, id, "jobtitle", "Still here")
		require.NoError(t, w.engine.Delta(t.Context()))
		require.Equal(t, "Still here", w.value(crm.Contacts, id, "jobtitle"))
		require.Contains(t, says(w), "HubSpot does not answer for tickets")
		require.NoError(t, w.engine.Schema(t.Context()), "nor does its schema")
		require.NoError(t, w.portal.Archive("contacts", id))
		w.sweep()
		r, err := w.store.Record(t.Context(), crm.Contacts, id)
		require.NoError(t, err)
		require.True(t, r.Archived)
		require.Contains(t, says(w), "What is here is kept")
		n, err := w.store.Count(t.Context(), crm.Tickets)
		require.NoError(t, err)
		require.Positive(t, n)
	})
}
