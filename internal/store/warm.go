package store

import (
	"context"
	"math"
)

// What Warm reads in one step, and at most. A block of the search index is a
// page; a record is about a kilobyte.
const (
	warmStep    = 1_000
	mostBlocks  = 20_000
	mostRecords = 100_000
)

// Warm reads what the first search after a start would wait for the disk to
// bring: the search index, and of each type the latest records. It reads a
// little at a time, newest first, so that it delays nobody and may be ended by
// ctx at any time. It changes nothing, and returns how many records and blocks
// of the index it read.
func (s *Store) Warm(ctx context.Context) (records, blocks int, err error) {
	blocks, err = s.readThrough(ctx, `SELECT id, length(block) FROM record_fts_data WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?`, 0, math.MaxInt64, mostBlocks)
	for _, spec := range s.kinds().records() {
		if err != nil {
			break
		}
		var n int
		first, last := span(spec)
		n, err = s.readThrough(ctx, `SELECT id, modified FROM record WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?`, first, last, mostRecords)
		records += n
	}
	return records, blocks, err
}

func (s *Store) readThrough(ctx context.Context, query string, first, last int64, most int) (int, error) {
	var read int
	for read < most {
		var id, weight int64
		before := read
		err := s.read(ctx, "warm", func(ctx context.Context, q querier) error {
			return each(ctx, q, func() error {
				read++
				return nil
			}, []any{&id, &weight}, query, first, last, warmStep)
		})
		if err != nil || read-before < warmStep {
			return read, err
		}
		last = id - 1
	}
	return read, nil
}
