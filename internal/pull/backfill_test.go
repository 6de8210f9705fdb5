package pull_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
)

func objects(rest string) string { return "/crm/objects/2026-03/" + rest }

func TestBackfill_CopyEqualsThePortal(t *testing.T) {
	for _, n := range []int{3, 30, 170} { // the list alone; with search
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			w := open(t, sandbox.Options{Contacts: n})
			done, err := w.engine.Complete(t.Context())
			require.NoError(t, err)
			require.False(t, done)
			require.False(t, w.engine.Usable())
			w.fill()
			w.equal()

			done, err = w.engine.Complete(t.Context())
			require.NoError(t, err)
			require.True(t, done)
			require.True(t, w.engine.Usable())
			for _, p := range w.engine.Progress() {
				here, err := w.store.Count(t.Context(), p.Type)
				require.NoError(t, err)
				require.Equal(t, pull.Progress{Type: p.Type, Here: here, Total: here, Done: true}, p)
				require.Equal(t, here, w.engine.Pulled()[p.Type], "%s are counted once", p.Type)
			}

			w.wire.forget()
			require.NoError(t, w.engine.Backfill(t.Context()))
			require.Empty(t, w.wire.seen, "nothing is left to do")
		})
	}
}

func TestBackfill_LargeTypeIsReadInStretches(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 400})
	w.fill()
	lists, links := w.wire.count("GET "+objects("contacts")), w.wire.count("contacts/companies/batch/read")
	w.equal()
	require.Equal(t, 400, w.engine.Pulled()[crm.Contacts])
	require.Less(t, lists, 38, "search took its part")
	require.LessOrEqual(t, links, 5, "associations came along the way, once")
	require.Equal(t, 4, strings.Count(w.cursor("backfill/contacts"), `"done":true}`)-1, "four stretches, all done")
}

func TestBackfill_OwnRecordsComeFirst(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 170})
	owners, err := w.client.Owners(t.Context())
	require.NoError(t, err)
	var me crm.OwnerID
	most := 0
	for _, o := range owners {
		page, err := w.client.Search(t.Context(), crm.Contacts, crm.SearchCall{
			Where: []crm.Condition{{Prop: "hubspot_owner_id", Op: "EQ", Value: string(o.ID)}}, Limit: 1,
		})
		require.NoError(t, err)
		if page.Total > most {
			me, most = o.ID, page.Total
		}
	}
	require.Greater(t, most, 10)
	asked := &searches{Remote: w.client, of: crm.Contacts} // companies are few here, and cut up meanwhile
	w.restart(nil, func(o *pull.Options) {
		o.Remote = asked
		o.Owner = func() crm.OwnerID { return me }
	})
	w.fill()
	w.equal()
	require.Equal(t, 170, w.engine.Pulled()[crm.Contacts], "own records are not counted twice")
	calls := slices.DeleteFunc(asked.take(), func(c crm.SearchCall) bool { return len(c.Where) == 0 })
	require.NotEmpty(t, calls)
	require.Equal(t, "hubspot_owner_id", calls[0].Where[0].Prop, "the first search for anything")
}

// dying is a store that works for a number of transactions and then is gone,
// as for a process that is killed.
type dying struct {
	*store.Store
	left int
}

var errKilled = errors.New("killed")

func (d *dying) Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error) {
	if d.left == 0 {
		return crm.Applied{}, errKilled
	}
	d.left--
	return d.Store.Apply(ctx, p)
}

func (d *dying) SetCursor(ctx context.Context, c crm.Cursor) error {
	if d.left == 0 {
		return errKilled
	}
	d.left--
	return d.Store.SetCursor(ctx, c)
}

// serial makes the appliers of the types take turns on a dying store.
type serial struct {
	pull.Store
	turn chan struct{}
}

func (s serial) Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.Store.Apply(ctx, p)
}

func (s serial) SetCursor(ctx context.Context, c crm.Cursor) error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.Store.SetCursor(ctx, c)
}

func TestBackfill_HiddenAssociationsAreUnknown(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 120})
	w.wire.stop = func(path string) *http.Response {
		if strings.Contains(path, "/associations/") {
			return answer(http.StatusForbidden, noScope)
		}
		return nil
	}
	id := func() crm.LocalID {
		r, err := w.store.Record(t.Context(), crm.Contacts, w.someID(crm.Contacts, 0))
		require.NoError(t, err)
		return r.ID
	}
	require.NoError(t, w.engine.Schema(t.Context()))
	require.NoError(t, w.engine.Backfill(t.Context()))
	_, known, err := w.store.Links(t.Context(), crm.Contacts, id(), nil)
	require.NoError(t, err)
	require.False(t, known[crm.Companies], "unknown, not none")
	require.Contains(t, w.engine.Progress()[0].Message, "companies")

	w.wire.stop = nil
	w.fill() // the permission is there now
	w.equal()
	_, known, err = w.store.Links(t.Context(), crm.Contacts, id(), nil)
	require.NoError(t, err)
	require.True(t, known[crm.Companies])
}

func answer(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

const noScope = `{"status":"error","message":"This app hasn't been granted all required scopes to make this call.","errors":[{"message":"One or more of the following scopes are required.","context":{"requiredGranularScopes":["crm.objects.deals.read"]}}],"category":"MISSING_SCOPES"}`

func TestBackfill_MissingScopeStopsOnlyItsType(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 120})
	w.wire.stop = func(path string) *http.Response {
		if strings.HasPrefix(path, objects("deals")) {
			return answer(http.StatusForbidden, noScope)
		}
		return nil
	}
	w.fill()
	done, err := w.engine.Complete(t.Context())
	require.NoError(t, err)
	require.True(t, done, "nothing is left that can be done")
	for _, p := range w.engine.Progress() {
		if p.Type == crm.Deals {
			require.False(t, p.Done)
			require.Equal(t, "HubSpot does not let Satchel read deals: the permission crm.objects.deals.read is missing. The other records are pulled.", p.Message)
			continue
		}
		require.True(t, p.Done, p.Type)
		require.Empty(t, p.Message)
	}
	w.wire.forget()
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Zero(t, w.wire.count("deals"), "it is left alone")

	w.wire.stop = nil
	require.NoError(t, w.engine.Schema(t.Context(), crm.Deals))
	done, err = w.engine.Complete(t.Context())
	require.NoError(t, err)
	require.False(t, done, "after the schema it is tried again")
	require.NoError(t, w.engine.Backfill(t.Context()))
	w.equal()
}

func TestSchema_MissingScopesAreNotFatal(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 30})
	w.wire.stop = func(path string) *http.Response {
		if strings.HasPrefix(path, "/crm/owners") || strings.HasPrefix(path, "/crm/pipelines") {
			return answer(http.StatusForbidden, noScope)
		}
		return nil
	}
	w.fill()
	require.Len(t, w.engine.Notes(), 1)
	require.Contains(t, w.engine.Progress()[2].Message, "pipelines of deals")
	w.equal()
	require.NotZero(t, w.topics.take()[crm.TopicSchema])
	w.wire.stop = nil
	require.NoError(t, w.engine.Schema(t.Context()))
	require.Empty(t, w.engine.Notes())
	require.Empty(t, w.engine.Progress()[2].Message)
	require.NoError(t, w.engine.Schema(t.Context()))
	require.Equal(t, 1, w.topics.take()[crm.TopicSchema], "told when it changed, and not when it did not")
}

func TestBackfill_SearchDownTheListGoesOn(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 170})
	w.wire.stop = func(path string) *http.Response {
		if strings.HasSuffix(path, "/search") {
			return answer(http.StatusBadRequest, `{"status":"error","message":"not today","category":"VALIDATION_ERROR"}`)
		}
		return nil
	}
	w.fill()
	w.wire.stop = nil
	w.equal()
}

func TestBackfill_CancelledIsCancelled(t *testing.T) {
	w := open(t, sandbox.Options{Contacts: 170})
	require.NoError(t, w.engine.Schema(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	var n atomic.Int32
	w.wire.stop = func(string) *http.Response {
		if n.Add(1) == 12 {
			cancel()
		}
		return nil
	}
	err := w.engine.Backfill(ctx)
	require.Equal(t, crm.Canceled, crm.KindOf(err), "%v", err)
	w.wire.stop = nil
	w.fill()
	w.equal()
}
