package outbox

import (
	"iter"
	"slices"

	"satchel/internal/crm"
)

// batchSize is HubSpot's limit of inputs in one batch of records.
const batchSize = 100

// unit is a batch: operations of one kind, on one type, that can go together.
// No record is in it twice.
type unit struct {
	kind      crm.OpKind
	typ       crm.ObjectType
	to        crm.ObjectType
	ambiguous bool
	ops       []crm.Op
}

// bulk is from how many operations on an act of the rep is a bulk edit.
const bulk = 50

// plan finds the next batch among the unfinished operations, which are in the
// rep's order: the first that may go now, and what can go with it. Bulk edits let
// the others pass. An empty unit means that nothing is due.
func plan(ops []crm.Op, now crm.Millis) unit {
	size := map[crm.OpID]int{}
	for _, op := range ops {
		size[op.Group]++
	}
	single := func(op crm.Op) bool { return op.Group == "" || size[op.Group] < bulk }
	if u := planOf(ops, now, single); len(u.ops) > 0 {
		return u
	}
	return planOf(ops, now, func(crm.Op) bool { return true })
}

func planOf(ops []crm.Op, now crm.Millis, among func(crm.Op) bool) unit {
	var u unit
	taken := map[crm.LocalID]bool{}
	for op := range free(ops) {
		if op.NextAt > now || taken[op.Record] || !among(op) {
			continue
		}
		if len(u.ops) == 0 {
			u = unit{kind: op.Kind, typ: op.Type, to: op.To, ambiguous: uncertain(op)}
		}
		if op.Kind != u.kind || op.Type != u.typ || op.To != u.to || uncertain(op) != u.ambiguous {
			continue
		}
		taken[op.Record] = op.Kind == crm.OpCreate || op.Kind == crm.OpUpdate || op.Kind == crm.OpArchive
		u.ops = append(u.ops, op)
		if len(u.ops) == batchSize {
			break
		}
	}
	return u
}

// uncertain says whether HubSpot may have an operation already.
func uncertain(op crm.Op) bool { return op.State == crm.Ambiguous || op.Unsure }

// next is the earliest time at which one of the operations can be sent; ok is
// false when none of them waits for time alone.
func next(ops []crm.Op) (at crm.Millis, ok bool) {
	for op := range free(ops) {
		if !ok || op.NextAt < at {
			at, ok = op.NextAt, true
		}
	}
	return at, ok
}

// free yields the operations that wait for nothing but their time.
func free(ops []crm.Op) iter.Seq[crm.Op] {
	return func(yield func(crm.Op) bool) {
		seen := map[crm.LocalID]*queueOf{}
		for _, op := range ops {
			q := of(seen, op.Record)
			ok := q.free(op)
			if op.ToRecord != "" {
				ok = ok && of(seen, op.ToRecord).exists(op.ToRemote)
			}
			q.add(op)
			if op.ToRecord != "" {
				of(seen, op.ToRecord).touch(op) // an association is both records' own
			}
			if ok && waits(op.State) && !yield(op) {
				return
			}
		}
	}
}

// waits says whether an operation in this state is to be sent.
func waits(s crm.OpState) bool {
	switch s {
	case crm.Queued, crm.RetryWait, crm.Ambiguous:
		return true
	case crm.Sending, crm.InDispute, crm.Parked, crm.Acked, crm.Discarded:
	}
	return false
}

// queueOf is what was seen so far of one record's operations.
type queueOf struct {
	creating bool                // its create is not acknowledged
	moving   bool                // an operation before this one waits or is under way
	fields   map[string]struct{} // fields of refused or disputed updates before this one
	pairs    []crm.Op            // associations before this one
}

func of(m map[crm.LocalID]*queueOf, id crm.LocalID) *queueOf {
	q, ok := m[id]
	if !ok {
		q = &queueOf{fields: map[string]struct{}{}}
		m[id] = q
	}
	return q
}

// exists says whether the record is in HubSpot as far as this queue knows.
func (q *queueOf) exists(id crm.RemoteID) bool { return id != "" && !q.creating }

// free says whether nothing before op holds it back: a record's operations keep
// their order, but one that was refused or is in dispute holds back only the
// fields that it is about.
func (q *queueOf) free(op crm.Op) bool {
	switch op.Kind {
	case crm.OpCreate:
		return !q.moving
	case crm.OpAssociate, crm.OpDetach:
		same := slices.ContainsFunc(q.pairs, func(p crm.Op) bool {
			return p.Record == op.Record && p.ToRecord == op.ToRecord || p.Record == op.ToRecord && p.ToRecord == op.Record
		})
		return q.exists(op.RemoteID) && !same
	case crm.OpArchive:
		return q.exists(op.RemoteID) && !q.moving && len(q.pairs) == 0
	case crm.OpUpdate:
	}
	if !q.exists(op.RemoteID) || q.moving {
		return false
	}
	for _, f := range op.Fields {
		if _, held := q.fields[f.Name]; held {
			return false
		}
	}
	return true
}

// touch notes an operation that associates the record, or makes an activity on
// it.
func (q *queueOf) touch(op crm.Op) {
	if op.State != crm.Parked && op.State != crm.InDispute {
		q.pairs = append(q.pairs, op)
	}
}

func (q *queueOf) add(op crm.Op) {
	stuck := op.State == crm.Parked || op.State == crm.InDispute
	switch op.Kind {
	case crm.OpCreate:
		q.creating = true
	case crm.OpAssociate, crm.OpDetach:
		q.touch(op)
		return
	case crm.OpUpdate, crm.OpArchive:
	}
	if !stuck {
		q.moving = true
		return
	}
	for _, f := range op.Fields {
		q.fields[f.Name] = struct{}{}
	}
}
