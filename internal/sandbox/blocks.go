package sandbox

import (
	"iter"
	"slices"
	"sort"
)

// blockSize is the usual number of entries after which a part is split.
const blockSize = 512

// blocks is a sorted list with cheap insert, remove and rank at a million
// entries: a slice of sorted parts of at most size. Entries must be
// distinct under cmp and must not change their order while they are in it.
type blocks[T any] struct {
	cmp   func(a, b T) int
	size  int
	parts [][]T
	n     int
}

func newBlocks[T any](cmp func(a, b T) int) *blocks[T] {
	return &blocks[T]{cmp: cmp, size: blockSize}
}

func (b *blocks[T]) len() int { return b.n }

// part returns the index of the part that holds v or would hold it.
func (b *blocks[T]) part(v T) int {
	i := sort.Search(len(b.parts), func(i int) bool {
		part := b.parts[i]
		return b.cmp(part[len(part)-1], v) >= 0
	})
	return min(i, len(b.parts)-1)
}

// insert adds v, or replaces the entry that compares equal.
func (b *blocks[T]) insert(v T) {
	if len(b.parts) == 0 {
		b.parts = append(b.parts, append(make([]T, 0, b.size), v))
		b.n = 1
		return
	}
	i := b.part(v)
	part := b.parts[i]
	at, found := slices.BinarySearchFunc(part, v, b.cmp)
	if found {
		part[at] = v
		return
	}
	b.n++
	if len(part) < b.size {
		b.parts[i] = slices.Insert(part, at, v)
		return
	}
	if at == len(part) { // growing at the end: leave the full part as it is
		b.parts = slices.Insert(b.parts, i+1, append(make([]T, 0, b.size), v))
		return
	}
	half := len(part) / 2
	right := append(make([]T, 0, b.size), part[half:]...)
	clear(part[half:])
	b.parts[i] = part[:half]
	b.parts = slices.Insert(b.parts, i+1, right)
	if at <= half {
		b.parts[i] = slices.Insert(b.parts[i], at, v)
	} else {
		b.parts[i+1] = slices.Insert(right, at-half, v)
	}
}

// remove takes the entry that compares equal to v out.
func (b *blocks[T]) remove(v T) bool {
	if len(b.parts) == 0 {
		return false
	}
	i := b.part(v)
	at, found := slices.BinarySearchFunc(b.parts[i], v, b.cmp)
	if !found {
		return false
	}
	b.n--
	b.parts[i] = slices.Delete(b.parts[i], at, at+1)
	if len(b.parts[i]) == 0 {
		b.parts = slices.Delete(b.parts, i, i+1)
	}
	return true
}

// rank counts the entries for which before is true; before must be true for a
// prefix of the list and false from there on.
func (b *blocks[T]) rank(before func(T) bool) int {
	i := sort.Search(len(b.parts), func(i int) bool {
		part := b.parts[i]
		return !before(part[len(part)-1])
	})
	n := 0
	for _, part := range b.parts[:i] {
		n += len(part)
	}
	if i < len(b.parts) {
		part := b.parts[i]
		n += sort.Search(len(part), func(j int) bool { return !before(part[j]) })
	}
	return n
}

// ascend yields the entries with rank in [from, to) in order.
func (b *blocks[T]) ascend(from, to int) iter.Seq[T] {
	return func(yield func(T) bool) {
		left := to - from
		for _, part := range b.parts {
			if from >= len(part) {
				from -= len(part)
				continue
			}
			for _, v := range part[from:] {
				if left <= 0 || !yield(v) {
					return
				}
				left--
			}
			from = 0
		}
	}
}

// descend yields the entries with rank in [from, to), the last one first.
func (b *blocks[T]) descend(from, to int) iter.Seq[T] {
	return func(yield func(T) bool) {
		skip := b.n - to
		left := to - from
		for _, part := range slices.Backward(b.parts) {
			if skip >= len(part) {
				skip -= len(part)
				continue
			}
			for _, v := range slices.Backward(part[:len(part)-skip]) {
				if left <= 0 || !yield(v) {
					return
				}
				left--
			}
			skip = 0
		}
	}
}
