package budget

import (
	"math"
	"time"
)

// peers is what is known of other programs on the same limit, and how far the
// background makes room for them. The mutex of its bucket guards it.
type peers struct {
	calls  float64   // theirs in one window, when last seen
	seen   time.Time // when that was
	pace   float64   // of the background's rate, 0..1
	paced  time.Time // until when pace has been brought up to date
	slowed time.Time // when it was last lowered
}

const (
	minPace = 0.02
	// recovery is how long the background takes from standing to full speed.
	// Slower than it brakes, so that programs on one limit share it evenly.
	recovery = time.Minute
)

// observe takes in one answer: calls in HubSpot's window that cannot be ours,
// and how many are left.
func (p *peers) observe(now time.Time, l Limit, theirs, left int) {
	theirs = max(theirs, 0)
	p.calls = max(float64(theirs), p.faded(now, l))
	p.seen = now
	if theirs > 0 && left < l.Calls/10 {
		p.slow(now, l, 0.8)
	}
}

// faded is the last estimate, which loses its weight over two windows, so that
// peers that have gone do not keep their room.
func (p *peers) faded(now time.Time, l Limit) float64 {
	if p.seen.IsZero() {
		return 0
	}
	age := now.Sub(p.seen).Seconds() / (2 * l.Window.Seconds())
	return p.calls * max(0, 1-age)
}

// count is how many slots are theirs. A tenth of the limit is always left to
// us: a call that is refused costs a pause, one that never leaves costs more.
func (p *peers) count(now time.Time, l Limit) int {
	return min(int(math.Ceil(p.faded(now, l))), l.Calls-max(1, l.Calls/10))
}

// slow lowers the pace, at most once in half a window: answers to calls that
// left before say nothing new.
func (p *peers) slow(now time.Time, l Limit, factor float64) {
	if now.Sub(p.slowed) < l.Window/2 {
		return
	}
	p.recover(now)
	p.pace = max(p.pace*factor, minPace)
	p.slowed = now
}

// recover raises the pace for the time that has passed.
func (p *peers) recover(now time.Time) {
	if !p.paced.IsZero() {
		p.pace = min(1, p.pace+now.Sub(p.paced).Seconds()/recovery.Seconds())
	}
	p.paced = now
}
