package pull_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

// A long round over the rep's own records does not keep the one over everybody's
// from going on.
func TestSweep_TheRoundsTakeTurns(t *testing.T) {
	w := swept(t, sandbox.Options{Contacts: 120})
	for range 4 {
		s, err := w.engine.Sweep(t.Context())
		require.NoError(t, err)
		require.Zero(t, s.Wait)
	}
	require.Contains(t, w.cursor("sweep/mine"), `"type":`)
	require.Contains(t, w.cursor("sweep/all"), `"type":`)
	var said []bool
	for range 20 { // it says what the next step costs
		searches := w.wire.count("/search")
		s, err := w.engine.Sweep(t.Context())
		require.NoError(t, err)
		if n := len(said); n > 0 {
			require.Equal(t, said[n-1], w.wire.count("/search") > searches)
		}
		said = append(said, s.Searches)
	}
	w.sweep()
}

// One record more and one less, far from each other, have the same number together.
func TestSweep_FindsWhatCancelsOut(t *testing.T) {
	w := swept(t, sandbox.Options{Contacts: 200})
	w.engine.CountBy(60)
	back := w.someID(crm.Contacts, 40)
	require.NoError(t, w.portal.Archive("contacts", back))
	w.portal.Advance(25 * time.Hour)
	w.sweep()
	w.equal(crm.Contacts)
	gone := w.someID(crm.Contacts, 180)
	require.NoError(t, w.portal.Archive("contacts", gone))
	require.NoError(t, w.portal.Restore("contacts", back))
	w.portal.Advance(25 * time.Hour)
	w.wire.forget()
	w.sweep()
	w.equal(crm.Contacts)
}

// Associations with a type that this sign-in may not read keep no others from
// being read.
func TestSweep_ABarredPairIsOnePair(t *testing.T) {
	w := swept(t, sandbox.Options{Contacts: 60})
	w.sweep()
	deal, ticket := w.someID(crm.Deals, 3), w.someID(crm.Tickets, 2)
	var link sandbox.Link
	require.NoError(t, json.Unmarshal(fmt.Appendf(nil, `{"type":"deals","id":%q,"to_type":"tickets","to_id":%q}`, deal, ticket), &link))
	require.NoError(t, w.portal.Associate(link))
	w.portal.Advance(25 * time.Hour)
	w.wire.stop = func(path string) *http.Response {
		if strings.Contains(path, "/associations/") && (strings.Contains(path, "/line_items") || strings.Contains(path, "tickets/companies") || strings.Contains(path, "tickets/contacts")) {
			return answer(http.StatusForbidden, noScope)
		}
		return nil
	}
	w.sweep()
	r, err := w.store.Record(t.Context(), crm.Deals, deal)
	require.NoError(t, err)
	links, _, err := w.store.Links(t.Context(), crm.Deals, r.ID, nil)
	require.NoError(t, err)
	found := false
	for _, l := range links {
		found = found || l.Type == crm.Tickets && string(l.RemoteID) == ticket
	}
	require.True(t, found)
}

// Properties that could not be seen at first are asked for once they can.
func TestRefill_PropertiesThatWereNotShownAtFirst(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	require.NoError(t, w.portal.DefineProperty("contacts", sandbox.NewProperty{Name: "shoes", Label: "Shoes", Group: "contactinformation"}))
	w.wire.stop = func(path string) *http.Response {
		if strings.HasPrefix(path, "/crm/properties/2026-03/contacts") {
			return answer(http.StatusForbidden, noScope)
		}
		return nil
	}
	w.fill()
	id := w.someID(crm.Contacts, 5)
	w.edit(crm.Contacts, id, "shoes", "boots")
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Empty(t, w.value(crm.Contacts, id, "shoes"))
	w.wire.stop = nil
	require.NoError(t, w.engine.Schema(t.Context()))
	require.Contains(t, w.cursor("refill/contacts"), `"shoes"`)
	w.sweep()
	require.Equal(t, "boots", w.value(crm.Contacts, id, "shoes"))
	w.equal()
}

// noted is a store that notes what pages are said to bring that was missing.
type noted struct {
	*store.Store
	gained [][]string
}

func (n *noted) Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error) {
	if len(p.Records) > 0 {
		n.gained = append(n.gained, p.Gained)
	}
	return n.Store.Apply(ctx, p)
}

// While values of a property are missing, every page that may bring them says so:
// of a delta, of a read by id, and of the refill; and none afterwards.
func TestRefill_PagesSayWhatWasMissing(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	require.NoError(t, w.portal.DefineProperty("contacts", sandbox.NewProperty{Name: "shoes", Label: "Shoes", Group: "contactinformation"}))
	s := &noted{Store: w.store}
	w.restart(s, func(o *pull.Options) { o.Clock = w.portal.Now })
	require.NoError(t, w.engine.Schema(t.Context()))
	said := func() [][]string { out := s.gained; s.gained = nil; return out }
	id := w.someID(crm.Contacts, 5)
	w.edit(crm.Contacts, id, "shoes", "boots")
	require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
	require.Contains(t, said(), []string{"shoes"})
	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(id)}))
	require.Equal(t, [][]string{{"shoes"}}, said())
	_, err := w.engine.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, [][]string{{"shoes"}}, said())
	w.sweep()
	said()
	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(id)}))
	require.Equal(t, [][]string{nil}, said())
}
