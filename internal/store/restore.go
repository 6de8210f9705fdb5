package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"satchel/internal/crm"
)

// restorer writes operations and the records that they are about into an empty
// database.
type restorer struct {
	*tx
	f       *findings
	rows    map[string]*row     // by local id
	remotes map[string]string   // HubSpot's id, with the type, to the local id
	said    map[string][]string // HubSpot's ids of a record, as its operations have them
}

// records makes the rows of those that were found, and of those that only
// operations speak of.
func (r *restorer) records(ctx context.Context) error {
	// A letter may be another one in a page that looks sound: when all operations
	// of a record name another id of HubSpot's than it has itself, they are right.
	r.said = map[string][]string{}
	for _, o := range r.f.inOrder() {
		if id := o.text("remote_id"); id != "" {
			r.said[o.text("record")] = append(r.said[o.text("record")], id)
		}
	}
	found := slices.Collect(maps.Values(r.f.records))
	slices.SortFunc(found, func(a, b foundRecord) int { return cmp.Or(cmp.Compare(a.id, b.id), strings.Compare(a.local, b.local)) })
	for _, x := range found {
		row := &row{
			spec: x.spec, local: crm.LocalID(x.local), remote: crm.RemoteID(x.remote), created: crm.Millis(x.created), modified: crm.Millis(x.modified),
			gone: x.gone, goneAt: crm.Millis(x.goneAt), base: crm.Values{},
		}
		if err := r.readBase(ctx, row, x.base); err != nil {
			return err
		}
		if id, ok := r.said[x.local]; ok && !slices.Contains(id, x.remote) {
			row.remote, row.modified = crm.RemoteID(id[len(id)-1]), 0
		}
		r.keep(row)
	}
	for _, o := range r.f.inOrder() {
		if id := o.text("record"); r.rows[id] == nil && (o.text("remote_id") != "" || !o.state().Done()) {
			r.imagine(id, o.text("type"), o.text("remote_id"))
		}
		if id := o.text("to_record"); id != "" && r.rows[id] == nil && o.text("to_remote") != "" {
			r.imagine(id, o.text("to_type"), o.text("to_remote"))
		}
	}
	r.strand()
	return r.aliases(ctx)
}

// readBase reads HubSpot's values as far as they can be read: a pull brings them
// anew.
func (r *restorer) readBase(ctx context.Context, row *row, base []byte) error {
	var text string
	err := one(ctx, r.tx, []any{&text}, `SELECT json(?1) WHERE json_valid(?1, 8)`, base)
	if err == nil && fromJSON(text, &row.base) == nil {
		return nil
	}
	row.base, row.modified = crm.Values{}, 0
	if errors.Is(err, errNoRow) {
		return nil
	}
	return err
}

// keep takes a row unless there is one of the same record in HubSpot; then that
// one stands for both.
func (r *restorer) keep(row *row) {
	key := string(row.spec.Type) + " " + string(row.remote)
	if row.remote != "" {
		if first, twice := r.remotes[key]; twice {
			r.f.aliases[string(row.local)] = first
			for _, o := range r.f.ops {
				for _, column := range []string{"record", "to_record"} {
					if o.text(column) == string(row.local) {
						o.set(column, first)
					}
				}
			}
			return
		}
		r.remotes[key] = string(row.local)
	}
	r.rows[string(row.local)] = row
}

// imagine makes the row of a record that cannot be read, from what its
// operations say: what the rep saw, and what HubSpot has got since.
func (r *restorer) imagine(local, typ, remote string) {
	spec, err := r.kinds().of(crm.ObjectType(typ))
	if err != nil {
		return
	}
	row := &row{spec: spec, local: crm.LocalID(local), remote: crm.RemoteID(remote), created: now(), base: crm.Values{}}
	archived := false
	for _, o := range r.f.inOrder() {
		if o.text("record") != local {
			continue
		}
		if row.remote == "" {
			row.remote = crm.RemoteID(o.text("remote_id"))
		}
		waiting, settled := o.fields()
		for _, f := range settled {
			row.base[f.Name] = f.Value
		}
		for _, f := range waiting {
			switch _, known := row.base[f.Name]; {
			case o.state() == crm.Acked:
				row.base[f.Name] = f.Value
			case !known && f.Base != "":
				row.base[f.Name] = f.Base
			}
		}
		archived = archived || crm.OpKind(o.text("kind")) == crm.OpArchive && o.state() == crm.Acked
	}
	row.gone = archived
	r.keep(row)
}

// strand holds operations back that wait for a create which cannot be read any
// more: whether HubSpot has the record, nobody can tell.
func (r *restorer) strand() {
	born := map[string]bool{}
	for id, row := range r.rows {
		born[id] = row.remote != ""
	}
	for _, o := range r.f.ops {
		if crm.OpKind(o.text("kind")) == crm.OpCreate && !o.state().Done() {
			born[o.text("record")] = true
		}
	}
	for _, o := range r.f.ops {
		if !o.state().Done() && (!born[o.text("record")] || o.text("to_record") != "" && !born[o.text("to_record")]) {
			o.set("state", string(crm.Parked))
			o.set("next_at", int64(0))
			o.set("reason", "Satchel's data was damaged, and a record that this change is about could not be read any more. Look for it in HubSpot, make the change there, and discard this one.")
		}
	}
}

func (r *restorer) aliases(ctx context.Context) error {
	for id, into := range r.f.aliases {
		if r.rows[into] == nil || r.rows[id] != nil {
			continue
		}
		if _, err := r.exec(ctx, `INSERT INTO alias (local_id, into_id) VALUES (?, ?)`, id, into); err != nil {
			return err
		}
	}
	return nil
}

// ops writes the operations under their numbers, and the acts.
func (r *restorer) ops(ctx context.Context, h *Healing) error {
	cols := opFields()
	names, marks := make([]string, len(cols)), strings.Repeat(", ?", len(cols))
	for i, c := range cols {
		names[i] = c.name
	}
	ordered := r.f.inOrder()
	taken := make(map[int64]bool, len(ordered))
	first, last := int64(0), r.f.last
	for _, o := range ordered {
		last = max(last, o.seq)
	}
	top := last
	for _, o := range ordered {
		if taken[o.seq] || o.seq <= 0 { // of a backup from before another repair
			top++
			o.seq = top
		}
		taken[o.seq] = true
		if first == 0 {
			first = o.seq
		}
		if _, err := r.exec(ctx, `INSERT INTO op (seq, `+strings.Join(names, ", ")+`) VALUES (?`+marks+`)`, append([]any{o.seq}, o.values...)...); err != nil {
			return err
		}
		if o.state().Done() {
			h.Finished++
		} else {
			h.Waiting++
		}
	}
	if len(ordered) > 0 {
		forgotten, _ := strconv.Atoi(r.f.settings[settingForgotten]) // none, when there is no such number
		h.Missing = max(0, int(last-first)+1-len(ordered)-forgotten)
	} else {
		h.Missing = int(last)
	}
	for _, a := range r.f.acts {
		if _, err := r.exec(ctx, `INSERT INTO act (id, group_id, op, fields) VALUES (?, ?, ?, ?)`, a.id, a.group, a.op, a.fields); err != nil {
			return err
		}
	}
	if last == 0 {
		return nil
	}
	// Numbers are never given twice, not even those of operations that are lost.
	n, err := r.exec(ctx, `UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'op'`, last)
	if err == nil && n == 0 {
		_, err = r.exec(ctx, `INSERT INTO sqlite_sequence (name, seq) VALUES ('op', ?)`, last)
	}
	return err
}

// refreshAll stores the records with what their operations make of them, in the
// order in which they came here.
func (r *restorer) refreshAll(ctx context.Context) error {
	rows := slices.Collect(maps.Values(r.rows))
	place := func(x *row) int64 {
		if f, ok := r.f.records[string(x.local)]; ok {
			return f.id
		}
		return x.spec.Number<<typeShift + 1<<(typeShift-1) // after those that were found
	}
	slices.SortFunc(rows, func(a, b *row) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(string(a.local), string(b.local)))
	})
	for _, x := range rows {
		if _, err := r.refresh(ctx, x); err != nil {
			return err
		}
	}
	return nil
}
