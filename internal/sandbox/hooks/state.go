package hooks

import (
	"fmt"
	"slices"
)

// State is what a sender keeps between runs; it is made to be written as JSON
// (gob would lose what is false or empty on purpose). Disturbances are not part
// of it.
type State struct {
	Settings      *Settings      `json:"settings,omitempty"`
	Subscriptions []Subscription `json:"subscriptions"`
	Waiting       []Waiting      `json:"waiting"`
	Stats         Stats          `json:"stats"`
	LastSub       int64          `json:"lastSub"`
	LastEvent     int64          `json:"lastEvent"`
	LastSeq       int64          `json:"lastSeq"`
}

// State copies the sender's state. What is under way counts as not delivered,
// so after a restart it may arrive twice.
func (s *Sender) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := State{
		Subscriptions: append([]Subscription{}, s.subs...), Waiting: []Waiting{},
		Stats: s.stats, LastSub: s.lastSub, LastEvent: s.lastEvent, LastSeq: s.lastSeq,
	}
	if s.settings != nil {
		kept := *s.settings
		st.Settings = &kept
	}
	all := slices.Clone(s.queue)
	for w := range s.flying {
		all = append(all, w)
	}
	slices.SortFunc(all, bySeq)
	for _, w := range all {
		st.Waiting = append(st.Waiting, *w)
	}
	return st
}

// Restore replaces the sender's state. It belongs before the first Pump. A
// target that is not allowed here, and two subscriptions with one id, are
// errors, and then nothing is changed.
func (s *Sender) Restore(st State) error {
	if st.Settings != nil {
		if err := s.checkTarget(st.Settings.TargetURL); err != nil {
			return fmt.Errorf("restore webhooks: %w", err)
		}
	}
	known := map[int64]bool{}
	for _, sub := range st.Subscriptions {
		if known[sub.ID] {
			return fmt.Errorf("restore webhooks: two subscriptions have the id %d", sub.ID)
		}
		known[sub.ID] = true
		st.LastSub = max(st.LastSub, sub.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings, s.subs, s.queue = nil, slices.Clone(st.Subscriptions), nil
	if st.Settings != nil {
		kept := *st.Settings
		s.settings = &kept
	}
	for _, w := range st.Waiting {
		st.LastSeq = max(st.LastSeq, w.Seq)
		s.queue = append(s.queue, &w)
	}
	slices.SortFunc(s.queue, bySeq)
	s.stats, s.lastSub, s.lastEvent, s.lastSeq = st.Stats, st.LastSub, st.LastEvent, st.LastSeq
	s.trim()
	s.poke()
	return nil
}
