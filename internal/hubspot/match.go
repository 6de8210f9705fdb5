package hubspot

import (
	"errors"
	"net/http"

	"satchel/internal/crm"
)

// match gives every row of a batch its part of the answer: by trace id, else
// by what identifies the record, else by the values sent. Rows that the answer
// leaves out are Uncertain.
func (w *writing) match(part []int, traces map[string]int, a batchAnswer) {
	for _, o := range a.Results {
		if i, ok := w.rowOf(part, traces, o); ok {
			w.out[i].Record, w.out[i].New, w.done[i] = o.record(w.t), o.New || w.verb == "create", true
		}
	}
	q := write(w.op(), http.MethodPost, "")
	var nameless []error
	for _, e := range a.Errors {
		if err := explain(q, statusFor(e), e, nil); !w.refuse(part, traces, e, err) {
			nameless = append(nameless, err)
		}
	}
	w.spread(part, nameless)
	var lost error = &crm.Error{
		Kind: crm.Uncertain, Op: w.op(), Err: errors.New("left out of the answer"),
		Msg: "HubSpot's answer does not mention this record, so it is not known whether this was done. Your edit is kept; Satchel looks it up before sending anything again.",
	}
	for _, i := range part {
		w.fail(i, lost)
	}
}

// statusFor is the status that a row's error would have had alone.
func statusFor(e envelope) int {
	switch e.Category {
	case "OBJECT_NOT_FOUND":
		return http.StatusNotFound
	case "CONFLICT", "OBJECT_ALREADY_EXISTS":
		return http.StatusConflict
	case "MISSING_SCOPES", "FORBIDDEN", "USER_DOES_NOT_HAVE_PERMISSIONS":
		return http.StatusForbidden
	case "RATE_LIMITS":
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}

// refuse gives an error to the rows that it names; false when it names none.
func (w *writing) refuse(part []int, traces map[string]int, e envelope, err error) bool {
	named := false
	for _, trace := range e.Context["objectWriteTraceId"] {
		if i, ok := traces[trace]; ok {
			w.fail(i, err)
			named = true
		}
	}
	if named {
		return true
	}
	for _, id := range append(e.Context["ids"], e.Context["id"]...) {
		for _, i := range part {
			if key := w.identity(w.rows[i]); key != "" && key == id {
				w.fail(i, err)
				named = true
			}
		}
	}
	return named
}

// spread gives errors that name no row to the rows without an answer, if there
// are as many of these: each of them was refused then, whatever for.
func (w *writing) spread(part []int, errs []error) {
	var open []int
	for _, i := range part {
		if !w.done[i] {
			open = append(open, i)
		}
	}
	if len(open) != len(errs) {
		return
	}
	for n, i := range open {
		w.fail(i, errs[n])
	}
}

// rowOf finds the row that a result answers.
func (w *writing) rowOf(part []int, traces map[string]int, o object) (int, bool) {
	if i, ok := traces[o.Trace]; ok && !w.done[i] {
		return i, true
	}
	best, most := -1, -1
	for _, i := range part {
		if w.done[i] {
			continue
		}
		switch w.verb {
		case "update":
			if string(o.ID) == w.identity(w.rows[i]) {
				return i, true
			}
		case "upsert":
			if o.Properties[w.key].value == w.identity(w.rows[i]) {
				return i, true
			}
		default:
			// The row of which most is in the result: another one may have sent
			// a part of the same values.
			if n := len(w.rows[i].Values); n > most && holds(o, w.rows[i].Values) {
				best, most = i, n
			}
		}
	}
	return best, best >= 0
}

func holds(o object, v crm.Values) bool {
	for name, value := range v {
		if o.Properties[name].value != value {
			return false
		}
	}
	return true
}
