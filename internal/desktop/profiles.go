package desktop

import (
	"cmp"
	"context"

	"satchel/internal/profile"
	"satchel/internal/wire"
)

// ProfileSet is the profiles of this computer, as seen from one of them.
type ProfileSet interface {
	List(ctx context.Context) (wire.Profiles, error)
	Add(ctx context.Context, name string, c profile.Colour) error
	SetColour(ctx context.Context, name string, c profile.Colour) error
	// Open opens a profile in a window of its own, or brings its window to the front.
	Open(ctx context.Context, name string) error
}

// Profiles are the portals of this computer, each in a place of its own.
type Profiles struct {
	c *Caller
	s ProfileSet
}

// NewProfiles makes the facade.
func NewProfiles(c *Caller, s ProfileSet) *Profiles { return &Profiles{c, s} }

// List gives all profiles.
func (f *Profiles) List() (wire.Profiles, error) {
	return run(f.c, "Profiles.List", callTime, f.s.List)
}

// Add makes a profile and gives all.
func (f *Profiles) Add(r wire.ProfileRequest) (wire.Profiles, error) {
	return run(f.c.given(r), "Profiles.Add", callTime, func(ctx context.Context) (wire.Profiles, error) {
		if r.Colour != "" {
			if err := profile.CheckColour(profile.Colour(r.Colour)); err != nil {
				return wire.Profiles{}, err
			}
		}
		if err := f.s.Add(ctx, r.Name, profile.Colour(r.Colour)); err != nil {
			return wire.Profiles{}, err
		}
		return f.s.List(ctx)
	})
}

// SetColour gives a profile another colour and gives all.
func (f *Profiles) SetColour(r wire.ProfileRequest) (wire.Profiles, error) {
	return run(f.c.given(r), "Profiles.SetColour", callTime, func(ctx context.Context) (wire.Profiles, error) {
		if err := cmp.Or(known(r.Name), profile.CheckColour(profile.Colour(r.Colour))); err != nil {
			return wire.Profiles{}, err
		}
		if err := f.s.SetColour(ctx, r.Name, profile.Colour(r.Colour)); err != nil {
			return wire.Profiles{}, err
		}
		return f.s.List(ctx)
	})
}

// Open opens a profile in a window of its own, or brings its window to the front.
func (f *Profiles) Open(name string) error {
	return do(f.c.given(name), "Profiles.Open", callTime, func(ctx context.Context) error {
		if err := known(name); err != nil {
			return err
		}
		return f.s.Open(ctx, name)
	})
}

// known refuses what cannot be the name of a profile; "" is the one without.
func known(name string) error {
	if name == "" {
		return nil
	}
	return profile.Check(name)
}
