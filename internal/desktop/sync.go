package desktop

import (
	"context"

	"satchel/internal/crm"
	"satchel/internal/wire"
)

// Syncer is what keeps the copy and HubSpot together.
type Syncer interface {
	Status(ctx context.Context) (wire.SyncStatus, error)
	Flush(ctx context.Context) (crm.FlushResult, error)
	Now()
	Pause(on bool)
	Leave(stay bool)
	Budget(ctx context.Context) (wire.Budget, error)
	SetReserve(ctx context.Context, r wire.Reserve) (wire.Budget, error)
}

// Sync is the status line and its buttons.
type Sync struct {
	c *Caller
	s Syncer
}

// NewSync makes the facade.
func NewSync(c *Caller, s Syncer) *Sync { return &Sync{c, s} }

// Status feeds the status bar and the first-pull page.
func (f *Sync) Status() (wire.SyncStatus, error) {
	return run(f.c, "Sync.Status", callTime, f.s.Status)
}

// Now pulls and pushes at once.
func (f *Sync) Now() error {
	return do(f.c, "Sync.Now", callTime, func(context.Context) error {
		f.s.Now()
		return nil
	})
}

// Pause stops pulling and pushing, or goes on.
func (f *Sync) Pause(on bool) error {
	return do(f.c.given(on), "Sync.Pause", callTime, func(context.Context) error {
		f.s.Pause(on)
		return nil
	})
}

// Leave ends the sending before the end of the program: it ends at once, or goes
// on after all. Nothing happens when the program is not about to end.
func (f *Sync) Leave(stay bool) error {
	return do(f.c.given(stay), "Sync.Leave", callTime, func(context.Context) error {
		f.s.Leave(stay)
		return nil
	})
}

// Budget is how HubSpot's limits are used, and by whom.
func (f *Sync) Budget() (wire.Budget, error) {
	return run(f.c, "Sync.Budget", callTime, f.s.Budget)
}

// SetReserve changes what is left to other programs, at once, and answers the
// budget as it is then.
func (f *Sync) SetReserve(r wire.Reserve) (wire.Budget, error) {
	return run(f.c.given(r), "Sync.SetReserve", callTime, func(ctx context.Context) (wire.Budget, error) {
		return f.s.SetReserve(ctx, r)
	})
}
