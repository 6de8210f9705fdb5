package sandbox

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

const (
	batchMax        = 100
	batchHistoryMax = 50
)

// batchAnswer is the envelope of every batch; fact sheet 3.3.
type batchAnswer struct {
	Status      string          `json:"status"`
	Results     json.RawMessage `json:"results"`
	NumErrors   int             `json:"numErrors,omitempty"`
	Errors      []batchError    `json:"errors,omitempty"`
	StartedAt   string          `json:"startedAt"`
	CompletedAt string          `json:"completedAt"`
}

// batchError is one entry of a multi-status answer's errors.
type batchError struct {
	Status      string              `json:"status"`
	Category    string              `json:"category"`
	SubCategory string              `json:"subCategory,omitempty"`
	Message     string              `json:"message"`
	Context     map[string][]string `json:"context"`
}

// batchResult is one result with the id by which results are shuffled.
type batchResult struct {
	id   int64
	body []byte
}

// finish builds a batch's answer. Results are not in the order of the inputs,
// which HubSpot does not promise either.
func (c *call) finish(code int, results []batchResult, problems []batchError, started int64) answer {
	slices.SortFunc(results, func(a, b batchResult) int {
		if mix(c.p.salt^uint64(a.id)) < mix(c.p.salt^uint64(b.id)) {
			return -1
		}
		return 1
	})
	items := make([][]byte, 0, len(results))
	for _, r := range results {
		items = append(items, r.body)
	}
	if len(problems) > 0 {
		code = http.StatusMultiStatus
	}
	out := encodeJSON(batchAnswer{
		Status: "COMPLETE", Results: rawList(items), NumErrors: len(problems), Errors: problems,
		StartedAt: stamp(started), CompletedAt: stamp(c.p.nowMS()),
	})
	return answer{code: code, body: out}
}

// batchBody is the body of any batch.
type batchBody struct {
	Properties []string `json:"properties"`
	History    []string `json:"propertiesWithHistory"`
	IDProperty string   `json:"idProperty"`
	Inputs     []input  `json:"inputs"`
}

func (c *call) batch() (batchBody, error) {
	var in batchBody
	if err := decode(c.body, &in); err != nil {
		return in, err
	}
	if in.Inputs == nil {
		return in, notSet("inputs")
	}
	if len(in.Inputs) > batchMax {
		return in, invalid("The maximum number of inputs supported in a batch request is %d", batchMax)
	}
	return in, nil
}

// notThere groups the ids that a batch could not find.
func (t *table) notThere(ids []string) []batchError {
	if len(ids) == 0 {
		return nil
	}
	return []batchError{{
		Status: "error", Category: "OBJECT_NOT_FOUND",
		Message: "Could not get some " + t.kind.upper + " objects, they may be deleted or not exist. Check that ids are valid.",
		Context: map[string][]string{"ids": ids},
	}}
}

// batchRead reads records by id or by a unique property. Ids that were merged
// away are left out without a word; fact sheet 10.6.
func batchRead(c *call) (answer, error) {
	started := c.p.nowMS()
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.readable(t); err != nil {
		return answer{}, err
	}
	in, err := c.batch()
	if err != nil {
		return answer{}, err
	}
	if len(in.History) > 0 && len(in.Inputs) > batchHistoryMax {
		return answer{}, invalid("The maximum number of inputs supported in a batch request for property histories is %d", batchHistoryMax)
	}
	archived := c.r.URL.Query().Get("archived") == "true"
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	show := t.project(in.Properties, in.History)
	var results []batchResult
	var lost []string
	seen := map[int64]bool{}
	for _, item := range in.Inputs {
		r, err := c.target(t, string(item.ID), in.IDProperty, archived)
		switch {
		case isAPIError(err, http.StatusBadRequest):
			return answer{}, err
		case err != nil:
			lost = append(lost, string(item.ID))
		case seen[r.cur.id] || mergedAway(in.IDProperty, item.ID, r):
		default:
			seen[r.cur.id] = true
			results = append(results, batchResult{r.cur.id, c.p.appendRecord(nil, t, r.cur, show, nil)})
		}
	}
	return c.finish(http.StatusOK, results, t.notThere(lost), started), nil
}

// mergedAway reports whether an input's id is an old one of the record it found.
func mergedAway(idProperty string, id text, r *record) bool {
	return (idProperty == "" || idProperty == "hs_object_id") && string(id) != strconv.FormatInt(r.cur.id, 10)
}

// batchArchive archives what it finds: 204, unknown ids ignored.
func batchArchive(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.writable(t); err != nil {
		return answer{}, err
	}
	in, err := c.batch()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	for _, item := range in.Inputs {
		if id, numeric := parseID(string(item.ID)); numeric {
			if r := t.recs[id]; r != nil {
				c.p.archive(t, r, c.writer().src)
			}
		}
	}
	return noContent(), nil
}

// traced reports whether every input has a trace id of its own, which is what
// makes a batch of writes answer per input.
func traced(inputs []input) bool {
	seen := map[string]bool{}
	for _, item := range inputs {
		if item.TraceID == "" || seen[item.TraceID] {
			return false
		}
		seen[item.TraceID] = true
	}
	return true
}

// itemError is an input's failure in a multi-status answer.
func itemError(err error, trace string) batchError {
	out := batchError{Status: "error", Category: "VALIDATION_ERROR", Message: err.Error(), Context: map[string][]string{}}
	if api, is := errors.AsType[*apiError](err); is {
		out.Category, out.SubCategory = api.Category, api.SubCategory
		maps.Copy(out.Context, api.Context)
		if api.existing != "" {
			out.Context["existingId"] = []string{api.existing}
		}
	}
	if trace != "" {
		out.Context["objectWriteTraceId"] = []string{trace}
	}
	return out
}
