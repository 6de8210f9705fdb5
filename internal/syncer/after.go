package syncer

import (
	"context"
	"log/slog"
	"time"

	"satchel/internal/crm"
)

// afterLoop does what follows a delta. It waits for nobody, and nobody for it.
func (s *Syncer) afterLoop(ctx context.Context) {
	ctx = crm.WithLane(ctx, crm.Delta)
	for s.await(ctx, s.open) {
		if d := s.patience(&s.later); d > 0 {
			sleep(ctx, min(d, time.Minute), nil)
			continue
		}
		select {
		case <-s.wakeAfter:
		case <-ctx.Done():
			return
		}
		s.judge(ctx, &s.later, s.work(ctx, &s.later, s.after))
	}
}

// afterOnce does it for somebody who waits; what fails is tried after the next
// delta, and no reason for a round to fail.
func (s *Syncer) afterOnce(ctx context.Context) {
	if s.after == nil {
		return
	}
	if err := s.demand(ctx, &s.later, s.after); err != nil {
		s.log.WarnContext(ctx, "after a delta", slog.Any("err", err))
	}
}
