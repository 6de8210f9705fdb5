package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

const (
	linkReadMax  = 1_000
	linkWriteMax = 2_000
)

// linkBatch is the envelope of a batch of associations.
type linkBatch[T any] struct {
	Status      string       `json:"status"`
	Results     []T          `json:"results"`
	NumErrors   int          `json:"numErrors,omitempty"`
	Errors      []batchError `json:"errors,omitempty"`
	StartedAt   string       `json:"startedAt"`
	CompletedAt string       `json:"completedAt"`
}

func finishLinks[T any](c *call, code int, results []T, problems []batchError, started int64) answer {
	if results == nil {
		results = []T{}
	}
	if len(problems) > 0 {
		code = http.StatusMultiStatus
	}
	return answer{code: code, body: encodeJSON(linkBatch[T]{
		"COMPLETE", results, len(problems), problems, stamp(started), stamp(c.p.nowMS()),
	})}
}

// linkInput is one input of a batch of associations.
type linkInput struct {
	From  ref        `json:"from"`
	To    ref        `json:"to"`
	Types []linkKind `json:"types"`
}

type ref struct {
	ID text `json:"id"`
}

// linkInputs reads a batch and checks its size.
func linkInputs[T any](c *call, most int) ([]T, error) {
	var in struct {
		Inputs []T `json:"inputs"`
	}
	if err := decode(c.body, &in); err != nil {
		return nil, err
	}
	if in.Inputs == nil {
		return nil, notSet("inputs")
	}
	if len(in.Inputs) > most {
		return nil, invalid("The maximum number of inputs supported in a batch request is %d", most)
	}
	return in.Inputs, nil
}

// linksOf is one result of a batch read.
type linksOf struct {
	From   objectRef    `json:"from"`
	To     []associated `json:"to"`
	Paging *paging      `json:"paging,omitempty"`
}

// batchReadAssociations reads the associates of up to 1,000 records. An id
// without any is an entry in errors, which is not a failure; fact sheet 5.3.
func batchReadAssociations(c *call) (answer, error) {
	started := c.p.nowMS()
	type one struct {
		ID    text `json:"id"`
		After text `json:"after"`
	}
	inputs, err := linkInputs[one](c, linkReadMax)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	from, to, err := c.pair(false)
	if err != nil {
		return answer{}, err
	}
	var results []linksOf
	var problems []batchError
	for _, in := range inputs {
		after, numeric := parseID(string(in.After))
		if in.After != "" && !numeric {
			return answer{}, invalid("Cannot deserialize value of type `long` from String %q: not a valid `long` value", in.After)
		}
		var list []linked
		if r, err := c.target(from, string(in.ID), "", false); err == nil {
			list = linksTo(r, to, after)
		}
		if len(list) == 0 {
			problems = append(problems, noAssociations(from, to, string(in.ID)))
			continue
		}
		item := linksOf{From: objectRef{string(in.ID)}}
		if len(list) > 500 {
			item.Paging = &paging{pagingNext{After: strconv.FormatInt(list[500].id, 10)}}
			list = list[:500]
		}
		item.To = c.associates(list)
		results = append(results, item)
	}
	return finishLinks(c, http.StatusOK, results, problems, started), nil
}

func noAssociations(from, to *table, id string) batchError {
	return batchError{
		Status: "error", Category: "OBJECT_NOT_FOUND", SubCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
		Message: "No " + to.kind.plural + " are associated with " + from.kind.plural + " " + id + ".",
		Context: map[string][]string{"fromObjectId": {id}},
	}
}

// joined finds both records of a batch input; the error is the input's own.
func (c *call) joined(from, to *table, in linkInput) (a, b *record, problem *batchError) {
	a, errA := c.target(from, string(in.From.ID), "", false)
	b, errB := c.target(to, string(in.To.ID), "", false)
	if errA == nil && errB == nil {
		return a, b, nil
	}
	lost := []string{}
	if errA != nil {
		lost = append(lost, string(in.From.ID))
	}
	if errB != nil {
		lost = append(lost, string(in.To.ID))
	}
	return nil, nil, &batchError{
		Status: "error", Category: "VALIDATION_ERROR", Message: "One or more associations are invalid",
		Context: map[string][]string{"INVALID_OBJECT_IDS": lost},
	}
}

// batchCreateAssociations makes up to 2,000 associations with labels.
func batchCreateAssociations(c *call) (answer, error) {
	started := c.p.nowMS()
	inputs, err := linkInputs[linkInput](c, linkWriteMax)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pairToLink()
	if err != nil {
		return answer{}, err
	}
	var results []labelled
	var problems []batchError
	for _, in := range inputs {
		kinds, err := c.kinds(from, to, in.Types)
		if err != nil {
			return answer{}, err
		}
		a, b, problem := c.joined(from, to, in)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		if err := c.p.room(from, a, to, b, kinds); err != nil {
			problems = append(problems, itemError(err, ""))
			continue
		}
		c.p.linkAll(from, a, linkSpec{b.cur.id, to, kinds})
		results = append(results, c.labelsBetween(from, to, a, b))
	}
	return finishLinks(c, http.StatusCreated, results, problems, started), nil
}

// batchDefault makes up to 2,000 unlabeled associations. HubSpot's files declare
// one status for it in every version: 200, with errors or without.
func batchDefault(c *call) (answer, error) {
	started := c.p.nowMS()
	inputs, err := linkInputs[linkInput](c, linkWriteMax)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pairToLink()
	if err != nil {
		return answer{}, err
	}
	var results []defaultLink
	var problems []batchError
	for _, in := range inputs {
		a, b, problem := c.joined(from, to, in)
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		if err := c.p.room(from, a, to, b, nil); err != nil {
			problems = append(problems, itemError(err, ""))
			continue
		}
		results = append(results, c.associateDefault(from, to, a, b)...)
	}
	a := finishLinks(c, http.StatusOK, results, problems, started)
	a.code = http.StatusOK
	return a, nil
}

// voided is the answer to a batch that removes: 204 in v4, an empty batch in
// the dated versions; fact sheet 5.3.
func (c *call) voided(started int64) answer {
	if c.version == "v4" {
		return noContent()
	}
	return finishLinks[objectRef](c, http.StatusOK, nil, nil, started)
}

// batchArchiveAssociations removes all associations between pairs of records.
func batchArchiveAssociations(c *call) (answer, error) {
	started := c.p.nowMS()
	type many struct {
		From ref   `json:"from"`
		To   []ref `json:"to"`
	}
	inputs, err := linkInputs[many](c, linkWriteMax)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pairToLink()
	if err != nil {
		return answer{}, err
	}
	for _, in := range inputs {
		for _, other := range in.To {
			if a, b, problem := c.joined(from, to, linkInput{From: in.From, To: other}); problem == nil {
				c.p.unlinkAll(from, a, to, b.cur.id)
			}
		}
	}
	return c.voided(started), nil
}

// batchArchiveLabels removes labels; without the unlabeled type a pair has
// nothing left.
func batchArchiveLabels(c *call) (answer, error) {
	started := c.p.nowMS()
	inputs, err := linkInputs[linkInput](c, linkWriteMax)
	if err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	from, to, err := c.pairToLink()
	if err != nil {
		return answer{}, err
	}
	for _, in := range inputs {
		kinds, err := c.kinds(from, to, in.Types)
		if err != nil {
			return answer{}, err
		}
		a, b, problem := c.joined(from, to, in)
		if problem != nil {
			continue
		}
		if base, has := c.p.baseKind(from, to); has && slices.Contains(kinds, base) {
			c.p.unlinkAll(from, a, to, b.cur.id)
			continue
		}
		for _, kind := range kinds {
			c.p.unlink(from, a, link{to.num, kind, b.cur.id})
		}
	}
	return c.voided(started), nil
}
