package boot

import (
	"context"
	"time"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/pull"
	"satchel/internal/syncer"
	"satchel/internal/wire"
)

// syncing is the node as the facades of sync and outbox see it.
type syncing Node

// screen is what keeps the screen fresh.
type screen struct {
	*syncer.Syncer
	pull *pull.Engine
}

func (s screen) Fresh(t crm.ObjectType, id crm.RemoteID) crm.Millis { return s.pull.Fresh(t, id) }

// Status puts together what the status bar and the first-pull page show.
func (s *syncing) Status(ctx context.Context) (wire.SyncStatus, error) {
	st := s.syncer.Status()
	waiting, conflicts, needs, err := s.store.Badges(ctx)
	if err != nil {
		return wire.SyncStatus{}, err
	}
	complete, err := s.pull.Complete(ctx)
	if err != nil {
		return wire.SyncStatus{}, err
	}
	out := wire.SyncStatus{
		State: string(st.State), Online: st.Online, Paused: st.Paused, Waiting: waiting, Conflicts: conflicts, Needs: needs,
		LastSync: int64(st.LastSync), NextTry: int64(st.NextTry), Message: st.Message,
		Leaving: s.leavingUntil(), FirstPull: !complete, Usable: s.pull.Usable(), Progress: []wire.TypeProgress{},
	}
	for _, p := range s.pull.Progress() {
		t := wire.TypeProgress{
			Type: string(p.Type), Here: p.Here, Total: p.Total, PerSec: p.PerSec,
			LeftMs: p.Left.Milliseconds(), Done: p.Done, Barred: p.Barred, Message: p.Message,
		}
		if p.Left < 0 {
			t.LeftMs = -1
		}
		out.Progress = append(out.Progress, t)
	}
	if sess, err := s.remote.client(); err == nil {
		stats := sess.budget.Stats()
		out.Calls = stats.Calls()
		out.CallsLimit, out.CallsSpan = window(stats)
	}
	return out, nil
}

func window(s budget.Stats) (limit int, spanMs int64) {
	return s.Burst.Limit, s.Burst.Window.Milliseconds()
}

// Flush sends everything that is due, for the rep who waits for it.
func (s *syncing) Flush(ctx context.Context) (crm.FlushResult, error) { return s.outbox.Flush(ctx) }

// Now pulls and pushes at once.
func (s *syncing) Now() {
	s.syncer.Wake()
	s.syncer.Refresh()
}

// Pause stops pulling and pushing, or goes on.
func (s *syncing) Pause(on bool) { s.syncer.Pause(on) }

// Report is what one sync did.
type Report struct {
	Pulled      map[string]int `json:"pulled"`
	Pushed      Pushed         `json:"pushed"`
	Requests    int            `json:"requests"`
	RateLimited int            `json:"rate_limited"`
	Seconds     float64        `json:"seconds"`
	PullSeconds float64        `json:"pull_seconds,omitempty"` // of them, for pulling everything
	Left        int            `json:"-"`                      // operations still waiting, in dispute or parked
}

// Pushed counts operations by what became of them.
type Pushed struct {
	Acked     int `json:"acked"`
	Conflicts int `json:"conflicts"`
	Parked    int `json:"parked"`
}

// Sync makes one complete round: push, pull, push. With full everything is
// pulled again and checked for what is gone. The report is good even with an
// error: it says how far it came.
func (n *Node) Sync(ctx context.Context, full bool) (Report, error) {
	n.base.Store(&ctx)
	start := time.Now()
	if _, err := n.remote.checked(ctx); err != nil {
		return Report{Pulled: map[string]int{}}, err
	}
	res, err := n.syncer.Once(ctx, full)
	if err == nil {
		_, err = n.store.CatchUp(ctx, false)
	}
	if err == nil {
		err = n.store.SetLastSync(ctx, crm.At(time.Now()))
	}
	r := Report{
		Pulled: map[string]int{}, Seconds: float64(time.Since(start).Milliseconds()) / 1000, PullSeconds: float64(res.Filled.Milliseconds()) / 1000,
		Pushed: Pushed{Acked: res.Pushed.Acked, Conflicts: res.Pushed.Conflicts, Parked: res.Pushed.Parked},
	}
	for _, t := range n.pull.Types() {
		r.Pulled[string(t)] = res.Pulled[t]
	}
	if s, hubErr := n.remote.client(); hubErr == nil {
		stats := s.budget.Stats()
		r.Requests, r.RateLimited = stats.Calls(), stats.Rejected()
	}
	waiting, conflicts, parked, badgeErr := n.store.Badges(context.WithoutCancel(ctx))
	r.Left = waiting + conflicts + parked
	if err == nil {
		err = badgeErr
	}
	return r, err
}

// Flush sends everything that is due, without pulling.
func (n *Node) Flush(ctx context.Context) (wire.FlushResult, error) {
	n.base.Store(&ctx)
	if _, err := n.remote.checked(ctx); err != nil {
		return wire.FlushResult{}, err
	}
	r, err := n.outbox.Flush(ctx)
	return wire.FlushResult(r), err
}
