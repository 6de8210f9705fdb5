package store

import (
	"context"
	"errors"

	"satchel/internal/crm"
)

// newsWhen is when a piece of news happened, as far as is known.
const newsWhen = `CASE WHEN n.at <> 0 THEN n.at WHEN n.modified <> 0 THEN n.modified ELSE n.noticed END`

// News returns what the rep has not seen of so many records, those that changed
// last first.
func (s *Store) News(ctx context.Context, records int) (crm.NewsPage, error) {
	var out crm.NewsPage
	err := s.read(ctx, "read news", func(ctx context.Context, q querier) error {
		p, err := presenceOf(ctx, q)
		if err != nil {
			return err
		}
		out = crm.NewsPage{Back: p.back}
		var away, oldest crm.Millis
		err = one(ctx, q, []any{&out.Total, &out.Records, &out.Mark, &out.Away, &away, &oldest}, `SELECT count(*), count(DISTINCT n.record), coalesce(max(n.id), 0),
			count(*) FILTER (WHERE n.away <> 0 AND n.away = ?), coalesce(min(n.away) FILTER (WHERE n.away <> 0), 0), coalesce(min(n.noticed), 0)
			FROM news n JOIN record r ON r.local_id = n.record WHERE n.seen = 0`, int64(p.since))
		if err != nil {
			return err
		}
		if out.Since = away; away == 0 || oldest < away {
			out.Since = oldest
		}
		if out.News, err = unseenNews(ctx, q, string(p.rep), records); err != nil {
			return err
		}
		return nameNews(ctx, q, out.News)
	})
	return out, err
}

func unseenNews(ctx context.Context, q querier, rep string, records int) ([]crm.News, error) {
	var out []crm.News
	var n crm.News
	err := each(ctx, q, func() error {
		if n.Kind == crm.NewsProperty && n.Name == ownerProperty {
			n.Assigned, n.Taken = n.After == rep, n.Before == rep && n.After != rep
		} else {
			n.Assigned, n.Taken = false, false
		}
		out = append(out, n)
		return nil
	}, []any{&n.ID, &n.Type, &n.Record, &n.Kind, &n.Name, &n.Before, &n.After, &n.At, &n.Noticed, &n.Asked, &n.Who, &n.Source},
		`WITH g AS (SELECT n.record, max(`+newsWhen+`) AS w FROM news n JOIN record r ON r.local_id = n.record WHERE n.seen = 0
			GROUP BY n.record ORDER BY w DESC, n.record LIMIT ?)
		SELECT n.id, n.type, n.record, n.kind, n.name, n.before, n.after, `+newsWhen+`, n.noticed, n.asked, n.who, n.source
			FROM g JOIN news n ON n.record = g.record AND n.seen = 0 ORDER BY g.w DESC, g.record, `+newsWhen+` DESC, n.id DESC`, records)
	return out, err
}

// nameNews says what news about other records is about.
func nameNews(ctx context.Context, q querier, all []crm.News) error {
	for i := range all {
		n := &all[i]
		var r *row
		err := errNoRow
		switch n.Kind {
		case crm.NewsActivity:
			r, err = rowByLocal(ctx, q, crm.LocalID(n.Name))
		case crm.NewsLink:
			spec, id, ok := q.kinds().linkOf(n.Name)
			if !ok {
				continue
			}
			n.About = crm.Brief{Type: spec.Type, RemoteID: id}
			r, err = rowByRemote(ctx, q, spec.Number, id)
		case crm.NewsProperty, crm.NewsNew, crm.NewsArchived, crm.NewsMerged:
			continue
		}
		if errors.Is(err, errNoRow) {
			continue
		}
		if err != nil {
			return err
		}
		n.About = r.brief(nil)
	}
	return nil
}

// SeenNews marks as seen what is not newer than mark, of one record or of all
// (""). It answers with what UnseenNews takes it back by, 0 when there was
// nothing, and how many there were.
func (s *Store) SeenNews(ctx context.Context, mark int64, record crm.LocalID) (act int64, n int, err error) {
	err = s.write(ctx, "mark news as seen", func(ctx context.Context, t *tx) error {
		if err := one(ctx, t, []any{&act}, `SELECT max(?1, coalesce(max(seen), 0) + 1) FROM news`, int64(now())); err != nil {
			return err
		}
		hit, err := t.exec(ctx, `UPDATE news SET seen = ?1 WHERE seen = 0 AND id <= ?2 AND (?3 = '' OR record = ?3)`, act, mark, string(record))
		if n = int(hit); n == 0 {
			act = 0
		}
		return err
	})
	return act, n, err
}

// UnseenNews takes back a SeenNews, which is kept for a day. What has gone on
// changing since is one with what has come since.
func (s *Store) UnseenNews(ctx context.Context, act int64) (n int, err error) {
	err = s.write(ctx, "mark news as unseen", func(ctx context.Context, t *tx) error {
		n = 0
		var x crm.News
		var away int64
		var all []func() error
		err := each(ctx, t, func() error {
			x, away := x, away
			all = append(all, func() error { return t.unsee(ctx, x, away) })
			n++
			return nil
		}, []any{&x.ID, &x.Type, &x.Record, &x.Kind, &x.Name, &x.Before, &away}, `SELECT id, type, record, kind, name, before, away FROM news WHERE seen = ? AND seen <> 0`, act)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("This cannot be taken back any more. The records themselves have everything that changed.")
		}
		for _, do := range all {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (t *tx) unsee(ctx context.Context, x crm.News, away int64) error {
	var id int64
	var after string
	err := one(ctx, t, []any{&id, &after}, `SELECT id, after FROM news WHERE record = ? AND kind = ? AND name = ? AND seen = 0`, string(x.Record), string(x.Kind), x.Name)
	if errors.Is(err, errNoRow) {
		_, err = t.exec(ctx, `UPDATE news SET seen = 0 WHERE id = ?`, x.ID)
		return err
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM news WHERE id = ?`, x.ID); err != nil {
		return err
	}
	same := equal
	if spec, err := t.kinds().of(x.Type); err == nil && x.Kind == crm.NewsProperty {
		props, err := t.cares(ctx, spec)
		if err != nil {
			return err
		}
		same = props[x.Name].Same
	}
	if same(x.Before, after) && !crm.NewsCut(after) {
		_, err = t.exec(ctx, `DELETE FROM news WHERE id = ?`, id)
		return err
	}
	_, err = t.exec(ctx, `UPDATE news SET before = ?, away = CASE WHEN ?2 <> 0 THEN ?2 ELSE away END WHERE id = ?3`, x.Before, away, id)
	return err
}

// NewsQuestions returns what is unseen and whose author HubSpot has not been
// asked for, the newest first.
func (s *Store) NewsQuestions(ctx context.Context, limit int) ([]crm.NewsQuestion, error) {
	var out []crm.NewsQuestion
	err := s.read(ctx, "read open news", func(ctx context.Context, q querier) error {
		p, err := presenceOf(ctx, q)
		if err != nil {
			return err
		}
		var x crm.NewsQuestion
		var kind crm.NewsKind
		var typ int64
		return each(ctx, q, func() error {
			spec, ok := q.kinds().byNumber(typ)
			if !ok {
				return nil
			}
			x.Type, x.First = spec.Type, false
			switch kind {
			case crm.NewsActivity:
				x.Prop, x.Value, x.First = crm.TimestampProperty, "", true
			case crm.NewsNew:
				x.Prop, x.Value = ownerProperty, string(p.rep)
			case crm.NewsProperty, crm.NewsArchived, crm.NewsMerged, crm.NewsLink:
			}
			out = append(out, x)
			return nil
		}, []any{&x.ID, &kind, &typ, &x.Record, &x.Prop, &x.Value}, `SELECT n.id, n.kind, r.type, r.remote_id, n.name, n.after
			FROM news n JOIN record r ON r.local_id = CASE n.kind WHEN 'activity' THEN n.name ELSE n.record END
			WHERE n.seen = 0 AND n.asked = 0 AND n.kind IN ('property', 'new', 'activity') AND r.remote_id IS NOT NULL AND r.gone = 0
			ORDER BY n.id DESC LIMIT ?`, limit)
	})
	return out, err
}

// AnswerNews stores who changed what. What the rep did elsewhere is no news.
func (s *Store) AnswerNews(ctx context.Context, answers []crm.NewsAnswer) error {
	return s.write(ctx, "explain news", func(ctx context.Context, t *tx) error {
		for _, a := range answers {
			q, args := `UPDATE news SET asked = 1, who = ?2, source = ?3, at = ?4 WHERE id = ?1`, []any{a.ID, a.Who, a.Source, int64(a.At)}
			if a.Own {
				q, args = `DELETE FROM news WHERE id = ?1 AND seen = 0`, args[:1]
			}
			if _, err := t.exec(ctx, q, args...); err != nil {
				return err
			}
		}
		return nil
	})
}
