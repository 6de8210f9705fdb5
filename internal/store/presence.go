package store

import (
	"context"
	"errors"
	"time"

	"satchel/internal/crm"
)

// How exactly the beginning of an absence is known, and how long it takes until
// every type has had its delta afterwards: what HubSpot changed before the return
// still belongs to the absence.
const (
	presenceStep = time.Minute
	returning    = 10 * time.Minute
)

// presence is who the rep is, and when the copy was fresh.
type presence struct {
	rep    crm.OwnerID
	online crm.Millis // 0 = never
	since  crm.Millis
	back   crm.Millis
}

func presenceOf(ctx context.Context, q querier) (p presence, err error) {
	err = one(ctx, q, []any{&p.rep, &p.online, &p.since, &p.back}, `SELECT rep, online, since, back FROM presence`)
	if errors.Is(err, errNoRow) {
		return presence{}, nil
	}
	return p, err
}

// here is the presence as the transaction sees it.
func (t *tx) here(ctx context.Context) (*presence, error) {
	if t.present != nil {
		return t.present, nil
	}
	p, err := presenceOf(ctx, t)
	if err != nil {
		return nil, err
	}
	t.present = &p
	return t.present, nil
}

func (t *tx) savePresence(ctx context.Context, p presence) error {
	_, err := t.exec(ctx, `INSERT INTO presence (one, rep, online, since, back) VALUES (1, ?1, ?2, ?3, ?4)
		ON CONFLICT DO UPDATE SET rep = ?1, online = ?2, since = ?3, back = ?4`, string(p.rep), int64(p.online), int64(p.since), int64(p.back))
	t.present = &p
	return err
}

// setRep remembers who the rep is. What is unseen of another one is no news any
// more.
func (t *tx) setRep(ctx context.Context, rep crm.OwnerID) error {
	p, err := t.here(ctx)
	if err != nil || rep == "" || p.rep == rep {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM news`); err != nil {
		return err
	}
	next := *p
	next.rep = rep
	return t.savePresence(ctx, next)
}

// Online notes that the copy is fresh at a time of ours. After gap without that
// the rep was away, and what has come since is marked so. It answers when the
// last absence ended, 0 for never, and the id of the newest news. It also takes
// away what is too old, or too much.
func (s *Store) Online(ctx context.Context, at crm.Millis, gap time.Duration) (back crm.Millis, newest int64, err error) {
	var p presence
	err = s.read(ctx, "read presence", func(ctx context.Context, q querier) error {
		if p, err = presenceOf(ctx, q); err != nil {
			return err
		}
		return one(ctx, q, []any{&newest}, `SELECT coalesce(max(id), 0) FROM news`)
	})
	since := time.Duration(at-p.online) * time.Millisecond
	if err != nil || since >= 0 && since < presenceStep && at-p.back >= crm.Millis(returning.Milliseconds()) {
		return p.back, newest, err
	}
	err = s.write(ctx, "note presence", func(ctx context.Context, t *tx) error {
		p, err := t.here(ctx)
		if err != nil {
			return err
		}
		next := *p
		if p.online != 0 && at-p.online > crm.Millis(gap.Milliseconds()) {
			next.since, next.back = p.online, at
		}
		next.online = at
		if next.back != 0 && at >= next.back && at-next.back < crm.Millis(returning.Milliseconds()) {
			// online is exact to a step, so what came right after it is older.
			_, err := t.exec(ctx, `UPDATE news SET away = ?1 WHERE seen = 0 AND away = 0 AND noticed > ?2 AND modified <= ?3`,
				int64(next.since), int64(next.since)+2*presenceStep.Milliseconds(), int64(next.back))
			if err != nil {
				return err
			}
		}
		back = next.back
		if err := t.savePresence(ctx, next); err != nil {
			return err
		}
		return t.pruneNews(ctx)
	})
	return back, newest, err
}
