package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a search; fact sheet 3.4.
const (
	searchMaxLimit   = 200
	searchMaxWindow  = 10_000
	searchMaxGroups  = 5
	searchMaxFilters = 6
	searchMaxTotal   = 18
	searchMaxChars   = 3_000
)

// searchBody is the body of a search.
type searchBody struct {
	Groups     []filterGroup `json:"filterGroups"`
	Sorts      []sortSpec    `json:"sorts"`
	Query      string        `json:"query"`
	Properties []string      `json:"properties"`
	Limit      *text         `json:"limit"`
	After      text          `json:"after"`
}

type filterGroup struct {
	Filters []filter `json:"filters"`
}

type filter struct {
	Name     string `json:"propertyName"`
	Operator string `json:"operator"`
	Value    *text  `json:"value"`
	High     *text  `json:"highValue"`
	Values   []text `json:"values"`
}

// sortSpec is a sort, given as a name ("-" in front descends) or as an object.
type sortSpec struct {
	Name      string
	Direction string
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *sortSpec) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &s.Name); err != nil {
			return err
		}
		s.Direction = "ASCENDING"
		if name, down := strings.CutPrefix(s.Name, "-"); down {
			s.Name, s.Direction = name, "DESCENDING"
		}
		return nil
	}
	var obj struct {
		Name      string `json:"propertyName"`
		Direction string `json:"direction"`
	}
	if err := json.Unmarshal(b, &obj); err != nil {
		return err
	}
	s.Name, s.Direction = obj.Name, obj.Direction
	return nil
}

// query is a search that passed all checks.
type query struct {
	groups [][]condition
	words  []string // of the free text, lower case
	fields []uint16 // that the words are looked for in
	sort   string
	desc   bool
	limit  int
	after  int
}

// searchObjects is POST {type}/search. Archived records are never found, and
// the index may lag behind the records.
func searchObjects(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.readable(t); err != nil {
		return answer{}, err
	}
	if utf8.RuneCount(c.body) > searchMaxChars {
		return answer{}, invalid("The request body is too long: at most %d characters are allowed", searchMaxChars)
	}
	var in searchBody
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.settle()
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	q, err := c.p.compile(t, in)
	if err != nil {
		return answer{}, err
	}
	docs, total := t.search(q)
	show := t.project(in.Properties, nil)
	b := append(make([]byte, 0, 512*(len(docs)+1)), `{"total":`...)
	b = append(strconv.AppendInt(b, int64(total), 10), `,"results":[`...)
	for i, d := range docs {
		if i > 0 {
			b = append(b, ',')
		}
		b = c.p.appendRecord(b, t, d, show, nil)
	}
	b = append(b, ']')
	if end := q.after + len(docs); end < total && len(docs) > 0 {
		b = append(b, `,"paging":{"next":{"after":"`...)
		b = append(strconv.AppendInt(b, int64(end), 10), `"}}`...)
	}
	return answer{code: http.StatusOK, body: append(b, '}')}, nil
}

// compile checks a search against HubSpot's limits and readies its filters.
func (p *Portal) compile(t *table, in searchBody) (*query, error) {
	q := &query{limit: 10, sort: t.kind.created}
	if err := q.page(in); err != nil {
		return nil, err
	}
	if len(in.Groups) > searchMaxGroups {
		return nil, invalid("Too many filter groups: %d. At most %d are allowed", len(in.Groups), searchMaxGroups)
	}
	if len(in.Sorts) > 1 {
		return nil, invalid("Only one sort is allowed, but %d were given", len(in.Sorts))
	}
	total := 0
	for _, group := range in.Groups {
		if len(group.Filters) > searchMaxFilters {
			return nil, invalid("Too many filters in a filter group: %d. At most %d are allowed", len(group.Filters), searchMaxFilters)
		}
		total += len(group.Filters)
		var all []condition
		for _, f := range group.Filters {
			cond, err := p.condition(t, f)
			if err != nil {
				return nil, err
			}
			all = append(all, cond)
		}
		q.groups = append(q.groups, all)
	}
	if total > searchMaxTotal {
		return nil, invalid("Too many filters: %d. At most %d are allowed", total, searchMaxTotal)
	}
	for _, s := range in.Sorts {
		if i, known := t.byName[s.Name]; !known || t.props[i].Archived != 0 {
			return nil, invalid("There was a problem with the request. Property %q does not exist", s.Name)
		}
		switch s.Direction {
		case "", "ASCENDING", "DESCENDING":
		default:
			return nil, invalid("Invalid sort direction: %s", s.Direction)
		}
		q.sort, q.desc = s.Name, s.Direction == "DESCENDING"
	}
	q.words = strings.Fields(strings.ToLower(in.Query))
	for _, name := range t.kind.searched {
		if i, known := t.byName[name]; known {
			q.fields = append(q.fields, i)
		}
	}
	return q, nil
}

// page reads limit and after, which is an offset here.
func (q *query) page(in searchBody) error {
	number := func(name, raw string) (int, error) {
		n, err := strconv.Atoi(raw)
		if err != nil {
			return 0, &apiError{code: http.StatusBadRequest, Message: fmt.Sprintf(
				"Invalid input JSON: Cannot deserialize value of type `int` from String %q: not a valid `int` value (through reference chain: %s)", raw, name)}
		}
		return n, nil
	}
	var err error
	if in.Limit != nil && *in.Limit != "" {
		if q.limit, err = number("limit", string(*in.Limit)); err != nil {
			return err
		}
	}
	if in.After != "" {
		if q.after, err = number("after", string(in.After)); err != nil {
			return err
		}
	}
	switch {
	case q.limit < 0 || q.limit > searchMaxLimit:
		return invalid("limit must be between 0 and %d, but was %d", searchMaxLimit, q.limit)
	case q.after < 0:
		return invalid("after must not be negative, but was %d", q.after)
	case q.after > searchMaxWindow-q.limit: // a sum could overflow
		return invalid("Search results are limited to the first %d: after %d with limit %d is beyond", searchMaxWindow, q.after, q.limit)
	case utf8.RuneCountInString(in.Query) > searchMaxChars:
		return invalid("query must not be longer than %d characters", searchMaxChars)
	}
	return nil
}
