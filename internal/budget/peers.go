package budget

import (
	"math"
	"time"
)

// peers is what is known of other programs on the same limit, and how far the
// pull makes room for them. The mutex of its bucket guards it.
//
// Every program sees the same Remaining and steers by it: once a window each
// multiplies its pace so that all together use four fifths of the limit, and
// adds a little that is the same for all. The first keeps the sum where it
// should be however many there are, the second evens out the shares.
type peers struct {
	calls   float64   // theirs in one window, when last seen
	seen    time.Time // when that was
	used    int       // of the limit, by all
	answers int       // that have told what is used
	met     time.Time // when there was last a sign of others
	pace    float64   // of the pull's rate, 0..1
	paced   time.Time // until when pace has been brought up to date
	steered time.Time // when it was last set by what others use
	slowed  time.Time // when a refusal last lowered it
	again   bool      // whether the last refusal was not the first for some minutes
}

const (
	startPace = 0.1  // until it is known whether there are others
	joinPace  = 0.04 // when the first answer says that others use it up
	minPace   = 0.01
	certain   = 10          // answers, none with a sign of others: then it goes four times as fast
	doubling  = 5           // of the pace, while we are alone, in a window
	recovery  = time.Minute // from standing to full pace, when only refusals tell
	target    = 0.8         // of the limit, together
	evening   = 0.25        // calls per window that every program adds
)

// observe takes in one answer: calls in HubSpot's window that cannot be ours,
// and how many are used in all.
func (p *peers) observe(now time.Time, l Limit, theirs, used int) {
	theirs = max(theirs, 0)
	p.calls = max(float64(theirs), p.faded(now, l))
	p.seen, p.used = now, used
	if p.answers++; p.paced.IsZero() {
		p.paced = now
	}
	if theirs > l.Calls/30 { // less may be HubSpot's own counting
		p.met = now
	}
}

// about says whether others use up the limit now: then interactive calls keep
// to the pace too, ahead of the pull.
func (p *peers) about(now time.Time, l Limit) bool {
	return !p.met.IsZero() && now.Sub(p.met) < 2*l.Window && (p.used >= l.Calls/2 || now.Sub(p.slowed) < recovery)
}

// certainly says that enough answers have told of nobody else.
func (p *peers) certainly() bool { return p.met.IsZero() && p.answers >= certain }

// faded is the last estimate, which loses its weight over two windows, so that
// peers that have gone do not keep their room.
func (p *peers) faded(now time.Time, l Limit) float64 {
	if p.seen.IsZero() {
		return 0
	}
	age := now.Sub(p.seen).Seconds() / (2 * l.Window.Seconds())
	return p.calls * max(0, 1-age)
}

// count is how many slots are theirs. A fiftieth of the limit is always left
// to us.
func (p *peers) count(now time.Time, l Limit) int {
	return max(0, min(int(math.Ceil(p.faded(now, l))), l.Calls-max(1, l.Calls/50)))
}

// refused halves the pace, at most once in half a window: refusals of calls
// that left before say nothing new.
func (p *peers) refused(now time.Time, l Limit) {
	p.met = now
	p.again = !p.slowed.IsZero() && now.Sub(p.slowed) < lonely
	if now.Sub(p.slowed) < l.Window/2 {
		return
	}
	p.pace = max(p.pace/2, minPace)
	if !p.seen.IsZero() && p.count(now, l) > l.Calls/2 { // most of it is theirs
		p.pace = min(p.pace, joinPace/2)
	}
	p.slowed, p.paced, p.steered = now, now, now
}

// keepUp brings the pace up to date. share is what the pace is a part of, in
// calls per window; alone says that answers have told of nobody else, and
// nothing is flushed beside the pull: a limit that is new then has no ramp.
func (p *peers) keepUp(now time.Time, l Limit, share float64, alone bool) {
	if p.paced.IsZero() {
		p.paced = now
		if alone && p.met.IsZero() {
			p.pace = 1
		}
	}
	passed := now.Sub(p.paced)
	p.paced = now
	told := !p.seen.IsZero() // this bucket's answers say what is left
	quiet := recovery / 2    // how long without a sign of others means that there are none
	if told {
		quiet = 2 * l.Window
	}
	switch {
	case p.met.IsZero(), now.Sub(p.met) > quiet && (!told || p.seen.After(p.met)):
		times := doubling * passed.Seconds() / l.Window.Seconds()
		if alone && p.met.IsZero() {
			times *= 4
		}
		p.pace *= math.Exp2(times)
	case !told:
		p.pace += passed.Seconds() / recovery.Seconds()
	case now.Sub(p.seen) > 2*l.Window: // the next answer will tell
	case p.steered.IsZero() && p.used >= l.Calls*19/20: // others are at the limit already
		p.steered, p.pace = now, min(p.pace, joinPace)
	case now.Sub(p.steered) >= l.Window:
		p.steered = now
		p.pace = p.pace*p.factor(l) + evening/max(share, 1)
	}
	p.pace = min(max(p.pace, minPace), 1)
}

func (p *peers) factor(l Limit) float64 {
	used := float64(p.used) / float64(l.Calls)
	switch {
	case used >= 0.95: // how far above is not to be seen
		return 0.6
	case used > target:
		return target / used
	}
	most := 1.25
	if p.seen.After(p.met) { // they were not there any more
		most = 3
	}
	return min(math.Sqrt(target/max(used, 0.05)), most)
}
