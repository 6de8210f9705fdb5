package journal

import (
	"cmp"
	"fmt"
	"slices"
)

// State is what a journal keeps between runs; it is made to be written as JSON.
type State struct {
	Subscriptions []Subscription `json:"subscriptions"`
	Filters       []FilterState  `json:"filters"`
	Files         []file         `json:"files"`
	OpenSince     int64          `json:"openSince"`
	Open          []string       `json:"open"` // events that are not in a file yet, as JSON
	Snapshots     []snapshot     `json:"snapshots"`
	LastSub       int64          `json:"lastSub"`
	LastFilter    int64          `json:"lastFilter"`
	LastSeq       int64          `json:"lastSeq"`
	LastSnapshot  int64          `json:"lastSnapshot"`
}

// FilterState is a filter with its subscription.
type FilterState struct {
	SubscriptionID int64        `json:"subscriptionId"`
	Stored         StoredFilter `json:"stored"`
}

// State copies the journal's state. Links stay good for a journal that is made
// with the same Secret.
func (j *Journal) State() State {
	j.mu.Lock()
	defer j.mu.Unlock()
	st := State{
		Subscriptions: append([]Subscription{}, j.subs...), Filters: []FilterState{}, Files: []file{},
		OpenSince: j.open.since, Open: []string{}, Snapshots: []snapshot{},
		LastSub: j.lastSub, LastFilter: j.lastFilter, LastSeq: j.lastSeq, LastSnapshot: j.lastSnapshot,
	}
	for _, f := range j.filters {
		st.Filters = append(st.Filters, FilterState{f.SubscriptionID, f})
	}
	for _, f := range j.files {
		st.Files = append(st.Files, *f)
	}
	for _, e := range j.open.events {
		st.Open = append(st.Open, string(e))
	}
	for _, s := range j.snapshots {
		kept := *s
		kept.taken = false
		st.Snapshots = append(st.Snapshots, kept)
	}
	slices.SortFunc(st.Snapshots, func(a, b snapshot) int { return cmp.Compare(a.Number, b.Number) })
	return st
}

// Restore replaces the journal's state. Files that do not follow one another
// are an error, and then nothing is changed.
func (j *Journal) Restore(st State) error {
	for i, f := range st.Files {
		if f.Seq != st.Files[0].Seq+int64(i) || f.Seq > st.LastSeq {
			return fmt.Errorf("restore journal: file %d has the number %d", i, f.Seq)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.subs, j.filters = slices.Clone(st.Subscriptions), nil
	for _, f := range st.Filters {
		f.Stored.SubscriptionID = f.SubscriptionID
		j.filters = append(j.filters, f.Stored)
	}
	j.files, j.bytes, j.seqs = nil, 0, map[string]int64{}
	for _, f := range st.Files {
		j.keep(&f)
	}
	j.open = draft{since: st.OpenSince}
	for _, e := range st.Open {
		j.open.events = append(j.open.events, []byte(e))
		j.open.size += len(e) + 1
	}
	j.snapshots = map[string]*snapshot{}
	for _, s := range st.Snapshots {
		j.snapshots[s.Status.ID] = &s
	}
	j.lastSub, j.lastFilter, j.lastSeq, j.lastSnapshot = st.LastSub, st.LastFilter, st.LastSeq, st.LastSnapshot
	return nil
}

// Stats counts what the journal holds.
type Stats struct {
	Files  int `json:"files"`
	Events int `json:"events"` // in files
	Open   int `json:"open"`   // not in a file yet
	Bytes  int `json:"bytes"`  // of the files
}

// Stats returns the counts at the portal's time.
func (j *Journal) Stats() Stats {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.turn(false)
	st := Stats{Files: len(j.files), Open: len(j.open.events), Bytes: j.bytes}
	for _, f := range j.files {
		st.Events += f.Events
	}
	return st
}
