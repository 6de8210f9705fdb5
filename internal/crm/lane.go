package crm

import "context"

// Lane says who makes a call to HubSpot, and so how urgent it is. The budget
// gives each lane its share when there is not enough for all.
type Lane int

// The lanes, the most urgent first.
const (
	// Interactive calls are what the rep waits for.
	Interactive Lane = iota
	// Flush calls send edits, and look whether HubSpot can be reached for them.
	Flush
	// Delta calls keep the copy fresh: what changed, the schema, and what became of
	// edits that were sent.
	Delta
	// Backfill calls bring everything once.
	Backfill
	// Sweep calls look for what deltas do not show.
	Sweep
	// LaneCount is how many lanes there are.
	LaneCount
)

// String names the lane for logs and statistics.
func (l Lane) String() string {
	switch l {
	case Interactive:
		return "interactive"
	case Flush:
		return "flush"
	case Delta:
		return "delta"
	case Backfill:
		return "backfill"
	case Sweep:
		return "sweep"
	case LaneCount:
	}
	return "unknown"
}

// Edits says whether the lane carries what the rep does: it keeps a reserve
// that the others leave alone.
func (l Lane) Edits() bool { return l == Interactive || l == Flush }

type laneKey struct{}

// WithLane marks the calls made under ctx.
func WithLane(ctx context.Context, l Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

// Unhurried puts the calls under ctx into the lane Delta, unless the lane was
// chosen before, by somebody who waits for them.
func Unhurried(ctx context.Context) context.Context {
	if _, chosen := ctx.Value(laneKey{}).(Lane); chosen {
		return ctx
	}
	return WithLane(ctx, Delta)
}

// LaneOf is the lane of ctx, Interactive when it was not marked.
func LaneOf(ctx context.Context) Lane {
	l, _ := ctx.Value(laneKey{}).(Lane)
	return l
}
