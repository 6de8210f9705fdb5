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
	// checkAgain is how often the store is asked for what was not looked back at.
	checkAgain = 15 * time.Minute
	// A flush that finishes nothing although something is due is repeated after
	// a growing while.
	stallFirst = time.Second
	stallLast  = 30 * time.Second
)

// pushLoop sends what is due. It never waits for the pull.
func (s *Syncer) pushLoop(ctx context.Context) {
	ctx = crm.WithLane(ctx, crm.Flush)
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
			sleep(ctx, s.grow(stallFirst, stallLast, stalls), s.wakePush)
			stalls++
		}
	}
}

// checkLoop looks back at what was sent, in the background and never in the way
// of what is to be sent. What a run left is found by the next one.
func (s *Syncer) checkLoop(ctx context.Context) {
	ctx = crm.WithLane(ctx, crm.Delta)
	for s.await(ctx, s.open) {
		if d := s.patience(&s.check); d > 0 {
			sleep(ctx, min(d, time.Minute), nil)
			continue
		}
		err := s.work(ctx, &s.check, s.lookBack)
		s.judge(ctx, &s.check, err)
		if err == nil {
			sleep(ctx, checkAgain, s.wakeCheck)
		}
	}
}

func (s *Syncer) lookBack(ctx context.Context) error {
	found, err := s.pusher.Check(ctx)
	if found > 0 {
		s.publish(crm.TopicOutbox)
	}
	return err
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
	if r.Acked+r.Conflicts > 0 {
		ring(s.wakeCheck)
	}
	if err != nil || r.Acked+r.Conflicts+r.Parked+r.Left > 0 {
		s.publish(crm.TopicOutbox, crm.TopicSync)
	}
}
