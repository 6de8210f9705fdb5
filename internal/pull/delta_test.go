package pull_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// searches is a remote that notes what was searched for.
type searches struct {
	pull.Remote
	mu    sync.Mutex
	calls []crm.SearchCall
}

func (s *searches) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	s.mu.Lock()
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	return s.Remote.Search(ctx, t, c)
}

func (s *searches) take() []crm.SearchCall {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.calls
	s.calls = nil
	return out
}

// watched is a filled world with a clock of its own, started anew as by a
// process that was just started.
func watched(t *testing.T, o sandbox.Options) (*world, *searches) {
	t.Helper()
	w := open(t, o)
	w.fill()
	s := &searches{Remote: w.client}
	w.restart(nil, func(o *pull.Options) {
		o.Remote = s
		o.Clock = w.portal.Now
	})
	require.NoError(t, w.engine.Delta(t.Context()))
	w.portal.Advance(10 * time.Minute)
	require.NoError(t, w.engine.Delta(t.Context()))
	s.take()
	w.topics.take()
	return w, s
}

func TestDelta_BringsWhatChangedAndTellsWhoShowsIt(t *testing.T) {
	w, s := watched(t, sandbox.Options{Contacts: 60})
	id := w.someID(crm.Contacts, 7)
	w.edit(crm.Contacts, id, "jobtitle", "Chief of Sync")
	w.wire.forget()
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Equal(t, "Chief of Sync", w.value(crm.Contacts, id, "jobtitle"))
	asked := len(s.take())
	require.Positive(t, asked)
	require.Equal(t, len(crm.AllSpecs()), asked+w.wire.list(), "one call for each type: a search, or the list of a small one")
	for typ, n := range w.engine.Pulled() {
		require.Equal(t, map[crm.ObjectType]int{crm.Contacts: 1}[typ], n, typ)
	}

	r, err := w.store.Record(t.Context(), crm.Contacts, id)
	require.NoError(t, err)
	told := w.topics.take()
	require.NotZero(t, told[crm.ListTopic(crm.Contacts)])
	require.NotZero(t, told[crm.RecordTopic(r.ID)])
	require.Zero(t, told[crm.ListTopic(crm.Deals)])

	require.NoError(t, w.engine.Delta(t.Context(), crm.Deals))
	require.Len(t, s.take(), 1)
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Empty(t, w.topics.take(), "the overlap shows it again, and nothing changed")
	w.equal()
}

func TestDelta_ContactsStampName(t *testing.T) {
	w, s := watched(t, sandbox.Options{Contacts: 120})
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
}

func TestDelta_NewRecordsComeWithTheirAssociations(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 30})
	company := w.someID(crm.Companies, 0)
	made := w.create(crm.Contacts, crm.Values{"email": "new.one@example.com"})
	w.associate(crm.Contacts, made, crm.Companies, company)
	require.NoError(t, w.engine.Delta(t.Context()))
	r, err := w.store.Record(t.Context(), crm.Contacts, string(made))
	require.NoError(t, err)
	w.equalLinks(crm.Specs()[0], r)
}

// A page of a delta is here, the association call fails: the ids are kept
// with the page, and the next delta asks again although no row is new.
func TestDelta_AssociationFetchFails(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 30})
	company := w.someID(crm.Companies, 0)
	made := w.create(crm.Contacts, crm.Values{"email": "new.one@example.com"})
	w.associate(crm.Contacts, made, crm.Companies, company)
	w.wire.stop = func(path string) *http.Response {
		if strings.Contains(path, "/associations/") {
			return answer(http.StatusBadRequest, `{"status":"error","message":"no","category":"VALIDATION_ERROR"}`)
		}
		return nil
	}
	require.Error(t, w.engine.Delta(t.Context(), crm.Contacts))
	r, err := w.store.Record(t.Context(), crm.Contacts, string(made))
	require.NoError(t, err)
	_, known, err := w.store.Links(t.Context(), crm.Contacts, r.ID, nil)
	require.NoError(t, err)
	require.False(t, known[crm.Companies], "unknown, not none")

	w.wire.stop = nil
	w.restart(nil, nil)
	require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
	w.equalLinks(crm.Specs()[0], r)
	left, err := w.store.Cursors(t.Context(), "due/")
	require.NoError(t, err)
	require.Empty(t, left)
}

// All records of a type share one stamp: paging is by id, so none is left out
// and no page comes twice; killed at every page it goes on.
func TestDelta_TenThousandTies(t *testing.T) {
	w, s := watched(t, sandbox.Options{Contacts: 110})
	n, err := w.portal.Touch("contacts")
	require.NoError(t, err)
	require.Equal(t, 110, n)
	for i := 0; ; i++ {
		w.restart(&dying{w.store, 2}, func(o *pull.Options) { o.Remote, o.Clock = s, w.portal.Now })
		if err := w.engine.Delta(t.Context(), crm.Contacts); err == nil {
			break
		}
		require.Less(t, i, 20)
	}
	pages := map[string]int{}
	for _, c := range s.take() {
		if len(c.Where) > 1 {
			pages[c.Where[1].Value]++
		}
	}
	require.GreaterOrEqual(t, len(pages), 5)
	w.equal()
}

// pipeline_edit_touches_all: HubSpot gives every record of a type a new stamp.
// It is read once, once more when the index has had time to settle, and then
// no more; polls in between are light.
func TestDelta_PipelineEditTouchesAll(t *testing.T) {
	w, s := watched(t, sandbox.Options{Contacts: 560}) // 140 deals
	_, err := w.portal.Touch("deals")
	require.NoError(t, err)
	pages := 0
	for range 60 { // ten minutes on screen
		require.NoError(t, w.engine.Delta(t.Context(), crm.Deals))
		pages += len(s.take())
		w.portal.Advance(10 * time.Second)
	}
	require.LessOrEqual(t, pages, 60+2*8)
	require.GreaterOrEqual(t, pages, 60+8)
	told := w.topics.take()
	require.LessOrEqual(t, told[crm.ListTopic(crm.Deals)], 8)
	w.equal()
}

func TestDelta_IndexLag(t *testing.T) {
	for _, touched := range []bool{false, true} { // light windows see late rows as well
		t.Run(strconv.FormatBool(touched), func(t *testing.T) {
			w, _ := watched(t, sandbox.Options{Contacts: 130, IndexLag: 40 * time.Second})
			if touched {
				_, err := w.portal.Touch("contacts")
				require.NoError(t, err)
				w.portal.Advance(40 * time.Second)
			}
			late := w.someID(crm.Contacts, 3)
			w.edit(crm.Contacts, late, "jobtitle", "Late")
			for i := range 20 { // others are seen meanwhile, and move the watermark
				w.portal.Advance(10 * time.Second)
				w.edit(crm.Contacts, w.someID(crm.Contacts, 100+i), "jobtitle", fmt.Sprint("On time ", i))
				require.NoError(t, w.engine.Delta(t.Context()))
			}
			require.Equal(t, "Late", w.value(crm.Contacts, late, "jobtitle"))
			w.portal.Advance(3 * time.Minute)
			require.NoError(t, w.engine.Delta(t.Context()))
			w.equal()
		})
	}
}

// Our clock is two hours ahead, or behind: no change is missed.
func TestDelta_OurClockIsWrong(t *testing.T) {
	for _, off := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			w := open(t, sandbox.Options{Contacts: 40})
			wrong := off
			clock := func(o *pull.Options) {
				skew := wrong
				o.Clock = func() time.Time { return w.portal.Now().Add(skew) }
			}
			w.restart(nil, clock)
			w.fill()
			for i := range 12 {
				id := w.someID(crm.Contacts, i)
				w.edit(crm.Contacts, id, "jobtitle", fmt.Sprint("Round ", i))
				require.NoError(t, w.engine.Delta(t.Context()))
				require.Equal(t, fmt.Sprint("Round ", i), w.value(crm.Contacts, id, "jobtitle"))
				w.portal.Advance(3 * time.Minute)
				if i == 8 { // wrong the other way after a restart
					wrong = -off
					w.restart(nil, clock)
				}
			}
			w.equal()
		})
	}
}

// A window that was stopped in the middle keeps its beginning and its end.
func TestDelta_PageTokenKill(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 70})
	ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 1_000)
	require.NoError(t, err)
	for i, id := range ids {
		if i%2 == 0 {
			w.edit(crm.Contacts, string(id), "jobtitle", fmt.Sprint("Edited ", i))
		}
	}
	for lives := 0; ; lives++ {
		w.restart(&dying{w.store, 1 + lives%5}, func(o *pull.Options) { o.Clock = w.portal.Now })
		if err := w.engine.Delta(t.Context(), crm.Contacts); err == nil {
			break
		}
		require.Less(t, lives, 40)
	}
	w.equal()
}

func TestDelta_TokenExpiresMidRun(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 70})
	_, err := w.portal.Touch("contacts")
	require.NoError(t, err)
	n := 0
	w.wire.stop = func(path string) *http.Response {
		if strings.HasSuffix(path, "/search") {
			if n++; n == 3 {
				return answer(http.StatusUnauthorized, `{"status":"error","message":"The OAuth token used to make this call expired 0 second(s) ago.","category":"EXPIRED_AUTHENTICATION"}`)
			}
		}
		return nil
	}
	err = w.engine.Delta(t.Context(), crm.Contacts)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err), "the test's sign-in cannot be renewed")
	before := w.cursor("delta/contacts")
	require.Contains(t, before, `"open":true`)
	w.restart(nil, nil)
	require.NoError(t, w.engine.Delta(t.Context(), crm.Contacts))
	require.NotContains(t, w.cursor("delta/contacts"), `"open":true`)
	w.equal()
}

// stuck answers every search with the same full page.
type stuck struct {
	pull.Remote
	page crm.Page
}

func (s *stuck) Search(context.Context, crm.ObjectType, crm.SearchCall) (crm.Page, error) {
	return s.page, nil
}

func TestDelta_ASearchThatDoesNotMoveOnIsNoLoop(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 60})
	page, err := w.client.Search(t.Context(), crm.Contacts, crm.SearchCall{Limit: 20, Sort: "hs_object_id"})
	require.NoError(t, err)
	slices.Reverse(page.Records) // shuffled_batch: the order is not relied upon
	w.restart(nil, func(o *pull.Options) { o.Remote = &stuck{w.client, page} })
	err = w.engine.Delta(t.Context(), crm.Contacts)
	require.Equal(t, crm.Upstream, crm.KindOf(err))
}
