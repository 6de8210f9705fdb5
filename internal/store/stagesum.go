package store

import (
	"context"
	"math"

	"satchel/internal/crm"
)

// sumKey names a sum of deals that is kept; see the migration that made the table
// stage_sum.
type sumKey struct{ pipeline, stage, currency, owner string }

// A dealSum is how many deals there are, and what they are worth.
type dealSum struct {
	n, units int64
	more     float64
}

// What an amount is counted in, and up to which one.
const (
	amountUnits = 10_000
	mostExact   = 1e10
)

func (s dealSum) amount() float64 { return float64(s.units)/amountUnits + s.more }

// add counts n times a deal of that amount.
func (s dealSum) add(amount *float64, n int) dealSum {
	s.n += int64(n)
	switch {
	case amount == nil:
	case math.Abs(*amount) < mostExact:
		s.units += int64(n) * int64(math.Round(*amount*amountUnits))
	default:
		s.more += float64(n) * *amount
	}
	return s
}

// sumDeal counts a deal in or out. The slots are those of the board's columns.
func (t *tx) sumDeal(spec crm.Spec, d derived, n int) {
	if spec.Type != crm.Deals {
		return
	}
	if t.sums == nil {
		t.sums = map[sumKey]dealSum{}
	}
	k := sumKey{d.text[2], d.text[0], d.text[3], d.owner}
	t.sums[k] = t.sums[k].add(d.number[2], n)
}

func (t *tx) saveSums(ctx context.Context) error {
	for k, s := range t.sums {
		if s == (dealSum{}) {
			continue
		}
		_, err := t.exec(ctx, `INSERT INTO stage_sum (pipeline, stage, currency, owner, n, units, more) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n, units = units + excluded.units, more = iif(n + excluded.n = 0, 0, more + excluded.more)`,
			k.pipeline, k.stage, k.currency, k.owner, s.n, s.units, s.more)
		if err != nil {
			return err
		}
	}
	return nil
}

// keptSums are the sums of a pipeline's stages, of one owner's deals or of all.
func keptSums(ctx context.Context, q querier, pipeline string, owner crm.OwnerID) ([]crm.StageSum, error) {
	var out []crm.StageSum
	var s crm.StageSum
	var of dealSum
	add := func() error {
		s.Count, s.Amount = int(of.n), of.amount()
		out = append(out, s)
		return nil
	}
	query, args := `SELECT stage, currency, sum(n), sum(units), total(more) FROM stage_sum WHERE pipeline = ?`, []any{pipeline}
	if owner != "" {
		query += ` AND owner = ?`
		args = append(args, string(owner))
	}
	return out, each(ctx, q, add, []any{&s.Stage, &s.Currency, &of.n, &of.units, &of.more}, query+` GROUP BY 1, 2 HAVING sum(n) > 0 ORDER BY 1, 2`, args...)
}
