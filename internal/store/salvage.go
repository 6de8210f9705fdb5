package store

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// findings are the rows of a file that HubSpot cannot give again.
type findings struct {
	ops      map[string]*foundOp // by id
	acts     map[int64]foundAct
	settings map[string]string
	aliases  map[string]string
	records  map[string]foundRecord // by local id
	portal   string
	// definitions are the portal's properties and pipelines, owners its owners.
	// HubSpot has them, but without them nobody can edit until the next sync.
	definitions map[definition]string
	owners      map[int64]string
	last        int64 // the last number that was given to an operation
	doubtful    bool  // what was found may be older than what was committed
}

func newFindings() *findings {
	return &findings{
		ops: map[string]*foundOp{}, acts: map[int64]foundAct{}, settings: map[string]string{},
		aliases: map[string]string{}, records: map[string]foundRecord{},
		definitions: map[definition]string{}, owners: map[int64]string{},
	}
}

type foundAct struct {
	id                int64
	group, op, fields string
}

// definition is the place of a property or a pipeline.
type definition struct {
	table, typ string
	pos        int64
}

// foundRecord is a record without what is derived; base is HubSpot's values as
// SQLite's binary JSON.
type foundRecord struct {
	id                int64
	spec              crm.Spec
	local, remote     string
	created, modified int64
	gone              bool
	goneAt            int64
	overlaid          bool
	base              []byte
}

// salvage reads all there is in a file and the -wal file beside it. Rows are
// known by what they are like, not by the tables that they belong to: the pages
// that say so may be the damaged ones. Of the records it keeps those that HubSpot
// cannot give again and those that operations are about.
func salvage(path string) (*findings, error) {
	p, err := openPages(path)
	if err != nil {
		return nil, err
	}
	f := newFindings()
	f.doubtful = p.doubtful
	p.cells(func(kind byte, columns int) bool {
		if kind != tableLeaf {
			return columns == 2 || columns == 3
		}
		return columns == 2 || columns == 4 || columns >= opColumnsAtFirst
	}, f.row)
	wanted, types := f.mentioned(), kindsOf(f.settings[settingKinds])
	p.cells(func(kind byte, columns int) bool { return kind == tableLeaf && columns == recordColumns }, func(_ byte, c cell) {
		if r, ok := recordOf(types, c); ok && (r.remote == "" || r.overlaid || wanted[r.local]) {
			f.addRecord(r)
		}
	})
	return f, p.close()
}

// row takes a row that may be one of ours.
func (f *findings) row(kind byte, c cell) {
	switch {
	case kind != tableLeaf && len(c.values) == 3:
		f.define(c.values)
	case kind != tableLeaf:
		f.pair(c.values)
	case len(c.values) == 2:
		f.single(c)
	case len(c.values) == 4:
		f.act(c)
	default:
		f.op(c)
	}
}

// pair is a row of a table of two texts: a setting, an id that a record had, or
// a cursor, which is left behind.
func (f *findings) pair(values []any) {
	k, ok1 := values[0].(string)
	v, ok2 := values[1].(string)
	if !ok1 || !ok2 || k == "" {
		return
	}
	switch {
	case isLocalID(k) && isLocalID(v):
		f.aliases[k] = v
	case strings.Contains(k, "/"), k == "full": // the cursors of a pull
	default:
		f.settings[k] = v
	}
}

// isLocalID knows the form of ids that crm.NewLocalID makes.
func isLocalID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

// single is a row of two columns: the portal, an owner, or the last number of an
// operation.
func (f *findings) single(c cell) {
	if name, ok := c.values[0].(string); ok && name == "op" {
		if n, ok := c.values[1].(int64); ok {
			f.last = max(f.last, n)
		}
		return
	}
	body, ok := c.values[1].(string)
	if !ok || c.values[0] != nil {
		return
	}
	switch p := object(body); {
	case p["ID"] == nil || p["ID"] == "":
	case p["TimeZone"] != nil && p["Currency"] != nil && c.rowid == 1:
		f.portal = body
	case p["Email"] != nil && p["UserID"] != nil:
		f.owners[c.rowid] = body
	}
}

func object(body string) (o map[string]any) {
	if json.Unmarshal([]byte(body), &o) != nil {
		return nil
	}
	return o
}

// define takes the definition of a property or of a pipeline.
func (f *findings) define(values []any) {
	typ, ok1 := values[0].(string)
	pos, ok2 := values[1].(int64)
	body, ok3 := values[2].(string)
	if !ok1 || !ok2 || !ok3 || !keepable(typ) {
		return
	}
	switch o := object(body); {
	case o["Stages"] != nil && o["ID"] != nil:
		f.definitions[definition{"pipeline", typ, pos}] = body
	case o["Name"] != nil && o["Type"] != nil:
		f.definitions[definition{"property", typ, pos}] = body
	}
}

func (f *findings) act(c cell) {
	a := foundAct{id: c.rowid}
	var ok1, ok2, ok3 bool
	a.group, ok1 = c.values[1].(string)
	a.op, ok2 = c.values[2].(string)
	a.fields, ok3 = c.values[3].(string)
	if c.values[0] != nil || !ok1 || !ok2 || !ok3 || !isList[crm.Field](a.fields) {
		return
	}
	f.acts[a.id] = a
}

func (f *findings) op(c cell) {
	o, ok := readOp(c)
	if !ok {
		return
	}
	id := o.text("id")
	if have, twice := f.ops[id]; twice && progress(have.state()) >= progress(o.state()) {
		return
	}
	f.ops[id] = o
}

// recordColumns is how many columns a record has.
const recordColumns = 24

func recordOf(k *kinds, c cell) (r foundRecord, ok bool) {
	v := c.values
	var typ, gone int64
	var ok1, ok2, ok3, ok4, ok5, ok6 bool
	typ, ok1 = v[1].(int64)
	r.local, ok2 = v[2].(string)
	r.remote, _ = v[3].(string)
	r.created, ok3 = v[4].(int64)
	r.modified, ok4 = v[5].(int64)
	gone, ok5 = v[6].(int64)
	r.goneAt, ok6 = v[7].(int64)
	if v[0] != nil || !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !ok6 || r.local == "" {
		return r, false
	}
	r.id, r.gone, r.overlaid = c.rowid, gone != 0, v[22] != nil
	r.base, _ = v[23].([]byte)
	r.spec, ok = k.byNumber(typ)
	return r, ok && r.id>>typeShift == typ
}

func (f *findings) addRecord(r foundRecord) {
	if have, twice := f.records[r.local]; !twice || have.modified < r.modified {
		f.records[r.local] = r
	}
}

// mentioned are the records that operations are about.
func (f *findings) mentioned() map[string]bool {
	out := map[string]bool{}
	for _, o := range f.ops {
		out[o.text("record")] = true
		if to := o.text("to_record"); to != "" {
			out[to] = true
		}
	}
	return out
}

// complete adds what only a backup has. What waited then may have been sent
// since; the outbox finds out before it sends anything again.
func (f *findings) complete(b *findings) (added int) {
	for id, o := range b.ops {
		if _, have := f.ops[id]; have {
			continue
		}
		o.backup = true
		f.ops[id] = o
		added++
	}
	for id, a := range b.acts {
		if _, have := f.acts[id]; !have {
			f.acts[id] = a
		}
	}
	for k, v := range b.settings {
		if _, have := f.settings[k]; !have {
			f.settings[k] = v
		}
	}
	for k, v := range b.aliases {
		if _, have := f.aliases[k]; !have {
			f.aliases[k] = v
		}
	}
	for id, r := range b.records {
		if _, have := f.records[id]; !have {
			f.records[id] = r
		}
	}
	if f.portal == "" {
		f.portal = b.portal
	}
	if len(f.definitions) == 0 {
		f.definitions = b.definitions
	}
	if len(f.owners) == 0 {
		f.owners = b.owners
	}
	f.last = max(f.last, b.last)
	return added
}

// inOrder are the operations in the order in which the rep acted.
func (f *findings) inOrder() []*foundOp {
	out := make([]*foundOp, 0, len(f.ops))
	for _, o := range f.ops {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b *foundOp) int {
		return cmp.Or(cmp.Compare(a.seq, b.seq), strings.Compare(a.text("id"), b.text("id")))
	})
	return out
}
