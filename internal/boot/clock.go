package boot

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"sync/atomic"
	"time"
)

// clockWatch carries calls, and learns from the answers how far our clock is ahead
// of HubSpot's.
type clockWatch struct {
	next  http.RoundTripper
	ahead atomic.Pointer[time.Duration]
}

// RoundTrip carries one call.
func (w *clockWatch) RoundTrip(r *http.Request) (*http.Response, error) {
	start := time.Now()
	res, err := w.next.RoundTrip(r)
	if err == nil {
		w.learn(res, start, time.Now())
	}
	return res, err
}

// learn reads the time of an answer in JSON: a page is perhaps not HubSpot's. The
// header has no fractions of a second, and the answer was made in between.
func (w *clockWatch) learn(res *http.Response, start, end time.Time) {
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return
	}
	at, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return
	}
	ahead := start.Add(end.Sub(start) / 2).Sub(at.Add(500 * time.Millisecond))
	w.ahead.Store(&ahead)
}

// now is HubSpot's time, as far as is known.
func (w *clockWatch) now() time.Time {
	if ahead := w.ahead.Load(); ahead != nil {
		return time.Now().Add(-*ahead)
	}
	return time.Now()
}

// noteSync keeps when everything was in sync, for the next start.
func (n *Node) noteSync() {
	at := n.syncer.Status().LastSync
	if at == 0 {
		return
	}
	end, cancel := context.WithTimeout(context.Background(), time.Second) //nolint:forbidigo // closing outlives every caller's context
	defer cancel()
	had, err := n.store.LastSync(end)
	if err == nil && had < at {
		err = n.store.SetLastSync(end, at)
	}
	if err != nil {
		n.logger.WarnContext(end, "noting the last sync failed", slog.String("error", err.Error()))
	}
}
