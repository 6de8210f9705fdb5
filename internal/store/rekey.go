package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// adopt gives a record made here its HubSpot id. When a pull was faster and
// that id has a row already, the two are one: this one keeps its local id.
func (t *tx) adopt(ctx context.Context, r *row, id crm.RemoteID) (*row, error) {
	if r.remote == id {
		return r, nil
	}
	other, err := rowByRemote(ctx, t, r.spec.Number, id)
	if errors.Is(err, errNoRow) {
		r.remote = id
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	r.remote = id
	if other.modified >= r.modified {
		r.base, r.created, r.modified, r.gone, r.goneAt = other.base, other.created, other.modified, other.gone, other.goneAt
	}
	return r, t.swallow(ctx, r, other)
}

// rekey follows a record to the id that HubSpot merged it into.
func (t *tx) rekey(ctx context.Context, r *row, id crm.RemoteID) error {
	if r.remote == id {
		return nil
	}
	old := r.remote
	if _, err := t.adopt(ctx, r, id); err != nil {
		return err
	}
	if old == "" {
		return nil
	}
	return t.moveLinks(ctx, r.spec.Number, old, id)
}

// swallow makes one record of two: lose's operations, links and ids go to keep,
// and its row goes away. keep still has to be refreshed.
func (t *tx) swallow(ctx context.Context, keep, lose *row) error {
	for _, q := range []string{
		`UPDATE op SET record = ?1 WHERE record = ?2`,
		`UPDATE op SET to_record = ?1 WHERE to_record = ?2`,
		`UPDATE alias SET into_id = ?1 WHERE into_id = ?2`,
		`INSERT OR REPLACE INTO alias (local_id, into_id) VALUES (?2, ?1)`,
	} {
		if _, err := t.exec(ctx, q, string(keep.local), string(lose.local)); err != nil {
			return err
		}
	}
	if t.pending != nil {
		t.pending[keep.local] = t.pending[keep.local] || t.pending[lose.local]
	}
	if err := errors.Join(t.dropNews(ctx, lose), t.remove(ctx, lose)); err != nil {
		return err
	}
	if lose.remote != "" && keep.remote != "" && lose.remote != keep.remote {
		return t.moveLinks(ctx, keep.spec.Number, lose.remote, keep.remote)
	}
	return nil
}
