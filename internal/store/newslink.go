package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// noteLinks makes news of associations of one record that came or ended. known
// says that they had been read before: otherwise they come to be known now.
func (t *tx) noteLinks(ctx context.Context, from, to crm.Spec, id crm.RemoteID, have, want []linkEnd, known bool) error {
	p, err := t.here(ctx)
	if err != nil || p.rep == "" || p.online == 0 {
		return err
	}
	var a *row
	for _, other := range otherEnds(have, want) {
		was, is := len(toward(have, other)) > 0, len(toward(want, other)) > 0
		if was == is {
			continue // another label
		}
		if a == nil {
			if a, err = rowByRemote(ctx, t, from.Number, id); errors.Is(err, errNoRow) {
				return nil
			} else if err != nil {
				return err
			}
		}
		b, err := rowByRemote(ctx, t, to.Number, other)
		if errors.Is(err, errNoRow) {
			continue // nothing that could be named
		}
		if err != nil {
			return err
		}
		if !known && !was && !t.recent(a) && !t.recent(b) {
			if both, err := t.linksKnown(ctx, to, other, from); err != nil {
				return err
			} else if !both {
				continue
			}
		}
		if err := t.noteLink(ctx, a, b, is); err != nil {
			return err
		}
	}
	return nil
}

// linksKnown says whether the associations of a record to a type have been read.
func (t *tx) linksKnown(ctx context.Context, from crm.Spec, id crm.RemoteID, to crm.Spec) (bool, error) {
	found, err := column[int64](ctx, t, `SELECT 1 FROM link_known WHERE from_type = ? AND from_remote = ? AND to_type = ?`, from.Number, string(id), to.Number)
	return len(found) > 0, err
}

// noteLink makes news of an association on one of its ends: on the record that an
// activity was logged on, else on the one that is the rep's, a deal before a
// company before a contact.
func (t *tx) noteLink(ctx context.Context, a, b *row, is bool) error {
	if a.spec.Activity || a.spec.Number < b.spec.Number && !b.spec.Activity || a.spec.Number == b.spec.Number && a.id > b.id {
		a, b = b, a
	}
	if a.spec.Activity { // both are
		return nil
	}
	if ours, err := t.ownLink(ctx, a, b); err != nil || ours {
		return err
	}
	kind, name := crm.NewsLink, linkName(b.spec, b.remote)
	if b.spec.Activity {
		if kind, name = crm.NewsActivity, string(b.local); !is || b.gone {
			return nil
		}
	}
	for _, end := range []struct {
		r    *row
		name string
	}{{a, name}, {b, linkName(a.spec, a.remote)}} {
		mine, err := t.mineIs(ctx, end.r.base[ownerProperty])
		if err != nil {
			return err
		}
		if !mine || end.r.gone || end.r.spec.Activity {
			continue
		}
		if fresh, err := t.unseenNew(ctx, end.r.local); err != nil || fresh {
			return err
		}
		before, after := "", newsYes
		if !is {
			before, after = newsYes, ""
		}
		return t.note(ctx, end.r, kind, end.name, before, after, equal)
	}
	return nil
}

// ownLink says whether an operation of the rep's is about two records, or made
// one of them that is an activity.
func (t *tx) ownLink(ctx context.Context, a, b *row) (bool, error) {
	found, err := column[int64](ctx, t, `SELECT seq FROM op WHERE record = ?1 AND to_record = ?2 AND `+unfinished+`
		UNION ALL SELECT seq FROM op WHERE record = ?2 AND to_record = ?1 AND `+unfinished+`
		UNION ALL SELECT seq FROM op WHERE ?3 AND record = ?2 AND kind = 'create' LIMIT 1`, string(a.local), string(b.local), b.spec.Activity)
	return len(found) > 0, err
}
