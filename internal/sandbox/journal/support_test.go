package journal

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is a test's time, which stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is a journal with its clock.
type bench struct {
	*Journal
	t   *testing.T
	clk *clock
}

const portal = 33

func newBench(t *testing.T, change ...func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, clk: &clock{now: time.Date(2026, 10, 5, 9, 30, 0, 250e6, time.UTC)}}
	o := Options{AppID: 7, PortalID: portal, Secret: "s", Now: b.clk.Now}
	for _, f := range change {
		f(&o)
	}
	b.Journal = New(o)
	return b
}

func (b *bench) subscribe(r Request) Subscription {
	b.t.Helper()
	if r.PortalID == 0 && r.Type != AppLifecycle {
		r.PortalID = portal
	}
	s, err := b.Subscribe(r)
	require.NoError(b.t, err)
	return s
}

// contacts subscribes to everything that happens to contacts.
func (b *bench) contacts() Subscription {
	b.t.Helper()
	return b.subscribe(Request{Type: Object, ObjectTypeID: "0-1", Actions: []Action{Create, Update, Delete, Merge, Restore}})
}

// made is the creation of a contact.
func made(id int64) Event { return Event{Action: Create, ObjectTypeID: "0-1", ObjectID: id} }

// content is a file, read as JSON.
type content struct {
	Offset      string           `json:"offset"`
	Events      []map[string]any `json:"journalEvents"`
	PublishedAt string           `json:"publishedAt"`
}

func (b *bench) read(e Entry) content {
	b.t.Helper()
	raw, err := b.Open(e.Token)
	require.NoError(b.t, err)
	var c content
	require.NoError(b.t, json.Unmarshal(raw, &c))
	require.Equal(b.t, e.CurrentOffset, c.Offset)
	require.NotEmpty(b.t, c.Events)
	return c
}

// latest is the newest file.
func (b *bench) latest() (Entry, content) {
	b.t.Helper()
	e, ok := b.Latest()
	require.True(b.t, ok)
	return e, b.read(e)
}

// all reads the journal from its start, as a client would.
func (b *bench) all() []map[string]any {
	b.t.Helper()
	var out []map[string]any
	e, ok := b.Earliest()
	for ok {
		out = append(out, b.read(e).Events...)
		var err error
		e, ok, err = b.Next(e.CurrentOffset)
		require.NoError(b.t, err)
	}
	return out
}

func (b *bench) ids() []int64 {
	b.t.Helper()
	var out []int64
	for _, e := range b.all() {
		id, isNumber := e["objectId"].(float64)
		require.True(b.t, isNumber)
		out = append(out, int64(id))
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
