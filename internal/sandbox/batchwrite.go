package sandbox

import (
	"maps"
	"net/http"
	"strings"
)

// write is one checked input of a batch of writes.
type write struct {
	in    input
	rec   *record // nil for a create
	edit  edit
	links []linkSpec
	err   error
}

// writeBatch checks every input first, so that a batch without trace ids is
// refused as a whole with nothing done, and then applies the good ones.
func (c *call) writeBatch(t *table, writes []write, lost []string, code int, upsert bool, started int64) (answer, error) {
	var problems []batchError
	inputs := make([]input, 0, len(writes))
	for _, w := range writes {
		inputs = append(inputs, w.in)
	}
	partial := traced(inputs)
	by := c.writer()
	var results []batchResult
	for _, w := range writes {
		if w.err == nil {
			continue
		}
		if !partial {
			return answer{}, w.err
		}
		problems = append(problems, itemError(w.err, w.in.TraceID))
	}
	for _, w := range writes {
		if w.err != nil {
			continue
		}
		r, created := w.rec, w.rec == nil
		var show *projection
		if created {
			r = c.p.create(t, draft{w.edit, w.links}, by)
			show = t.projectNew(r.cur, w.in.Properties)
		} else {
			show = t.projectChange(w.in.Properties, c.p.apply(t, r, w.edit, by))
		}
		body := c.p.appendRecord(nil, t, r.cur, show, func(b []byte) []byte {
			if upsert {
				b = appendJSON(append(b, `,"new":`...), created)
			}
			if w.in.TraceID != "" {
				b = appendString(append(b, `,"objectWriteTraceId":`...), w.in.TraceID)
			}
			if len(w.edit.warnings) > 0 {
				b = appendJSON(append(b, `,"warnings":`...), w.edit.warnings)
			}
			return b
		})
		results = append(results, batchResult{r.cur.id, body})
	}
	return c.finish(code, results, append(problems, t.notThere(lost)...), started), nil
}

// taken are the unique values that the inputs of one batch want.
type taken map[cell]bool

// take refuses an edit that wants what an input before it wants.
func (had taken) take(t *table, e edit) error {
	list := t.claims(e)
	for i := range list {
		list[i].val = foldKey(list[i].val)
		if had[list[i]] {
			return &apiError{code: http.StatusConflict, Message: t.kind.title + " already exists", Category: "CONFLICT"}
		}
	}
	for _, c := range list {
		had[c] = true
	}
	return nil
}

// openBatch does what every batch of writes begins with.
func (c *call) openBatch() (*table, batchBody, error) {
	t, err := c.table("type")
	if err != nil {
		return nil, batchBody{}, err
	}
	if err := c.writable(t); err != nil {
		return nil, batchBody{}, err
	}
	in, err := c.batch()
	return t, in, err
}

// batchCreate makes up to 100 records.
func batchCreate(c *call) (answer, error) {
	started := c.p.nowMS()
	t, in, err := c.openBatch()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	by, had := c.writer(), taken{}
	writes := make([]write, 0, len(in.Inputs))
	for _, item := range in.Inputs {
		w := write{in: item}
		w.links, w.err = c.specs(item.Associations)
		if w.err == nil {
			w.prepare(c.p, t, by, had)
		}
		writes = append(writes, w)
	}
	return c.writeBatch(t, writes, nil, http.StatusCreated, false, started)
}

func (w *write) prepare(p *Portal, t *table, by writer, had taken) {
	dr, err := p.prepare(t, w.in.Properties, w.links, by)
	if err == nil {
		err = had.take(t, dr.edit)
	}
	w.edit, w.err = dr.edit, err
}

// batchUpdate changes up to 100 records. Missing ids are one grouped error;
// merged-away ids are left out without a word.
func batchUpdate(c *call) (answer, error) {
	started := c.p.nowMS()
	t, in, err := c.openBatch()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if err := uniqueInputs(in.Inputs); err != nil {
		return answer{}, err
	}
	by, had := c.writer(), taken{}
	var writes []write
	var lost []string
	seen := map[*record]bool{}
	for _, item := range in.Inputs {
		if item.IDProperty == "hs_object_id" {
			return answer{}, c.notUnique(t, item.IDProperty)
		}
		r, err := c.target(t, string(item.ID), item.IDProperty, false)
		switch {
		case isAPIError(err, http.StatusBadRequest):
			return answer{}, err
		case err != nil:
			lost = append(lost, string(item.ID))
			continue
		case mergedAway(item.IDProperty, item.ID, r):
			continue
		case seen[r]:
			return answer{}, duplicateIDs([]string{string(item.ID)})
		}
		seen[r] = true
		w := write{in: item, rec: r}
		if w.edit, w.err = c.p.validate(t, r.cur, item.Properties, by); w.err == nil {
			w.err = had.take(t, w.edit)
		}
		writes = append(writes, w)
	}
	return c.writeBatch(t, writes, lost, http.StatusOK, false, started)
}

// batchUpsert creates or changes records by a unique property.
func batchUpsert(c *call) (answer, error) {
	started := c.p.nowMS()
	t, in, err := c.openBatch()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if err := uniqueInputs(in.Inputs); err != nil {
		return answer{}, err
	}
	by, had := c.writer(), taken{}
	writes := make([]write, 0, len(in.Inputs))
	seen := map[*record]bool{}
	for _, item := range in.Inputs {
		i, known := t.byName[item.IDProperty]
		if item.IDProperty == "" {
			return answer{}, notSet("idProperty")
		}
		if !known || !t.props[i].HasUniqueValue || t.kind.system(item.IDProperty) {
			return answer{}, c.notUnique(t, item.IDProperty)
		}
		if strings.TrimSpace(string(item.ID)) == "" {
			return answer{}, notSet("id")
		}
		r := t.findBy(i, string(item.ID))
		if r != nil && seen[r] {
			return answer{}, duplicateIDs([]string{string(item.ID)})
		}
		item.Properties = maps.Clone(item.Properties)
		if item.Properties == nil {
			item.Properties = values{}
		}
		if item.Properties[item.IDProperty] == "" && (r == nil || item.IDProperty != t.kind.key) {
			item.Properties[item.IDProperty] = item.ID
		}
		w := write{in: item, rec: r}
		if r == nil {
			w.prepare(c.p, t, by, had)
		} else {
			seen[r] = true
			if w.edit, w.err = c.p.validate(t, r.cur, item.Properties, by); w.err == nil {
				w.err = had.take(t, w.edit)
			}
		}
		writes = append(writes, w)
	}
	return c.writeBatch(t, writes, nil, http.StatusOK, true, started)
}

// uniqueInputs refuses a batch that names one id twice; fact sheet 3.3.
func uniqueInputs(inputs []input) error {
	seen := map[string]bool{}
	var twice []string
	for _, item := range inputs {
		key := item.IDProperty + "\x00" + foldKey(string(item.ID))
		if seen[key] {
			twice = append(twice, string(item.ID))
		}
		seen[key] = true
	}
	if len(twice) == 0 {
		return nil
	}
	return duplicateIDs(twice)
}

func duplicateIDs(ids []string) error {
	e := invalid("Duplicate IDs found in batch input: [%s]. IDs must be unique", strings.Join(ids, ", "))
	e.Context = map[string][]string{"ids": ids}
	return e
}
