package pull_test

import (
	"context"
	"fmt"
	"slices"
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
	of    crm.ObjectType // of this type alone; "": of all
	mu    sync.Mutex
	calls []crm.SearchCall
}

func (s *searches) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	if s.of == "" || s.of == t {
		s.mu.Lock()
		s.calls = append(s.calls, c)
		s.mu.Unlock()
	}
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

// A process that was just started reads of a small type what it does not have, and
// what changed in the last minutes before, and nothing else.
func TestDelta_ANewProcessReadsLittleTwice(t *testing.T) {
	w, _ := watched(t, sandbox.Options{Contacts: 30})
	reads := func() (of []string) {
		w.restart(nil, func(o *pull.Options) { o.Clock = w.portal.Now })
		w.wire.forget()
		require.NoError(t, w.engine.Delta(t.Context()))
		for _, s := range w.wire.seen {
			if path, ok := strings.CutSuffix(s, "/batch/read"); ok && strings.HasPrefix(path, "POST /crm/objects/") {
				of = append(of, path[strings.LastIndex(path, "/")+1:])
			}
		}
		require.NoError(t, w.engine.Delta(t.Context())) // which knows what time it is
		return of
	}
	require.Empty(t, reads())
	id := w.someID(crm.Companies, 1)
	w.edit(crm.Companies, id, "city", "Narvik")
	require.Equal(t, []string{"companies"}, reads())
	require.Equal(t, "Narvik", w.value(crm.Companies, id, "city"))
	require.Equal(t, []string{"companies"}, reads(), "it is the newest of all")
	w.portal.Advance(time.Hour)
	w.edit(crm.Deals, w.someID(crm.Deals, 1), "dealname", "Later")
	require.Equal(t, []string{"companies", "deals"}, reads())
	require.Equal(t, []string{"deals"}, reads())
	w.equal()
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
