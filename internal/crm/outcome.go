package crm

import "slices"

// Write is one row of a batch that creates or updates. Trace tells its answer
// from the others'.
type Write struct {
	Trace  string
	ID     RemoteID // update only
	Key    LocalID  // create only: the value of KeyProperty, where the portal has it
	Values Values
	// On is the record that an activity is made on, of type OnType; create only.
	On     RemoteID
	OnType ObjectType
}

// Written is the answer to one row of a batch. Err nil means done; kind
// Uncertain means that HubSpot left the row out of its answer.
type Written struct {
	Trace  string
	Record RemoteRecord
	New    bool
	Err    error
}

// Pair is two records to associate or to part.
type Pair struct {
	FromID RemoteID
	ToID   RemoteID
}

// Outcome is what became of an operation; the store applies it in one
// transaction with whatever it says about the record.
type Outcome struct {
	Op       OpID
	State    OpState
	Attempts int    // the new count; waits that HubSpot asked for burn none
	Unsure   bool   // HubSpot may have it all the same
	NextAt   Millis // RetryWait and Ambiguous: when it is looked at again
	At       Millis // when it happened
	Reason   string
	Answer   string // for the receipt: what HubSpot answered, without values
	// Remote is what HubSpot holds now, as far as its answer said: values of an
	// acked create or update (and its id and stamp), or the values that were
	// read for a dispute. They go into the base.
	Remote   *RemoteRecord
	Existing RemoteID
	Disputes []Dispute
	// Settled are fields that HubSpot already has as we want them, or has
	// acknowledged: they leave the operation and its overlay while the rest of
	// it stays.
	Settled []string
	// Merged are settled fields as they were sent, where that differs from the
	// operation: both sides' values, or mine over theirs by a policy.
	Merged []Field
	// Yielded are fields that leave the operation unsent: HubSpot's value stands,
	// by a policy.
	Yielded []string
	// Check says that values were, or may have been, written over what HubSpot
	// held when they were compared: its history is to be looked at.
	Check bool
	// Gone says that HubSpot no longer has the record.
	Gone bool
}

// FlushResult counts what a flush did.
type FlushResult struct {
	Acked     int
	Conflicts int
	Parked    int
	Left      int // unfinished after it, conflicts and parked ones not counted
}

// Add sums two results; Left is the later one's.
func (r FlushResult) Add(o FlushResult) FlushResult {
	return FlushResult{r.Acked + o.Acked, r.Conflicts + o.Conflicts, r.Parked + o.Parked, o.Left}
}

// Coalesce folds an update into an operation of the same record that has
// certainly not been sent: a waiting create or update, or one that HubSpot
// refused. The older base stays, since that is what the rep saw first. ok is
// false when next must stand on its own: pending are the record's unfinished
// operations in order, and nothing is folded across one that may be at HubSpot.
func Coalesce(pending []Op, next Op) (into Op, ok bool) {
	if next.Kind != OpUpdate || len(pending) == 0 {
		return Op{}, false
	}
	for _, p := range slices.Backward(pending) {

		if p.Kind == OpAssociate || p.Kind == OpDetach {
			continue
		}
		if p.Kind != OpCreate && p.Kind != OpUpdate {
			return Op{}, false
		}
		if p.State != Queued && p.State != Parked {
			return Op{}, false
		}
		p.Fields = foldFields(p.Fields, next.Fields, p.Kind == OpCreate)
		p.State, p.Reason, p.NextAt = Queued, "", next.NextAt
		return p, true
	}
	return Op{}, false
}

// foldFields lays next over old, oldest base first; an update's field that is
// back at its base is dropped, a create's cleared field as well.
func foldFields(old, next []Field, create bool) []Field {
	out := append([]Field(nil), old...)
	for _, n := range next {
		at := -1
		for i := range out {
			if out[i].Name == n.Name {
				at = i
			}
		}
		if at < 0 {
			out = append(out, n)
		} else {
			out[at].Value = n.Value
		}
	}
	kept := out[:0]
	for _, f := range out {
		if f.Value != f.Base || create && f.Value != "" {
			kept = append(kept, f)
		}
	}
	return kept
}
