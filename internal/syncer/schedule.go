package syncer

import (
	"slices"
	"time"

	"satchel/internal/crm"
)

// The schedule of pulls. A desktop that has nothing to do makes at most twelve
// calls a minute: eight searches, six of them for the type on screen and two for
// those that are not, the one that has waited longest first; and four others.
const (
	onScreen   = 10 * time.Second
	offScreen  = time.Minute      // at the soonest
	schemaTurn = 15 * time.Minute // each type's schema once in this time, one type at a time

	// counted is the minute that calls are counted in: a little longer than HubSpot's,
	// where one may arrive late and a later one early.
	counted = time.Minute + 200*time.Millisecond

	searchesPerMinute = 8
	asidePerMinute    = 2 // of them, for what is not on screen while something is
	othersPerMinute   = 4
	sweepInHaste      = time.Second // between two steps of a sweep that finds something

	// While others search on our limit: two a minute and not at once, each up to two
	// fifths earlier, so that forty desktops do not ask in the same second.
	onScreenInACrowd  = 75 * time.Second
	offScreenInACrowd = 150 * time.Second
	searchesInACrowd  = 2
	gapInACrowd       = 5 * time.Second
	sweepInACrowd     = 3 * time.Minute // then a step of a sweep has waited long enough for a search
)

// spent knows the calls of one kind in the last minute. Those that lie in the
// future, since the clock was put back, do not count.
type spent []time.Time

// wait is how long until n more calls keep to the most that a minute may have; 0
// for now.
func (s *spent) wait(now time.Time, n, most int) time.Duration {
	*s = slices.DeleteFunc(*s, func(at time.Time) bool { return left(at, now, counted) == 0 })
	over := len(*s) + n - most
	switch {
	case over <= 0:
		return 0
	case over > len(*s):
		return counted
	}
	return max(left((*s)[over-1], now, counted), time.Millisecond)
}

func (s *spent) note(now time.Time, n int) {
	for range n {
		*s = append(*s, now)
	}
}

// schedule says what is due. It counts elapsed time, never points in time that
// were missed: after a night asleep everything is due once. A clock that went
// backwards makes things due, not late. It belongs to the pull loop.
type schedule struct {
	types    []crm.ObjectType
	delta    map[crm.ObjectType]time.Time
	crowd    func() bool // whether others search on our limit
	rand     func() float64
	schema   map[crm.ObjectType]time.Time
	searches spent
	aside    spent // of them, those for what is not on screen
	others   spent
	asked    time.Time // when the rep last wanted everything

	swept  time.Time     // when the last step of a sweep was taken
	rest   time.Duration // how long after it the next one is due
	search bool          // the next step searches
}

func newSchedule(types []crm.ObjectType, crowd func() bool, rnd func() float64) *schedule {
	return &schedule{types: types, crowd: crowd, rand: rnd, delta: map[crm.ObjectType]time.Time{}, schema: map[crm.ObjectType]time.Time{}, search: true}
}

// left is how long until something that is to happen every interval is due.
func left(last, now time.Time, interval time.Duration) time.Duration {
	gone := now.Sub(last)
	if last.IsZero() || gone < 0 || gone >= interval {
		return 0
	}
	return interval - gone
}

// due are the types whose delta is due and fits into the minute, the one on
// screen first and then those that have waited longest, and how long until the
// next one when there is none.
func (c *schedule) due(now time.Time, focus crm.ObjectType) (types []crm.ObjectType, wait time.Duration) {
	wait = offScreen
	for _, t := range c.types {
		if d := left(c.delta[t], now, c.interval(t == focus)); d > 0 {
			wait = min(wait, d)
			continue
		}
		types = append(types, t)
	}
	slices.SortStableFunc(types, func(a, b crm.ObjectType) int {
		switch {
		case a == focus:
			return -1
		case b == focus:
			return 1
		}
		return c.delta[a].Compare(c.delta[b])
	})
	most := c.asideMost(focus)
	if patience := max(c.rest, sweepInACrowd); c.search && left(c.swept, now, c.rest) == 0 && (most > 1 || left(c.swept, now, patience) == 0) {
		most-- // the sweep waits for a search, too
	}
	for i, t := range types {
		d := max(c.searches.wait(now, i+1, c.searchMost()), c.gap(now, i+1))
		if t != focus {
			n := i + 1
			if types[0] == focus {
				n = i
			}
			d = max(d, c.aside.wait(now, n, most))
		}
		if d > 0 {
			return types[:i], min(wait, d)
		}
	}
	return types, wait
}

// everything is the rep's wish for fresh data, which the minute has no say in. An
// impatient one is served every ten seconds.
func (c *schedule) everything(now time.Time) []crm.ObjectType {
	if left(c.asked, now, onScreen) > 0 {
		return nil
	}
	c.asked = now
	return c.types
}

// searchMost is how many searches a minute has.
func (c *schedule) searchMost() int {
	if c.crowd() {
		return searchesInACrowd
	}
	return searchesPerMinute
}

// gap is how long until the nth search from now on, so that in a crowd there are
// never two at once.
func (c *schedule) gap(now time.Time, n int) time.Duration {
	if !c.crowd() || n == 1 && len(c.searches) == 0 {
		return 0
	}
	if n > 1 {
		return gapInACrowd
	}
	return left(c.searches[len(c.searches)-1], now, gapInACrowd)
}

// asideMost is how many of them there are for what is not on screen.
func (c *schedule) asideMost(focus crm.ObjectType) int {
	switch {
	case focus == "":
		return c.searchMost()
	case c.crowd():
		return 1
	}
	return asidePerMinute
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

// polled notes that these deltas were tried.
func (c *schedule) polled(now time.Time, types []crm.ObjectType, focus crm.ObjectType) {
	for _, t := range types {
		c.delta[t] = now
		if c.crowd() {
			c.delta[t] = now.Add(-share(c.interval(t == focus)*2/5, c.rand))
		}
		if t != focus {
			c.aside.note(now, 1)
		}
	}
	c.searches.note(now, len(types))
}

// now makes the deltas of these types due at once. After a failure it is then
// the line's or the side's to say when.
func (c *schedule) now(types []crm.ObjectType) {
	for _, t := range types {
		delete(c.delta, t)
	}
}

// schemaCalls is how many calls the schema of a type costs: its properties and
// their groups, its pipelines, and with the first type the owners of now and of
// before. Those of activities are known.
func (c *schedule) schemaCalls(t crm.ObjectType) int {
	spec, _ := crm.SpecOf(string(t))
	n := 2
	if spec.Activity {
		return 0
	}
	if spec.Pipeline != "" {
		n++
	}
	if t == c.types[0] {
		n += 2
	}
	return min(n, othersPerMinute)
}

// turn is the type whose schema is due and may be asked for, "" for none. Those
// of activities have their turn too: a permission that was missing is tried again
// then.
func (c *schedule) turn(now time.Time) crm.ObjectType {
	t := c.schemaDue(now)
	if t == "" || c.others.wait(now, c.schemaCalls(t), othersPerMinute) > 0 {
		return ""
	}
	c.schema[t] = now
	c.others.note(now, c.schemaCalls(t))
	return t
}

func (c *schedule) schemaDue(now time.Time) crm.ObjectType {
	for _, t := range c.types {
		if left(c.schema[t], now, schemaTurn) == 0 {
			return t
		}
	}
	return ""
}

// schemas notes that the schema of all types was pulled. They come due one
// after the other, evenly over the turn.
func (c *schedule) schemas(now time.Time) {
	for i, t := range c.types {
		c.schema[t] = now.Add(-schemaTurn * time.Duration(i) / time.Duration(len(c.types)))
	}
}

// sweep says whether a step of the sweep may be taken now, and else how long until
// one may.
func (c *schedule) sweep(now time.Time, focus crm.ObjectType) (bool, time.Duration) {
	if d := left(c.swept, now, c.rest); d > 0 {
		return false, d
	}
	if c.rest == sweepInHaste { // this desktop is not idle
		return true, 0
	}
	if c.search {
		d := max(c.searches.wait(now, 1, c.searchMost()), c.aside.wait(now, 1, c.asideMost(focus)), c.gap(now, 1))
		if d > 0 {
			return false, d
		}
		c.searches.note(now, 1)
		c.aside.note(now, 1)
		return true, 0
	}
	if t := c.schemaDue(now); t != "" { // which has waited longer
		return false, max(c.others.wait(now, c.schemaCalls(t), othersPerMinute), time.Second)
	}
	if d := c.others.wait(now, 1, othersPerMinute); d > 0 {
		return false, d
	}
	c.others.note(now, 1)
	return true, 0
}

// sweptNow notes what a step has said.
func (c *schedule) sweptNow(now time.Time, s crm.Swept) {
	c.swept, c.search = now, s.Searches
	switch {
	case s.Found:
		c.rest = sweepInHaste
	case c.crowd():
		c.rest = max(s.Wait, time.Minute)
	default:
		c.rest = max(s.Wait, time.Minute/othersPerMinute)
	}
}
