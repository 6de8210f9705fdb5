package hubspot

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"satchel/internal/budget"
	"satchel/internal/crm"
)

// page is the answer of list and search.
type page struct {
	Results []object `json:"results"`
	Total   *int     `json:"total"`
	Paging  paging   `json:"paging"`
}

func (p page) whole() bool { return p.Results != nil }

func (p page) page(t crm.ObjectType) crm.Page {
	out := crm.Page{Records: records(t, p.Results), Next: string(p.Paging.Next.After), Total: -1}
	if p.Total != nil {
		out.Total = *p.Total
	}
	for _, r := range out.Records {
		if out.Low == "" || r.ID.Compare(out.Low) < 0 {
			out.Low = r.ID
		}
		if r.ID.Compare(out.High) > 0 {
			out.High = r.ID
		}
	}
	return out
}

// List returns a page of records in the order of their ids. It has no upper
// bound and is stable while records are added. A list of properties that would
// make too long a URL is read in a second call, by ids.
func (c *Client) List(ctx context.Context, t crm.ObjectType, l crm.ListCall) (crm.Page, error) {
	q := read("list "+name(t), http.MethodGet, objects(t))
	q.query = url.Values{"limit": {limit(l.Limit, maxPage)}}
	if l.After != "" {
		q.query.Set("after", l.After)
	}
	if l.Archived {
		q.query.Set("archived", "true")
	}
	long := c.tooLong(q.path, l.Props)
	if !long && len(l.Props) > 0 {
		q.query.Set("properties", list(l.Props))
	}
	var p page
	if err := c.do(ctx, q, &p); err != nil {
		return crm.Page{}, err
	}
	out := p.page(t)
	if long {
		return c.fill(ctx, t, out, l.Props, l.Archived)
	}
	return out, nil
}

func (c *Client) tooLong(path string, props []string) bool {
	return len(c.base)+len(path)+len(url.QueryEscape(list(props)))+100 > maxURL
}

// fill reads the properties of a page's records by their ids and keeps its
// order. A record that went away in between is left out: it is somewhere else
// in the order by then, or gone.
func (c *Client) fill(ctx context.Context, t crm.ObjectType, p crm.Page, props []string, archived bool) (crm.Page, error) {
	ids := make([]crm.RemoteID, len(p.Records))
	for i, r := range p.Records {
		ids[i] = r.ID
	}
	read, err := c.batchRead(ctx, t, ids, props, archived)
	if err != nil {
		return crm.Page{}, err
	}
	found := make(map[crm.RemoteID]crm.RemoteRecord, len(read.Found))
	for _, r := range read.Found {
		found[r.ID] = r
	}
	p.Records = p.Records[:0]
	for _, id := range ids {
		if r, ok := found[id]; ok {
			p.Records = append(p.Records, r)
		}
	}
	return p, nil
}

type searchBody struct {
	Groups []searchGroup `json:"filterGroups,omitempty"`
	Sorts  []searchSort  `json:"sorts,omitempty"`
	Props  []string      `json:"properties,omitempty"`
	Limit  int           `json:"limit"`
}

type searchGroup struct {
	Filters []searchFilter `json:"filters"`
}

type searchFilter struct {
	Prop   string   `json:"propertyName"`
	Op     string   `json:"operator"`
	Value  string   `json:"value,omitempty"`
	Values []string `json:"values,omitempty"`
}

type searchSort struct {
	Prop      string `json:"propertyName"`
	Direction string `json:"direction"`
}

// Search asks the index, whose limit is a bucket of its own. Conditions are
// sent as they are: the values of IN on text must be lower case already. A
// request beyond the 3,000 characters that search takes is answered in two
// steps, the second of which reads the records themselves and not the index.
func (c *Client) Search(ctx context.Context, t crm.ObjectType, s crm.SearchCall) (crm.Page, error) {
	body := searchBody{Props: s.Props, Limit: maxHits}
	if s.Limit > 0 && s.Limit < maxHits {
		body.Limit = s.Limit
	}
	if len(s.Where) > 0 {
		g := searchGroup{}
		for _, w := range s.Where {
			g.Filters = append(g.Filters, searchFilter(w))
		}
		body.Groups = []searchGroup{g}
	}
	if s.Sort != "" {
		dir := "ASCENDING"
		if s.Desc {
			dir = "DESCENDING"
		}
		body.Sorts = []searchSort{{s.Sort, dir}}
	}
	sized, err := json.Marshal(body)
	if err != nil {
		return crm.Page{}, &crm.Error{Kind: crm.Internal, Op: "search " + name(t), Err: err}
	}
	long := len(sized) > maxSearchBody
	if long {
		body.Props = nil
	}
	q := read("search "+name(t), http.MethodPost, objects(t, "search"))
	q.bucket, q.body = budget.Search, body
	var p page
	if err := c.do(ctx, q, &p); err != nil {
		return crm.Page{}, err
	}
	out := p.page(t)
	if long {
		return c.fill(ctx, t, out, s.Props, false)
	}
	return out, nil
}

// Get reads one record. A record that was merged answers with the id of its
// survivor. An archived one is NotFound.
func (c *Client) Get(ctx context.Context, t crm.ObjectType, rid crm.RemoteID, props []string) (crm.RemoteRecord, error) {
	q := read("get "+name(t), http.MethodGet, objects(t, url.PathEscape(string(rid))))
	long := c.tooLong(q.path, props)
	if !long && len(props) > 0 {
		q.query = url.Values{"properties": {list(props)}}
	}
	var o object
	if err := c.do(ctx, q, &o); err != nil {
		return crm.RemoteRecord{}, err
	}
	r := o.record(t)
	if !long {
		return r, nil
	}
	read, err := c.BatchRead(ctx, t, []crm.RemoteID{r.ID}, props)
	switch {
	case err != nil:
		return crm.RemoteRecord{}, err
	case len(read.Found) != 1:
		return crm.RemoteRecord{}, explain(q, http.StatusNotFound, envelope{}, nil)
	}
	return read.Found[0], nil
}

// batchAnswer is the answer of every batch of records. Errors come with status
// 207, or with 200 by newer versions.
type batchAnswer struct {
	Status    string     `json:"status"`
	Results   []object   `json:"results"`
	NumErrors int        `json:"numErrors"`
	Errors    []envelope `json:"errors"`
}

func (a batchAnswer) whole() bool { return a.Results != nil || len(a.Errors) > 0 }

type readBody struct {
	Props   []string  `json:"properties"`
	History []string  `json:"propertiesWithHistory,omitempty"`
	Key     string    `json:"idProperty,omitempty"`
	Inputs  []idInput `json:"inputs"`
}

type idInput struct {
	ID string `json:"id"`
}

// BatchRead reads records by id, 100 in one call. Every id is answered in one
// of the three lists; a record that answers under another id is in Found under
// that, and the id asked for in Unknown.
func (c *Client) BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error) {
	return c.batchRead(ctx, t, ids, props, false)
}

func (c *Client) batchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string, archived bool) (crm.BatchRead, error) {
	var out crm.BatchRead
	ids = distinct(ids)
	for chunk := range slices.Chunk(ids, maxBatch) {
		q := read("read "+name(t), http.MethodPost, objects(t, "batch", "read"))
		q.body = readBody{Props: nonNil(props), Inputs: inputs(chunk)}
		if archived {
			q.query = url.Values{"archived": {"true"}}
		}
		a, missing, err := c.readBatch(ctx, q)
		if err != nil {
			return crm.BatchRead{}, err
		}
		left := make(map[crm.RemoteID]bool, len(chunk))
		for _, i := range chunk {
			left[i] = true
		}
		for _, r := range records(t, a.Results) {
			delete(left, r.ID)
			out.Found = append(out.Found, r)
		}
		for _, i := range chunk {
			switch {
			case left[i] && slices.Contains(missing, string(i)):
				out.Missing = append(out.Missing, i)
			case left[i]:
				out.Unknown = append(out.Unknown, i)
			}
		}
	}
	return out, nil
}

// readBatch sends one batch of a read. missing are the inputs that HubSpot
// says do not exist; any other error of a row fails the whole.
func (c *Client) readBatch(ctx context.Context, q call) (a batchAnswer, missing []string, err error) {
	err = c.do(ctx, q, &a)
	var refusal *answerError
	if errors.As(err, &refusal) && refusal.Status == http.StatusNotFound && refusal.Category == "OBJECT_NOT_FOUND" {
		// A batch of which nothing exists may be refused as a whole. Any other
		// 404 is about the path and says nothing of records.
		return batchAnswer{}, missingOf(q), nil
	}
	if err != nil {
		return a, nil, err
	}
	for _, e := range a.Errors {
		if e.Category != "OBJECT_NOT_FOUND" {
			return a, nil, explain(q, http.StatusBadRequest, e, nil)
		}
		missing = append(missing, e.Context["ids"]...)
		missing = append(missing, e.Context["id"]...)
	}
	return a, missing, nil
}

func missingOf(q call) []string {
	body, _ := q.body.(readBody)
	var out []string
	for _, i := range body.Inputs {
		out = append(out, i.ID)
	}
	return out
}

// ReadByKey reads records by the value of a unique property, HubSpot's own
// store and not its index, so a record made a moment ago is found. The answer
// is by the values asked for; a value that no record has is absent. An e-mail
// address also finds a contact that has it as a secondary one.
func (c *Client) ReadByKey(ctx context.Context, t crm.ObjectType, key string, values, props []string) (map[string]crm.RemoteRecord, error) {
	out := make(map[string]crm.RemoteRecord, len(values))
	want := append(slices.Clone(props), key)
	if key == "email" {
		want = append(want, "hs_additional_emails")
	}
	for chunk := range slices.Chunk(distinct(values), maxBatch) {
		q := read("read "+name(t)+" by "+key, http.MethodPost, objects(t, "batch", "read"))
		q.body = readBody{Props: distinct(want), Key: key, Inputs: inputs(chunk)}
		a, _, err := c.readBatch(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range records(t, a.Results) {
			for _, v := range chunk {
				if carries(r, key, v) {
					out[v] = r
				}
			}
		}
	}
	return out, nil
}

func carries(r crm.RemoteRecord, key, value string) bool {
	if key != "email" {
		return r.Values[key] == value
	}
	all := append(strings.Split(r.Values["hs_additional_emails"], ";"), r.Values["email"])
	return slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(value)) })
}

// History reads who set which value when, newest first, for the given
// properties, 50 records in one call, and a second call for those of them that
// are archived. A record that HubSpot does not return is absent.
func (c *Client) History(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (map[crm.RemoteID]map[string][]crm.Version, error) {
	out := make(map[crm.RemoteID]map[string][]crm.Version, len(ids))
	for chunk := range slices.Chunk(distinct(ids), maxHistory) {
		if err := c.history(ctx, t, chunk, props, nil, out); err != nil {
			return nil, err
		}
		absent := slices.DeleteFunc(slices.Clone(chunk), func(id crm.RemoteID) bool { return out[id] != nil })
		if len(absent) == 0 {
			continue
		}
		if err := c.history(ctx, t, absent, props, url.Values{"archived": {"true"}}, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Client) history(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string, query url.Values, into map[crm.RemoteID]map[string][]crm.Version) error {
	q := read("read history of "+name(t), http.MethodPost, objects(t, "batch", "read"))
	q.query = query
	q.body = readBody{Props: []string{}, History: nonNil(props), Inputs: inputs(ids)}
	a, _, err := c.readBatch(ctx, q)
	if err != nil {
		return err
	}
	for _, o := range a.Results {
		h := make(map[string][]crm.Version, len(o.History))
		for p, v := range o.History {
			h[p] = versions(v)
		}
		into[crm.RemoteID(o.ID)] = h
	}
	return nil
}

func inputs[T ~string](ids []T) []idInput {
	out := make([]idInput, len(ids))
	for i, v := range ids {
		out[i] = idInput{string(v)}
	}
	return out
}

// distinct drops what is doubled or empty: HubSpot refuses a batch with
// duplicates.
func distinct[T ~string](in []T) []T {
	seen := make(map[T]bool, len(in))
	out := make([]T, 0, len(in))
	for _, v := range in {
		if v != "" && !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
