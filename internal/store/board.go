package store

import (
	"context"
	"fmt"

	"satchel/internal/crm"
)

// The board's columns are the slots of these deal properties; the index
// record_board is made of them, so that cards are found, and counted with a text,
// by nothing else.
const (
	stageColumn    = "r.t1"
	pipelineColumn = "r.t3"
	currencyColumn = "r.t4"
	closeColumn    = "r.n2"
	amountColumn   = "r.n3"
)

// board is the condition for the deals of a pipeline.
func board(spec crm.Spec, pipeline string, owner crm.OwnerID, text string) where {
	var w where
	w.add(live(spec))
	w.add(pipelineColumn+" = ?", pipeline)
	w.owner(owner)
	if expr := match(text); expr != "" {
		first, last := span(spec)
		expr = within(expr, owner)
		w.add(`(r.id IN (SELECT rowid FROM record_fts WHERE record_fts MATCH ? AND rowid BETWEEN ? AND ?) AND r.id NOT IN (SELECT id FROM late)
			OR r.id IN (SELECT rowid FROM record_late_fts WHERE record_late_fts MATCH ? AND rowid BETWEEN ? AND ?))`, expr, first, last, expr, first, last)
	}
	return w
}

func (w *where) all() string { return " WHERE " + w.and()[len(" AND "):] }

// StageSums counts and sums a pipeline's deals by stage and currency; an empty
// currency is a deal without one.
func (s *Store) StageSums(ctx context.Context, pipeline string, owner crm.OwnerID, text string) ([]crm.StageSum, error) {
	spec, err := s.kinds().of(crm.Deals)
	if err != nil {
		return nil, err
	}
	var out []crm.StageSum
	err = s.read(ctx, "sum stages", func(ctx context.Context, q querier) error {
		if match(text) == "" {
			out, err = keptSums(ctx, q, pipeline, owner)
			return err
		}
		w := board(spec, pipeline, owner, text)
		var sum crm.StageSum
		return each(ctx, q, func() error { out = append(out, sum); return nil }, []any{&sum.Stage, &sum.Currency, &sum.Count, &sum.Amount},
			`SELECT coalesce(`+stageColumn+`, ''), coalesce(`+currencyColumn+`, ''), count(*), total(`+amountColumn+`)
				FROM record r INDEXED BY record_board`+w.all()+` GROUP BY 1, 2 ORDER BY 1, 2`, w.args...)
	})
	return out, err
}

// StageCards returns a window of a stage's deals by close date, the earliest
// first and those without one last.
func (s *Store) StageCards(ctx context.Context, pipeline, stage string, owner crm.OwnerID, text string, offset, limit int) ([]crm.Record, error) {
	spec, err := s.kinds().of(crm.Deals)
	if err != nil {
		return nil, err
	}
	var out []crm.Record
	err = s.read(ctx, "read stage", func(ctx context.Context, q querier) error {
		w := board(spec, pipeline, owner, text)
		w.add(stageColumn+" = ?", stage)
		var ids []int64
		for _, part := range []string{" IS NOT NULL", " IS NULL"} {
			from := ` FROM record r INDEXED BY record_board` + w.all() + ` AND ` + closeColumn + part
			got, err := column[int64](ctx, q, `SELECT r.id`+from+` ORDER BY `+closeColumn+`, r.id`+
				fmt.Sprintf(` LIMIT %d OFFSET %d`, max(0, limit-len(ids)), max(0, offset)), w.args...)
			if err != nil {
				return err
			}
			if ids = append(ids, got...); len(ids) >= limit {
				break
			}
			if len(ids) > 0 {
				offset = 0
				continue
			}
			n, err := count(ctx, q, `SELECT count(*)`+from, w.args...)
			if err != nil {
				return err
			}
			offset -= n
		}
		rows, err := rowsByID(ctx, q, ids)
		out = records(rows)
		return err
	})
	return out, err
}
