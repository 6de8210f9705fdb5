package syncer

import (
	"context"
	"time"

	"satchel/internal/crm"
)

// pullLoop keeps the local copy fresh: schema and backfill first, then deltas,
// and sweeps beside them.
func (s *Syncer) pullLoop(ctx context.Context) {
	ctx = crm.WithLane(ctx, crm.Delta)
	c := newSchedule(s.types(), s.crowd, s.rand)
	ready := false // the backfill is known to be done
	portals := 0
	for s.await(ctx, s.open) {
		if n := s.portals(); n != portals {
			portals, ready, c = n, false, newSchedule(s.types(), s.crowd, s.rand)
		}
		if d := s.patience(&s.pull); d > 0 {
			sleep(ctx, min(d, time.Minute), s.wakePull)
			continue
		}
		if !ready {
			err := s.work(ctx, &s.pull, func(ctx context.Context) (err error) {
				ready, err = s.fill(ctx)
				return err
			})
			s.judge(ctx, &s.pull, err)
			if ready {
				c = newSchedule(s.types(), s.crowd, s.rand)
				c.schemas(s.clock())
			}
			if err == nil {
				ring(s.wakeAfter)
			}
			continue
		}
		if s.verify(ctx) {
			continue
		}
		if s.streamed() { // whoever streams tells us what changed
			sleep(ctx, offScreen, s.wakePull)
			continue
		}
		if wait := s.poll(ctx, c); wait > 0 {
			sleep(ctx, wait, s.wakePull)
		}
	}
}

// poll does one thing that is due, and returns how long until the next one when
// nothing is.
func (s *Syncer) poll(ctx context.Context, c *schedule) time.Duration {
	now := s.clock()
	if t := c.turn(now); t != "" {
		err := s.work(ctx, &s.pull, func(ctx context.Context) error { return s.refresh(ctx, t) })
		if err != nil { // a schema that arrives says nothing about the deltas
			s.judge(ctx, &s.pull, err)
		}
		return 0
	}
	due, wait := c.due(now, s.focus())
	if s.refreshWanted() {
		if all := c.everything(now); all != nil {
			due = all
		}
	}
	if len(due) > 0 {
		c.polled(now, due, s.focus())
		err := s.work(ctx, &s.pull, func(ctx context.Context) error { return s.puller.Delta(ctx, due...) })
		s.judge(ctx, &s.pull, err)
		if err != nil {
			c.now(due)
			return 0
		}
		s.fresh()
		return 0
	}
	may, later := c.sweep(now, s.focus())
	if !may {
		return min(wait, later)
	}
	var swept crm.Swept
	err := s.work(ctx, &s.pull, func(ctx context.Context) (err error) {
		swept, err = s.puller.Sweep(crm.WithLane(ctx, crm.Sweep))
		return err
	})
	c.sweptNow(s.clock(), swept)
	if err != nil {
		s.judge(ctx, &s.pull, err)
	}
	return 0
}

// verify reads the record again that is on screen, once when it comes there. It
// says whether it did.
func (s *Syncer) verify(ctx context.Context) bool {
	s.mu.Lock()
	at := s.st.shown
	if s.st.shown = (shown{}); at.id != "" {
		s.st.verified, s.st.verifyAt = at, s.clock()
	}
	s.mu.Unlock()
	if at.id == "" {
		return false
	}
	err := s.work(crm.WithLane(ctx, crm.Interactive), &s.pull, func(ctx context.Context) error {
		return s.puller.Reread(ctx, at.t, []crm.RemoteID{at.id})
	})
	if err != nil {
		s.judge(ctx, &s.pull, err)
	} else {
		s.publish(crm.RecordTopic(at.local))
	}
	return true
}

// fill brings the schema and, unless all of it is here, every record. It is ready
// when deltas can go on: also when all is here and HubSpot fails at some part of the
// schema, which has its turn again.
func (s *Syncer) fill(ctx context.Context) (ready bool, err error) {
	done, err := s.puller.Complete(ctx)
	if err != nil {
		return false, err
	}
	if !done {
		ctx = crm.WithLane(ctx, crm.Interactive) // the rep has just connected and waits for the first page
	}
	err = s.puller.Schema(ctx)
	switch {
	case err != nil && crm.KindOf(err) != crm.Upstream:
		return false, err
	case done:
		return true, err
	}
	if fill := s.puller.Backfill(ctx); fill != nil {
		return false, fill
	}
	return err == nil, err
}

// refresh pulls the schema of one type, and its records if a permission that
// was missing is there now.
func (s *Syncer) refresh(ctx context.Context, t crm.ObjectType) error {
	if err := s.puller.Schema(ctx, t); err != nil {
		return err
	}
	done, err := s.puller.Complete(ctx)
	if err != nil || done {
		return err
	}
	return s.puller.Backfill(ctx)
}

func (s *Syncer) refreshWanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.st.refresh
	s.st.refresh = false
	return was
}

func (s *Syncer) portals() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.portals
}

// fresh notes that the copy is known to be fresh now.
func (s *Syncer) fresh() {
	s.update(func() { s.st.lastSync = s.clock() })
	ring(s.wakeAfter)
}
