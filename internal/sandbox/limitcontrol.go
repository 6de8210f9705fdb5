package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// LimitChange sets limits at run time: a plan, single numbers, or a plan with
// numbers in place of some of its own. A number of 0 is unlimited, nil leaves
// what is there.
type LimitChange struct {
	Plan              *string `json:"plan"`
	App               *int    `json:"app"`          // per OAuth app and 10 s
	Static            *int    `json:"static"`       // per static token and 10 s
	Search            *int    `json:"search"`       // per account and second
	Associations      *int    `json:"associations"` // per account and 10 s
	Daily             *int    `json:"daily"`        // of all static tokens
	AssociationsDaily *int    `json:"associations_daily"`
}

// Limits are the limits that hold and what is used of them now.
type Limits struct {
	Plan              string      `json:"plan"` // "custom" after a change by numbers
	App               int         `json:"app"`  // 0 is unlimited, here and below
	Static            int         `json:"static"`
	Search            int         `json:"search"`
	Associations      int         `json:"associations"`
	Daily             int         `json:"daily"`
	AssociationsDaily int         `json:"associations_daily"`
	Use               []BucketUse `json:"use"`
}

// BucketUse is how full a bucket is.
type BucketUse struct {
	Bucket   string `json:"bucket"` // burst, search, associations, oauth, daily, associations_daily
	App      string `json:"app,omitempty"`
	AppID    int64  `json:"app_id,omitempty"`
	WindowMS int64  `json:"window_ms"` // 0 is the account's day
	Limit    int    `json:"limit"`     // 0 is unlimited
	Used     int    `json:"used"`      // admitted in the window that ends now
	Arrived  int    `json:"arrived"`   // admitted or refused
}

// SetLimits changes the limits. Calls that were admitted count against the new
// ones; nothing is changed when there is something wrong.
func (p *Portal) SetLimits(ch LimitChange) error {
	return p.meter.change(ch)
}

func (m *meter) change(ch LimitChange) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next, name := m.plan, m.name
	if ch.Plan != nil {
		pl, known := planOf(*ch.Plan)
		if !known {
			return fmt.Errorf("plan %q: want %s", *ch.Plan, planNames())
		}
		next, name = pl, cmp.Or(*ch.Plan, "oauth")
	}
	numbers := []struct {
		sent *int
		to   *int
	}{
		{ch.App, &next.app},
		{ch.Static, &next.static},
		{ch.Search, &next.search},
		{ch.Associations, &next.associations},
		{ch.Daily, &next.daily},
		{ch.AssociationsDaily, &next.assocDaily},
	}
	changed := ch.Plan != nil
	for _, n := range numbers {
		switch {
		case n.sent == nil:
			continue
		case *n.sent < 0:
			return errors.New("a limit must not be negative; 0 is unlimited")
		}
		*n.to, name, changed = *n.sent, "custom", true
	}
	if !changed {
		return errors.New("nothing to change: give a plan, or numbers for app, static, search, associations, daily or associations_daily")
	}
	m.plan, m.name = next, name
	m.search.resize(next.search)
	m.assoc.resize(next.associations)
	for _, use := range m.apps {
		use.resize(m.appLimit(use.private))
	}
	return nil
}

// Limits returns the limits and what is used of them now.
func (p *Portal) Limits() Limits {
	now := p.Now()
	m := p.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(now)
	l := Limits{
		Plan: m.name, App: m.plan.app, Static: m.plan.static, Search: m.plan.search, Associations: m.plan.associations,
		Daily: m.plan.daily, AssociationsDaily: m.plan.assocDaily,
	}
	of := func(bucket string, w *window) BucketUse {
		return BucketUse{
			Bucket: bucket, WindowMS: w.span.Milliseconds(), Limit: w.limit, Used: w.used(now, w.span), Arrived: w.calls(now),
		}
	}
	for id, use := range m.apps {
		u := of(burst, use.window)
		u.App, u.AppID = use.label, id
		l.Use = append(l.Use, u)
	}
	slices.SortFunc(l.Use, func(a, b BucketUse) int { return cmp.Compare(a.AppID, b.AppID) })
	l.Use = append(
		l.Use, of(search, m.search), of(associations, m.assoc), of(oauth, m.token),
		BucketUse{Bucket: "daily", Limit: m.plan.daily, Used: m.today, Arrived: m.today},
		BucketUse{Bucket: "associations_daily", Limit: m.plan.assocDaily, Used: m.assocToday, Arrived: m.assocToday},
	)
	return l
}

// window is how long the bucket's window is, for people.
func (u BucketUse) window() string {
	if u.WindowMS == 0 {
		return "today"
	}
	return (time.Duration(u.WindowMS) * time.Millisecond).String()
}
