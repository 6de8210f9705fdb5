package store

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"satchel/internal/crm"
)

// settingForgotten counts the operations that Forget erased, so that they are not
// missed after a repair.
const settingForgotten = "store.forgotten"

// Forget erases one record without a trace: its values, its operations and
// receipts with what they replaced, the activities that were logged on it here,
// its associations, what is news of it, and what search knows of it. Backups and damaged databases
// that are kept go too; a new backup is made without it. It is refused (Conflict)
// while an operation of it is being sent, and NotFound when there is no such
// record. A record that is still in HubSpot comes back with the next pull.
func (s *Store) Forget(ctx context.Context, t crm.ObjectType, id string) error {
	if _, err := s.kinds().of(t); err != nil {
		return err
	}
	err := s.write(ctx, "forget record", func(ctx context.Context, tx *tx) error {
		r, err := rowByLocal(ctx, tx, crm.LocalID(id))
		if errors.Is(err, errNoRow) {
			spec, _ := s.kinds().of(t)
			r, err = rowByRemote(ctx, tx, spec.Number, crm.RemoteID(id))
		}
		if errors.Is(err, errNoRow) || err == nil && r.spec.Type != t {
			return notFound("There is no such record here.")
		}
		if err != nil {
			return err
		}
		return tx.forget(ctx, r)
	})
	if err != nil {
		return err
	}
	if err := s.wipeFiles(); err != nil {
		return fail("wipe backups", err)
	}
	if err := s.settleLog(ctx); err != nil {
		return err
	}
	return s.BackUpDaily(ctx)
}

// settleLog empties the -wal file, which still has the pages as they were.
func (s *Store) settleLog(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return fail("empty log", ctx.Err())
	}
	defer func() { <-s.turn }()
	return fail("empty log", s.emptyLog(context.WithoutCancel(ctx)))
}

func (t *tx) forget(ctx context.Context, r *row) error {
	rows := []*row{r}
	activities, err := scanRows(ctx, t, `SELECT `+rowColumns+` FROM record r WHERE r.local_id IN
		(SELECT record FROM op WHERE to_record = ? AND kind = 'create')`, string(r.local))
	if err != nil {
		return err
	}
	rows = append(rows, slices.DeleteFunc(activities, func(a *row) bool { return !a.spec.Activity })...)
	others := map[crm.LocalID]bool{}
	for _, x := range rows {
		if err := t.forgetOps(ctx, x, others); err != nil {
			return err
		}
	}
	for _, x := range rows {
		if err := t.forgetRow(ctx, x); err != nil {
			return err
		}
		delete(others, x.local)
	}
	for id := range others { // they have one operation less
		o, err := rowByLocal(ctx, t, id)
		if errors.Is(err, errNoRow) {
			continue
		}
		if err != nil {
			return err
		}
		if _, err := t.refresh(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// forgetOps erases the operations that a record is part of, and notes the other
// records that they are about.
func (t *tx) forgetOps(ctx context.Context, r *row, others map[crm.LocalID]bool) error {
	ops, err := opsWhere(ctx, t, `WHERE o.record = ?1 OR o.to_record = ?1`, string(r.local))
	if err != nil {
		return err
	}
	for _, o := range ops {
		if o.State == crm.Sending {
			return conflict("A change of %s is being sent at the moment, so nothing was erased. Try again in a minute.", r.called())
		}
		if o.Record != r.local {
			others[o.Record] = true
		}
		for _, q := range []string{`DELETE FROM act WHERE op = ?`, `DELETE FROM op WHERE id = ?`} {
			if _, err := t.exec(ctx, q, string(o.ID)); err != nil {
				return err
			}
		}
	}
	t.pending = nil
	var before string
	if err := one(ctx, t, []any{&before}, `SELECT coalesce((SELECT value FROM setting WHERE key = ?), '0')`, settingForgotten); err != nil {
		return err
	}
	n, _ := strconv.Atoi(before) // it is ours; what is not counts nothing
	return t.setSetting(ctx, settingForgotten, strconv.Itoa(n+len(ops)))
}

func (t *tx) forgetRow(ctx context.Context, r *row) error {
	if err := errors.Join(t.dropNews(ctx, r), t.remove(ctx, r)); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM alias WHERE into_id = ?1 OR local_id = ?1`, string(r.local)); err != nil || r.remote == "" {
		return err
	}
	for _, q := range []string{
		`DELETE FROM link WHERE from_type = ?1 AND from_remote = ?2`,
		`DELETE FROM link WHERE to_type = ?1 AND to_remote = ?2`,
		`DELETE FROM link_known WHERE from_type = ?1 AND from_remote = ?2`,
	} {
		if _, err := t.exec(ctx, q, r.spec.Number, string(r.remote)); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `DELETE FROM cursor WHERE name = ?`, "due/"+string(r.spec.Type)+"/"+string(r.remote))
	return err
}
