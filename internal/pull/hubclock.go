package pull

import (
	"context"
	"fmt"
	"time"

	"satchel/internal/crm"
)

// hubClock is what we know of HubSpot's clock. Deltas are windows on stamps
// that HubSpot sets, so a watermark must never be ahead of HubSpot's clock:
// what changes between the two would never be asked for.
//
// Our own clock may be ahead, by hours. The newest stamp that was ever seen is
// not: HubSpot's clock showed at least that when it was seen, and at least as
// much more as has passed since by our monotonic clock, which knows no jumps
// and on most systems stands still while the computer sleeps. Both errors are
// on the safe side. The watermark is the earlier of this and our own clock, so
// that one stamp from the future cannot carry it away.
type hubClock struct {
	stamp crm.Millis // 0 = nothing seen yet
	at    time.Time
}

func (h hubClock) now(ours time.Time) crm.Millis {
	if h.stamp == 0 {
		return 0
	}
	passed := max(ours.Sub(h.at), 0)
	return min(h.stamp+crm.Millis(passed.Milliseconds()), crm.At(ours))
}

// hubNow is HubSpot's time, at the latest; 0 when nothing is known.
func (e *Engine) hubNow() crm.Millis {
	ours := e.clock()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hub.now(ours)
}

// meet forgets what was learned from another portal, whose clock need not be this
// one's.
func (e *Engine) meet(ctx context.Context) error {
	p, _, err := e.store.Portal(ctx)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if p.ID != e.portal {
		e.portal, e.hub, e.fresh, e.mine, e.swept = p.ID, hubClock{}, freshness{}, own{}, ""
		clear(e.recent)
	}
	return nil
}

// observe learns from the stamps of a page.
func (e *Engine) observe(rows []crm.RemoteRecord) {
	var newest crm.Millis
	for _, r := range rows {
		newest = max(newest, r.Modified)
	}
	ours := e.clock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if newest > e.hub.now(ours) {
		e.hub = hubClock{newest, ours}
	}
}

// askTime gives HubSpot's time, at the latest. A process that has not seen a
// stamp yet asks for the newest one; 0 means that there is none.
func (e *Engine) askTime(ctx context.Context, s crm.Spec) (crm.Millis, error) {
	if now := e.hubNow(); now != 0 {
		return now, nil
	}
	page, err := e.remote.Search(ctx, s.Type, crm.SearchCall{Sort: s.Modified, Desc: true, Limit: 1, Props: []string{s.Modified}})
	if err != nil {
		return 0, err
	}
	e.observe(page.Records)
	return e.hubNow(), nil
}
