package sandbox

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// load reads the state file, if there is one.
func (p *Portal) load() (bool, error) {
	if p.opt.StateFile == "" {
		return false, nil
	}
	if err := p.sweep(); err != nil {
		return false, err
	}
	f, err := os.Open(p.opt.StateFile)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load portal: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	var s state
	if err := gob.NewDecoder(bufio.NewReaderSize(f, 1<<20)).Decode(&s); err != nil {
		if s.Version = versionOf(f); s.Version == 0 {
			return false, fmt.Errorf("load portal from %s: damaged or not a portal's state: %w", p.opt.StateFile, err)
		}
	}
	if s.Version != stateVersion {
		return false, fmt.Errorf("load portal from %s: made by another version (format %d, this is %d)", p.opt.StateFile, s.Version, stateVersion)
	}
	if err := p.restore(&s); err != nil {
		return false, fmt.Errorf("load portal from %s: %w", p.opt.StateFile, err)
	}
	return true, nil
}

// versionOf reads no more of a state file than its version; 0 is none that
// another version of this program could read.
func versionOf(f io.ReadSeeker) int {
	var s struct{ Version int }
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0
	}
	if err := gob.NewDecoder(bufio.NewReader(f)).Decode(&s); err != nil || s.Version == stateVersion {
		return 0
	}
	return s.Version
}

// restore fills an empty portal from its stored form.
func (p *Portal) restore(s *state) error {
	p.portalID, p.salt, p.auth, p.meter.portalID = s.PortalID, s.Salt, s.Auth, s.PortalID
	p.skew.Store(s.Skew)
	p.auth.fill()
	maps.Copy(p.pipelines, s.Pipelines)
	p.kept = s.Feeds
	for _, o := range s.Owners {
		p.owners = append(p.owners, &o)
	}
	if err := p.restoreLinkTypes(s.LinkTypes); err != nil {
		return err
	}
	srcs := make([]*source, 0, len(s.Sources))
	for _, src := range s.Sources {
		srcs = append(srcs, p.source(src))
	}
	nums := map[uint8]uint8{}
	var tables []*table
	for i, ts := range s.Tables {
		t, err := p.tableFor(ts)
		if err != nil {
			return err
		}
		nums[uint8(i)] = t.num
		tables = append(tables, t)
	}
	for i, ts := range s.Tables {
		if err := tables[i].restore(ts, srcs, nums, len(p.linkTypes)); err != nil {
			return err
		}
	}
	p.refreshStages()
	return nil
}

// tableFor finds a stored type; one that the account made is made again.
func (p *Portal) tableFor(ts tableState) (*table, error) {
	if ts.Custom == nil {
		return p.kindOf(ts.Type)
	}
	t, err := p.addTable(ts.Custom.kind())
	if err == nil && ts.Custom.Archived != 0 {
		p.kinds.drop(t)
	}
	return t, err
}

// fill replaces the maps that gob leaves nil when they were empty.
func (a *auth) fill() {
	if a.Codes == nil {
		a.Codes = map[string]codeGrant{}
	}
	if a.Refresh == nil {
		a.Refresh = map[string]grant{}
	}
	if a.Access == nil {
		a.Access = map[string]access{}
	}
}

// restoreLinkTypes takes the stored types over. What is known of HubSpot's own
// types beside the stored form comes from the built-in ones.
func (p *Portal) restoreLinkTypes(stored []linkType) error {
	builtIn := p.linkTypes
	p.linkTypes = nil
	for _, lt := range stored {
		for _, b := range builtIn {
			if b.From == lt.From && b.To == lt.To && b.ID == lt.ID && b.Category == lt.Category {
				lt.primary, lt.single = b.primary, b.single
			}
		}
		if lt.Inverse < 0 || lt.Inverse >= len(stored) {
			return fmt.Errorf("association type %d: damaged", lt.ID)
		}
		p.linkTypes = append(p.linkTypes, &lt)
	}
	p.addLinkTypes(builtIn)
	return nil
}

// addLinkTypes adds those built-in types that a portal saved by an earlier
// version does not have; both directions of one are missing or none.
func (p *Portal) addLinkTypes(builtIn []*linkType) {
	at := map[int]int{}
	for i, b := range builtIn {
		known := slices.ContainsFunc(p.linkTypes, func(lt *linkType) bool {
			return b.From == lt.From && b.To == lt.To && b.ID == lt.ID && b.Category == lt.Category
		})
		if !known {
			at[i] = len(p.linkTypes)
			p.linkTypes = append(p.linkTypes, b)
		}
	}
	for _, n := range at {
		p.linkTypes[n].Inverse = at[p.linkTypes[n].Inverse]
	}
}

func (t *table) restore(ts tableState, srcs []*source, nums map[uint8]uint8, kinds int) error {
	props := make([]uint16, 0, len(ts.Props))
	for _, def := range ts.Props {
		i, known := t.byName[def.Name]
		if known {
			def.derive = t.props[i].derive
			*t.props[i] = def
		} else {
			i = t.addProperty(&def)
		}
		props = append(props, i)
	}
	t.groups = nil
	for _, g := range ts.Groups {
		t.groups = append(t.groups, &g)
	}
	t.lastID, t.rules = ts.LastID, ts.Rules
	maps.Copy(t.checks, ts.Checks)
	maps.Copy(t.alias, ts.Alias)
	for _, rs := range ts.Records {
		if !rs.sound(len(props), len(srcs), kinds) {
			return fmt.Errorf("%s %d: damaged", t.kind.singular, rs.ID)
		}
		t.restoreRecord(rs, props, srcs, nums)
	}
	return nil
}

func (t *table) restoreRecord(rs recordState, props []uint16, srcs []*source, nums map[uint8]uint8) {
	d := &doc{id: rs.ID, created: rs.Created, modified: rs.Modified, archived: rs.Archived, cells: make([]cell, 0, len(rs.Props))}
	r := &record{cur: d, born: rs.Born, origin: srcs[rs.Origin], merged: rs.Merged}
	d.rec = r
	for i, prop := range rs.Props {
		d.cells = setCell(d.cells, props[prop], strings.Clone(rs.Values[i]))
	}
	for prop, list := range rs.History {
		if r.hist == nil {
			r.hist = map[uint16][]version{}
		}
		for _, v := range list {
			r.hist[props[prop]] = append(r.hist[props[prop]], version{v.Val, v.At, srcs[v.Src]})
		}
	}
	for _, l := range rs.Links {
		r.links = addLink(r.links, link{nums[l.Table], l.Kind, l.To})
	}
	t.put(r)
}

// sound reports whether a record points at nothing that is not in the file.
func (rs recordState) sound(props, srcs, kinds int) bool {
	if len(rs.Props) != len(rs.Values) || rs.Origin < 0 || rs.Origin >= srcs {
		return false
	}
	for _, prop := range rs.Props {
		if int(prop) >= props {
			return false
		}
	}
	for _, l := range rs.Links {
		if int(l.Kind) >= kinds {
			return false
		}
	}
	for prop, list := range rs.History {
		for _, v := range list {
			if int(prop) >= props || v.Src < 0 || v.Src >= srcs {
				return false
			}
		}
	}
	return true
}
