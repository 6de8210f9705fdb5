package doctor_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/doctor"
	"satchel/internal/sandbox"
)

func TestCompare_AllOfALargePortalInFewCalls(t *testing.T) {
	t.Parallel()
	contacts := 300
	if os.Getenv("SATCHEL_LONG") != "" {
		contacts = 20_000
	}
	w := open(t, sandbox.Options{Contacts: contacts})
	w.o.Types = nil
	w.wire.on(nil)
	start := time.Now()
	r := w.equal()
	w.wire.mu.Lock()
	calls := w.wire.calls
	w.wire.mu.Unlock()
	t.Logf("%s %d calls in %v", r.Sentence(), calls, time.Since(start))
	// A list call for a hundred, and for a thousand a call of associations with
	// either of two types, both of which may be paged.
	require.Less(t, calls, r.Compared/100+2*r.Compared/1000+100)
}

// A failing HubSpot is told, and nothing that was not confirmed is.
func TestCompare_HubSpotFailsInTheMiddle(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 30})
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.city', 'Wrong') WHERE type = 2 AND remote_id = ?`, string(w.id(crm.Companies, 1)))
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.city', 'Wrong') WHERE type = 1 AND remote_id = ?`, string(w.id(crm.Contacts, 1)))
	for _, path := range []string{"/crm/**/contacts", "/crm/**/contacts/batch/read", "/crm/**/associations/**", "/crm/**/properties/**", "/crm/**/search", "/crm/**/owners/**"} {
		_, err := w.portal.Fault(sandbox.Fault{Kind: "status", Status: 500, Match: sandbox.Match{Path: path}})
		require.NoError(t, err)
		r, err := doctor.Compare(t.Context(), w.o)
		require.Equal(t, crm.Upstream, crm.KindOf(err), path)
		require.Regexp(t, `^The comparison ended after [\d,]+ of [\d,]+ records, and nothing was changed: \S`, crm.Message(err))
		require.False(t, r.Done)
		require.False(t, r.Equal())
		for _, d := range r.Differences {
			require.Equal(t, []string{"city"}, d.Properties, "only what was planted")
		}
		require.Empty(t, r.Schema)
		w.portal.ClearFaults()
	}
	require.Equal(t, 2, w.compare().Divergent)
}

// An association that could not be read is not none.
func TestCompare_AnswersLostOnceAreAskedForAgain(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 30})
	for _, kind := range []string{"truncate", "html", "reset"} {
		_, err := w.portal.Fault(sandbox.Fault{Kind: kind, Count: 1, Match: sandbox.Match{Path: "/crm/**/associations/**"}})
		require.NoError(t, err)
	}
	r, err := doctor.Compare(t.Context(), w.o)
	require.True(t, err != nil || r.Equal())
	require.Zero(t, r.Divergent)
}

func TestCompare_Stopped(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 210})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var lists atomic.Int32
	w.wire.on(func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/contacts") && lists.Add(1) == 3 {
			cancel()
		}
	})
	r, err := doctor.Compare(ctx, w.o)
	require.Equal(t, crm.Canceled, crm.KindOf(err))
	require.Regexp(t, `^The comparison was stopped after [\d,]+ of [\d,]+ records\. Nothing was changed\.$`, crm.Message(err))
	require.False(t, r.Done)
	require.Zero(t, r.Divergent)
	require.Contains(t, r.Sentence(), "Not finished: 0 divergent of ")

	w.sql(`UPDATE record SET base = jsonb_set(base, '$.firstname', 'Wrong') WHERE type = 1`)
	w.wire.on(nil)
	r = w.compare()
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	_, err = doctor.Repair(ctx, w.o, w.pull, r)
	require.Equal(t, crm.Canceled, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "may simply be run again")
	w.repaired(r)
}

// The copy and HubSpot change while they are compared.
func TestCompare_BesideAPullAndColleagues(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 120})
	var calls atomic.Int32
	w.wire.on(func(r *http.Request) {
		n := calls.Add(1)
		if r.Header.Get("X-Aside") != "" || n > 200 {
			return
		}
		w.portal.Advance(100 * time.Millisecond)
		ids, err := w.store.RemoteIDs(context.Background(), crm.Contacts, "", 120)
		if err != nil || len(ids) == 0 {
			return
		}
		id := ids[int(n*37)%len(ids)]
		_ = w.portal.Edit(change(t, "contacts", string(id), "firstname", "Colleague "+strconv.Itoa(int(n)))) // one that was archived is refused
	})
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if err := w.pull.Delta(ctx); err != nil && ctx.Err() == nil {
				done <- err
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		done <- nil
	}()
	for range 2 {
		r := w.compare()
		require.Empty(t, r.Differences)
	}
	stop()
	require.NoError(t, <-done)
}

// mender reports what it was asked to pull again, and pulls nothing.
type mender struct {
	asked map[crm.ObjectType][]crm.RemoteID
}

func (m *mender) Reread(_ context.Context, t crm.ObjectType, ids []crm.RemoteID) error {
	m.asked[t] = append(m.asked[t], ids...)
	if t == crm.Deals {
		return errors.New("broken")
	}
	return nil
}

func (*mender) Schema(context.Context, ...crm.ObjectType) error { return nil }

func TestRepair_SaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 30})
	id := w.id(crm.Contacts, 1)
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.firstname', 'Wrong') WHERE type = 1 AND remote_id = ?`, string(id))
	w.sql(`UPDATE record SET modified = modified + 86400000000, base = jsonb_set(base, '$.city', 'Wrong') WHERE type = 2 AND remote_id = ?`, string(w.id(crm.Companies, 1)))
	r := w.compare()
	require.Equal(t, 2, r.Divergent)
	require.Contains(t, r.Differences[1].Why, "newer here")
	m := &mender{map[crm.ObjectType][]crm.RemoteID{}}
	r, err := doctor.Repair(t.Context(), w.o, m, r)
	require.NoError(t, err)
	require.Equal(t, map[crm.ObjectType][]crm.RemoteID{crm.Contacts: {id}, crm.Companies: {w.id(crm.Companies, 1)}}, m.asked)
	require.Equal(t, 2, r.Divergent)
	require.Zero(t, r.Repaired)

	r, err = doctor.Repair(t.Context(), w.o, w.pull, r)
	require.NoError(t, err)
	require.Equal(t, 1, r.Repaired)
	require.Equal(t, 1, r.Divergent, "a base never goes backwards")
	require.Equal(t, 1, r.Types[1].Divergent)
	require.Zero(t, r.Types[0].Divergent)

	w.sql(`UPDATE record SET base = jsonb_set(base, '$.dealname', 'Wrong') WHERE type = 3`)
	r = w.compare()
	_, err = doctor.Repair(t.Context(), w.o, m, r)
	require.Contains(t, crm.Message(err), "The repair did not come to its end")
}

func TestCompare_TooManyDifferencesAreNotListed(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 150})
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.firstname', 'Wrong') WHERE type = 1`)
	w.o.AtMost(100)
	r, err := doctor.Compare(t.Context(), w.o)
	require.Contains(t, crm.Message(err), "more than 100 differ")
	require.Contains(t, crm.Message(err), "sync --full")
	require.False(t, r.Equal())
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 84112: "84,112", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		require.Equal(t, want, doctor.Thousands(n))
	}
}
