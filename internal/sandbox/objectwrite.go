package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// input is the body of a create or an update, and one entry of a batch.
type input struct {
	ID           text      `json:"id"`
	IDProperty   string    `json:"idProperty"`
	TraceID      string    `json:"objectWriteTraceId"`
	Properties   values    `json:"properties"`
	Associations []newLink `json:"associations"`
}

// newLink is an association that is made with a record.
type newLink struct {
	To struct {
		ID text `json:"id"`
	} `json:"to"`
	Types []linkKind `json:"types"`
}

type linkKind struct {
	Category string `json:"associationCategory"`
	TypeID   int    `json:"associationTypeId"`
}

// specs resolves the associations of a create.
func (c *call) specs(links []newLink) ([]linkSpec, error) {
	if len(links) == 0 {
		return nil, nil
	}
	if err := c.mayLink(); err != nil {
		return nil, err
	}
	var out []linkSpec
	for _, l := range links {
		id, numeric := parseID(string(l.To.ID))
		if !numeric {
			return nil, invalidLinks(string(l.To.ID))
		}
		spec := linkSpec{to: id}
		for _, kind := range l.Types {
			i, known := c.p.kindFor(nil, nil, kind.Category, kind.TypeID)
			if !known {
				return nil, invalid("No association type with id %d and category %s exists", kind.TypeID, kind.Category)
			}
			to, err := c.p.kindOf(c.p.linkTypes[i].To)
			if err != nil {
				return nil, err
			}
			spec.table = to
			spec.kinds = append(spec.kinds, i)
		}
		if spec.table == nil {
			return nil, invalid("One or more associations are invalid")
		}
		out = append(out, spec)
	}
	return out, nil
}

// createObject is POST {type}: 201 with the new record and its Location.
func createObject(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.writable(t); err != nil {
		return answer{}, err
	}
	var in input
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	links, err := c.specs(in.Associations)
	if err != nil {
		return answer{}, err
	}
	w := c.writer()
	dr, err := c.p.prepare(t, in.Properties, links, w)
	if err != nil {
		return answer{}, err
	}
	r := c.p.create(t, dr, w)
	body := c.p.appendRecord(nil, t, r.cur, t.projectNew(r.cur, in.Properties), withWarnings(dr.edit.warnings))
	header := http.Header{}
	header.Set("Location", "http://"+c.r.Host+strings.TrimSuffix(c.r.URL.Path, "/")+"/"+strconv.FormatInt(r.cur.id, 10))
	return answer{code: http.StatusCreated, body: body, header: header}, nil
}

// projectNew shows what a create answers with: what was sent and what HubSpot
// computed, not the whole record.
func (t *table) projectNew(d *doc, sent values) *projection {
	names := append(sent.names(), "hs_object_id", t.kind.created, t.kind.modified)
	for i, def := range t.props {
		if _, has := t.value(d, uint16(i)); has && (def.derive != nil || def.ReadOnly || def.Name == "lifecyclestage" || def.Name == t.kind.pipeline) {
			names = append(names, def.Name)
		}
	}
	return &projection{columns: t.columns(names)}
}

func withWarnings(list []warning) func([]byte) []byte {
	if len(list) == 0 {
		return nil
	}
	return func(b []byte) []byte { return appendJSON(append(b, `,"warnings":`...), list) }
}

// updateObject is PATCH {type}/{id}.
func updateObject(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.writable(t); err != nil {
		return answer{}, err
	}
	var in input
	if err := decode(c.body, &in); err != nil {
		return answer{}, err
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	r, err := c.target(t, c.r.PathValue("id"), c.r.URL.Query().Get("idProperty"), false)
	if err != nil {
		return answer{}, err
	}
	w := c.writer()
	e, err := c.p.validate(t, r.cur, in.Properties, w)
	if err != nil {
		return answer{}, err
	}
	changed := c.p.apply(t, r, e, w)
	show := t.projectChange(in.Properties, changed)
	return answer{code: http.StatusOK, body: c.p.appendRecord(nil, t, r.cur, show, withWarnings(e.warnings))}, nil
}

// projectChange shows what an update answers with: the sent properties, the
// changed ones and the stamps.
func (t *table) projectChange(sent values, changed []string) *projection {
	names := append(sent.names(), changed...)
	return &projection{columns: t.columns(append(names, "hs_object_id", t.kind.created, t.kind.modified))}
}

// archiveObject is DELETE {type}/{id}: 204, also for an id that is not there.
func archiveObject(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.writable(t); err != nil {
		return answer{}, err
	}
	id, numeric := parseID(c.r.PathValue("id"))
	if !numeric {
		return answer{}, noSuchID(c.r.PathValue("id"))
	}
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if r := t.find(id); r != nil {
		c.p.archive(t, r, c.writer().src)
	}
	return noContent(), nil
}
