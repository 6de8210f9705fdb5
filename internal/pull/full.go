package pull

import (
	"context"
	"fmt"
	"slices"

	"satchel/internal/crm"
)

// full is the cursor that exists while a full pull is not finished.
type full struct {
	Fresh bool `json:"fresh,omitempty"` // the old cursors are still to be dropped
}

// check is how far the search for records that HubSpot no longer has is, per
// type.
type check struct {
	Archived walk `json:"archived"`
	Missing  walk `json:"missing"`
}

// Full pulls everything again, over the rows that are here, and then finds
// what HubSpot no longer has: what is in its archived lists, and what is here
// but was not met on the way, each such id verified by reading it. A full pull
// that is stopped is finished by the next Backfill.
func (e *Engine) Full(ctx context.Context) error {
	if err := e.store.SetCursor(ctx, cursorOf(fullCursor, full{Fresh: true})); err != nil {
		return fmt.Errorf("begin a full pull: %w", err)
	}
	return e.Backfill(ctx)
}

// resumeFull says whether a full pull is under way, and forgets the cursors
// at its beginning.
func (e *Engine) resumeFull(ctx context.Context) (bool, error) {
	var f full
	on, err := e.load(ctx, fullCursor, &f)
	if err != nil || !on || !f.Fresh {
		return on, err
	}
	for _, prefix := range []string{fillPrefix, linkPrefix, duePrefix, auditPrefix, sweepPrefix, refillPrefix} {
		if err := e.store.DropCursors(ctx, prefix); err != nil {
			return false, err
		}
	}
	e.mu.Lock()
	clear(e.recent)
	e.mu.Unlock()
	return true, e.store.SetCursor(ctx, cursorOf(fullCursor, full{}))
}

// audit is the second half of a full pull. ids are those that were met, by
// the place in specs; nil for a type that was not pulled.
func (e *Engine) audit(ctx context.Context, specs []crm.Spec, ids []*idSet) error {
	for i, s := range specs {
		if ids[i] == nil || e.stopped(s.Type) {
			continue
		}
		var c check
		if _, err := e.load(ctx, auditPrefix+string(s.Type), &c); err != nil {
			return err
		}
		if err := e.archived(ctx, s, &c); err != nil {
			return fmt.Errorf("archived %s: %w", s.Type, err)
		}
		if err := e.missing(ctx, s, ids[i], &c); err != nil {
			return fmt.Errorf("missing %s: %w", s.Type, err)
		}
	}
	if err := e.store.DropCursors(ctx, fullCursor); err != nil {
		return err
	}
	if err := e.store.DropCursors(ctx, auditPrefix); err != nil {
		return err
	}
	_, err := e.Complete(ctx)
	return err
}

// archived reads the archived list of a type.
func (e *Engine) archived(ctx context.Context, s crm.Spec, c *check) error {
	for !c.Archived.Done {
		page, err := e.remote.List(ctx, s.Type, crm.ListCall{
			After: string(c.Archived.After), Limit: e.size.list, Props: []string{idProperty}, Archived: true,
		})
		if err != nil {
			return err
		}
		gone := make([]crm.RemoteID, 0, len(page.Records))
		for _, r := range page.Records {
			gone = append(gone, r.ID)
		}
		next := crm.RemoteID(page.Next)
		c.Archived = walk{After: next, Done: next == ""}
		if err := e.bury(ctx, s, gone, nil, *c); err != nil {
			return err
		}
	}
	return nil
}

// missing verifies the ids that are here and were not met in HubSpot.
func (e *Engine) missing(ctx context.Context, s crm.Spec, met *idSet, c *check) error {
	for !c.Missing.Done {
		ids, err := e.store.RemoteIDs(ctx, s.Type, c.Missing.After, e.size.link)
		if err != nil {
			return err
		}
		var suspects, gone []crm.RemoteID
		for _, id := range ids {
			if !met.has(id) {
				suspects = append(suspects, id)
			}
		}
		var merged []crm.RemoteRecord
		for batch := range slices.Chunk(suspects, e.size.read) {
			g, m, err := e.verify(ctx, s, batch)
			if err != nil {
				return err
			}
			gone, merged = append(gone, g...), append(merged, m...)
		}
		if len(ids) == 0 {
			c.Missing.Done = true
		} else {
			c.Missing.After = ids[len(ids)-1]
		}
		if err := e.bury(ctx, s, gone, merged, *c); err != nil {
			return err
		}
	}
	return nil
}

// verify finds out which of the ids HubSpot no longer has. One that was merged
// away answers with the record that took its place.
func (e *Engine) verify(ctx context.Context, s crm.Spec, ids []crm.RemoteID) (gone []crm.RemoteID, merged []crm.RemoteRecord, err error) {
	read, err := e.remote.BatchRead(ctx, s.Type, ids, []string{idProperty})
	if err != nil {
		return nil, nil, err
	}
	if len(read.Unknown) == 0 {
		return read.Missing, nil, nil
	}
	props, err := e.props(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	gone, merged, err = e.follow(ctx, s, props, read.Unknown)
	return append(gone, read.Missing...), merged, err
}

// bury commits what was found out.
func (e *Engine) bury(ctx context.Context, s crm.Spec, gone []crm.RemoteID, merged []crm.RemoteRecord, c check) error {
	p := crm.Pulled{Type: s.Type, Gone: gone, Cursors: []crm.Cursor{cursorOf(auditPrefix+string(s.Type), c)}}
	if len(merged) > 0 {
		props, err := e.props(ctx, s)
		if err != nil {
			return err
		}
		p.Records, p.Props = merged, props
	}
	a, err := e.store.Apply(ctx, p)
	if err != nil {
		return err
	}
	if len(a.Changed) > 0 {
		e.tell(s.Type, a.Changed)
	}
	return nil
}
