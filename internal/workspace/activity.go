package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"satchel/internal/crm"
)

// timelineShown is how many activities a timeline shows.
const timelineShown = 200

// meetingLength is how long a meeting takes whose end nobody gave.
const meetingLength = 30 * time.Minute

// NewActivity is a note, call, email, meeting or task to be logged.
type NewActivity struct {
	Kind   string // singular or plural
	On     Target // the record it is made on
	Also   []Target
	Text   string     // its body, as typed
	Values crm.Values // its other properties
}

// Timeline returns the activities of a record that are here, the latest first.
// whole says that there can be no others: HubSpot does not have the record yet.
func (w *Workspace) Timeline(ctx context.Context, at Target) (items []crm.Record, whole bool, err error) {
	r, err := w.target(ctx, at)
	if err != nil {
		return nil, false, err
	}
	items, err = w.o.Store.Timeline(ctx, r.Type, r.ID, timelineShown)
	return items, r.RemoteID == "" && len(items) < timelineShown, err
}

// Activity finds one entry of a timeline.
func (w *Workspace) Activity(ctx context.Context, at Target) (crm.Record, error) {
	spec, err := w.typeOf(ctx, at.Type)
	if err != nil {
		return crm.Record{}, err
	}
	if !spec.Activity {
		return crm.Record{}, invalid("A " + spec.One + " is no entry of a timeline, so it has no body.")
	}
	return w.target(ctx, at)
}

// Found is an activity that has the words, with what it is called, said and done
// at, and the first record that it is on: one without an ID when none is here.
type Found struct {
	crm.Record

	On crm.Brief
}

// SearchActivities finds activities of all types by text, mine and recent first.
// No single letter is looked for.
func (w *Workspace) SearchActivities(ctx context.Context, text string, limit int) ([]Found, error) {
	types, props := []crm.ObjectType{}, map[crm.ObjectType][]string{}
	for _, s := range crm.Activities() {
		types = append(types, s.Type)
		props[s.Type] = []string{s.Title[0], s.Body, s.HTML, crm.TimestampProperty}
	}
	if limit <= 0 {
		limit = 20
	}
	hits, err := w.o.Store.Search(ctx, text, types, w.o.Owner(ctx), min(limit, maxWindow), props)
	if err != nil {
		return nil, err
	}
	out := make([]Found, len(hits))
	for i, h := range hits {
		out[i].Record = crm.Record{Type: h.Type, ID: h.ID, RemoteID: h.RemoteID, Badge: h.Badge, Base: h.Values}
		links, _, err := w.o.Store.Links(ctx, h.Type, h.ID, nil)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if l.ID != "" && !l.Removed {
				out[i].On = l.Brief
				break
			}
		}
	}
	return out, nil
}

// Log makes an activity here and queues its create on the record, with the
// associations with other records after it. It is sent once HubSpot has the
// record.
func (w *Workspace) Log(ctx context.Context, in NewActivity) (Acted, error) {
	spec, err := w.typeOf(ctx, in.Kind)
	if err != nil || !spec.Activity {
		return Acted{}, invalid("Satchel logs a note, call, email, meeting or task; got " + quote(in.Kind) + ". Nothing was saved.")
	}
	on, err := w.parent(ctx, spec, in.On)
	if err != nil {
		return Acted{}, err
	}
	values, err := w.activityValues(ctx, spec, in)
	if err != nil {
		return Acted{}, err
	}
	id := crm.NewLocalID()
	op := crm.Op{
		ID: crm.NewOpID(), Kind: crm.OpCreate, Type: spec.Type, Record: id, To: on.Type, ToRecord: on.ID,
		State: crm.Queued, Made: w.now(),
	}
	op.Group = op.ID
	for _, n := range slices.Sorted(keys(values)) {
		if values[n] != "" {
			op.Fields = append(op.Fields, crm.Field{Name: n, Value: values[n]})
		}
	}
	ops := []crm.Op{op}
	for _, l := range in.Also {
		to, err := w.parent(ctx, spec, l)
		if err != nil {
			return Acted{}, err
		}
		if slices.ContainsFunc(ops, func(o crm.Op) bool { return o.ToRecord == to.ID }) {
			continue
		}
		ops = append(ops, crm.Op{
			ID: crm.NewOpID(), Kind: crm.OpAssociate, Type: spec.Type, Record: id,
			To: to.Type, ToRecord: to.ID, State: crm.Queued, Made: w.now(), Group: op.ID,
		})
	}
	return w.enqueue(ctx, ops, nil)
}

// parent is a record that an activity can be made on.
func (w *Workspace) parent(ctx context.Context, spec crm.Spec, at Target) (crm.Record, error) {
	r, err := w.target(ctx, at)
	if err != nil {
		return r, err
	}
	if !slices.Contains(spec.Links, r.Type) {
		return r, invalid("A " + spec.One + " is logged on a contact, a company, a deal or a ticket. Nothing was saved.")
	}
	if r.Archived {
		return r, &crm.Error{Kind: crm.NotFound, Msg: "This record was deleted in HubSpot; nothing can be logged on it. Nothing was saved."}
	}
	return r, nil
}

// activityValues fills in what an activity cannot do without and checks it.
func (w *Workspace) activityValues(ctx context.Context, spec crm.Spec, in NewActivity) (crm.Values, error) {
	given := in.Values.Over(nil)
	if text := strings.TrimSpace(in.Text); text != "" {
		given[spec.Body] = text
	}
	values, err := w.normal(ctx, spec, given)
	if err != nil {
		return nil, err
	}
	if spec.Type != crm.Emails && values[spec.Body] != "" { // the text of an email is plain
		values[spec.Body] = crm.RichText(values[spec.Body])
	}
	if n := len(values[spec.Body]); n > crm.MaxText {
		return nil, invalid(fmt.Sprintf("HubSpot keeps at most %d characters of text, and this would be %d. Nothing was saved; shorten it.", crm.MaxText, n))
	}
	w.activityDefaults(ctx, spec, values)
	bad := map[string]string{}
	for _, n := range spec.Required {
		if values[n] == "" {
			p, err := w.property(ctx, spec, n)
			if err != nil {
				return nil, err
			}
			switch n {
			case spec.Body:
				bad[n] = "A " + spec.One + " needs a text."
			case spec.Title[0]:
				bad[n] = "A " + spec.One + " needs a title."
			default:
				bad[n] = "A " + spec.One + " needs " + quote(p.Label) + "."
			}
		}
	}
	if len(bad) == 0 && spec.Type != crm.Notes && values[spec.Title[0]] == "" && values[spec.Body] == "" {
		bad[spec.Title[0]] = "A " + spec.One + " needs a title or a text."
	}
	if len(bad) > 0 {
		return nil, refusal(bad)
	}
	if start, end := values["hs_meeting_start_time"], values["hs_meeting_end_time"]; spec.Type == crm.Meetings && end < start {
		return nil, refusal(map[string]string{"hs_meeting_end_time": "The meeting ends before it starts."})
	}
	return values, nil
}

// activityDefaults: an activity took place now and was the rep's own, unless
// something else was said. Its time stamp is its own to the millisecond, since
// that is how it is recognised when an answer is lost.
func (w *Workspace) activityDefaults(ctx context.Context, spec crm.Spec, values crm.Values) {
	now := w.o.Clock()
	set := func(name, value string) {
		if values[name] == "" {
			values[name] = value
		}
	}
	if spec.Type == crm.Meetings {
		set("hs_meeting_start_time", values[crm.TimestampProperty])
		set("hs_meeting_start_time", crm.FormatDateTime(now))
		start, err := time.Parse(time.RFC3339, values["hs_meeting_start_time"])
		if err == nil {
			set("hs_meeting_end_time", crm.FormatDateTime(start.Add(meetingLength)))
			outcome := "SCHEDULED"
			if start.Before(now) {
				outcome = "COMPLETED"
			}
			set("hs_meeting_outcome", outcome)
		}
		set(crm.TimestampProperty, values["hs_meeting_start_time"])
	}
	set(crm.TimestampProperty, crm.FormatDateTime(now))
	if at, err := time.Parse(time.RFC3339, values[crm.TimestampProperty]); err == nil && at.Nanosecond() == 0 {
		values[crm.TimestampProperty] = crm.FormatDateTime(at.Add(time.Duration(1+now.UnixMilli()%999) * time.Millisecond))
	}
	switch spec.Type {
	case crm.Calls:
		set("hs_call_direction", "OUTBOUND")
		set("hs_call_status", "COMPLETED")
	case crm.Emails:
		set("hs_email_direction", "EMAIL")
		set("hs_email_status", "SENT")
	case crm.Tasks:
		set("hs_task_status", "NOT_STARTED")
		set("hs_task_type", "TODO")
	case crm.Notes, crm.Meetings, crm.Contacts, crm.Companies, crm.Deals, crm.Tickets, crm.LineItems, crm.Products:
	}
	set("hubspot_owner_id", string(w.o.Owner(ctx)))
}

// refusal names all wrong fields at once.
func refusal(bad map[string]string) error {
	var msgs []string
	for _, n := range slices.Sorted(keys(bad)) {
		msgs = append(msgs, bad[n])
	}
	return &crm.Error{Kind: crm.Invalid, Msg: strings.Join(msgs, " ") + " Nothing was saved.", Fields: bad}
}
