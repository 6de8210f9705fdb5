package syncer

import (
	"context"
	"time"

	"satchel/internal/crm"
)

const (
	// lookAgain is the longest time that the outbox is not looked at: the clock
	// by which something is due may have jumped.
	lookAgain = time.Minute
	// A flush that finishes nothing although something is due is repeated after
	// a growing while.
	stallFirst = time.Second
	stallLast  = 30 * time.Second
)

// pushLoop sends what is due. It never waits for the pull.
func (s *Syncer) pushLoop(ctx context.Context) {
	stalls := 0
	for s.await(ctx, s.open) {
		if d := s.patience(&s.push); d > 0 {
			sleep(ctx, min(d, time.Minute), s.wakePush)
			continue
		}
		wait, err := s.dueIn(ctx)
		if err != nil {
			s.judge(ctx, &s.push, err)
			continue
		}
		if wait > 0 {
			sleep(ctx, wait, s.wakePush)
			continue
		}
		var r crm.FlushResult
		err = s.work(ctx, &s.push, func(ctx context.Context) (err error) {
			r, err = s.pusher.Flush(ctx)
			return err
		})
		s.judge(ctx, &s.push, err)
		s.flushed(r, err)
		if err != nil || r.Acked+r.Conflicts+r.Parked > 0 {
			stalls = 0
			continue
		}
		if wait, err = s.dueIn(ctx); err == nil && wait == 0 {
			sleep(ctx, grow(stallFirst, stallLast, stalls), s.wakePush)
			stalls++
		}
	}
}

// dueIn is how long until the outbox has something to send; at most lookAgain.
func (s *Syncer) dueIn(ctx context.Context) (time.Duration, error) {
	at, ok, err := s.pusher.Next(ctx)
	if err != nil || !ok {
		return lookAgain, err
	}
	if at == 0 {
		return 0, nil
	}
	return min(max(at.Time().Sub(s.clock()), 0), lookAgain), nil
}

// flushed tells who shows the outbox, when a flush has changed it.
func (s *Syncer) flushed(r crm.FlushResult, err error) {
	if err != nil || r.Acked+r.Conflicts+r.Parked+r.Left > 0 {
		s.publish(crm.TopicOutbox, crm.TopicSync)
	}
}
