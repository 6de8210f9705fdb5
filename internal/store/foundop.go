package store

import (
	"encoding/json"
	"errors"

	"satchel/internal/crm"
)

// foundOp is a row of the outbox.
type foundOp struct {
	seq    int64
	values []any // of opFields
	backup bool  // from a backup: much may have happened since
}

// opFields are the columns of an operation after its number, in the order of the
// table, each with what a row has that is older than the column. Those with a
// number for a default are numbers, those with a list are JSON.
func opFields() []struct {
	name string
	zero any
} {
	return []struct {
		name string
		zero any
	}{
		{"id", ""},
		{"kind", ""},
		{"type", ""},
		{"record", ""},
		{"remote_id", ""},
		{"fields", "[]"},
		{"settled", "[]"},
		{"to_type", ""},
		{"to_record", ""},
		{"to_remote", ""},
		{"state", ""},
		{"unsure", int64(0)},
		{"keyed", int64(0)},
		{"attempts", int64(0)},
		{"next_at", int64(0)},
		{"sent_at", int64(0)},
		{"made", int64(0)},
		{"finished", int64(0)},
		{"reason", ""},
		{"existing", ""},
		{"disputes", "[]"},
		{"group_id", ""},
		{"cause", ""},
		{"answer", ""},
		{"unchecked", int64(0)},
		{"overwrote", "[]"},
	}
}

// opColumnsAtFirst is how many columns the first version of the table had.
const opColumnsAtFirst = 25

func (o *foundOp) get(name string) any {
	for i, f := range opFields() {
		if f.name == name {
			return o.values[i]
		}
	}
	panic("no such column: " + name)
}

func (o *foundOp) text(name string) string {
	s, _ := o.get(name).(string)
	return s
}

func (o *foundOp) set(name string, v any) {
	for i, f := range opFields() {
		if f.name == name {
			o.values[i] = v
		}
	}
}

func (o *foundOp) state() crm.OpState { return crm.OpState(o.text("state")) }

// fields are those of an operation and those of it that HubSpot has.
func (o *foundOp) fields() (waiting, settled []crm.Field) {
	_ = errors.Join(json.Unmarshal([]byte(o.text("fields")), &waiting), json.Unmarshal([]byte(o.text("settled")), &settled)) // both were read before
	return waiting, settled
}

// readOp makes an operation of a row of as many columns; ok is false when it is
// none.
func readOp(c cell) (o *foundOp, ok bool) {
	cols := opFields()
	o = &foundOp{seq: c.rowid, values: make([]any, len(cols))}
	if c.values[0] != nil {
		return nil, false
	}
	for i, col := range cols {
		v := col.zero
		if i+1 < len(c.values) {
			v = c.values[i+1]
		}
		text, isText := v.(string)
		_, isNumber := v.(int64)
		switch zero := col.zero.(type) {
		case int64:
			if !isNumber {
				v = zero
			}
		case string:
			if !isText && col.name == "fields" {
				return nil, false
			}
			if !isText || zero == "[]" && col.name != "fields" && !json.Valid([]byte(text)) {
				v = zero // without a receipt's words the edit is still an edit
			}
		}
		o.values[i] = v
	}
	if o.state() == crm.InDispute && o.text("disputes") == "[]" {
		o.set("state", string(crm.Queued)) // it is compared again
	}
	return o, o.valid()
}

// valid says whether the words in an operation are ours.
func (o *foundOp) valid() bool {
	switch crm.OpKind(o.text("kind")) {
	case crm.OpCreate, crm.OpUpdate, crm.OpArchive, crm.OpAssociate, crm.OpDetach:
	default:
		return false
	}
	if !keepable(o.text("type")) || o.text("id") == "" || o.text("record") == "" {
		return false
	}
	return progress(o.state()) > 0 && isList[crm.Field](o.text("fields")) && isList[crm.Field](o.text("settled")) &&
		isList[crm.Dispute](o.text("disputes")) && isList[crm.Dispute](o.text("overwrote"))
}

func isList[T any](text string) bool {
	var list []T
	return json.Unmarshal([]byte(text), &list) == nil
}

// progress orders the states of an operation by what may have happened to it: of
// two versions the one that is further is the later one. 0 is no state.
func progress(s crm.OpState) int {
	switch s {
	case crm.Queued:
		return 1
	case crm.RetryWait:
		return 2
	case crm.InDispute, crm.Parked:
		return 3
	case crm.Sending:
		return 4
	case crm.Ambiguous:
		return 5
	case crm.Discarded:
		return 6
	case crm.Acked:
		return 7
	}
	return 0
}

// doubt makes an operation one that may have been sent.
func (o *foundOp) doubt() {
	switch o.state() {
	case crm.Acked, crm.Discarded:
		return
	case crm.Queued, crm.RetryWait, crm.Sending:
		o.set("state", string(crm.Ambiguous))
		o.set("next_at", int64(0))
	case crm.Ambiguous, crm.InDispute, crm.Parked:
	}
	o.set("unsure", int64(1))
	if o.get("sent_at") == int64(0) {
		o.set("sent_at", o.get("made")) // not before that
	}
}
