//go:build linux

package powertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// A rep does acts on a store, and what the engines do to it as well. What act n
// does follows from the seed, n and what is in the store; each is one
// transaction and leaves its number behind, so that a store tells which acts
// have happened.
type rep struct {
	seed  uint64
	dir   string
	store *store.Store
	say   func(what string) // what goes on: "open", "close" or an act that is done
}

// people are the contacts that are there from the first act on, 1 to people.
const people = 30

func (r *rep) tell(what string) {
	if r.say != nil {
		r.say(what)
	}
}

func (r *rep) open(ctx context.Context) (err error) {
	if r.store, err = store.Open(ctx, r.dir, slog.New(slog.DiscardHandler)); err == nil {
		r.tell("open")
	}
	return err
}

func (r *rep) close() error {
	r.tell("close")
	return r.store.Close()
}

// work acts for as long as it can, from an act on.
func (r *rep) work(ctx context.Context, seed, from string) error {
	n, err1 := strconv.Atoi(from)
	var err2 error
	r.seed, err2 = strconv.ParseUint(seed, 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	for ; ; n++ {
		what, err := r.act(ctx, n)
		if err != nil {
			return fmt.Errorf("act %d: %w", n, err)
		}
		r.tell(fmt.Sprint(n, " ", what))
	}
}

// What an act may be: an edit is what the rep did, a step is the engines'.
const (
	anEdit = "edit"
	aStep  = "step"
)

// act does act n and says what it was. Before some the program is closed and
// started again, which also moves everything out of the -wal file; every second
// rep never does that, so that SQLite does it by itself in the middle of the
// work. Before some the search index is brought up to date.
func (r *rep) act(ctx context.Context, n int) (what string, err error) {
	draw := rand.New(rand.NewPCG(r.seed, uint64(n)))
	if again := draw.IntN(20) == 0; again && n > 1 && r.seed%2 == 0 {
		if err := r.close(); err != nil { //nolint:contextcheck // closing outlives every context
			return "", err
		}
		if err := r.open(ctx); err != nil {
			return "", err
		}
	}
	if draw.IntN(10) == 0 {
		if _, err := r.store.CatchUp(ctx, false); err != nil {
			return "", err
		}
	}
	if n == 1 {
		return aStep, r.pull(ctx, n, 1, people)
	}
	done := false
	switch draw.IntN(20) {
	case 0:
		size := 20
		if draw.IntN(4) == 0 {
			size = 600
		}
		return aStep, r.pull(ctx, n, n*10_000, size)
	case 1:
		done, err = r.begin(ctx, n)
	case 2:
		done, err = r.settle(ctx, n)
	case 3, 4:
		return anEdit, r.create(ctx, n)
	case 5, 6, 7:
		first := draw.IntN(people)
		return anEdit, r.edit(ctx, n, 1+first, 1+(first+1+draw.IntN(people-1))%people)
	}
	if done || err != nil {
		return aStep, err
	}
	return anEdit, r.edit(ctx, n, 1+draw.IntN(people))
}

// pull is a page of contacts, and the cursor.
func (r *rep) pull(ctx context.Context, n, first, count int) error {
	p := crm.Pulled{Type: crm.Contacts, Cursors: []crm.Cursor{{Name: "act", Value: strconv.Itoa(n)}}}
	for i := first; i < first+count; i++ {
		p.Records = append(p.Records, crm.RemoteRecord{
			Type: crm.Contacts, ID: crm.RemoteID(strconv.Itoa(i)), Created: 1000, Modified: 2000,
			Values: crm.Values{"firstname": "Anna", "lastname": fmt.Sprint("Berg", i), "email": fmt.Sprintf("anna%d@example.org", i)},
		})
	}
	_, err := r.store.Apply(ctx, p)
	return err
}

// edit gives contacts another name, in one act.
func (r *rep) edit(ctx context.Context, n int, contacts ...int) error {
	var ops []crm.Op
	for i, c := range contacts {
		rec, err := r.store.Record(ctx, crm.Contacts, strconv.Itoa(c))
		if err != nil {
			return err
		}
		field := []string{"firstname", "lastname", "jobtitle"}[(n+i)%3]
		ops = append(ops, crm.Op{
			ID: opID(n, i), Kind: crm.OpUpdate, Type: crm.Contacts, Record: rec.ID, Group: group(n), Made: crm.Millis(n),
			Fields: []crm.Field{{Name: field, Value: fmt.Sprintf("%s of act %d", field, n)}},
		})
	}
	_, err := r.store.Enqueue(ctx, ops, nil)
	return err
}

func (r *rep) create(ctx context.Context, n int) error {
	_, err := r.store.Enqueue(ctx, []crm.Op{{
		ID: opID(n, 0), Kind: crm.OpCreate, Type: crm.Contacts, Record: crm.LocalID(fmt.Sprint("made-", n)), Group: group(n), Made: crm.Millis(n),
		Fields: []crm.Field{{Name: "lastname", Value: fmt.Sprint("New", n)}},
	}}, nil)
	return err
}

// begin commits all that is queued as being sent.
func (r *rep) begin(ctx context.Context, n int) (done bool, err error) {
	queued, err := r.ops(ctx, crm.Queued)
	if err != nil || len(queued) == 0 {
		return false, err
	}
	_, err = r.store.Begin(ctx, queued, crm.Millis(n))
	return true, err
}

// settle acknowledges what has been sent: HubSpot holds it.
func (r *rep) settle(ctx context.Context, n int) (done bool, err error) {
	sent, err := r.ops(ctx, crm.Sending, crm.Ambiguous)
	if err != nil {
		return false, err
	}
	var out []crm.Outcome
	for i, o := range sent[:min(3, len(sent))] {
		answer := crm.RemoteRecord{Type: crm.Contacts, ID: o.RemoteID, Values: o.Values(), Created: 1000, Modified: crm.Millis(2000 + n)}
		if answer.ID == "" {
			answer.ID = crm.RemoteID(strconv.Itoa(n*10_000 + 5000 + i))
		}
		out = append(out, crm.Outcome{Op: o.ID, State: crm.Acked, At: crm.Millis(n), Remote: &answer, Answer: "updated"})
	}
	if len(out) == 0 {
		return false, nil
	}
	_, err = r.store.Settle(ctx, out)
	return true, err
}

func (r *rep) ops(ctx context.Context, states ...crm.OpState) ([]crm.Op, error) {
	all, err := r.store.Unfinished(ctx)
	var out []crm.Op
	for _, o := range all {
		for _, s := range states {
			if o.State == s {
				out = append(out, o)
			}
		}
	}
	return out, err
}

func opID(n, i int) crm.OpID { return crm.OpID(fmt.Sprintf("act-%d-%d", n, i)) }
func group(n int) crm.OpID   { return crm.OpID(fmt.Sprint("act-", n)) }

// happened says which act is the last that the store knows of, looking back
// from one.
func (r *rep) happened(ctx context.Context, from int) (int, error) {
	cursor, _, err := r.store.Cursor(ctx, "act")
	if err != nil {
		return 0, err
	}
	last, _ := strconv.Atoi(cursor.Value)
	waiting, err1 := r.store.Unfinished(ctx)
	done, err2 := r.store.Receipts(ctx, 1_000_000)
	if err := errors.Join(err1, err2); err != nil {
		return 0, err
	}
	for _, o := range append(waiting, done...) {
		last = max(last, int(o.SentAt), int(o.Finished))
	}
	for n := from; n > last; n-- {
		ops, err := r.store.OpsOf(ctx, group(n))
		if err != nil {
			return 0, err
		}
		if len(ops) > 0 {
			return n, nil
		}
	}
	return last, nil
}

// contents is what a store says, in words that do not depend on ids that were
// drawn at random: how many records there are and are found, what the rep and
// the engines have touched, and the outbox.
func (r *rep) contents(ctx context.Context) ([]string, error) {
	var out []string
	total, err := r.store.Count(ctx, crm.Contacts)
	if err != nil {
		return nil, err
	}
	cursor, _, err := r.store.Cursor(ctx, "act")
	if err != nil {
		return nil, err
	}
	out = append(out, fmt.Sprintf("%d contacts, cursor %s", total, cursor.Value))
	for _, text := range []string{"act", "anna", "new"} {
		page, err := r.store.List(ctx, crm.ListQuery{Type: crm.Contacts, Text: text, Limit: 10})
		if err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprintf("%d found for %s", page.Total, text))
	}
	waiting, err1 := r.store.Unfinished(ctx)
	done, err2 := r.store.Receipts(ctx, 1_000_000)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for i := range people {
		if total > 0 {
			ids[strconv.Itoa(i+1)] = true
		}
	}
	for _, o := range append(waiting, done...) {
		name := string(o.RemoteID)
		if strings.HasPrefix(string(o.Record), "made-") {
			name = string(o.Record)
		}
		ids[name] = true
		o.Record, o.NextAt = crm.LocalID(name), 0
		out = append(out, fmt.Sprintf("%+v", o))
	}
	for id := range ids {
		rec, err := r.store.Record(ctx, crm.Contacts, id)
		if crm.KindOf(err) == crm.NotFound {
			out = append(out, id+" is not here")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", id, err)
		}
		rec.ID = ""
		out = append(out, fmt.Sprintf("%s: %+v", id, rec))
	}
	return out, nil
}
