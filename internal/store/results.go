package store

import (
	"context"
	"slices"
	"sync"
)

// resultLimit is how many lists are kept: a rep looks at one or two.
const resultLimit = 4

// results keeps the record ids of lists that took a look at every record, as
// long as no record changes.
type results struct {
	mu    sync.Mutex
	lists []result // the last used last
}

type result struct {
	version int64
	key     string
	ids     []int64
}

// get returns the ids of a list, which read finds when they are not kept. The
// version was read before the snapshot that read looks at, or at the same
// time: at worst a newer list is kept under an older version and read again.
func (r *results) get(ctx context.Context, version int64, key string, read func() ([]int64, error)) ([]int64, error) {
	if ids, ok := r.kept(version, key); ok {
		return ids, nil
	}
	ids, err := read()
	if err != nil || ctx.Err() != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lists = slices.DeleteFunc(r.lists, func(l result) bool { return l.version != version || l.key == key })
	if len(r.lists) == resultLimit {
		r.lists = slices.Delete(r.lists, 0, 1)
	}
	r.lists = append(r.lists, result{version, key, ids})
	return ids, nil
}

func (r *results) kept(version int64, key string) ([]int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, l := range r.lists {
		if l.version == version && l.key == key {
			r.lists = append(slices.Delete(r.lists, i, i+1), l)
			return l.ids, true
		}
	}
	return nil, false
}
