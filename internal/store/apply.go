package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// mergedProperty lists the ids that HubSpot merged into a record, joined by
// ";".
const mergedProperty = "hs_merged_object_ids"

// How long after our own archive a row that says otherwise is taken for
// HubSpot's lagging index: lagWindow whatever its stamp, since a colleague may
// have edited the record just before; echoWindow unless it was touched since.
const (
	lagWindow  = 60 * 1000
	echoWindow = 5 * 60 * 1000
)

// Apply stores what one step of a pull learned, in one transaction with its
// cursors. A row that is older than the stored one is ignored, with its links;
// a row that is equal changes nothing. A record that carries the key of one
// made here is that record.
func (s *Store) Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error) {
	var out crm.Applied
	err := s.write(ctx, "apply pulled page", func(ctx context.Context, t *tx) error {
		a := &applier{tx: t, changed: map[crm.LocalID]bool{}, stale: map[crm.RemoteID]bool{}}
		if err := a.apply(ctx, p); err != nil {
			return err
		}
		out = crm.Applied{Added: a.added, Changed: a.order, Relinked: a.relinked}
		return nil
	})
	return out, err
}

// applier is one Apply.
type applier struct {
	*tx
	spec    crm.Spec
	rows    map[crm.RemoteID]*row
	stale   map[crm.RemoteID]bool
	gained  []string // see crm.Pulled
	added   int
	changed map[crm.LocalID]bool
	order   []crm.LocalID

	relinked []crm.RemoteID
}

func (a *applier) mark(id crm.LocalID) {
	if !a.changed[id] {
		a.changed[id] = true
		a.order = append(a.order, id)
	}
}

func (a *applier) apply(ctx context.Context, p crm.Pulled) (err error) {
	if err := a.setRep(ctx, p.Owner); err != nil {
		return err
	}
	if len(p.Records)+len(p.LinksOf)+len(p.Gone) > 0 {
		if a.spec, err = a.kinds().of(p.Type); err != nil {
			return err
		}
	}
	if err := a.records(ctx, p); err != nil {
		return err
	}
	for _, id := range p.Gone {
		if err := a.goneRow(ctx, id); err != nil {
			return err
		}
	}
	if len(p.LinksOf) > 0 {
		if err := a.links(ctx, p); err != nil {
			return err
		}
	}
	for _, c := range p.Cursors {
		if err := a.setCursor(ctx, c); err != nil {
			return err
		}
	}
	for _, name := range p.Drop {
		if _, err := a.exec(ctx, `DELETE FROM cursor WHERE name = ?`, name); err != nil {
			return err
		}
	}
	if a.noted {
		return a.pruneNews(ctx)
	}
	return nil
}

func (a *applier) records(ctx context.Context, p crm.Pulled) error {
	if len(p.Records) == 0 {
		return nil
	}
	ids := make([]crm.RemoteID, len(p.Records))
	for i, r := range p.Records {
		ids[i] = r.ID
	}
	rows, err := rowsByRemote(ctx, a.tx, a.spec.Number, ids)
	if err != nil {
		return err
	}
	a.rows, a.gained = rows, p.Gained
	for _, r := range p.Records {
		if err := a.record(ctx, r, p.Props); err != nil {
			return err
		}
	}
	return nil
}

func rowsByRemote(ctx context.Context, q querier, typ int64, ids []crm.RemoteID) (map[crm.RemoteID]*row, error) {
	rows, err := scanRows(ctx, q, `SELECT `+rowColumns+` FROM json_each(?) j CROSS JOIN record r
		ON r.type = ? AND length(r.remote_id) = length(j.value) AND r.remote_id = j.value`, asJSON(ids), typ)
	if err != nil {
		return nil, err
	}
	out := make(map[crm.RemoteID]*row, len(ids))
	for _, r := range rows {
		out[r.remote] = r
	}
	return out, nil
}

func (a *applier) record(ctx context.Context, in crm.RemoteRecord, props []string) error {
	r, err := a.find(ctx, in)
	if err != nil {
		return err
	}
	if r == nil {
		if in.Archived {
			return nil // never had it
		}
		r = &row{spec: a.spec, local: crm.NewLocalID(), remote: in.ID}
	}
	if r.id != 0 && in.Modified != 0 && in.Modified < r.modified {
		a.stale[in.ID] = true
		return nil
	}
	if r.gone && !in.Archived && r.beforeArchive(in) {
		a.stale[in.ID] = true
		return nil
	}
	if in.Values, err = a.only(ctx, a.spec, in.Values); err != nil {
		return err
	}
	before, gone := r.base, r.gone
	r.absorb(in, props)
	if r.gone = in.Archived; !r.gone {
		r.goneAt = 0
	}
	added := r.id == 0
	if err := errors.Join(a.noteChange(ctx, r, before, a.comes(before)), a.noteArchive(ctx, r, gone)); err != nil {
		return err
	}
	changed, err := a.refresh(ctx, r)
	if err != nil {
		return err
	}
	if added {
		if err := a.noteArrival(ctx, r); err != nil {
			return err
		}
	}
	a.rows[r.remote] = r
	if added {
		a.added++
	}
	if changed {
		a.mark(r.local)
	}
	return nil
}

// comes says of which properties a record has a value now only because they are
// asked for now.
func (a *applier) comes(before crm.Values) func(name string) bool {
	return func(name string) bool { return before[name] == "" && slices.Contains(a.gained, name) }
}

// beforeArchive says that a row is of the time before our archive, which the
// index has not seen yet. A clock that was put back is no reason to wait for it.
func (r *row) beforeArchive(in crm.RemoteRecord) bool {
	since := now() - r.goneAt
	switch {
	case r.goneAt == 0:
		return false
	case since > -lagWindow && since < lagWindow:
		return true
	}
	return since < echoWindow && in.Modified <= max(r.modified, r.goneAt)
}

// find looks for the record that a row from HubSpot is about: by id, by the key
// of a record made here, or by an id that was merged into it.
func (a *applier) find(ctx context.Context, in crm.RemoteRecord) (*row, error) {
	r := a.rows[in.ID]
	if key := in.Values[crm.KeyProperty]; key != "" && (r == nil || string(r.local) != key) {
		mine, err := a.byKey(ctx, key)
		if err != nil {
			return nil, err
		}
		if mine != nil {
			if r, err = a.adopt(ctx, mine, in.ID); err != nil {
				return nil, err
			}
		}
	}
	merged := in.Values[mergedProperty]
	if merged == "" {
		return r, nil
	}
	for old := range strings.SplitSeq(merged, ";") {
		id := crm.RemoteID(strings.TrimSpace(old))
		if id == "" || id == in.ID {
			continue
		}
		was, err := rowByRemote(ctx, a.tx, a.spec.Number, id)
		if errors.Is(err, errNoRow) {
			if err := a.inherit(ctx, id, in.ID); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if r, err = a.mergeInto(ctx, r, was, in.ID); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// inherit gives a record the associations of one that was merged into it and was
// never here: it was seen at the other ends alone, where nobody would look for it
// again.
func (a *applier) inherit(ctx context.Context, old, id crm.RemoteID) error {
	n, err := count(ctx, a.tx, `SELECT count(*) FROM (SELECT 1 FROM link WHERE from_type = ? AND from_remote = ? LIMIT 1)`, a.spec.Number, string(old))
	if err != nil || n == 0 {
		return err
	}
	return a.moveLinks(ctx, a.spec.Number, old, id)
}

func (a *applier) byKey(ctx context.Context, key string) (*row, error) {
	if key == "" {
		return nil, nil //nolint:nilnil // no key, no record, no error
	}
	r, err := oneRow(ctx, a.tx, `SELECT `+rowColumns+` FROM record r WHERE r.local_id = ? AND r.type = ? AND r.remote_id IS NULL`, key, a.spec.Number)
	if errors.Is(err, errNoRow) {
		return nil, nil //nolint:nilnil // the key of another computer's record
	}
	return r, err
}

// mergeInto makes one row of a record that HubSpot merged away and of the one
// that it was merged into, if that is here already.
func (a *applier) mergeInto(ctx context.Context, r, was *row, id crm.RemoteID) (*row, error) {
	if r == nil {
		was.modified = 0 // the stamp of another record: what comes is newer
		old := was.remote
		if err := a.rekey(ctx, was, id); err != nil {
			return nil, err
		}
		return was, a.noteMerge(ctx, was, was, old)
	}
	if r.id == was.id {
		return r, nil
	}
	if err := errors.Join(a.swallow(ctx, r, was), a.noteMerge(ctx, r, was, was.remote)); err != nil {
		return nil, err
	}
	a.mark(r.local)
	a.mark(was.local)
	return r, nil
}

// absorb lays what HubSpot said over the base. Properties that were asked for
// and not answered are unset; others keep their last known value.
func (r *row) absorb(in crm.RemoteRecord, asked []string) {
	next := make(crm.Values, len(r.base)+len(in.Values))
	maps.Copy(next, r.base)
	for _, p := range asked {
		if _, ok := in.Values[p]; !ok {
			delete(next, p)
		}
	}
	for p, v := range in.Values {
		if v == "" {
			delete(next, p)
		} else {
			next[p] = v
		}
	}
	r.base = next
	if in.Modified != 0 {
		r.modified = in.Modified
	}
	if in.Created != 0 {
		r.created = in.Created
	}
}

func (a *applier) goneRow(ctx context.Context, id crm.RemoteID) error {
	r := a.rows[id]
	if r == nil {
		var err error
		r, err = rowByRemote(ctx, a.tx, a.spec.Number, id)
		if errors.Is(err, errNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	was := r.gone
	r.gone = true
	if err := a.noteArchive(ctx, r, was); err != nil {
		return err
	}
	changed, err := a.refresh(ctx, r)
	if changed {
		a.mark(r.local)
	}
	return err
}

// links replaces the associations of every id in LinksOf, other than those
// whose rows were too old to be believed.
func (a *applier) links(ctx context.Context, p crm.Pulled) error {
	to, err := a.kinds().of(p.LinksTo)
	if err != nil {
		return err
	}
	have, err := a.linksOf(ctx, to, p.LinksOf)
	if err != nil {
		return err
	}
	want := map[crm.RemoteID][]linkEnd{}
	for _, l := range p.Links {
		want[l.FromID] = append(want[l.FromID], linkEnd{l.ToID, l.TypeID, l.Label})
	}
	var from, ends []crm.RemoteID
	for _, id := range p.LinksOf {
		if a.stale[id] {
			continue
		}
		touched, err := a.replaceLinks(ctx, a.spec, to, id, have[id], want[id])
		if err != nil {
			return err
		}
		if len(touched) > 0 {
			from, ends = append(from, id), append(ends, touched...)
		}
		n, err := a.exec(ctx, `INSERT OR IGNORE INTO link_known (from_type, from_remote, to_type) VALUES (?, ?, ?)`, a.spec.Number, string(id), to.Number)
		if err != nil {
			return err
		}
		if len(touched) == 0 {
			continue
		}
		if err := a.noteLinks(ctx, a.spec, to, id, have[id], want[id], n == 0); err != nil {
			return err
		}
	}
	a.relinked = from
	return errors.Join(a.markRemote(ctx, a.spec, from), a.markRemote(ctx, to, ends))
}

func (a *applier) linksOf(ctx context.Context, to crm.Spec, ids []crm.RemoteID) (map[crm.RemoteID][]linkEnd, error) {
	out := map[crm.RemoteID][]linkEnd{}
	var from crm.RemoteID
	var e linkEnd
	err := each(ctx, a.tx, func() error { out[from] = append(out[from], e); return nil }, []any{&from, &e.to, &e.typ, &e.label},
		`SELECT l.from_remote, l.to_remote, l.type_id, l.label FROM json_each(?) j CROSS JOIN link l
			ON l.from_type = ? AND l.from_remote = j.value AND l.to_type = ?`, asJSON(ids), a.spec.Number, to.Number)
	return out, err
}

func (a *applier) markRemote(ctx context.Context, spec crm.Spec, ids []crm.RemoteID) error {
	if len(ids) == 0 {
		return nil
	}
	locals, err := column[crm.LocalID](ctx, a.tx, `SELECT r.local_id FROM json_each(?) j CROSS JOIN record r
		ON r.type = ? AND length(r.remote_id) = length(j.value) AND r.remote_id = j.value`, asJSON(ids), spec.Number)
	for _, id := range locals {
		a.mark(id)
	}
	return err
}
