package hooks

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDeliver_Section7_1_BatchesOfAtMost100(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.s.Publish(contacts(1, 250)...)
	require.Equal(t, Stats{Waiting: 250}, a.s.Stats())
	a.pump()
	var sizes []int
	ids := map[any]int{}
	for _, d := range a.deliveries() {
		sizes = append(sizes, len(d.events))
		for _, e := range d.events {
			ids[e["objectId"]]++
		}
	}
	slices.Sort(sizes)
	require.Equal(t, []int{50, 100, 100}, sizes)
	require.Len(t, ids, 250)
	require.Equal(t, Stats{Requests: 3, Delivered: 250}, a.s.Stats())
}

func TestDeliver_Section7_1_RetriesTenTimesIn24Hours(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.always(500)
	a.s.Publish(contacts(1, 1)...)
	a.pump()
	a.pump()
	first := a.deliveries()
	require.Len(t, first, 1, "not due again yet")
	require.InDelta(t, 0, first[0].events[0]["attemptNumber"], 0)
	require.Equal(t, "1791192600250", first[0].header.Get("X-Hubspot-Request-Timestamp"))

	a.clk.Add(time.Minute)
	a.pump()
	require.Equal(t, []any{1.0}, a.field("attemptNumber"))
	a.clk.Add(119 * time.Second)
	a.pump()
	require.Empty(t, a.deliveries())
	a.clk.Add(time.Second)
	a.pump()
	require.Equal(t, []any{2.0}, a.field("attemptNumber"))
	require.Equal(t, Stats{Requests: 3, Retried: 2, Waiting: 1, LastFailure: "the target answered 500 Internal Server Error"}, a.s.Stats())

	a.clk.Add(24 * time.Hour)
	a.pump()
	require.Equal(t, []any{3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0}, a.field("attemptNumber"))
	a.clk.Add(240 * time.Hour)
	a.pump()
	require.Empty(t, a.deliveries())
	require.Equal(t, int64(1), a.s.Stats().Failed)
	require.Zero(t, a.s.Stats().Waiting)
}

func TestDeliver_Section7_1_WhatIsRetried(t *testing.T) {
	var followed atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	defer elsewhere.Close()
	status := func(code int) func(int, http.ResponseWriter, *http.Request) {
		return func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(code)
		}
	}
	for name, c := range map[string]struct {
		answer func(int, http.ResponseWriter, *http.Request)
		again  bool
	}{
		"200": {status(200), false}, "204": {status(204), false}, "302": {status(302), true}, "307": {status(307), true},
		"400": {status(400), true}, "404": {status(404), true}, "410": {status(410), true}, "429": {status(429), true}, "503": {status(503), true},
		"hang up": {func(int, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
		"timeout": {func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, func(o *Options) { o.Client = &http.Client{Timeout: 50 * time.Millisecond} })
			if name != "timeout" {
				a.s.client.Timeout = 0
			}
			a.answer = c.answer
			a.subscribe("contact.creation", "", "")
			a.s.Publish(contacts(1, 1)...)
			a.pump()
			require.Len(t, a.deliveries(), 1)
			a.clk.Add(time.Minute)
			a.pump()
			require.Equal(t, c.again, len(a.deliveries()) == 1)
			require.Equal(t, c.again, a.s.Stats().Waiting == 1)
		})
	}
	require.Zero(t, followed.Load(), "a redirect was followed")
}

func TestDeliver_NobodyListens(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.srv.Close()
	a.s.Publish(contacts(1, 1)...)
	a.pump()
	st := a.s.Stats()
	require.Equal(t, int64(1), st.Waiting)
	require.Contains(t, st.LastFailure, "refused")
}

func TestNew_Section7_1_TimeoutIs5Seconds(t *testing.T) {
	require.Equal(t, 5*time.Second, New(Options{}).client.Timeout)
	mine := &http.Client{}
	require.Equal(t, 5*time.Second, New(Options{Client: mine}).client.Timeout)
	require.Zero(t, mine.Timeout, "the caller's client is left alone")
}

func TestDeliver_Section7_1_ConcurrencyIsLimited(t *testing.T) {
	a := newApp(t)
	_, err := a.s.PutSettings(a.target(), Throttling{MaxConcurrentRequests: 6})
	require.NoError(t, err)
	a.subscribe("contact.creation", "", "")
	var now, most atomic.Int32
	sixAtOnce := make(chan struct{})
	var once sync.Once
	a.answer = func(_ int, w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		if n == 6 {
			once.Do(func() { close(sixAtOnce) })
		}
		select {
		case <-sixAtOnce:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusOK)
	}
	a.s.Publish(contacts(1, 1500)...)
	a.pump()
	require.Equal(t, int32(6), most.Load())
	require.Equal(t, int64(1500), a.s.Stats().Delivered)
}

func TestPublish_NeverBlocksAndIsBounded(t *testing.T) {
	a := newApp(t, func(o *Options) { o.QueueLimit = 100 })
	a.subscribe("contact.creation", "", "")
	release := make(chan struct{})
	a.answer = func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 0 {
			a.s.Publish(contacts(1000, 150)...)
			close(release)
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
	a.s.Publish(contacts(1, 1)...)
	a.pump()
	<-release
	st := a.s.Stats()
	require.Equal(t, int64(100), st.Waiting)
	require.Equal(t, int64(51), st.Dropped, "50 that did not fit, and then the failed one, which was the oldest")
	a.deliveries()
	a.pump()
	ids := a.field("objectId")
	require.Len(t, ids, 100)
	require.InEpsilon(t, 1050.0, ids[0], 0)
}

func TestPump_CalledOffGoesBack(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	arrived := make(chan struct{}, 1)
	a.answer = func(_ int, _ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}
	a.s.Publish(contacts(1, 1)...)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- a.s.Pump(ctx) }()
	<-arrived
	require.Len(t, a.s.State().Waiting, 1, "under way is not delivered")
	require.Equal(t, Stats{Waiting: 1}, a.s.Stats())
	waiting, give := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer give()
	require.ErrorIs(t, a.s.Pump(waiting), context.DeadlineExceeded, "pumps take turns")
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Equal(t, Stats{Waiting: 1}, a.s.Stats())
	a.deliveries()
	a.always(200)
	a.pump()
	require.Equal(t, []any{0.0}, a.field("attemptNumber"))
}

// Everything at once, for the race detector: what is published is delivered
// exactly once or dropped or given up.
func TestSender_ConcurrentUse(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.creation", "", "")
	a.answer = func(n int, w http.ResponseWriter, _ *http.Request) {
		if n%3 == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all, run sync.WaitGroup
	for range 2 {
		run.Go(func() { _ = a.s.Run(ctx) })
	}
	for i := range 4 {
		all.Go(func() {
			for j := range 200 {
				a.s.Publish(contacts(1+i*200+j, 1)...)
			}
		})
		all.Go(func() {
			for range 20 {
				_, _ = a.s.State(), a.s.Stats()
				_, _ = a.s.SetActiveBatch([]Activation{{1, true}})
				a.clk.Add(time.Minute)
				a.s.Wake()
			}
		})
	}
	all.Wait()
	cancel()
	run.Wait()
	a.always(200)
	a.clk.Add(24 * time.Hour)
	a.pump()
	st := a.s.Stats()
	require.Equal(t, int64(800), st.Delivered+st.Failed)
	require.Zero(t, st.Waiting)
	require.Zero(t, st.Dropped)
}
