package simtest

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
	"satchel/internal/doctor"
	"satchel/internal/sandbox"
)

// I10 is that the copy is HubSpot's:
//
//   - at all times, nothing that HubSpot has had all along is taken for gone, no
//     association that is here and there is lost, and no base goes back;
//   - once the index has everything and deltas are done, every record whose stamp
//     moved is here as it is there, with the associations that it was made with;
//   - after the sweep that follows, every record, every association and every
//     definition is here as it is there, and nothing else; a record that was merged
//     is the one that the rep knew; and of sensitive properties nothing is here.
//
// HubSpot's side is read from the portal's own tables, and ours from the database,
// neither by way of what is tested.

type key struct {
	typ crm.ObjectType
	id  crm.RemoteID
}

// linkKey is an association of two records, whatever its types.
type linkKey struct{ a, b key }

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.typ, b.typ), cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
}

func compareLinks(a, b linkKey) int { return cmp.Or(compareKeys(a.a, b.a), compareKeys(a.b, b.b)) }

// ordered is the same from whichever end it is seen.
func (l linkKey) ordered() linkKey {
	if compareKeys(l.a, l.b) > 0 {
		return linkKey{l.b, l.a}
	}
	return l
}

// link is it for the portal.
func (l linkKey) link(t *rapid.T) (out sandbox.Link) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"type": l.a.typ, "id": l.a.id, "to_type": l.b.typ, "to_id": l.b.id})
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// sight is what the looks so far have seen.
type sight struct {
	dead  map[key]bool                 // records that are archived there, and were seen to be gone here since
	away  map[key]bool                 // records that were archived, merged or deleted at some time
	there map[key]sandbox.Content      // live ones, at the last look
	links map[linkKey]bool             // of HubSpot's, at the last look
	both  map[linkKey]bool             // here and there at some look, and there ever since
	base  map[key]crm.Millis           // the newest base
	names map[key]map[crm.LocalID]bool // by which local ids a record was known
}

func (s *sight) begin() {
	*s = sight{dead: map[key]bool{}, away: map[key]bool{}, there: map[key]sandbox.Content{}, both: map[linkKey]bool{}, base: map[key]crm.Millis{}, names: map[key]map[crm.LocalID]bool{}}
}

// hub10 reads the portal's tables.
func (w *copying) hub10() (there map[key]sandbox.Content, links map[linkKey]bool) {
	w.t.Helper()
	there, links = map[key]sandbox.Content{}, map[linkKey]bool{}
	for _, s := range crm.AllSpecs() {
		all, err := w.portal.Contents(string(s.Type))
		require.NoError(w.t, err)
		for _, c := range all {
			k := key{s.Type, crm.RemoteID(c.ID)}
			if c.Archived {
				w.seen.away[k] = true
				continue
			}
			there[k] = c
			for _, l := range c.Links {
				if slices.Contains(s.Links, crm.ObjectType(l.Type)) {
					links[linkKey{k, key{crm.ObjectType(l.Type), crm.RemoteID(l.ID)}}.ordered()] = true
				}
			}
		}
	}
	for k := range w.seen.there {
		if _, ok := there[k]; !ok {
			w.seen.away[k] = true
		}
	}
	return there, links
}

// row is a record of the local copy.
type row struct {
	local    crm.LocalID
	gone     bool
	modified crm.Millis
	base     crm.Values
}

// here reads the database.
func (w *copying) here(values bool) (rows map[key]row, links map[linkKey]bool) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "satchel.db")+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, db.Close()) }()
	types := map[int64]crm.ObjectType{}
	for _, s := range crm.AllSpecs() {
		types[s.Number] = s.Type
	}
	base := "''"
	if values {
		base = "json(base)"
	}
	rows, links = map[key]row{}, map[linkKey]bool{}
	all, err := db.QueryContext(w.ctx, `SELECT type, remote_id, local_id, gone, modified, `+base+` FROM record WHERE remote_id IS NOT NULL`)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, all.Close()) }()
	for all.Next() {
		var typ int64
		var k key
		var r row
		var raw string
		require.NoError(w.t, all.Scan(&typ, &k.id, &r.local, &r.gone, &r.modified, &raw))
		k.typ = types[typ]
		if values {
			require.NoError(w.t, json.Unmarshal([]byte(raw), &r.base))
		}
		rows[k] = r
	}
	require.NoError(w.t, all.Err())
	ties, err := db.QueryContext(w.ctx, `SELECT from_type, from_remote, to_type, to_remote FROM link`)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, ties.Close()) }()
	for ties.Next() {
		var from, to int64
		var l linkKey
		require.NoError(w.t, ties.Scan(&from, &l.a.id, &to, &l.b.id))
		l.a.typ, l.b.typ = types[from], types[to]
		links[l.ordered()] = true
	}
	require.NoError(w.t, ties.Err())
	return rows, links
}

// look checks what holds at all times.
func (w *copying) look() {
	w.t.Helper()
	rows, here := w.here(false)
	there, links := w.hub10()
	for k, r := range rows {
		require.False(w.t, r.gone && there[k].ID != "" && !w.seen.away[k], "I10: %v is taken for gone, and HubSpot has had it all along", k)
		switch {
		case there[k].ID != "":
			delete(w.seen.dead, k)
		case r.gone:
			w.seen.dead[k] = true
		default:
			require.False(w.t, w.seen.dead[k], "I10: %v is back, and HubSpot has had it archived all along", k)
		}
		require.GreaterOrEqual(w.t, r.modified, w.seen.base[k], "I10: the base of %v goes back", k)
		w.seen.base[k] = r.modified
		if w.seen.names[k] == nil {
			w.seen.names[k] = map[crm.LocalID]bool{}
		}
		w.seen.names[k][r.local] = true
		if n := (known{k.typ, r.local}); w.came[n] == "" {
			w.came[n] = k.id
		}
	}
	for l := range w.seen.both {
		if !links[l] || w.ours(l) {
			delete(w.seen.both, l)
			continue
		}
		require.True(w.t, here[l], "I10: the association of %v is lost, and HubSpot has had it all along", l)
	}
	for l := range links {
		if here[l] && !w.ours(l) {
			w.seen.both[l] = true
		}
	}
	w.seen.there, w.seen.links = there, links
}

// ours says whether the rep has ever touched an association, so that it may have
// been away between two looks.
func (w *copying) ours(l linkKey) bool {
	return slices.ContainsFunc(w.links, func(m *link) bool { return w.between(m, l) })
}

// comparable are the properties of a type whose values move with the stamp: the
// portal's own that are here too, without those that HubSpot sets by itself.
func (w *copying) comparable(s crm.Spec) (out []crm.Property) {
	w.t.Helper()
	ours, err := w.store.Properties(w.ctx, s.Type)
	require.NoError(w.t, err)
	defs, err := w.portal.Definitions(string(s.Type))
	require.NoError(w.t, err)
	var filling struct{ Props []string }
	w.cursor("refill/"+string(s.Type), &filling)
	for _, p := range ours {
		i := slices.IndexFunc(defs, func(d sandbox.Definition) bool { return d.Name == p.Name && d.Sensitivity == "non_sensitive" })
		if i >= 0 && !p.Hidden && !p.ReadOnly && p.Name != s.Modified && !slices.Contains(filling.Props, p.Name) {
			out = append(out, p)
		}
	}
	return out
}

func differ(ps []crm.Property, a map[string]string, b crm.Values) (out []string) {
	for _, p := range ps {
		if !p.Same(a[p.Name], b[p.Name]) && a[p.Name] != b[p.Name] {
			out = append(out, fmt.Sprintf("%s: %q there, %q here", p.Name, a[p.Name], b[p.Name]))
		}
	}
	return out
}

// broughtByDeltas checks what deltas bring.
func (w *copying) broughtByDeltas() {
	w.t.Helper()
	rows, here := w.here(true)
	for _, s := range crm.AllSpecs() {
		props := w.comparable(s)
		for k, c := range w.seen.there {
			if k.typ != s.Type || w.seen.away[k] {
				continue
			}
			r, ok := rows[k]
			require.True(w.t, ok && !r.gone, "I10: no delta has brought %v", k)
			require.Empty(w.t, differ(props, c.Values, r.base), "I10: no delta has brought what changed of %v", k)
		}
	}
	if w.barred { // what could not be read then is the sweep's
		return
	}
	for _, l := range w.made {
		if w.seen.links[l] && !w.parted[l] && !w.seen.away[l.a] && !w.seen.away[l.b] {
			require.True(w.t, here[l], "I10: no delta has brought the association of %v", l)
		}
	}
}

// same10 checks that the copy is equal, by the tables of both sides, and that
// doctor says so too.
func (w *copying) same10() {
	w.t.Helper()
	rows, here := w.here(true)
	for _, s := range crm.AllSpecs() {
		props := w.comparable(s)
		var unseen []string // of these nothing may be here
		defs, err := w.portal.Definitions(string(s.Type))
		require.NoError(w.t, err)
		for _, d := range defs {
			if d.Sensitivity != "non_sensitive" {
				unseen = append(unseen, d.Name)
			}
		}
		for k, c := range w.seen.there {
			if k.typ != s.Type {
				continue
			}
			r, ok := rows[k]
			require.True(w.t, ok && !r.gone, "I10: %v is not here", k)
			require.Empty(w.t, differ(props, c.Values, r.base), "I10: %v differs", k)
			for _, old := range c.Merged {
				for local := range w.seen.names[key{k.typ, crm.RemoteID(old)}] {
					is, ok := w.record(known{k.typ, local})
					require.True(w.t, ok && is.RemoteID == k.id, "I10: %v was known as %s, which is not that record any more", k, local)
				}
			}
		}
		for k, r := range rows {
			if k.typ != s.Type {
				continue
			}
			_, ok := w.seen.there[k]
			require.True(w.t, ok || r.gone, "I10: %v is here only", k)
			for _, name := range unseen {
				require.NotContains(w.t, r.base, name, "I10: %v holds what is sensitive", k)
			}
		}
		w.sameSchema(s)
	}
	live := func(k key) bool { r, ok := rows[k]; return !ok || !r.gone } // one that is archived keeps its associations, unseen
	for l := range w.seen.links {
		require.True(w.t, here[l], "I10: the association of %v is not here", l)
	}
	for l := range here {
		require.True(w.t, w.seen.links[l] || !live(l.a) || !live(l.b), "I10: the association of %v is here only", l)
	}
	w.sameOwners()
	require.NoError(w.t, w.wire.limits.loosen())
	report, err := doctor.Compare(w.ctx, doctor.Options{
		Remote: w.hub, Local: w.store, Asked: w.pull.Asked, All: true, Grace: -1, Clock: w.portal.Now,
	})
	require.NoError(w.t, err)
	require.True(w.t, report.Equal(), "I10: %s %v %v", report.Sentence(), report.Differences, report.Schema)
}

// sameSchema compares what a type's records are made of.
func (w *copying) sameSchema(s crm.Spec) {
	w.t.Helper()
	if s.Activity {
		return // the same in every portal
	}
	var there, here []string
	defs, err := w.portal.Definitions(string(s.Type))
	require.NoError(w.t, err)
	for _, d := range defs {
		if d.Sensitivity == "non_sensitive" {
			there = append(there, strings.Join([]string{d.Name, d.Label, d.Type, d.Field, fmt.Sprint(d.ReadOnly, d.Hidden), strings.Join(d.Options, ";")}, " | "))
		}
	}
	ours, err := w.store.Properties(w.ctx, s.Type)
	require.NoError(w.t, err)
	for _, p := range ours {
		var options []string
		for _, o := range p.Options {
			options = append(options, o.Value)
		}
		here = append(here, strings.Join([]string{p.Name, p.Label, string(p.Type), p.Field, fmt.Sprint(p.ReadOnly, p.Hidden), strings.Join(options, ";")}, " | "))
	}
	require.ElementsMatch(w.t, there, here, "I10: the properties of %s", s.Type)
	if s.Pipeline == "" {
		return
	}
	var stages []sandbox.Stage
	lines, err := w.store.Pipelines(w.ctx, s.Type)
	require.NoError(w.t, err)
	for _, p := range lines {
		for _, st := range p.Stages {
			stages = append(stages, sandbox.Stage{Pipeline: p.ID, ID: st.ID, Label: st.Label})
		}
	}
	require.Equal(w.t, w.portal.Stages(string(s.Type)), stages, "I10: the stages of %s", s.Type)
}

func (w *copying) sameOwners() {
	w.t.Helper()
	var here []sandbox.Person
	owners, err := w.store.Owners(w.ctx)
	require.NoError(w.t, err)
	for _, o := range owners {
		here = append(here, sandbox.Person{ID: string(o.ID), Email: o.Email, First: o.First, Last: o.Last, Archived: o.Archived})
	}
	require.ElementsMatch(w.t, w.portal.People(), here, "I10: the owners")
}
