package crm

import "context"

// Lane says how urgent a call to HubSpot is. Interactive calls (what the rep
// just did, or waits for) pass background ones when the budget is short.
type Lane int

// The lanes.
const (
	Interactive Lane = iota
	Background
)

type laneKey struct{}

// WithLane marks the calls made under ctx.
func WithLane(ctx context.Context, l Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

// Unhurried puts the calls under ctx into the background, unless the lane was
// chosen before, by somebody who waits for them.
func Unhurried(ctx context.Context) context.Context {
	if _, chosen := ctx.Value(laneKey{}).(Lane); chosen {
		return ctx
	}
	return WithLane(ctx, Background)
}

// LaneOf is the lane of ctx, Interactive when it was not marked.
func LaneOf(ctx context.Context) Lane {
	l, _ := ctx.Value(laneKey{}).(Lane)
	return l
}
