package simtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/outbox"
	"satchel/internal/pull"
	"satchel/internal/sandbox"
	"satchel/internal/store"
	"satchel/internal/syncer"
)

// desktop is a whole node with its loops running, as on one rep's computer.
type desktop struct {
	t     *testing.T
	store *store.Store
	sync  *syncer.Syncer
	calls *budget.Budget
	began time.Time // when its rep began
	done  time.Time // when the last edit was in HubSpot
}

// token is a sign-in that cannot be renewed.
type token string

func (s token) Token(context.Context) (string, error) { return string(s), nil }

func (token) Refresh(context.Context, string) (string, error) {
	return "", &crm.Error{Kind: crm.Unauthorized, Msg: "Signed out."}
}

// access trades a grant for a token, as signing in does.
func access(t *testing.T, p *sandbox.Portal) string {
	t.Helper()
	refresh, err := p.GrantFor("")
	require.NoError(t, err)
	c := p.Credentials()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/oauth/2026-09/token", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := p.RoundTripper().RoundTrip(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	var got struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal(raw, &got), "%s", raw)
	return got.Token
}

func startDesktop(ctx context.Context, t *testing.T, p *sandbox.Portal, tok, dir string) *desktop {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	s, err := store.Open(ctx, dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	calls := budget.New(budget.Options{Heir: true})
	hub := hubspot.New(hubspot.Options{BaseURL: "http://localhost", HTTP: p.RoundTripper(), Tokens: token(tok), Budget: calls})
	pl := pull.New(pull.Options{Remote: hub, Store: s})
	ob := outbox.New(outbox.Options{
		Queue: s, Remote: hub, Clock: time.Now,
		Keyed: func(context.Context, crm.ObjectType) (bool, error) { return true, nil },
	})
	return &desktop{t: t, store: s, calls: calls, sync: syncer.New(syncer.Options{Puller: pl, Pusher: ob, Connected: true, Crowded: calls.Crowded, Probe: func(ctx context.Context) error {
		_, err := hub.Portal(ctx)
		return err
	}})}
}

// work edits a record of the rep's own every few seconds, and waits until the
// last edit is in HubSpot.
func (d *desktop) work(ctx context.Context, mine crm.Record, edits int, every time.Duration) {
	d.t.Helper()
	d.began = time.Now()
	for i := range edits {
		_, err := d.store.Enqueue(ctx, []crm.Op{{
			Kind: crm.OpUpdate, Type: mine.Type, Record: mine.ID, Made: crm.At(time.Now()),
			Fields: []crm.Field{{Name: "jobtitle", Value: fmt.Sprintf("Officer %d", i)}},
		}}, nil)
		require.NoError(d.t, err)
		d.sync.Wake()
		time.Sleep(every)
	}
	for {
		ops, err := d.store.Unfinished(ctx)
		require.NoError(d.t, err)
		if len(ops) == 0 {
			d.done = time.Now()
			return
		}
		time.Sleep(time.Second)
	}
}

// forty_desktops: forty desktops share one app's limits without a gateway,
// polling goes on, and each rep makes a hundred edits within ten minutes. All
// finish, hardly a call is refused, and nobody waits much longer than others.
func TestScenario_forty_desktops(t *testing.T) {
	if !*forty {
		t.Skip("it takes a minute: run it with -sim.desktops")
	}
	const desktops, edits = 40, 100
	base := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p, err := sandbox.Open(sandbox.Options{Contacts: 60, Seed: 5, Limits: "oauth", Latency: 150 * time.Millisecond})
		require.NoError(t, err)
		defer func() { require.NoError(t, p.Close()) }()
		ctx, cancel := context.WithCancel(t.Context())
		tok := access(t, p)
		var loops, reps sync.WaitGroup
		all := make([]*desktop, desktops)
		for i := range all {
			d := startDesktop(ctx, t, p, tok, fmt.Sprintf("%s/%d", base, i))
			all[i] = d
			loops.Go(func() { _ = d.sync.Run(ctx) }) // it ends with ctx, which is no error
			d.sync.SetFocus(crm.Contacts)
			time.Sleep(3 * time.Second) // people do not come to work in the same second
		}
		for {
			page, err := all[desktops-1].store.List(ctx, crm.ListQuery{Type: crm.Contacts, Limit: desktops})
			require.NoError(t, err)
			if len(page.Records) == desktops {
				break
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		before := p.Stats()
		for i, d := range all {
			page, err := d.store.List(ctx, crm.ListQuery{Type: crm.Contacts, Limit: desktops, Sort: crm.Sort{Prop: crm.SortTitle}})
			require.NoError(t, err)
			time.Sleep(6 * time.Second / desktops) // nor do they type in the same millisecond
			reps.Go(func() { d.work(ctx, page.Records[i], edits, 6*time.Second) })
		}
		reps.Wait()
		after := p.Stats()
		var took []time.Duration
		for _, d := range all {
			took = append(took, d.done.Sub(d.began))
		}
		slices.Sort(took)
		var calls, refused int64
		for bucket, n := range after.Requests {
			calls += n - before.Requests[bucket]
			refused += after.Rejected[bucket] - before.Rejected[bucket]
			t.Logf("%s: %d calls, %d refused", bucket, n-before.Requests[bucket], after.Rejected[bucket]-before.Rejected[bucket])
		}
		t.Logf("%d calls, %d refused; the fastest was done after %s, the slowest after %s", calls, refused, took[0], took[len(took)-1])
		cancel()
		loops.Wait()
		for _, d := range all {
			require.NoError(t, d.store.Close())
		}
		require.Less(t, float64(refused), 0.01*float64(calls))
		require.LessOrEqual(t, took[len(took)-1], 2*took[0])
	})
}
