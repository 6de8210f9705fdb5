package budget

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// ahead is how much of what the plan of the day has left the pull must leave: a
	// quarter may be used ahead of it, at any time of the day, so that a first
	// backfill runs at full speed and the evening has its part all the same.
	ahead = 0.75
	// handful is how many calls may go at once when the day is slow.
	handful = 20
	// disagree is how long after midnight HubSpot's clock or ours may be wrong about
	// the date.
	disagree = 15 * time.Minute
	// longest is the longest day, with an hour for a change of the clocks and one
	// for good measure. No pause is longer, except when our clock has jumped.
	longest = 26 * time.Hour
	// daySoon is how soon a pull that the day's plan has stopped is tried again: what
	// is left is known only from the last answer.
	daySoon = 15 * time.Minute
)

// day is the daily limit that the private apps of an account share, and the plan
// by which it lasts. Sign-ins of OAuth apps have none, and then it stops nothing.
//
// The edits keep a twentieth of the limit, and other programs what the rep leaves
// them. The rest is the plan's, spread evenly over the portal's day. The pull may
// use it freely as long as it leaves three quarters of what the plan still has for
// the rest of the day; below that it gets what is left, divided by the time until
// midnight.
type day struct {
	mu    sync.Mutex
	zone  *time.Location
	leave int // per cent for other programs
	all   int // 0 while no answer has told of a limit
	left  int // of all: what HubSpot said last, without what is on its way
	way   int // calls of this program that are on their way
	start time.Time
	ours  int // calls of this program since start
	first int // left and ours together, when HubSpot first told about this day
	said  int // what HubSpot said last, and when that was heard
	heard time.Time
	slow  *rate.Limiter
}

func newDay(zone *time.Location, leave int) *day {
	if zone == nil {
		zone = time.UTC
	}
	return &day{zone: zone, leave: leave, slow: rate.NewLimiter(0, handful)}
}

// dayOf is the day in the zone that holds now: its first moment and that of the
// next one. Where the clocks skip midnight, that is the moment after the gap.
// Both are without a monotonic reading: a machine that slept meanwhile must not go
// on waiting.
func dayOf(now time.Time, zone *time.Location) (start, end time.Time) {
	y, m, d := now.In(zone).Date()
	return firstOf(y, m, d, zone), firstOf(y, m, d+1, zone)
}

func firstOf(y int, m time.Month, d int, zone *time.Location) time.Time {
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Day()
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for range 8 { // half an hour is the smallest change of the clocks there is
		if t.Day() == want {
			break
		}
		t = t.Add(30 * time.Minute)
	}
	return t
}

// turn begins a new day. A clock that was set back begins one too.
func (d *day) turn(now time.Time) (end time.Time) {
	start, end := dayOf(now, d.zone)
	if !start.Equal(d.start) {
		d.start, d.left, d.ours, d.first, d.heard = start, d.all, 0, 0, time.Time{}
	}
	return end
}

func (d *day) setZone(z *time.Location) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.zone = z
}

func (d *day) setLeave(percent int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leave = percent
}

// limited says whether there is a daily limit.
func (d *day) limited() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all > 0
}

// back takes in that a call has come back without a word of the limit.
func (d *day) back() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.way--
}

// observe takes in that a call has come back, and what its answer says. One to a
// call that left on another day says nothing about this one; and where answers
// overtake one another, the higher figure of a call that had left before the lower
// one was heard is the older one.
func (d *day) observe(issued, now time.Time, all, left int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.way--
	d.turn(now)
	if before, _ := dayOf(issued, d.zone); !before.Equal(d.start) {
		return
	}
	if d.all == all && left > d.said && issued.Before(d.heard) {
		return
	}
	d.said, d.heard = left, now
	// Some of those on their way may be in the figure already: their answers tell.
	d.all, d.left = all, max(left-d.way, 0)
	if d.first == 0 {
		d.first = d.left + d.ours
	}
}

// spent counts a call of ours that leaves now, in whatever lane. It comes back with
// observe or back.
func (d *day) spent(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn(now)
	d.ours++
	d.way++
	d.left = max(d.left-1, 0)
}

// others is what is kept from the pull for other programs, and edits what is kept
// for edits and for what the rep waits for.
func (d *day) others() int { return part(d.all, d.leave) }
func (d *day) edits() int  { return d.all / 20 }

// next is when the pull's next call may go, now at the earliest.
func (d *day) next(now time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, _ := d.plan(now)
	return at
}

// plan is next, and whether the day is slow. The caller holds the mutex.
func (d *day) plan(now time.Time) (at time.Time, slow bool) {
	if d.all == 0 {
		return now, false
	}
	end := d.turn(now)
	spare := float64(d.left - d.edits() - d.others())
	if spare <= 0 {
		return end, true
	}
	rest := end.Sub(now).Seconds()
	whole := float64(d.all-d.edits()-d.others()) * rest / end.Sub(d.start).Seconds()
	if spare > ahead*whole {
		return now, false
	}
	d.slow.SetLimitAt(now, rate.Limit(spare/rest))
	r := d.slow.ReserveN(now, 1)
	defer r.CancelAt(now)
	if wait := r.DelayFrom(now); wait > 0 {
		return now.Add(wait), true
	}
	return now, true
}

// take notes that a call of the pull goes now.
func (d *day) take(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at, slow := d.plan(now); slow && !at.After(now) {
		d.slow.AllowN(now, 1)
	}
}

// refused is until when a call that was refused for the day's limit stops all
// others; the zero time for not at all.
func (d *day) refused(issued, now time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	start, end := dayOf(now, d.zone)
	switch {
	case issued.Before(start) && now.Sub(issued) < longest: // that was yesterday's
		return time.Time{}
	case now.Sub(start) < disagree: // yesterday's too, by HubSpot's clock
		return now.Add(disagree)
	}
	return end
}

// part is so many per cent of n, rounded up.
func part(n, percent int) int { return (n*percent + 99) / 100 }
