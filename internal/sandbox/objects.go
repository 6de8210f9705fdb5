package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// objectRoutes mounts the operations of fact sheet 3.1.
func objectRoutes(on mount) {
	at := func(op operation, method, rest string) {
		on(op, method, "/crm/objects/{v}/{type}"+rest, "/crm/v3/objects/{type}"+rest)
	}
	at(listObjects, "GET", "")
	at(createObject, "POST", "")
	at(getObject, "GET", "/{id}")
	at(updateObject, "PATCH", "/{id}")
	at(archiveObject, "DELETE", "/{id}")
	at(searchObjects, "POST", "/search")
	at(mergeObjects, "POST", "/merge")
	at(forgetObject, "POST", "/gdpr-delete")
	at(batchRead, "POST", "/batch/read")
	at(batchCreate, "POST", "/batch/create")
	at(batchUpdate, "POST", "/batch/update")
	at(batchUpsert, "POST", "/batch/upsert")
	at(batchArchive, "POST", "/batch/archive")
}

// paging is the pointer to the next page; absent on the last one.
type paging struct {
	Next pagingNext `json:"next"`
}

type pagingNext struct {
	After string `json:"after"`
	Link  string `json:"link,omitempty"`
}

// next points to the page after this one.
func (c *call) next(after string) *paging {
	u := url.URL{Scheme: "http", Host: c.r.Host, Path: c.r.URL.Path}
	q := c.r.URL.Query()
	q.Set("after", after)
	u.RawQuery = q.Encode()
	return &paging{pagingNext{after, u.String()}}
}

// limit reads the limit parameter.
func (c *call) limit(usual, most int) (int, error) {
	raw := c.r.URL.Query().Get("limit")
	if raw == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(raw)
	switch {
	case err != nil:
		return 0, invalid("Unable to parse value for query parameter: limit: %s", raw)
	case n < 1 || n > most:
		return 0, invalid("limit must be between 1 and %d, but was %d", most, n)
	}
	return n, nil
}

// after reads the after parameter of a list: an id, or nothing.
func (c *call) after() (int64, error) {
	raw := c.r.URL.Query().Get("after")
	if raw == "" {
		return 0, nil
	}
	id, okID := parseID(raw)
	if !okID {
		return 0, invalid("Cannot deserialize value of type `long` from String %q: not a valid `long` value", raw)
	}
	return id, nil
}

// names reads a list parameter: comma-separated, repeated, or both.
func (c *call) names(param string) []string {
	var out []string
	for _, raw := range c.r.URL.Query()[param] {
		for name := range strings.SplitSeq(raw, ",") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// readable checks the scope for reading a type.
func (c *call) readable(t *table) error { return c.need(t.kind.objectScopes("read")...) }

func (c *call) writable(t *table) error { return c.need(t.kind.objectScopes("write")...) }

// project makes the columns of an answer. Without names the type's defaults are
// shown; with names the stamps and the id are added. Unknown names are left out.
func (t *table) project(names, history []string) *projection {
	if len(names) == 0 {
		names = t.kind.defaults
	}
	names = append(slices.Clone(names), "hs_object_id", t.kind.created, t.kind.modified)
	return &projection{columns: t.columns(append(names, history...)), history: t.columns(history)}
}

func (t *table) columns(names []string) []column {
	names = slices.Clone(names)
	slices.Sort(names)
	var out []column
	for _, name := range slices.Compact(names) {
		if i, known := t.byName[name]; known && t.props[i].Archived == 0 {
			out = append(out, column{i, append(appendString(nil, name), ':')})
		}
	}
	return out
}

// linkColumns resolves the associations parameter.
func (c *call) linkColumns() ([]linkColumn, error) {
	var out []linkColumn
	for _, name := range c.names("associations") {
		to, err := c.p.kindOf(name)
		if err != nil {
			return nil, err
		}
		out = append(out, linkColumn{to, to.kind.plural, append(appendString(nil, to.kind.plural), ':')})
	}
	slices.SortFunc(out, func(a, b linkColumn) int { return cmp.Compare(a.name, b.name) })
	return slices.CompactFunc(out, func(a, b linkColumn) bool { return a.name == b.name }), nil
}

// listObjects pages through a type in id order; fact sheet 3.2.
func listObjects(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.readable(t); err != nil {
		return answer{}, err
	}
	most := 100
	history := c.names("propertiesWithHistory")
	if len(history) > 0 {
		most = 50
	}
	limit, err := c.limit(10, most)
	if err != nil {
		return answer{}, err
	}
	after, err := c.after()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	show := t.project(c.names("properties"), history)
	if show.links, err = c.linkColumns(); err != nil {
		return answer{}, err
	}
	list := t.live
	if c.r.URL.Query().Get("archived") == "true" {
		list = t.gone
	}
	from := list.rank(func(r *record) bool { return r.cur.id < after })
	b := append(make([]byte, 0, 512*limit), `{"results":[`...)
	n := 0
	var next *paging
	for r := range list.ascend(from, from+limit+1) {
		if n == limit {
			next = c.next(strconv.FormatInt(r.cur.id, 10))
			break
		}
		if n > 0 {
			b = append(b, ',')
		}
		b = c.p.appendRecord(b, t, r.cur, show, nil)
		n++
	}
	b = append(b, ']')
	if next != nil {
		b = appendJSON(append(b, `,"paging":`...), next)
	}
	return answer{code: http.StatusOK, body: append(b, '}')}, nil
}

// target finds the record that a path or a batch input names. archived selects
// between the live ones and the recycle bin.
func (c *call) target(t *table, id, idProperty string, archived bool) (*record, error) {
	var r *record
	if idProperty != "" && idProperty != "hs_object_id" {
		i, known := t.byName[idProperty]
		if !known || !t.props[i].HasUniqueValue {
			return nil, c.notUnique(t, idProperty)
		}
		r = t.findBy(i, id)
	} else {
		n, numeric := parseID(id)
		if !numeric {
			return nil, noSuchID(id)
		}
		r = t.find(n)
	}
	if r == nil || (r.cur.archived != 0) != archived {
		return nil, notFound()
	}
	return r, nil
}

func (c *call) notUnique(t *table, name string) error {
	return invalid("Unable to perform update/upsert by non-unique %s property %s in portal ID %d", t.kind.id, name, c.p.portalID)
}

// getObject reads one record; a merged-away id answers with the record that
// stands for it, under its new id; fact sheet 3.7.
func getObject(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.readable(t); err != nil {
		return answer{}, err
	}
	q := c.r.URL.Query()
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	r, err := c.target(t, c.r.PathValue("id"), q.Get("idProperty"), q.Get("archived") == "true")
	if err != nil {
		return answer{}, err
	}
	show := t.project(c.names("properties"), c.names("propertiesWithHistory"))
	if show.links, err = c.linkColumns(); err != nil {
		return answer{}, err
	}
	return answer{code: http.StatusOK, body: c.p.appendRecord(nil, t, r.cur, show, nil)}, nil
}
