package desktop

import (
	"context"

	"satchel/internal/wire"
)

// Keeper is the local copy as a whole.
type Keeper interface {
	// Notices are what the rep has to be told about it, until DismissNotice.
	Notices(ctx context.Context) ([]wire.Notice, error)
	DismissNotice(ctx context.Context, id string) error
	// Bundle collects a support bundle; SaveBundle saves the last one.
	Bundle(ctx context.Context) (wire.Bundle, error)
	SaveBundle(ctx context.Context, id string) (wire.Saved, error)
	Forget(ctx context.Context, typ, id string) error
}

// Data is the local copy: how it is, and what is erased from it.
type Data struct {
	c *Caller
	k Keeper
}

// NewData makes the facade.
func NewData(c *Caller, k Keeper) *Data { return &Data{c, k} }

// Notices are what the rep has to be told.
func (f *Data) Notices() ([]wire.Notice, error) {
	return run(f.c, "Data.Notices", callTime, f.k.Notices)
}

// DismissNotice says that the rep has read one.
func (f *Data) DismissNotice(id string) error {
	return do(f.c.given(id), "Data.DismissNotice", callTime, func(ctx context.Context) error {
		return f.k.DismissNotice(ctx, id)
	})
}

// Bundle collects what a developer needs to find a fault; nothing is written.
func (f *Data) Bundle() (wire.Bundle, error) {
	return run(f.c, "Data.Bundle", netTime, f.k.Bundle)
}

// SaveBundle writes the bundle that was shown to the rep's downloads.
func (f *Data) SaveBundle(id string) (wire.Saved, error) {
	return run(f.c.given(id), "Data.SaveBundle", callTime, func(ctx context.Context) (wire.Saved, error) {
		return f.k.SaveBundle(ctx, id)
	})
}

// Forget erases a record, and everything kept about it, from this computer.
func (f *Data) Forget(r wire.ForgetRequest) error {
	return do(f.c.given(r), "Data.Forget", netTime, func(ctx context.Context) error {
		return f.k.Forget(ctx, r.Type, r.ID)
	})
}
