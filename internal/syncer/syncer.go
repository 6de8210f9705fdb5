package syncer

import (
	"context"
	"log/slog"
	"time"

	"satchel/internal/bus"
	"satchel/internal/crm"
)

// Refresher keeps the local copy fresh.
type Refresher interface {
	Schema(ctx context.Context, types ...crm.ObjectType) error
	Backfill(ctx context.Context) error
	Delta(ctx context.Context, types ...crm.ObjectType) error
	Full(ctx context.Context) error
}

// Puller is the way from HubSpot to here.
type Puller interface {
	Refresher
	Complete(ctx context.Context) (bool, error)
	Pulled() map[crm.ObjectType]int
}

// Pusher is the way from here to HubSpot.
type Pusher interface {
	// Flush sends everything that is due.
	Flush(ctx context.Context) (crm.FlushResult, error)
	// Next is when the next unfinished operation is due, 0 for now; ok is false
	// when there is none.
	Next(ctx context.Context) (at crm.Millis, ok bool, err error)
}

// Options are what a Syncer stands on.
type Options struct {
	Puller Puller
	Pusher Pusher
	Bus    *bus.Bus
	// Probe is the cheapest call that shows whether HubSpot can be reached. Nil
	// means a delta of the type on screen.
	Probe func(ctx context.Context) error
	// Connected says that a portal is connected; without one nothing is called
	// until Resume.
	Connected bool
	// Clock is our own clock; nil means time.Now.
	Clock func() time.Time
	// Log is where errors end; nil discards.
	Log *slog.Logger
}

// Syncer runs the engines. Its methods may be called at any time.
type Syncer struct{}

// New makes a syncer. It does nothing before Run or Once.
func New(Options) *Syncer { return &Syncer{} }

// Run pulls and pushes until ctx is done, which is not an error.
func (*Syncer) Run(context.Context) error { return nil }

// Once makes one complete round and returns when it is done.
func (*Syncer) Once(context.Context, bool) (Result, error) { return Result{}, nil }

// Result is what one round did.
type Result struct {
	Pushed crm.FlushResult
	Pulled map[crm.ObjectType]int
}

// Wake says that there is something to send, or that the network is back.
func (*Syncer) Wake() {}

// SetFocus says which type is on screen; "" for none.
func (*Syncer) SetFocus(crm.ObjectType) {}

// Pause stops pulling and pushing, or lets them go on.
func (*Syncer) Pause(bool) {}

// Resume goes on after the rep has signed in.
func (*Syncer) Resume() {}

// Disconnect stops everything until Resume and waits for what is running.
func (*Syncer) Disconnect(context.Context) error { return nil }

// State is one word for what is going on.
type State string

// The states, named as the status bar knows them.
const (
	Idle         State = "idle"
	Pulling      State = "pulling"
	Sending      State = "sending"
	Offline      State = "offline"
	Waiting      State = "waiting"
	Paused       State = "paused"
	SignIn       State = "signin"
	Disconnected State = "disconnected"
)

// Status is a snapshot for the status bar.
type Status struct {
	State    State
	Online   bool
	Paused   bool
	LastSync crm.Millis // when the copy was last known to be fresh; 0 = never
	NextTry  crm.Millis // when HubSpot is asked again, while offline or waiting
	Message  string     // the cause of the last trouble; "" when all is well
}

// Status tells what is going on.
func (*Syncer) Status() Status { return Status{} }
