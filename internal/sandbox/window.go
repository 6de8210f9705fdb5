package sandbox

import (
	"slices"
	"time"
)

// window admits at most limit calls in every stretch of span, and refuses
// nothing below that: it remembers when each of the last limit calls came, and
// a slot is free again exactly one span after. limit 0 admits everything.
type window struct {
	limit int
	span  time.Duration
	ring  []time.Time // the last admitted calls, oldest at next
	next  int
	seen  []time.Time // every call of the last span, refused ones too
	peak  int         // most calls ever seen in one span
}

func newWindow(limit int, span time.Duration) *window {
	return &window{limit: limit, span: span}
}

// arrive counts a call, admitted or not.
func (w *window) arrive(now time.Time) {
	from := 0
	for from < len(w.seen) && now.Sub(w.seen[from]) >= w.span {
		from++
	}
	w.seen = append(w.seen[from:], now)
	w.peak = max(w.peak, len(w.seen))
}

// admit takes a slot if there is one.
func (w *window) admit(now time.Time) bool {
	switch {
	case w.limit <= 0:
		return true
	case len(w.ring) < w.limit:
		w.ring = append(w.ring, now)
		return true
	case now.Sub(w.ring[w.next]) < w.span:
		return false
	default:
		w.ring[w.next] = now
		w.next = (w.next + 1) % w.limit
		return true
	}
}

// used counts the admitted calls of the last span.
func (w *window) used(now time.Time, span time.Duration) int {
	n := 0
	for _, at := range w.ring {
		if now.Sub(at) < span {
			n++
		}
	}
	return n
}

// resize changes the limit and keeps the calls that it has admitted.
func (w *window) resize(limit int) {
	if limit == w.limit {
		return
	}
	kept := slices.Concat(w.ring[min(w.next, len(w.ring)):], w.ring[:min(w.next, len(w.ring))])
	w.ring, w.next, w.limit = slices.Clone(kept[max(0, len(kept)-limit):]), 0, limit
}

// free is how long it takes until a slot is free.
func (w *window) free(now time.Time) time.Duration {
	if w.limit <= 0 || len(w.ring) < w.limit {
		return 0
	}
	return max(0, w.span-now.Sub(w.ring[w.next]))
}

// calls counts the arrivals of the last span.
func (w *window) calls(now time.Time) int {
	n := 0
	for _, at := range w.seen {
		if now.Sub(at) < w.span {
			n++
		}
	}
	return n
}
