package boot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"satchel/internal/crm"
	"satchel/internal/syncer"
)

// leaveTime is the longest that Leave sends before the program ends.
const leaveTime = 10 * time.Second

// leaving is a Leave under way.
type leaving struct {
	mu    sync.Mutex
	until time.Time          // when it ends at the latest; zero for none under way
	end   context.CancelFunc // ends it before that
	stay  bool
}

// Leave sends what is due before the program ends, while HubSpot can be reached
// and for at most ten seconds. The page shows it (SyncStatus.Leaving), and may end
// it: by Quit, or by Stay, and then stay is true and the program is to go on. It
// returns at once when there is nothing to send. What is not sent stays in the
// outbox. Run must be running; one Leave at a time.
func (n *Node) Leave(ctx context.Context) (stay bool) {
	if n.Due(ctx) == 0 {
		return false
	}
	until := time.Now().Add(leaveTime)
	ctx, end := context.WithDeadline(ctx, until)
	defer end()
	n.leave.mu.Lock()
	n.leave.until, n.leave.end, n.leave.stay = until, end, false
	n.leave.mu.Unlock()
	n.bus.Publish(crm.TopicSync)
	r, err := n.outbox.Flush(ctx)
	n.leave.mu.Lock()
	stay, n.leave.until, n.leave.end = n.leave.stay, time.Time{}, nil
	n.leave.mu.Unlock()
	n.bus.Publish(crm.TopicSync)
	n.syncer.Wake() // what this Flush had in hand and did not send is due again
	attrs := []any{slog.Int("sent", r.Acked), slog.Int("left", r.Left), slog.Bool("stay", stay)}
	if err != nil && ctx.Err() == nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	n.logger.InfoContext(ctx, "sent before the end", attrs...)
	return stay
}

// Due is how many changes wait, when Leave would send some of them; else 0.
func (n *Node) Due(ctx context.Context) int {
	at, ok, err := n.outbox.Next(ctx)
	state := n.syncer.Status().State // after it: what went on its way in between is being sent
	switch state {
	case syncer.Idle, syncer.Pulling, syncer.Sending, syncer.Waiting:
	case syncer.Offline, syncer.Paused, syncer.SignIn, syncer.Disconnected:
		return 0
	}
	if err == nil && (state == syncer.Sending || ok && at <= crm.At(time.Now())) {
		var waiting int
		if waiting, _, _, err = n.store.Badges(ctx); err == nil {
			return waiting
		}
	}
	if err != nil { // the end must not fail over this: edits are kept
		n.logger.WarnContext(ctx, "outbox not read at the end", slog.String("error", err.Error()))
	}
	return 0
}

// Leave ends a Leave that is under way: the program ends at once, or stays.
func (s *syncing) Leave(stay bool) {
	s.leave.mu.Lock()
	defer s.leave.mu.Unlock()
	if s.leave.end != nil {
		s.leave.stay = stay
		s.leave.end()
	}
}

// leavingUntil is when a Leave under way ends at the latest; 0 for none.
func (s *syncing) leavingUntil() int64 {
	s.leave.mu.Lock()
	defer s.leave.mu.Unlock()
	if s.leave.until.IsZero() {
		return 0
	}
	return s.leave.until.UnixMilli()
}
