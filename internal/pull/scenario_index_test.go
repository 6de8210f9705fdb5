package pull_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// The search index shows changes late, as they were, and rows that the conditions
// do not match any more.
func indexLag(t *testing.T) {
	t.Helper()
	t.Run("backfill", backfillOnALaggingIndex)
	t.Run("delta", func(t *testing.T) { deltasOnALaggingIndex(t, false) })
	t.Run("light deltas", func(t *testing.T) { deltasOnALaggingIndex(t, true) })
	t.Run("old rows", oldRowsChangeNothing)
}

// What is younger than the lag is not in the index at all.
func backfillOnALaggingIndex(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 170, IndexLag: 30e9})
	w.portal.Advance(60e9)
	page, err := w.client.List(t.Context(), crm.Contacts, crm.ListCall{Limit: 100})
	require.NoError(t, err)
	for _, r := range page.Records[:20] { // the list sees these, the index not yet
		w.edit(crm.Contacts, string(r.ID), "jobtitle", "Fresh")
	}
	page, err = w.client.Search(t.Context(), crm.Contacts, crm.SearchCall{Sort: "hs_object_id", Desc: true, Limit: 100})
	require.NoError(t, err)
	for _, r := range page.Records[:20] { // search brings these, as they were
		w.edit(crm.Contacts, string(r.ID), "jobtitle", "Late")
	}
	w.fill()
	require.NoError(t, w.engine.Delta(t.Context()))
	w.portal.Advance(31e9)
	require.NoError(t, w.engine.Delta(t.Context()))
	w.same()
}

// Others' changes are seen meanwhile, and move the watermark.
func deltasOnALaggingIndex(t *testing.T, touched bool) {
	t.Helper()
	w, _ := watched(t, sandbox.Options{Contacts: 130, IndexLag: 40 * time.Second})
	if touched { // light windows see late rows as well
		_, err := w.portal.Touch("contacts")
		require.NoError(t, err)
		w.portal.Advance(40 * time.Second)
	}
	late := w.someID(crm.Contacts, 3)
	w.edit(crm.Contacts, late, "jobtitle", "Late")
	for i := range 20 {
		w.portal.Advance(10 * time.Second)
		other := w.someID(crm.Contacts, 100+i)
		w.edit(crm.Contacts, other, "jobtitle", fmt.Sprint("On time ", i))
		if i%2 == 0 { // one that is on screen is read from HubSpot's tables: what time it is there is known exactly
			require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(other)}))
		}
		require.NoError(t, w.engine.Delta(t.Context()))
	}
	require.Equal(t, "Late", w.value(crm.Contacts, late, "jobtitle"))
	w.portal.Advance(3 * time.Minute)
	require.NoError(t, w.engine.Delta(t.Context()))
	w.same()
}

// stray is a remote whose search returns some rows of contacts whatever it is
// asked for.
type stray struct {
	*hubspot.Client
	mu   sync.Mutex
	rows []crm.RemoteRecord
}

func (s *stray) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	page, err := s.Client.Search(ctx, t, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t == crm.Contacts {
		page.Records = append(page.Records, s.rows...)
	}
	return page, err
}

// Rows of before a change, of a record that was archived since, and of records
// that are no answer to the question, do not undo what is known better.
func oldRowsChangeNothing(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 60, IndexLag: 40 * time.Second})
	w.fill()
	w.tick(nil)
	w.portal.Advance(time.Hour)
	require.NoError(t, w.engine.Delta(t.Context()))
	edited, archived := w.someID(crm.Contacts, 3), w.someID(crm.Contacts, 40)
	for _, id := range []string{edited, archived} {
		w.edit(crm.Contacts, id, "jobtitle", "Before")
	}
	w.portal.Advance(45 * time.Second) // the index has these
	before, err := w.client.BatchRead(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(edited), crm.RemoteID(archived)}, []string{"jobtitle"})
	require.NoError(t, err)
	w.edit(crm.Contacts, edited, "jobtitle", "After")
	require.NoError(t, w.portal.Archive("contacts", archived))
	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{crm.RemoteID(edited), crm.RemoteID(archived)}))
	holds := func() {
		t.Helper()
		require.Equal(t, "After", w.value(crm.Contacts, edited, "jobtitle"))
		require.True(t, w.record(crm.Contacts, archived).Archived)
	}
	holds()
	for range 3 {
		require.NoError(t, w.engine.Delta(t.Context()), "search shows both as they were")
		holds()
		w.tick(nil) // a new process does not know which rows it has seen
		w.portal.Advance(5 * time.Second)
	}
	w.portal.Advance(time.Minute)
	s := &stray{Client: w.client, rows: before.Found[:1]}
	for _, r := range before.Found {
		if string(r.ID) == edited {
			s.rows[0] = r
		}
	}
	w.restart(nil, func(o *pull.Options) { o.Clock, o.Remote = w.portal.Now, s })
	require.NoError(t, w.engine.Delta(t.Context()))
	holds()
	w.portal.Advance(25 * time.Hour)
	w.sweep()
	holds()
	w.same()
}

// All records of a type share one stamp, as after an import: deltas page by id, so
// that none is left out and no page comes twice, and killed at every page they go
// on. A first pull that begins with the rep's own, newest first, gets all as well.
func tenThousandTies(t *testing.T) {
	t.Helper()
	n := 110
	long := os.Getenv("SATCHEL_LONG") != "" && !racing
	if long {
		n = 25_000
	}
	w := open(t, sandbox.Options{Contacts: n})
	life := func(s pull.Store, remote pull.Remote) {
		o := pull.Options{Remote: remote, Store: s, Clock: w.portal.Now, Owner: func() crm.OwnerID { return w.me() }}
		if w.engine = pull.New(o); !long {
			w.engine.Shrink()
		}
	}
	life(w.store, w.client)
	w.fill()
	w.portal.Advance(10 * time.Minute)
	touched, err := w.portal.Touch("contacts")
	require.NoError(t, err)
	require.Equal(t, n, touched)
	s := &searches{Remote: w.client}
	for lives := 0; ; lives++ {
		life(&dying{w.store, 2}, s)
		if err := w.engine.Delta(t.Context(), crm.Contacts); err == nil {
			break
		}
		require.Less(t, lives, n/5)
	}
	pages := map[string]int{}
	for _, c := range s.take() {
		if len(c.Where) > 1 {
			pages[c.Where[1].Value]++
		}
	}
	require.GreaterOrEqual(t, len(pages), 5)
	for after, times := range pages {
		require.LessOrEqual(t, times, 3, "the page after %s", after) // once more for each life that died before it had it
	}
	if !long { // it takes minutes, and comes once more below
		w.same()
	}

	life(w.store, w.client)
	require.NoError(t, w.engine.Full(t.Context()))
	require.Equal(t, n, w.engine.Pulled()[crm.Contacts], "all arrive, each once")
	w.same()
}

// me is the rep: who has most contacts of the first owners.
func (w *world) me() crm.OwnerID {
	owners, err := w.store.Owners(w.t.Context())
	require.NoError(w.t, err)
	if len(owners) == 0 {
		return ""
	}
	return owners[0].ID
}

// A pipeline is edited, and HubSpot gives every deal a new stamp. They are read
// once, once more when the index has had time to settle, and then no more; polls
// in between are light, lists are not told over and over, and an edit that waits
// is no conflict.
func pipelineEditTouchesAll(t *testing.T) {
	t.Helper()
	w, s := watched(t, sandbox.Options{Contacts: 560}) // 140 deals
	r := w.record(crm.Deals, w.someID(crm.Deals, 7))
	w.pending(r, "dealname", "Mine")
	w.put("PATCH", "/crm/pipelines/2026-03/deals/default", `{"label":"Another name"}`)
	_, err := w.portal.Touch("deals")
	require.NoError(t, err)
	watermark := w.cursor("delta/deals")
	pages := 0
	for range 60 { // ten minutes on screen
		require.NoError(t, w.engine.Delta(t.Context(), crm.Deals))
		pages += len(s.take())
		w.portal.Advance(10 * time.Second)
	}
	require.LessOrEqual(t, pages, 60+2*8)
	require.GreaterOrEqual(t, pages, 60+8)
	require.NotEqual(t, watermark, w.cursor("delta/deals"))
	told := w.topics.take()
	require.LessOrEqual(t, told[crm.ListTopic(crm.Deals)], 8, "once for each page")
	require.NoError(t, w.engine.Schema(t.Context()))
	require.Equal(t, crm.BadgeSaved, w.record(crm.Deals, string(r.ID)).Badge)
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.NoError(t, w.engine.Delta(t.Context()))
	w.same()
}

// Contacts have another name for the modified stamp than all the rest, and the
// wrong one matches nothing without a word.
func contactsStampName(t *testing.T) {
	t.Helper()
	w, s := watched(t, sandbox.Options{Contacts: 120})
	wrong, err := w.client.Search(t.Context(), crm.Contacts, crm.SearchCall{
		Where: []crm.Condition{{Prop: "hs_lastmodifieddate", Op: "GTE", Value: "0"}}, Limit: 1,
	})
	require.NoError(t, err)
	require.Zero(t, wrong.Total, "the portal is as HubSpot here")
	props := map[crm.ObjectType]string{crm.Contacts: "jobtitle", crm.Companies: "city", crm.Deals: "dealname", crm.Tickets: "subject", crm.Products: "description"}
	for typ, prop := range props {
		w.edit(typ, w.someID(typ, 2), prop, "Changed")
	}
	require.NoError(t, w.engine.Delta(t.Context()))
	var stamps []string
	for _, c := range s.take() {
		stamps = append(stamps, c.Where[0].Prop)
	}
	require.Greater(t, len(stamps), 2)
	require.Equal(t, "lastmodifieddate", stamps[0])
	for _, stamp := range stamps[1:] {
		require.Equal(t, "hs_lastmodifieddate", stamp)
	}
	for typ, prop := range props {
		require.Equal(t, "Changed", w.value(typ, w.someID(typ, 2), prop), typ)
	}
	w.same()
}
