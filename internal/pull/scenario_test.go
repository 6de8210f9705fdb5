package pull_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/doctor"
	"satchel/internal/outbox"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
)

// scenarios are named cases in which other connectors lost, doubled or stalled
// records. docs/reliability.md has a line for each.
func scenarios() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"archived_leaves": archivedLeaves, "archived_returns": archivedReturns, "merged_contacts": mergedContacts,
		"association_only_change": associationOnlyChange, "association_fetch_fails": associationFetchFails, "ids_as_numbers": idsAsNumbers,
		"index_lag": indexLag, "ten_thousand_ties": tenThousandTies, "pipeline_edit_touches_all": pipelineEditTouchesAll,
		"contacts_stamp_name": contactsStampName, "nine_hundred_properties": nineHundredProperties, "shuffled_batch": shuffledBatch,
		"calculated_churn": calculatedChurn, "fifty_with_history": fiftyWithHistory, "token_expires_mid_run": tokenExpiresMidRun,
		"page_token_kill": pageTokenKill, "html_502": html502, "daily_limit": dailyLimit, "search_5_per_second": searchFivePerSecond,
		"portal_migration_477": portalMigration477,
	}
}

func TestScenario(t *testing.T) {
	atOnce := []string{"search_5_per_second", "portal_migration_477"} // pull, push and the rep
	for name, holds := range scenarios() {
		t.Run(name, func(t *testing.T) {
			if racing && !slices.Contains(atOnce, name) {
				t.Skip("SQLite is ten times slower under the race detector; make ci runs it without, too")
			}
			holds(t)
		})
	}
}

// The names are those of docs/reliability.md, and of the list that they come from.
func TestScenario_NoneIsMissing(t *testing.T) {
	names := slices.Sorted(maps.Keys(scenarios()))
	text, err := os.ReadFile("../../docs/reliability.md")
	require.NoError(t, err)
	_, text, _ = bytes.Cut(text, []byte("\n## Scenarios\n"))
	require.Equal(t, names, firstColumn(text, "| `"))
	shared := os.Getenv("SATCHEL_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	text, err = os.ReadFile(filepath.Join(shared, "scenarios.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the list of scenarios is not here: %v (set SATCHEL_SHARED)", err)
	}
	require.NoError(t, err)
	_, text, _ = bytes.Cut(text, []byte("\n## Pull\n"))
	require.Equal(t, names, firstColumn(text, "| "))
}

// firstColumn are the sorted names in the first column of a table, which ends with
// its section.
func firstColumn(text []byte, before string) (names []string) {
	text, _, _ = bytes.Cut(text, []byte("\n## "))
	for line := range strings.Lines(string(text)) {
		if cell, ok := strings.CutPrefix(line, before); ok {
			name, _, _ := strings.Cut(cell, " ")
			names = append(names, strings.TrimRight(name, "`"))
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "name" })
	slices.Sort(names)
	return names
}

// same has the doctor compare every record, association and definition with the
// portal, which must not lag: there is no difference, and nothing is behind.
func (w *world) same() {
	w.t.Helper()
	r, err := doctor.Compare(w.t.Context(), doctor.Options{
		Remote: w.client, Local: w.store, Asked: w.engine.Asked, All: true, Seed: 1, Grace: -1, Clock: w.portal.Now,
	})
	require.NoError(w.t, err)
	require.True(w.t, r.Equal(), "%s\n%v\n%v", r.Sentence(), r.Differences, r.Schema)
	require.Zero(w.t, r.Divergent)
	require.Zero(w.t, r.Behind)
	require.Positive(w.t, r.Compared)
}

// simulated runs f in a world in which waiting takes no time.
func simulated(t *testing.T, o sandbox.Options, f func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, open(t, o)) })
}

// tick is another process over the same store, with the portal's clock.
func (w *world) tick(s pull.Store) {
	w.restart(s, func(o *pull.Options) { o.Clock = w.portal.Now })
}

func (w *world) record(t crm.ObjectType, id string) crm.Record {
	w.t.Helper()
	r, err := w.store.Record(w.t.Context(), t, id)
	require.NoError(w.t, err)
	return r
}

// pending is an edit of the rep's that was not sent yet.
func (w *world) pending(r crm.Record, prop, value string) crm.Op {
	w.t.Helper()
	ops, err := w.store.Enqueue(w.t.Context(), []crm.Op{{
		Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, Made: crm.At(w.portal.Now()), Fields: []crm.Field{{Name: prop, Value: value}},
	}}, nil)
	require.NoError(w.t, err)
	return ops[0]
}

func (w *world) op(id crm.OpID) crm.Op {
	w.t.Helper()
	op, err := w.store.Op(w.t.Context(), id)
	require.NoError(w.t, err)
	return op
}

func (w *world) outbox() *outbox.Engine {
	return outbox.New(outbox.Options{
		Queue: w.store, Remote: w.client, Clock: w.portal.Now,
		Keyed: func(context.Context, crm.ObjectType) (bool, error) { return false, nil },
	})
}

func (w *world) flush() crm.FlushResult {
	w.t.Helper()
	r, err := w.outbox().Flush(w.t.Context())
	require.NoError(w.t, err)
	return r
}

func (w *world) fault(f sandbox.Fault) {
	w.t.Helper()
	_, err := w.portal.Fault(f)
	require.NoError(w.t, err)
}

// ends are the records of a type that one is associated with here.
func (w *world) ends(r crm.Record, to crm.ObjectType) (ids []crm.RemoteID, known bool) {
	w.t.Helper()
	links, of, err := w.store.Links(w.t.Context(), r.Type, r.ID, nil)
	require.NoError(w.t, err)
	for _, l := range links {
		if l.Type == to {
			ids = append(ids, l.RemoteID)
		}
	}
	return ids, of[to]
}

// listed says whether a record is in the list that the rep sees.
func (w *world) listed(t crm.ObjectType, id crm.LocalID) bool {
	w.t.Helper()
	page, err := w.store.List(w.t.Context(), crm.ListQuery{Type: t, Limit: 100_000})
	require.NoError(w.t, err)
	for _, r := range page.Records {
		if r.ID == id {
			return true
		}
	}
	return false
}

// linked is the first contact from the i-th that has companies and deals.
func (w *world) linked(i int) crm.Record {
	w.t.Helper()
	n, err := w.store.Count(w.t.Context(), crm.Contacts)
	require.NoError(w.t, err)
	for k := range n {
		r := w.record(crm.Contacts, w.someID(crm.Contacts, i+k))
		companies, _ := w.ends(r, crm.Companies)
		if deals, _ := w.ends(r, crm.Deals); len(companies) > 0 && len(deals) > 0 {
			return r
		}
	}
	w.t.Fatal("no contact has a company and a deal")
	return crm.Record{}
}

// look is a way in which the copy hears of what no delta shows: a sweep after a
// day, and the rep's asking for everything again.
func look(t *testing.T, holds func(t *testing.T, look func(w *world))) {
	t.Helper()
	t.Run("sweep", func(t *testing.T) {
		holds(t, func(w *world) {
			w.portal.Advance(25 * time.Hour)
			require.Positive(w.t, w.sweep())
		})
	})
	t.Run("full", func(t *testing.T) {
		holds(t, func(w *world) { require.NoError(w.t, w.engine.Full(w.t.Context())) })
	})
}
