package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The invariant: after any sequence of calls, by the app and by colleagues, the
// portal shows the records, unique e-mail addresses, histories, lists and
// associations that the reference model has, and it answers 409 exactly when
// the model knows who is in the way. A modified stamp never moves backwards,
// and moves only when a value changed.
func TestModel_RecordsHistoryAssociations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() // empty: a portal of one owner and no records
	rapid.Check(t, func(rt *rapid.T) {
		m := newModelRun(rt, dir)
		rt.Repeat(map[string]func(*rapid.T){
			"":               m.compare,
			"create":         m.create,
			"patch":          m.patch,
			"patch by email": m.patchByEmail,
			"archive":        m.archive,
			"restore":        m.restore,
			"merge":          m.merge,
			"batch create":   m.batchCreate,
			"batch update":   m.batchUpdate,
			"batch upsert":   m.batchUpsert,
			"batch archive":  m.batchArchive,
			"batch read":     m.batchRead,
			"link":           m.linkDefault,
			"label":          m.linkLabelled,
			"unlink":         m.unlink,
			"colleague":      m.colleague,
			"clock":          m.clock,
		})
	})
}

// The same invariant among a few records that are linked all the time, so that
// primaries, labels and merges meet.
func TestModel_Associations(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		m := newModelRun(rt, dir)
		for _, typ := range []string{"companies", "companies", "companies", "contacts", "contacts", "deals", "deals"} {
			props := map[string]string{"companies": "name", "contacts": "firstname", "deals": "dealname"}
			fresh := map[string]string{props[typ]: "N"}
			r := m.expect(201, "POST", v+typ, toJSON(map[string]any{"properties": propsBody(typ, fresh, true)}))
			m.refModel.create(refEnd{typ, text1(r, "id")}, fresh, m.app)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"":     m.compareRecords,
			"link": m.linkDefault, "link too": m.linkDefault, "label": m.linkLabelled, "label too": m.linkLabelled,
			"unlink": m.unlink, "archive": m.archive, "restore": m.restore, "merge": m.merge, "clock": m.clock,
		})
	})
}

// modelRun drives a portal and the model side by side.
type modelRun struct {
	*refModel

	rt     *rapid.T
	p      *Portal
	clk    *clock
	client *http.Client
	token  string
	app    string // source of the app's writes
	ui     string // source of a colleague's
	stamps map[refEnd]int64
}

func newModelRun(rt *rapid.T, dir string) *modelRun {
	clk := newClock()
	p, err := Open(Options{SeedDir: dir, Limits: "off", Now: clk.Now, Seed: rapid.Int64Range(0, 3).Draw(rt, "seed")})
	require.NoError(rt, err)
	m := &modelRun{
		refModel: newRefModel(), rt: rt, p: p, clk: clk, client: &http.Client{Transport: p.RoundTripper()}, token: p.Credentials().Token,
		app: refSource("INTEGRATION", p.auth.StaticAppID), ui: refSource("CRM_UI", fmt.Sprintf("userId:%d", p.owners[0].UserID)),
		stamps: map[refEnd]int64{},
	}
	m.now = clk.Now().UnixMilli()
	for _, pair := range [][2]string{{"contacts", "deals"}, {"companies", "contacts"}} {
		r := m.expect(200, "POST", "/crm/associations/2026-09/"+pair[0]+"/"+pair[1]+"/labels", `{"label":"Fan","name":"fan","inverseLabel":"Idol"}`)
		kind := func(i int) string { return fmt.Sprintf("USER_DEFINED/%v", dig(r, "results", i, "typeId")) }
		m.rules = append(m.rules, refRule{from: pair[0], to: pair[1], kind: kind(0), back: kind(1)})
	}
	return m
}

// call makes a request and returns the status and the JSON of the answer.
func (m *modelRun) call(method, path, body string) (int, any) {
	req, err := http.NewRequestWithContext(m.rt.Context(), method, "http://localhost"+path, strings.NewReader(body))
	m.same(nil, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+m.token)
	res, err := m.client.Do(req)
	m.same(nil, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	m.same(nil, err)
	if len(raw) == 0 {
		return res.StatusCode, nil
	}
	var out any
	m.same(nil, json.Unmarshal(raw, &out), "%s", raw)
	return res.StatusCode, out
}

func (m *modelRun) expect(code int, method, path, body string) any {
	got, out := m.call(method, path, body)
	m.same(code, got, "%s %s %s: %v", method, path, body, out)
	return out
}

// dig walks into decoded JSON; what is not there is nil.
func dig(v any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			obj, _ := v.(map[string]any)
			v = obj[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

func text1(v any, path ...any) string {
	s, _ := dig(v, path...).(string)
	return s
}

func items(v any, path ...any) []any {
	list, _ := dig(v, path...).([]any)
	return list
}

func toJSON(v any) string { return string(encodeJSON(v)) }

// Draws.

func drawType(t *rapid.T) string { return rapid.SampledFrom(refTypes()).Draw(t, "type") }

// mails are few, so that they meet; the model folds their case.
func mails() []string {
	return []string{"ann@b.example", "Ann@B.example", "bob@b.example", "BOB@b.example", "ünal@b.example", "ÜNAL@b.example", " eve@b.example"}
}

func drawProps(t *rapid.T, typ string, fresh bool) map[string]string {
	out := map[string]string{}
	for _, name := range refProps(typ) {
		if !rapid.Bool().Draw(t, "has "+name) {
			continue
		}
		pool := []string{"x", "X", "<y> & \"z\"", ""}
		switch name {
		case "email":
			pool = append(mails(), "")
		case "amount":
			pool = []string{"1", "2.50", ""}
		}
		out[name] = rapid.SampledFrom(pool).Draw(t, name)
	}
	if name := map[string]string{"companies": "name", "deals": "dealname"}[typ]; fresh && name != "" && out[name] == "" {
		out[name] = "N"
	}
	return out
}

// id draws an id of a type: mostly of a live record, else of an archived, a
// merged-away or no record at all.
func (m *modelRun) id(t *rapid.T, typ string) refEnd {
	var live, other []refEnd
	for _, r := range m.all(typ, false) {
		live = append(live, r.end)
	}
	for _, r := range m.all(typ, true) {
		other = append(other, r.end)
	}
	var old []refEnd
	for e := range m.alias {
		if e.typ == typ {
			old = append(old, e)
		}
	}
	slices.SortFunc(old, func(a, b refEnd) int { return refByID(a.id, b.id) })
	other = append(append(other, old...), refEnd{typ, "999"})
	if len(live) > 0 && rapid.IntRange(0, 4).Draw(t, "alive") > 0 {
		return rapid.SampledFrom(live).Draw(t, "id")
	}
	return rapid.SampledFrom(other).Draw(t, "id")
}

// ids draws distinct ids, no two of one record.
func (m *modelRun) ids(t *rapid.T, typ string) []refEnd {
	var out []refEnd
	for range rapid.IntRange(1, 4).Draw(t, "inputs") {
		e := m.id(t, typ)
		if !slices.ContainsFunc(out, func(o refEnd) bool { return o == e || m.find(o) != nil && m.find(o) == m.find(e) }) {
			out = append(out, e)
		}
	}
	return out
}

func objectsPath(e refEnd, rest string) string {
	return strings.TrimSuffix(v+e.typ+"/"+e.id, "/") + rest
}

// body writes properties, with what every deal needs.
func propsBody(typ string, props map[string]string, fresh bool) map[string]any {
	out := map[string]any{}
	for name, val := range props {
		out[name] = val
		if name == "amount" && val == "1" {
			out[name] = 1 // numbers are taken as well
		}
	}
	if typ == "deals" && fresh {
		out["dealstage"], out["pipeline"] = "qualifiedtobuy", "default"
	}
	return out
}

// conflicts checks a 409 against the record in the way.
func (m *modelRun) conflicts(r any, other *refRecord) {
	require.Equal(m.rt, "Contact already exists. Existing ID: "+other.end.id, text1(r, "message"))
	require.Equal(m.rt, "CONFLICT", text1(r, "category"))
}

// Operations.

func (m *modelRun) create(t *rapid.T) {
	typ := drawType(t)
	props := drawProps(t, typ, true)
	body := map[string]any{"properties": propsBody(typ, props, true)}
	var to refEnd
	var kinds []string
	if rapid.Bool().Draw(t, "inline") {
		to = m.id(t, drawType(t))
		kinds = []string{rapid.SampledFrom(m.kinds(typ, to.typ)).Draw(t, "kind")}
		body["associations"] = []any{map[string]any{"to": map[string]any{"id": to.id}, "types": specs(kinds)}}
	}
	code, r := m.call("POST", v+typ, toJSON(body))
	other := m.conflict(nil, props)
	switch {
	case other != nil && typ == "contacts":
		require.Equal(t, 409, code, "%v", r)
		m.conflicts(r, other)
	case kinds != nil && m.live(to) == nil:
		require.Equal(t, 400, code, "%v", r)
		require.Equal(t, "One or more associations are invalid", text1(r, "message"))
	default:
		require.Equal(t, 201, code, "%v", r)
		e := refEnd{typ, text1(r, "id")}
		require.Nil(t, m.find(e), "an id is never used twice")
		m.refModel.create(e, props, m.app)
		if kinds != nil {
			m.linkBase(e, m.live(to).end)
			m.link(e, m.live(to).end, kinds[0])
		}
	}
}

func specs(kinds []string) []any {
	out := []any{}
	for _, kind := range kinds {
		category, id, _ := strings.Cut(kind, "/")
		out = append(out, map[string]any{"associationCategory": category, "associationTypeId": json.Number(id)})
	}
	return out
}

func (m *modelRun) patch(t *rapid.T) {
	e := m.id(t, drawType(t))
	m.update(t, m.live(e), objectsPath(e, ""), drawProps(t, e.typ, false), e.typ)
}

func (m *modelRun) patchByEmail(t *rapid.T) {
	mail := rapid.SampledFrom(mails()).Draw(t, "by")
	m.update(t, m.holder(mail), v+"contacts/"+urlPath(mail)+"?idProperty=email", drawProps(t, "contacts", false), "contacts")
}

func urlPath(s string) string { return strings.ReplaceAll(s, " ", "%20") }

func (m *modelRun) update(t *rapid.T, rec *refRecord, path string, props map[string]string, typ string) {
	code, r := m.call("PATCH", path, toJSON(map[string]any{"properties": propsBody(typ, props, false)}))
	switch {
	case rec == nil:
		require.Equal(t, 404, code, "%v", r)
	case m.conflict(rec, props) != nil:
		require.Equal(t, 409, code, "%v", r)
		m.conflicts(r, m.conflict(rec, props))
	default:
		require.Equal(t, 200, code, "%v", r)
		require.Equal(t, rec.end.id, text1(r, "id"))
		m.write(rec, props, m.app)
	}
}

func (m *modelRun) archive(t *rapid.T) {
	e := m.id(t, drawType(t))
	m.expect(204, "DELETE", objectsPath(e, ""), "")
	if r := m.live(e); r != nil {
		r.archived = true
	}
}

// restore is a colleague's: HubSpot's API cannot; fact sheet 3.6.
func (m *modelRun) restore(t *rapid.T) {
	e := m.id(t, drawType(t))
	r := m.find(e)
	code := 200
	if r == nil || !r.archived || slices.ContainsFunc(r.addresses(), func(mail string) bool { return m.holder(mail) != nil }) {
		code = 400
	}
	m.expect(code, "POST", "/_sandbox/restore", toJSON(map[string]any{"type": e.typ, "id": e.id}))
	if code == 200 {
		r.archived = false
	}
}

func (m *modelRun) merge(t *rapid.T) {
	typ := drawType(t)
	x, y := m.id(t, typ), m.id(t, typ)
	a, b := m.live(x), m.live(y)
	code, r := m.call("POST", v+typ+"/merge", toJSON(map[string]any{"primaryObjectId": x.id, "objectIdToMerge": y.id}))
	switch {
	case a == nil || b == nil:
		require.Equal(t, 404, code, "%v", r)
	case a == b:
		require.Equal(t, 400, code, "%v", r)
	default:
		require.Equal(t, 200, code, "%v", r)
		id := text1(r, "id")
		require.Nil(t, m.find(refEnd{typ, id}), "a merge makes a new id")
		m.refModel.merge(a, b, id)
	}
}

func (m *modelRun) linkDefault(t *rapid.T) {
	a, b := m.ends(t)
	code, r := m.call("PUT", objectsPath(a, "/associations/default/"+b.typ+"/"+b.id), "")
	if m.live(a) == nil || m.live(b) == nil {
		require.Equal(t, 404, code, "%v", r)
		return
	}
	require.Equal(t, 200, code, "%v", r)
	m.refModel.linkDefault(m.live(a).end, m.live(b).end)
}

func (m *modelRun) linkLabelled(t *rapid.T) {
	a, b := m.ends(t)
	kinds := rapid.SliceOfNDistinct(rapid.SampledFrom(m.kinds(a.typ, b.typ)), 1, 2, rapid.ID).Draw(t, "kinds")
	code, r := m.call("PUT", objectsPath(a, "/associations/"+b.typ+"/"+b.id), toJSON(specs(kinds)))
	if m.live(a) == nil || m.live(b) == nil {
		require.Equal(t, 404, code, "%v", r)
		return
	}
	require.Equal(t, 201, code, "%v", r)
	m.relabel(m.live(a).end, m.live(b).end, kinds)
}

func (m *modelRun) unlink(t *rapid.T) {
	a, b := m.ends(t)
	m.expect(204, "DELETE", objectsPath(a, "/associations/"+b.typ+"/"+b.id), "")
	if m.live(a) != nil && m.live(b) != nil {
		m.refModel.unlink(m.live(a).end, m.live(b).end)
	}
}

// ends draws two different records.
func (m *modelRun) ends(t *rapid.T) (a, b refEnd) {
	a, b = m.id(t, drawType(t)), m.id(t, drawType(t))
	if m.find(a) != nil && m.find(a) == m.find(b) {
		t.Skip("one record")
	}
	return a, b
}

func (m *modelRun) colleague(t *rapid.T) {
	e := m.id(t, drawType(t))
	props, rec := drawProps(t, e.typ, false), m.live(e)
	code := 200
	switch {
	case rec == nil:
		code = 400
	case m.conflict(rec, props) != nil:
		code = 409
	}
	got, r := m.call("POST", "/_sandbox/edit", toJSON(map[string]any{"type": e.typ, "id": e.id, "properties": propsBody(e.typ, props, false)}))
	require.Equal(t, code, got, "%v", r)
	if code == 200 {
		m.write(rec, props, m.ui)
	}
}

func (m *modelRun) clock(t *rapid.T) {
	m.clk.Add(time.Duration(rapid.IntRange(1, 5000).Draw(t, "ms")) * time.Millisecond)
	m.now = m.clk.Now().UnixMilli()
}
