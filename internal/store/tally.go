package store

import (
	"context"

	"satchel/internal/crm"
)

// tallyKey names a count of live records: all of a type, or those that are
// empty in one of its slots; of everybody's, or of one owner's.
type tallyKey struct {
	typ  int64
	name string
}

const tallyLive = "live"

// tallyRow counts a row in or out. The counts are kept, since counting a
// hundred thousand records costs more than reading the window of a list.
func (t *tx) tallyRow(spec crm.Spec, d derived, n int) {
	t.touched = true
	if d.archived {
		return
	}
	t.sumDeal(spec, d, n)
	if t.tally == nil {
		t.tally = map[tallyKey]int{}
	}
	count := func(name string) {
		t.tally[tallyKey{spec.Number, name}] += n
		if d.owner != "" {
			t.tally[tallyKey{spec.Number, ownTally(name, crm.OwnerID(d.owner))}] += n
		}
	}
	count(tallyLive)
	if d.titleKey == "" {
		count(titleColumn)
	}
	for i, c := range textColumns() {
		if d.text[i] == "" {
			count(c)
		}
	}
	for i, c := range numberColumns() {
		if d.number[i] == nil {
			count(c)
		}
	}
}

// ownTally is the name of an owner's count.
func ownTally(name string, o crm.OwnerID) string { return name + "/" + string(o) }

func (t *tx) saveTally(ctx context.Context) error {
	for k, n := range t.tally {
		if n == 0 {
			continue
		}
		_, err := t.exec(ctx, `INSERT INTO tally (type, name, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`, k.typ, k.name, n)
		if err != nil {
			return err
		}
	}
	return nil
}

// tallied reads a count, of one owner's records or of all.
func tallied(ctx context.Context, q querier, spec crm.Spec, name string, o crm.OwnerID) (int, error) {
	if o != "" {
		name = ownTally(name, o)
	}
	return count(ctx, q, `SELECT coalesce((SELECT n FROM tally WHERE type = ? AND name = ?), 0)`, spec.Number, name)
}

func textColumns() [crm.TextSlots]string     { return [...]string{"t1", "t2", "t3", "t4"} }
func numberColumns() [crm.NumberSlots]string { return [...]string{"n1", "n2", "n3"} }
