package syncer

import (
	"context"
	"math/rand/v2"
	"time"

	"satchel/internal/crm"
)

// The schedule of pulls. With one type on screen and two that are not this is
// eight searches a minute; the schema adds at most three calls in one minute.
const (
	onScreen   = 10 * time.Second
	offScreen  = time.Minute
	schemaTurn = 15 * time.Minute // each type's schema once in this time, one type at a time
	perMinute  = 8                // deltas a minute at the most, however the focus moves
	// While others search on our limit: two a minute, each up to two fifths
	// earlier, so that forty desktops do not ask in the same second.
	onScreenInACrowd  = 75 * time.Second
	offScreenInACrowd = 150 * time.Second
)

// schedule says what is due. It counts elapsed time, never points in time that
// were missed: after a night asleep everything is due once. A clock that went
// backwards makes things due, not late. It belongs to the pull loop.
type schedule struct {
	types  []crm.ObjectType
	delta  map[crm.ObjectType]time.Time
	crowd  func() bool // whether others search on our limit
	schema map[crm.ObjectType]time.Time
	polls  []time.Time // the deltas of the last minute
}

func newSchedule(types []crm.ObjectType, crowd func() bool) *schedule {
	return &schedule{types: types, crowd: crowd, delta: map[crm.ObjectType]time.Time{}, schema: map[crm.ObjectType]time.Time{}}
}

// left is how long until something that is to happen every interval is due.
func left(last, now time.Time, interval time.Duration) time.Duration {
	gone := now.Sub(last)
	if last.IsZero() || gone < 0 || gone >= interval {
		return 0
	}
	return interval - gone
}

// due are the types whose delta is due, the one on screen first, and how long
// until the next one is when there is none.
func (c *schedule) due(now time.Time, focus crm.ObjectType) (types []crm.ObjectType, wait time.Duration) {
	wait = offScreen
	free := c.free(now)
	for _, t := range c.types {
		interval := c.interval(t == focus)
		d := left(c.delta[t], now, interval)
		switch {
		case d > 0:
			wait = min(wait, d)
		case t == focus:
			types = append([]crm.ObjectType{t}, types...)
		default:
			types = append(types, t)
		}
	}
	if len(types) > 0 && free == 0 {
		return nil, max(left(c.polls[0], now, time.Minute), time.Millisecond)
	}
	return types[:min(len(types), free)], wait
}

// interval is how often a type is asked for.
func (c *schedule) interval(focus bool) time.Duration {
	crowd := c.crowd()
	switch {
	case focus && crowd:
		return onScreenInACrowd
	case focus:
		return onScreen
	case crowd:
		return offScreenInACrowd
	}
	return offScreen
}

// free is how many deltas the minute still has.
func (c *schedule) free(now time.Time) int {
	for len(c.polls) > 0 && left(c.polls[0], now, time.Minute) == 0 {
		c.polls = c.polls[1:]
	}
	return max(perMinute-len(c.polls), 0)
}

// polled notes that these deltas were tried.
func (c *schedule) polled(now time.Time, types []crm.ObjectType, focus crm.ObjectType) {
	for _, t := range types {
		c.delta[t] = now
		if c.crowd() {
			c.delta[t] = now.Add(-rand.N(c.interval(t == focus) * 2 / 5))
		}
		c.polls = append(c.polls, now)
	}
}

// now makes the deltas of these types due at once. After a failure it is then
// the line's or the side's to say when.
func (c *schedule) now(types []crm.ObjectType) {
	for _, t := range types {
		delete(c.delta, t)
	}
}

// turn is the type whose schema is due, "" for none.
func (c *schedule) turn(now time.Time) crm.ObjectType {
	for _, t := range c.types {
		if left(c.schema[t], now, schemaTurn) == 0 {
			return t
		}
	}
	return ""
}

// schemas notes that the schema of all types was pulled. They come due one
// after the other, a third of the turn apart.
func (c *schedule) schemas(now time.Time) {
	for i, t := range c.types {
		c.schema[t] = now.Add(-schemaTurn * time.Duration(i) / time.Duration(len(c.types)))
	}
}

// pullLoop keeps the local copy fresh: schema and backfill first, then deltas.
func (s *Syncer) pullLoop(ctx context.Context) {
	var types []crm.ObjectType
	for _, sp := range crm.Specs() {
		types = append(types, sp.Type)
	}
	c := newSchedule(types, s.crowd)
	ready := false // the backfill is known to be done
	portals := 0
	for s.await(ctx, s.open) {
		if n := s.portals(); n != portals {
			portals, ready, c = n, false, newSchedule(types, s.crowd)
		}
		if d := s.patience(&s.pull); d > 0 {
			sleep(ctx, min(d, time.Minute), s.wakePull)
			continue
		}
		if !ready {
			err := s.work(ctx, &s.pull, s.fill)
			s.judge(ctx, &s.pull, err)
			if ready = err == nil; ready {
				c.schemas(s.clock())
			}
			continue
		}
		now := s.clock()
		if t := c.turn(now); t != "" {
			c.schema[t] = now
			err := s.work(ctx, &s.pull, func(ctx context.Context) error { return s.refresh(ctx, t) })
			if err != nil { // a schema that arrives says nothing about the deltas
				s.judge(ctx, &s.pull, err)
			}
			continue
		}
		if s.refreshWanted() {
			c.now(c.types)
		}
		due, wait := c.due(now, s.focus())
		if len(due) == 0 {
			sleep(ctx, wait, s.wakePull)
			continue
		}
		c.polled(now, due, s.focus())
		err := s.work(ctx, &s.pull, func(ctx context.Context) error { return s.puller.Delta(ctx, due...) })
		s.judge(ctx, &s.pull, err)
		if err != nil {
			c.now(due)
			continue
		}
		s.fresh()
	}
}

// fill brings the schema and, unless all of it is here, every record.
func (s *Syncer) fill(ctx context.Context) error {
	done, err := s.puller.Complete(ctx)
	if err != nil {
		return err
	}
	if !done {
		ctx = crm.WithLane(ctx, crm.Interactive) // the rep has just connected and waits for the first page
	}
	if err := s.puller.Schema(ctx); err != nil || done {
		return err
	}
	return s.puller.Backfill(ctx)
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
