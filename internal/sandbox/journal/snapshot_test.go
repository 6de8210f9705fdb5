package journal

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// values is a portal with contact 1 only. It asks the journal back, as a portal
// may, which would hang under the journal's lock.
func values(b **bench) func(*Options) {
	return func(o *Options) {
		o.Values = func(objectTypeID string, objectID int64, properties []string) (map[string]string, bool) {
			(*b).Stats()
			if objectTypeID != "0-1" || objectID != 1 {
				return nil, false
			}
			out := map[string]string{"hs_object_id": "1"}
			for _, p := range properties {
				out[p] = "value of " + p
			}
			return out, true
		}
	}
}

func TestSnapshot_Section7_3_FromRequestToJournal(t *testing.T) {
	var b *bench
	b = newBench(t, values(&b))
	out, err := b.RequestSnapshots([]SnapshotRequest{
		{PortalID: portal, ObjectTypeID: "0-1", ObjectID: 1, Properties: []string{"email"}},
		{PortalID: portal, ObjectTypeID: "0-1", ObjectID: 2, Properties: []string{"email"}},
	})
	require.NoError(t, err)
	raw, err := json.Marshal(out[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"portalId":33,"objectTypeId":"0-1","objectId":1,"snapshotStatusId":"`+out[0].StatusID+`"}`, string(raw))
	require.NotEqual(t, out[0].StatusID, out[1].StatusID)
	status := func(i int) SnapshotStatus {
		t.Helper()
		st, err := b.SnapshotStatus(out[i].StatusID)
		require.NoError(t, err)
		return st
	}
	const start = 1791192600250
	require.Equal(t, SnapshotStatus{ID: out[0].StatusID, Status: Pending, InitiatedAt: start}, status(0))
	b.clk.Add(time.Second)
	require.Equal(t, InProgress, status(0).Status)
	_, ok := b.Latest()
	require.False(t, ok)
	b.clk.Add(time.Second)
	require.Equal(t, SnapshotStatus{ID: out[0].StatusID, Status: Success, InitiatedAt: start, CompletedAt: start + 2000}, status(0))
	failed := status(1)
	require.Equal(t, Failed, failed.Status)
	require.Equal(t, "VALIDATION_ERROR", failed.ErrorCode)

	got := b.all()
	require.Len(t, got, 1, "without any subscription")
	require.Equal(t, map[string]any{
		"type": "crmObject", "portalId": 33.0, "occurredAt": "2026-10-05T09:30:02.250Z", "action": "SNAPSHOT",
		"objectTypeId": "0-1", "objectId": 1.0, "propertyChanges": map[string]any{"email": "value of email"},
	}, got[0])

	b.clk.Add(Retention)
	require.Equal(t, Expired, status(0).Status)
	b.clk.Add(Retention)
	_, err = b.SnapshotStatus(out[0].StatusID)
	require.Equal(t, 404, code(t, err))
}

func TestSnapshot_AReadOfTheJournalCompletesIt(t *testing.T) {
	var b *bench
	b = newBench(t, values(&b))
	var requests []SnapshotRequest
	var want []any
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		requests = append(requests, SnapshotRequest{portal, "0-1", 1, []string{name}})
		want = append(want, map[string]any{name: "value of " + name})
	}
	_, err := b.RequestSnapshots(requests)
	require.NoError(t, err)
	b.clk.Add(time.Minute)
	for range 2 {
		var got []any
		for _, e := range b.all() {
			got = append(got, e["propertyChanges"])
		}
		require.Equal(t, want, got, "in order, and once")
	}
}

// While one reader waits for the values, another neither waits nor reads them
// again.
func TestSnapshot_IsReadOnce(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var calls atomic.Int32
	b := newBench(t, func(o *Options) {
		o.Values = func(string, int64, []string) (map[string]string, bool) {
			if calls.Add(1) == 1 {
				close(entered)
				<-release
			}
			return map[string]string{"a": "1"}, true
		}
	})
	out, err := b.RequestSnapshots([]SnapshotRequest{{portal, "0-1", 1, []string{"a"}}})
	require.NoError(t, err)
	b.clk.Add(time.Minute)
	done := make(chan struct{})
	go func() { defer close(done); _, _ = b.Latest() }()
	<-entered
	st, err := b.SnapshotStatus(out[0].StatusID)
	require.NoError(t, err)
	require.Equal(t, InProgress, st.Status)
	close(release)
	<-done
	require.Equal(t, []int64{1}, b.ids())
	require.Equal(t, int32(1), calls.Load())
}

func TestSnapshot_WithoutValuesFails(t *testing.T) {
	b := newBench(t)
	out, err := b.RequestSnapshots([]SnapshotRequest{{portal, "0-1", 1, []string{"a"}}})
	require.NoError(t, err)
	b.clk.Add(time.Minute)
	st, err := b.SnapshotStatus(out[0].StatusID)
	require.NoError(t, err)
	require.Equal(t, Failed, st.Status)
}

func TestSnapshot_WhatIsRefused(t *testing.T) {
	b := newBench(t)
	good := SnapshotRequest{portal, "0-1", 1, []string{"a"}}
	for _, c := range []struct {
		requests []SnapshotRequest
		want     int
	}{
		{nil, 400},
		{[]SnapshotRequest{good, {0, "0-1", 1, []string{"a"}}}, 400},
		{[]SnapshotRequest{good, {34, "0-1", 1, []string{"a"}}}, 403},
		{[]SnapshotRequest{good, {portal, "contacts", 1, []string{"a"}}}, 400},
		{[]SnapshotRequest{good, {portal, "0-1", 0, []string{"a"}}}, 400},
		{[]SnapshotRequest{good, {portal, "0-1", 1, nil}}, 400},
	} {
		_, err := b.RequestSnapshots(c.requests)
		require.Equal(t, c.want, code(t, err))
	}
	require.Empty(t, b.State().Snapshots, "one bad request refuses all")
	_, err := b.SnapshotStatus("x")
	require.Equal(t, 404, code(t, err))
}

func TestState_SurvivesARestart(t *testing.T) {
	var b *bench
	b = newBench(t, values(&b))
	s := b.contacts()
	_, err := b.CreateFilter(s.ID, Filter{[]Condition{cond("city", "N_EQ", "Ulm")}})
	require.NoError(t, err)
	b.Append(made(1))
	read, _ := b.latest()
	gone := made(2)
	gone.Changes = map[string]string{"a": "<&>"}
	b.Append(gone)
	asked, err := b.RequestSnapshots([]SnapshotRequest{{portal, "0-1", 1, []string{"a"}}})
	require.NoError(t, err)
	raw, err := json.Marshal(b.State())
	require.NoError(t, err)

	var st State
	require.NoError(t, json.Unmarshal(raw, &st))
	again := newBench(t, values(&b))
	again.clk = b.clk
	again.now = b.clk.Now
	require.NoError(t, again.Restore(st))
	require.Equal(t, b.State(), again.State())
	body, err := again.Open(read.Token)
	require.NoError(t, err, "a link outlives the restart")
	was, err := b.Open(read.Token)
	require.NoError(t, err)
	require.Equal(t, string(was), string(body))

	old, new := b, again
	b = again // whose Stats the values ask for
	for _, j := range []*bench{old, new} {
		ulm := made(99)
		ulm.Changes = map[string]string{"city": "Ulm"}
		j.Append(ulm, made(3))
		require.Equal(t, []int64{1, 2, 3}, j.ids())
	}
	b.clk.Add(time.Minute)
	status, err := again.SnapshotStatus(asked[0].StatusID)
	require.NoError(t, err)
	require.Equal(t, Success, status.Status)
	require.Equal(t, []int64{1, 2, 3, 1}, again.ids())
	require.Equal(t, old.State().Files, new.State().Files[:2], "offsets do not depend on the run")

	st.Files = old.State().Files
	st.LastSeq = 99
	st.Files[1].Seq = 9
	require.Error(t, again.Restore(st))
	st.Files, st.LastSeq = st.Files[:1], 0
	require.Error(t, again.Restore(st))
	require.Equal(t, []int64{1, 2, 3, 1}, again.ids())
}

// Everything at once, for the race detector: a client that follows the journal
// sees every event once and in order.
func TestJournal_ConcurrentUse(t *testing.T) {
	var b *bench
	b = newBench(t, values(&b))
	b.contacts()
	const writers, each = 4, 200
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for i := range each {
				b.Append(made(int64(w*1000 + i + 1)))
				b.clk.Add(10 * time.Millisecond)
			}
		})
		work.Go(func() {
			for range 50 {
				_, _ = b.State(), b.Subscriptions()
				if _, err := b.RequestSnapshots([]SnapshotRequest{{portal, "0-1", 1, []string{"a"}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { work.Wait(); close(done) }()
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				_, _ = b.Latest()
			}
		}
	})
	defer reader.Wait()
	next := map[int64]int64{}
	seen, snapshots := 0, 0
	follow := func(e Entry) {
		for _, event := range b.read(e).Events {
			if event["action"] == "SNAPSHOT" {
				snapshots++
				continue
			}
			id := int64(event["objectId"].(float64))
			require.Equal(t, next[id/1000]+1, id%1000)
			next[id/1000]++
			seen++
		}
	}
	offset, finished := "", false
	for {
		var e Entry
		var ok bool
		var err error
		if offset == "" {
			e, ok = b.Earliest()
		} else {
			e, ok, err = b.Next(offset)
		}
		require.NoError(t, err)
		if ok {
			offset = e.CurrentOffset
			follow(e)
			continue
		}
		if finished {
			break
		}
		select {
		case <-done:
			reader.Wait()
			finished = true
			b.clk.Add(time.Minute)
		default:
		}
	}
	require.Equal(t, writers*each, seen)
	require.Equal(t, 200, snapshots)
}

// A long-running portal keeps the latest snapshots only.
func TestSnapshot_Bounded(t *testing.T) {
	b := newBench(t)
	ask := make([]SnapshotRequest, mostSnapshots)
	for i := range ask {
		ask[i] = SnapshotRequest{PortalID: portal, ObjectTypeID: "0-1", ObjectID: int64(i + 1), Properties: []string{"email"}}
	}
	first, err := b.RequestSnapshots(ask)
	require.NoError(t, err)
	last, err := b.RequestSnapshots(ask[:1])
	require.NoError(t, err)
	require.Len(t, b.snapshots, mostSnapshots)
	_, err = b.SnapshotStatus(first[0].StatusID)
	require.Equal(t, 404, code(t, err))
	for _, id := range []string{first[1].StatusID, last[0].StatusID} {
		_, err = b.SnapshotStatus(id)
		require.NoError(t, err)
	}
}
