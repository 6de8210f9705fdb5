package budget

import (
	"cmp"
	"math"
	"slices"

	"satchel/internal/crm"
)

// shareOf is a lane's part of a bucket while all lanes want more than there is,
// in twentieths. What a lane does not use is shared by the others in the same
// proportions.
func shareOf(l crm.Lane) float64 {
	switch l {
	case crm.Interactive:
		return 9
	case crm.Flush:
		return 6
	case crm.Delta, crm.Backfill:
		return 2
	case crm.Sweep, crm.LaneCount:
	}
	return 1
}

// headStart is how far a lane that was idle may go ahead of its turn, for a limit
// of so many calls. It is what puts the rep first: a quarter of a window's calls
// is room for all that one person does. The pull has next to none, and keeps its
// turn over a moment in which it cannot go.
func headStart(l crm.Lane, limit int) float64 {
	switch l {
	case crm.Interactive:
		return max(9, float64(limit)/4) / shareOf(l)
	case crm.Flush:
		return max(4, float64(limit)/10) / shareOf(l)
	case crm.Delta, crm.Backfill, crm.Sweep, crm.LaneCount:
	}
	return 0.5
}

// sweepCap is how many slots of so many sweeps may hold: a tenth.
func sweepCap(usable int) int { return max(1, usable/10) }

// fair says whose turn it is: start-time fair queueing. Every lane has a tag, its
// place in a virtual time, which moves on with each of its calls by less the
// larger its share is. The lowest is next, so that over time lanes that always
// want to call get calls in proportion to their shares, and none waits for ever.
// A lane that was idle, or could not go, does not save up more than its head
// start. The mutex of its bucket guards it.
type fair struct {
	tag [crm.LaneCount]float64
	now float64 // the tag of the call that went last
}

func newFair() fair {
	f := fair{}
	for l := range f.tag {
		f.tag[l] = math.Inf(-1) // as if idle for ever
	}
	return f
}

// order is in which order the lanes that wait are asked whether they can go.
func (f *fair) order(waiting func(crm.Lane) bool, limit int) []crm.Lane {
	var out []crm.Lane
	for l := range crm.LaneCount {
		if waiting(l) {
			f.tag[l] = max(f.tag[l], f.now-headStart(l, limit))
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b crm.Lane) int { return cmp.Compare(f.tag[a], f.tag[b]) })
	return out
}

// ahead says whether the lane still goes ahead of its turn.
func (f *fair) ahead(l crm.Lane) bool { return f.tag[l] < f.now }

// served moves a lane on by one call. scarce says that other programs use up the
// limit: what is left is for edits then, and the pull pays twenty times for a call.
func (f *fair) served(l crm.Lane, scarce bool) {
	f.now = max(f.now, f.tag[l])
	cost := 1 / shareOf(l)
	if scarce && !l.Edits() {
		cost *= 20
	}
	f.tag[l] += cost
}
