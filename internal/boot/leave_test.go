package boot_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/wire"
)

type syncFace interface {
	Status() (wire.SyncStatus, error)
	Leave(stay bool) error
	Pause(on bool) error
}

// line is the way to the portal, which can be held or cut.
type line struct {
	to   http.RoundTripper
	hold atomic.Pointer[chan struct{}] // calls wait for it to be closed
	cut  atomic.Bool
	held atomic.Int32
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.cut.Load() {
		return nil, &crm.Error{Kind: crm.Offline}
	}
	if hold := l.hold.Load(); hold != nil {
		l.held.Add(1)
		select {
		case <-*hold:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return l.to.RoundTrip(r)
}

// running is a node that syncs, with a contact that can be edited.
type running struct {
	node    *boot.Node
	line    *line
	contact wire.Row
}

func run(t *testing.T) running {
	t.Helper()
	p := portal(t, 1)
	l := &line{to: p.RoundTripper()}
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Browser, c.KeepIn = t.TempDir(), "http://localhost", config.NoBrowser, "memory"
	n, err := boot.Open(t.Context(), boot.Options{Config: c, Version: "test", Transport: l})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	_, err = faceOf[accountFace](t, n).ConnectToken(p.Credentials().Token)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-done) })
	var rows []wire.Row
	require.Eventually(t, func() bool {
		page, err := faceOf[checkFace](t, n).List(wire.ListQuery{Type: "contacts", Limit: 1})
		rows = page.Rows
		return err == nil && len(rows) == 1
	}, 30*time.Second, 5*time.Millisecond)
	return running{n, l, rows[0]}
}

func (r running) until(t *testing.T, so func(wire.SyncStatus) bool) {
	t.Helper()
	defer func() {
		if t.Failed() {
			s, err := faceOf[syncFace](t, r.node).Status()
			t.Logf("%+v %v", s, err)
		}
	}()
	require.Eventually(t, func() bool {
		s, err := faceOf[syncFace](t, r.node).Status()
		return err == nil && so(s)
	}, 30*time.Second, 5*time.Millisecond)
}

func (r running) edit(t *testing.T, city string) {
	t.Helper()
	type editor interface {
		Edit(q wire.EditRequest) (wire.EditResult, error)
	}
	_, err := faceOf[editor](t, r.node).Edit(wire.EditRequest{Type: "contacts", ID: r.contact.ID, Values: map[string]string{"city": city}})
	require.NoError(t, err)
}

func (r running) waiting(t *testing.T) int {
	t.Helper()
	s, err := faceOf[syncFace](t, r.node).Status()
	require.NoError(t, err)
	require.Zero(t, s.Leaving)
	return s.Waiting
}

func TestLeave_SendsWhatWaits(t *testing.T) {
	r := run(t)
	r.edit(t, "Narvik")
	require.False(t, r.node.Leave(t.Context()))
	require.Zero(t, r.waiting(t))
}

func TestLeave_WaitsForWhatIsOnItsWay(t *testing.T) {
	r := run(t)
	hold := make(chan struct{})
	r.line.hold.Store(&hold)
	r.edit(t, "Narvik")
	r.until(t, func(wire.SyncStatus) bool { return r.line.held.Load() > 0 })
	left := make(chan bool, 1)
	go func() { left <- r.node.Leave(t.Context()) }()
	r.until(t, func(s wire.SyncStatus) bool { return s.Leaving > time.Now().UnixMilli() })
	close(hold)
	require.False(t, <-left)
	require.Zero(t, r.waiting(t))
}

func TestLeave_EndsWhenTheRepSaysSo(t *testing.T) {
	for _, stay := range []bool{false, true} {
		r := run(t)
		hold := make(chan struct{})
		r.line.hold.Store(&hold)
		r.edit(t, "Narvik")
		left := make(chan bool, 1)
		go func() { left <- r.node.Leave(t.Context()) }()
		r.until(t, func(s wire.SyncStatus) bool { return s.Leaving > 0 })
		begun := time.Now()
		require.NoError(t, faceOf[syncFace](t, r.node).Leave(stay))
		require.Equal(t, stay, <-left)
		require.Less(t, time.Since(begun), 5*time.Second)
		require.Equal(t, 1, r.waiting(t), "what was not sent is kept")
		close(hold)
		r.until(t, func(s wire.SyncStatus) bool { return s.Waiting == 0 }) // and sent, when it goes on
	}
}

func TestLeave_TakesTenSecondsAtMost(t *testing.T) {
	r := run(t)
	hold := make(chan struct{})
	defer close(hold)
	r.line.hold.Store(&hold)
	r.edit(t, "Narvik")
	begun := time.Now()
	require.False(t, r.node.Leave(t.Context()))
	require.GreaterOrEqual(t, time.Since(begun), 9*time.Second)
	require.Less(t, time.Since(begun), 15*time.Second)
	require.Equal(t, 1, r.waiting(t))
}

func TestLeave_DoesNotWaitWhereNothingCanBeSent(t *testing.T) {
	for name, break_ := range map[string]func(r running){
		"nothing waits": func(running) {},
		"paused":        func(r running) { require.NoError(t, faceOf[syncFace](t, r.node).Pause(true)); r.edit(t, "Narvik") },
		"no network": func(r running) {
			r.line.cut.Store(true)
			r.edit(t, "Narvik")
			r.until(t, func(s wire.SyncStatus) bool { return s.State == "offline" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t)
			break_(r)
			begun := time.Now()
			require.False(t, r.node.Leave(t.Context()))
			require.Less(t, time.Since(begun), 3*time.Second)
		})
	}
}
