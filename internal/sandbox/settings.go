package sandbox

import (
	"cmp"
	"fmt"
	"time"
)

// Settings are the switches of a running portal. What they are at first stands
// in Options; a state file does not keep them.
type Settings struct {
	IndexLagMS    int64  `json:"index_lag_ms"`          // 0 to 3,600,000
	PKCE          string `json:"pkce"`                  // ignore or enforce
	RotateRefresh bool   `json:"rotate_refresh_tokens"` // a refresh ends the old refresh token
	RetryAfter    bool   `json:"retry_after"`           // 429s carry Retry-After
	RateCategory  bool   `json:"rate_category"`         // 429s say category RATE_LIMITS, no errorType
	RefuseUnique  bool   `json:"refuse_unique"`         // new unique properties are a 403
	RefuseLinks   bool   `json:"refuse_associations"`   // changes of associations are a 400 in 2026-09
	Unreachable   bool   `json:"unreachable"`           // every connection ends
}

// SettingsChange changes settings; nil leaves what is there.
type SettingsChange struct {
	IndexLagMS    *int64  `json:"index_lag_ms"`
	PKCE          *string `json:"pkce"`
	RotateRefresh *bool   `json:"rotate_refresh_tokens"`
	RetryAfter    *bool   `json:"retry_after"`
	RateCategory  *bool   `json:"rate_category"`
	RefuseUnique  *bool   `json:"refuse_unique"`
	RefuseLinks   *bool   `json:"refuse_associations"`
	Unreachable   *bool   `json:"unreachable"`
}

// Settings returns the switches as they are.
func (p *Portal) Settings() Settings {
	var s Settings
	p.meter.mu.Lock()
	s.RetryAfter, s.RateCategory = p.meter.retryAfter, p.meter.category
	p.meter.mu.Unlock()
	s.Unreachable = p.faults.cut()
	p.mu.RLock()
	defer p.mu.RUnlock()
	s.IndexLagMS, s.PKCE = p.opt.IndexLag.Milliseconds(), cmp.Or(p.opt.PKCE, pkceIgnore)
	s.RotateRefresh, s.RefuseUnique, s.RefuseLinks = p.opt.RotateRefresh, p.opt.RefuseUniqueProperties, p.opt.RefuseAssociations
	return s
}

// SetSettings changes the switches. Nothing is changed when a value is wrong.
func (p *Portal) SetSettings(ch SettingsChange) error {
	if ms := ch.IndexLagMS; ms != nil && (*ms < 0 || *ms > maxIndexLag.Milliseconds()) {
		return fmt.Errorf("index_lag_ms is %d; want 0 to %d", *ms, maxIndexLag.Milliseconds())
	}
	if ch.PKCE != nil && *ch.PKCE != pkceIgnore && *ch.PKCE != pkceEnforce {
		return fmt.Errorf("pkce %q: want ignore or enforce", *ch.PKCE)
	}
	p.meter.mu.Lock()
	set(&p.meter.retryAfter, ch.RetryAfter)
	set(&p.meter.category, ch.RateCategory)
	p.meter.mu.Unlock()
	p.mu.Lock()
	set(&p.opt.PKCE, ch.PKCE)
	set(&p.opt.RotateRefresh, ch.RotateRefresh)
	set(&p.opt.RefuseUniqueProperties, ch.RefuseUnique)
	set(&p.opt.RefuseAssociations, ch.RefuseLinks)
	if ch.IndexLagMS != nil {
		p.relag(time.Duration(*ch.IndexLagMS) * time.Millisecond)
	}
	p.mu.Unlock()
	if ch.Unreachable != nil && *ch.Unreachable != p.faults.cut() {
		return p.faults.plug(p, *ch.Unreachable)
	}
	return nil
}

func set[T any](to, sent *T) {
	if sent != nil {
		*to = *sent
	}
}

// relag changes the lag of the search index. What is on its way arrives no later
// than a change made now.
func (p *Portal) relag(lag time.Duration) {
	p.opt.IndexLag = lag
	latest := p.nowMS() + lag.Milliseconds()
	waiting := p.lagging
	p.lagging = nil
	for _, l := range waiting {
		l.due = min(l.due, latest)
		if lag == 0 {
			l.t.index.replace(l.old, l.next)
			continue
		}
		p.lagging = append(p.lagging, l)
	}
}

// cut reports whether the portal is off the network for good.
func (f *faults) cut() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		if fault.Kind == "unreachable" && !fault.spent() {
			return true
		}
	}
	return false
}

// plug takes the portal off the network or brings it back.
func (f *faults) plug(p *Portal, off bool) error {
	if off {
		_, err := p.Fault(Fault{Kind: "unreachable"})
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.list[:0:0]
	for _, fault := range f.list {
		if fault.Kind != "unreachable" {
			kept = append(kept, fault)
		}
	}
	f.list = kept
	return nil
}
