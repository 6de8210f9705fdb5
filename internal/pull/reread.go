package pull

import (
	"context"
	"fmt"
	"slices"

	"satchel/internal/crm"
)

// Reread reads records by their ids from HubSpot's own tables, which do not lag,
// with their associations, and applies what it finds: values, archives, merges
// (the record that took its place comes along) and links. Ids that are not here
// yet are taken in. Any number of ids may be given; each hundred is committed on
// its own, and what an error left out may simply be asked for again.
func (e *Engine) Reread(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) error {
	ctx = crm.Unhurried(ctx)
	specs, err := e.chosen(ctx, []crm.ObjectType{t})
	if err != nil {
		return err
	}
	for _, s := range specs {
		props, err := e.props(ctx, s)
		if err != nil {
			return err
		}
		var alive []crm.RemoteID
		for batch := range slices.Chunk(ids, e.size.read) {
			found, _, err := e.reread(ctx, s, props, batch)
			if err != nil {
				return fmt.Errorf("read %s again: %w", t, err)
			}
			alive = append(alive, found...)
		}
		e.read(t, alive)
		for batch := range slices.Chunk(alive, e.size.link) {
			if err := e.settle(ctx, s, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// reread reads one batch and commits it. It returns the ids that are live, and
// how many records changed.
func (e *Engine) reread(ctx context.Context, s crm.Spec, props []string, ids []crm.RemoteID) (alive []crm.RemoteID, changed int, err error) {
	read, err := e.remote.BatchRead(ctx, s.Type, ids, props)
	if err != nil {
		return nil, 0, err
	}
	gone, others, err := e.follow(ctx, s, props, read.Unknown)
	if err != nil {
		return nil, 0, err
	}
	gained, err := e.gained(ctx, s.Type)
	if err != nil {
		return nil, 0, err
	}
	p := crm.Pulled{Type: s.Type, Props: props, Gained: gained, Records: append(read.Found, others...), Gone: append(read.Missing, gone...)}
	a, err := e.store.Apply(ctx, p)
	if err != nil {
		return nil, 0, fmt.Errorf("apply: %w", err)
	}
	e.observe(p.Records)
	e.changed(s.Type, a)
	for _, r := range p.Records {
		if !r.Archived {
			alive = append(alive, r.ID)
		}
	}
	return alive, len(a.Changed), nil
}

// follow reads ids one at a time that a batch left out without a word: merged
// away, and then the record that took its place answers, or gone.
func (e *Engine) follow(ctx context.Context, s crm.Spec, props []string, ids []crm.RemoteID) (gone []crm.RemoteID, records []crm.RemoteRecord, err error) {
	for _, id := range ids {
		r, err := e.remote.Get(ctx, s.Type, id, props)
		switch {
		case crm.KindOf(err) == crm.NotFound:
			gone = append(gone, id)
			continue
		case err != nil:
			return nil, nil, err
		case r.ID != id:
			gone = append(gone, id)
		}
		records = append(records, r)
	}
	return gone, records, nil
}
