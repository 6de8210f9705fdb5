package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"satchel/internal/crm"
)

// Numbers of things in one call or read, and what is enough.
const (
	pageSize  = 100   // records of a list or a batch (HubSpot's limit)
	linkSize  = 1_000 // ids of an association read (HubSpot's limit)
	idSize    = 5_000 // ids of a walk over what is here
	usual     = 1_000 // records of a sample
	atOnce    = 3     // types that are compared at the same time
	usualWait = 2 * time.Minute
)

// Options say what is compared with what. Zero values are good where it says so.
type Options struct {
	Remote HubSpot
	Local  Copy
	// Asked names the properties that a pull asks for.
	Asked func(ctx context.Context, t crm.ObjectType) ([]string, error)
	// Kept are the types that are pulled; nil means HubSpot's own.
	Kept []crm.Spec
	// Types are compared; none means all that are pulled.
	Types []crm.ObjectType
	// All compares every record; else Sample of each type, 1,000 when 0, spread over
	// the ids as Seed says.
	All    bool
	Sample int
	Seed   uint64
	// Grace is how long ago HubSpot may have changed a record for it to count as not
	// yet pulled: 2 minutes when 0, which is more than the index lags. Who has just
	// pulled from a portal without a lag says a negative one.
	Grace time.Duration
	// Clock is HubSpot's time, time.Now when nil.
	Clock func() time.Time
	// Progress is told how far it is, from one goroutine at a time; may be nil.
	Progress func(Progress)

	most   int // Most when 0
	window int // ids that are read at once in a walk, linkSize when 0
}

// Most is how many differences are told one by one: a copy that differs in more is
// pulled again as a whole.
const Most = 10_000

// Progress is how many records were compared, of all types, and how many there
// are, as far as is known.
type Progress struct {
	Done  int
	Total int
}

// Compare compares. The report is good even with an error: everything in it was
// confirmed. It writes nothing, and its calls are in the background unless ctx
// says otherwise.
func Compare(ctx context.Context, o Options) (Report, error) {
	c, err := begin(o)
	if err != nil {
		return Report{Note: crm.Message(err)}, err
	}
	ctx = crm.Unhurried(ctx)
	err = c.runAll(ctx)
	if err == nil {
		err = c.ends(ctx)
	}
	var schema []SchemaDiff
	if err == nil {
		schema, err = c.schema(ctx)
	}
	return c.report(schema, err), c.explain(ctx, err)
}

// comparison is one Compare.
type comparison struct {
	Options
	specs []crm.Spec
	since crm.Millis // what HubSpot changed from then on is behind
	found *ledger

	mu   sync.Mutex // guards what follows, and the callers of Progress
	rows map[crm.ObjectType]*Row
	done int
	all  int
}

func begin(o Options) (*comparison, error) {
	c := &comparison{Options: o, found: newLedger(o.most), rows: map[crm.ObjectType]*Row{}}
	if c.Kept == nil {
		c.Kept = crm.AllSpecs()
	}
	for _, s := range c.Kept {
		if len(o.Types) == 0 || slices.Contains(o.Types, s.Type) {
			c.specs = append(c.specs, s)
			c.rows[s.Type] = &Row{Type: s.Type, There: -1}
		}
	}
	if len(c.specs) == 0 {
		return nil, &crm.Error{Kind: crm.Invalid, Op: "compare", Msg: "None of these types is kept here. Nothing was compared."}
	}
	c.window = cmp.Or(c.window, linkSize)
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Sample <= 0 {
		c.Sample = usual
	}
	if c.All {
		c.Sample = 0
	}
	if c.Grace == 0 {
		c.Grace = usualWait
	}
	c.since = crm.At(c.Clock().Add(-c.Grace))
	if c.Grace < 0 {
		c.since = crm.At(time.Unix(1<<40, 0))
	}
	return c, nil
}

// runAll compares the types, a few at a time. The first error stops the rest.
func (c *comparison) runAll(ctx context.Context) error {
	run, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	runs := make([]*reading, len(c.specs))
	for i, s := range c.specs {
		r, err := c.prepare(run, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Type, err)
		}
		runs[i] = r
	}
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for _, r := range runs {
		if r == nil {
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if run.Err() != nil {
				return
			}
			if err := r.compare(run); err != nil {
				fail(fmt.Errorf("%s: %w", r.spec.Type, err))
			}
		})
	}
	wg.Wait()
	return context.Cause(run)
}

// prepare counts a type on both sides. It is nil for one that this sign-in may
// not read.
func (c *comparison) prepare(ctx context.Context, s crm.Spec) (*reading, error) {
	r, err := c.newReading(ctx, s)
	if err != nil {
		return nil, err
	}
	here, err := c.Local.HeldCount(ctx, s.Type)
	if err != nil {
		return nil, err
	}
	page, err := c.Remote.Search(ctx, s.Type, crm.SearchCall{Limit: 1, Props: []string{idProperty}})
	if crm.KindOf(err) == crm.Forbidden && err != nil {
		c.note(s.Type, "HubSpot does not show "+string(s.Type)+" to this sign-in; they were not compared.")
		return nil, nil //nolint:nilnil // nothing to compare, and no error
	}
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	row := c.rows[s.Type]
	row.Here, row.There = here, page.Total
	if c.All {
		c.all += max(here, page.Total)
	} else {
		c.all += min(here, c.Sample)
	}
	return r, nil
}

func (c *comparison) note(t crm.ObjectType, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows[t].Note = text
}

// step notes that records were compared.
func (c *comparison) step(t crm.ObjectType, n, calculated int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows[t].Compared += n
	c.rows[t].Calculated += calculated
	c.done += n
	if c.Progress != nil {
		c.Progress(Progress{Done: c.done, Total: max(c.all, c.done)})
	}
}

// report puts together what was found.
func (c *comparison) report(schema []SchemaDiff, err error) Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := Report{
		Done: err == nil, All: c.All, Sample: c.Sample, Seed: c.Seed, Types: []Row{}, Differences: c.found.differences(c.specs),
		Schema: schema, Checks: []Check{},
	}
	if r.Schema == nil {
		r.Schema = []SchemaDiff{}
	}
	behind := c.found.behindOf()
	for _, s := range c.specs {
		row := *c.rows[s.Type]
		row.Behind = behind[s.Type]
		if !c.All && err == nil && row.Note == "" && row.There >= 0 && row.There != row.Here {
			row.Note = "The counts differ, and HubSpot's lags; --all finds out."
		}
		r.Types = append(r.Types, row)
		r.Compared += row.Compared
		r.Behind += row.Behind
	}
	r.count()
	return r
}

// count counts the differences that are left.
func (r *Report) count() {
	r.Divergent, r.Repaired = 0, 0
	for i := range r.Types {
		r.Types[i].Divergent = 0
	}
	for _, d := range r.Differences {
		if d.Repaired {
			r.Repaired++
			continue
		}
		r.Divergent++
		i := slices.IndexFunc(r.Types, func(row Row) bool { return row.Type == d.Type })
		if i < 0 {
			r.Types = append(r.Types, Row{Type: d.Type, There: -1, Note: "met as the other end of an association"})
			i = len(r.Types) - 1
		}
		r.Types[i].Divergent++
	}
}

// explain makes an error for people of what ended the comparison.
func (c *comparison) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	c.mu.Lock()
	far := fmt.Sprintf("after %s of %s records", Thousands(c.done), Thousands(max(c.all, c.done)))
	c.mu.Unlock()
	switch {
	case errors.Is(err, errTooMany):
		return &crm.Error{Kind: crm.Conflict, Op: "compare", Err: err, Msg: fmt.Sprintf(
			"The comparison was stopped %s: more than %s differ. Nothing was changed. satchel sync --full pulls everything again.", far, Thousands(c.found.most))}
	case ctx.Err() != nil || crm.KindOf(err) == crm.Canceled:
		return &crm.Error{Kind: crm.Canceled, Op: "compare", Err: err, Msg: "The comparison was stopped " + far + ". Nothing was changed."}
	}
	msg := crm.Message(err)
	return &crm.Error{Kind: crm.KindOf(err), Op: "compare", Err: err, Msg: "The comparison ended " + far + ", and nothing was changed: " + msg}
}

// sampled picks the ids of a sample: one from each of as many equal stretches of
// what is here.
func (r *reading) sampled(ctx context.Context, yield func([]crm.RemoteID) error) error {
	all, err := r.c.Local.HeldCount(ctx, r.spec.Type)
	if err != nil {
		return err
	}
	n := min(r.c.Sample, all)
	rnd := rand.New(rand.NewPCG(r.c.Seed, uint64(r.spec.Number))) //nolint:gosec // a sample, not a secret
	picks := make([]int, n)
	for i := range picks {
		low, high := i*all/n, (i+1)*all/n
		picks[i] = low + rnd.IntN(high-low)
	}
	var after crm.RemoteID
	var batch []crm.RemoteID
	for seen := 0; len(picks) > 0; {
		ids, err := r.c.Local.RemoteIDs(ctx, r.spec.Type, after, idSize)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break // fewer by now
		}
		for len(picks) > 0 && picks[0] < seen+len(ids) {
			batch = append(batch, ids[picks[0]-seen])
			picks = picks[1:]
			if len(batch) == pageSize {
				if err := yield(batch); err != nil {
					return err
				}
				batch = nil
			}
		}
		seen += len(ids)
		after = ids[len(ids)-1]
	}
	if len(batch) == 0 {
		return nil
	}
	return yield(batch)
}
