package hubspot

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"satchel/internal/crm"
)

// Create makes records, 100 in one call. It is not safe to repeat: where the
// portal has crm.KeyProperty, use Upsert. Every row is answered once, in the
// order given; see Update for what a row's error says.
func (c *Client) Create(ctx context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error) {
	return c.write(ctx, batch{t: t, verb: "create"}, rows)
}

// Update changes the given properties of records, 100 in one call, and only
// these. Every row is answered once, in the order given. When HubSpot refuses
// a whole batch because of one row, the batch is split until only the guilty
// rows fail.
//
// A row's Err of kind Uncertain means that HubSpot's answer left it out (a
// record that was merged away, for one), or that the call with it was lost;
// any other kind means that this row was not done. An error in place of rows
// means the same for all of them.
func (c *Client) Update(ctx context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error) {
	return c.write(ctx, batch{t: t, verb: "update"}, rows)
}

// Upsert creates the records whose value of keyProp no other has, and updates
// those that exist. A row's value is its Key for crm.KeyProperty, and what its
// Values say otherwise. Sending a row again changes nothing more, so it is the
// way to create. Answers are as with Update; New tells a created record.
func (c *Client) Upsert(ctx context.Context, t crm.ObjectType, keyProp string, rows []crm.Write) ([]crm.Written, error) {
	return c.write(ctx, batch{t: t, verb: "upsert", key: keyProp}, rows)
}

// Archive puts a record into HubSpot's recycle bin. It may be repeated; one
// that is not there is NotFound, or done, as HubSpot likes.
func (c *Client) Archive(ctx context.Context, t crm.ObjectType, rid crm.RemoteID) error {
	return c.do(ctx, write("archive "+name(t), http.MethodDelete, objects(t, url.PathEscape(string(rid)))), nil)
}

// batch is one kind of write: how its rows are sent, and known again.
type batch struct {
	t    crm.ObjectType
	verb string // create, update or upsert
	key  string // upsert: the unique property
}

type writeBody struct {
	Inputs []writeInput `json:"inputs"`
}

type writeInput struct {
	ID    string     `json:"id,omitempty"`
	Key   string     `json:"idProperty,omitempty"`
	Trace string     `json:"objectWriteTraceId"`
	Props crm.Values `json:"properties"`
	Links []link     `json:"associations,omitempty"`
}

// identity is what HubSpot knows a row by; "" for a create.
func (b batch) identity(w crm.Write) string {
	switch {
	case b.verb == "create":
		return ""
	case b.verb == "update":
		return string(w.ID)
	case b.key == crm.KeyProperty && w.Key != "":
		return string(w.Key)
	}
	return w.Values[b.key]
}

func (b batch) input(w crm.Write, trace string) writeInput {
	in := writeInput{ID: b.identity(w), Key: b.key, Trace: trace, Props: w.Values.Over(nil)}
	if b.verb == "create" {
		in.Links = linkOf(b.t, w)
	}
	if b.key != "" {
		in.Props[b.key] = in.ID // so that the answer shows whose it is
	}
	return in
}

// writing is a write under way: rows by their place, each answered once.
type writing struct {
	client *Client
	batch
	rows []crm.Write
	out  []crm.Written
	done []bool
}

func (c *Client) write(ctx context.Context, b batch, rows []crm.Write) ([]crm.Written, error) {
	w := &writing{client: c, batch: b, rows: rows, out: make([]crm.Written, len(rows)), done: make([]bool, len(rows))}
	for i, r := range rows {
		w.out[i].Trace = r.Trace
		if b.verb != "create" && b.identity(r) == "" {
			w.fail(i, &crm.Error{Kind: crm.Invalid, Op: b.op(), Msg: "This change does not say which record it is for. It is kept; discard it and make it again."})
		}
	}
	for _, part := range w.parts() {
		if err := w.send(ctx, part); err != nil {
			if len(part) == len(rows) && !w.any() {
				return nil, err
			}
			w.stop(err)
			break
		}
	}
	return w.out, nil
}

func (b batch) op() string { return b.verb + " " + name(b.t) }

func (w *writing) fail(i int, err error) {
	if !w.done[i] {
		w.out[i].Err, w.done[i] = err, true
	}
}

func (w *writing) any() bool {
	for _, d := range w.done {
		if d {
			return true
		}
	}
	return false
}

// stop answers the rows that were never sent. What is uncertain of the call
// before them is certain of them.
func (w *writing) stop(err error) {
	if crm.KindOf(err) == crm.Uncertain {
		err = &crm.Error{Kind: crm.Offline, Op: w.op(), Msg: "HubSpot cannot be reached. " + msgKept, Err: errors.New("not sent, after a lost answer")}
	}
	for i := range w.rows {
		w.fail(i, err)
	}
}

// parts cuts the rows into batches: at most 100, and no record twice in one,
// which HubSpot refuses.
func (w *writing) parts() [][]int {
	var out [][]int
	var part []int
	seen := map[string]bool{}
	for i, r := range w.rows {
		if w.done[i] {
			continue
		}
		key := w.identity(r)
		if len(part) == maxBatch || seen[key] {
			out, part, seen = append(out, part), nil, map[string]bool{}
		}
		part = append(part, i)
		if key != "" {
			seen[key] = true
		}
	}
	if len(part) > 0 {
		out = append(out, part)
	}
	return out
}

// send sends one batch and answers its rows. Its error is that of a call that
// failed as a whole for reasons that are no row's fault; the rows of that call
// carry it, unless no row of the write has been answered before.
func (w *writing) send(ctx context.Context, part []int) error {
	q := write(w.op(), http.MethodPost, objects(w.t, "batch", w.verb))
	body := writeBody{Inputs: make([]writeInput, len(part))}
	traces := make(map[string]int, len(part))
	for n, i := range part {
		trace := w.rows[i].Trace
		if _, twice := traces[trace]; twice || trace == "" {
			trace = "row-" + strconv.Itoa(n)
		}
		traces[trace] = i
		body.Inputs[n] = w.input(w.rows[i], trace)
	}
	q.body = body
	var a batchAnswer
	err := w.client.do(ctx, q, &a)
	var refusal *answerError
	switch {
	case err == nil:
		w.match(part, traces, a)
		return nil
	case errors.As(err, &refusal) && rowsFault(err, refusal):
		return w.split(ctx, part, err, refusal)
	}
	if len(part) < len(w.rows) || w.any() {
		for _, i := range part {
			w.fail(i, err)
		}
	}
	return err
}

// rowsFault says whether a batch was refused because of what is in it.
func rowsFault(err error, a *answerError) bool {
	switch a.Status {
	case http.StatusBadRequest, http.StatusConflict:
		return true
	case http.StatusNotFound:
		return a.Category == "OBJECT_NOT_FOUND"
	}
	k := crm.KindOf(err)
	return k == crm.Conflict || k == crm.Invalid
}

// split finds the rows because of which HubSpot refused a batch of which it
// did nothing: those that touch a property that cannot be set at all, else by
// halves.
func (w *writing) split(ctx context.Context, part []int, err error, a *answerError) error {
	if len(part) == 1 {
		w.fail(part[0], err)
		return nil
	}
	var clean []int
	for _, i := range part {
		if e := blame(w.rows[i], err, a); e != nil {
			w.fail(i, e)
		} else {
			clean = append(clean, i)
		}
	}
	switch len(clean) {
	case 0:
		return nil
	case len(part):
		half := len(part) / 2
		if err := w.send(ctx, part[:half]); err != nil {
			return err
		}
		return w.send(ctx, part[half:])
	}
	return w.send(ctx, clean)
}

// blame is a row's own share of a batch's refusal: properties that the portal
// does not have or does not let be set, whatever their value.
func blame(row crm.Write, err error, a *answerError) error {
	e, ok := crm.AsError(err)
	if !ok {
		return nil
	}
	fields := map[string]string{}
	for p, code := range a.Codes {
		if _, has := row.Values[p]; has && (code == "PROPERTY_DOESNT_EXIST" || code == "READ_ONLY_VALUE") {
			fields[p] = e.Fields[p]
		}
	}
	if len(fields) == 0 {
		return nil
	}
	own := *e
	own.Fields = fields
	own.Msg = msgFields(fields)
	return &own
}
