package hooks

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is a test's time, which stands still until it is moved, or runs from
// ticking on.
type clock struct {
	mu      sync.Mutex
	now     time.Time
	ticking time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ticking.IsZero() {
		return c.now.Add(time.Since(c.ticking))
	}
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// app is a receiver of webhooks. It checks every signature, as an app should.
type app struct {
	t   *testing.T
	srv *httptest.Server
	s   *Sender
	clk *clock

	mu     sync.Mutex
	answer func(n int, w http.ResponseWriter, r *http.Request) // n counts from 0; nil is 204
	calls  int
	got    []delivery
}

type delivery struct {
	raw    string
	events []map[string]any
	header http.Header
}

// newApp starts a receiver and a sender that has it as its target.
func newApp(t *testing.T, change ...func(*Options)) *app {
	t.Helper()
	a := &app{t: t, clk: &clock{now: time.Date(2026, 10, 5, 9, 30, 0, 250e6, time.UTC)}}
	a.srv = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.srv.Close)
	o := Options{AppID: 1160452, PortalID: 33, Secret: secret, Now: a.clk.Now}
	for _, f := range change {
		f(&o)
	}
	a.s = New(o)
	_, err := a.s.PutSettings(a.target(), Throttling{})
	require.NoError(t, err)
	return a
}

func (a *app) target() string { return a.srv.URL + "/hooks?to=a%3Ab%20c" }

func (a *app) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	stamp, _ := strconv.ParseInt(r.Header.Get("X-Hubspot-Request-Timestamp"), 10, 64)
	uri := "http://" + r.Host + r.RequestURI
	d := delivery{raw: string(body), header: r.Header}
	if SignV3(secret, r.Method, uri, body, stamp) != r.Header.Get("X-Hubspot-Signature-V3") ||
		SignV1(secret, body) != r.Header.Get("X-Hubspot-Signature") || r.Header.Get("X-Hubspot-Signature-Version") != "v1" ||
		stamp > a.clk.Now().UnixMilli() || stamp < 1791192600250 || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" ||
		json.Unmarshal(body, &d.events) != nil {
		a.t.Errorf("not HubSpot's: %s %s %v, %d bytes", r.Method, uri, r.Header, len(body))
	}
	a.mu.Lock()
	n := a.calls
	a.calls++
	a.got = append(a.got, d)
	answer := a.answer
	a.mu.Unlock()
	if answer != nil {
		answer(n, w, r)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// always makes the receiver answer with a status.
func (a *app) always(code int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// deliveries returns what has arrived and forgets it.
func (a *app) deliveries() []delivery {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := a.got
	a.got = nil
	return got
}

// field collects one field of all events that have arrived, and forgets them.
func (a *app) field(name string) []any {
	var out []any
	for _, d := range a.deliveries() {
		for _, e := range d.events {
			out = append(out, e[name])
		}
	}
	return out
}

func (a *app) pump() {
	a.t.Helper()
	require.NoError(a.t, a.s.Pump(a.t.Context()))
}

func (a *app) subscribe(eventType, property, objectTypeID string) Subscription {
	a.t.Helper()
	sub, err := a.s.CreateSubscription(NewSubscription{EventType: eventType, PropertyName: property, ObjectTypeID: objectTypeID, Active: true})
	require.NoError(a.t, err)
	return sub
}

// contacts makes n events, with the ids from first on.
func contacts(first, n int) []Event {
	var out []Event
	for i := range n {
		out = append(out, Event{Kind: Creation, ObjectTypeID: "0-1", Stem: "contact", ObjectID: int64(first + i), Source: "CRM"})
	}
	return out
}

// code is the status of a refusal.
func code(t *testing.T, err error) int {
	t.Helper()
	var refusal *Error
	require.ErrorAs(t, err, &refusal)
	require.NotEmpty(t, refusal.Message)
	require.NotEmpty(t, refusal.Category)
	return refusal.Code
}
