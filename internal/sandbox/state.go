package sandbox

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// stateVersion is raised when the format of the state file changes.
const stateVersion = 1

// saveDelay is how long changes are collected before the state is saved.
const saveDelay = 2 * time.Second

// state is the whole portal in the state file.
type state struct {
	Version   int
	PortalID  int64
	Salt      uint64
	Skew      int64
	Auth      auth
	Owners    []owner
	Pipelines map[string][]*pipeline
	LinkTypes []linkType
	Sources   []source
	Tables    []tableState
	Feeds     feeds
}

// tableState holds a type's definitions and records. A later version of this
// program may order its own definitions otherwise.
type tableState struct {
	Type    string
	Custom  *custom // of a type that the account made
	LastID  int64
	Props   []property // all of them, in the order that Records means
	Groups  []group
	Rules   Rules
	Checks  map[string][]validation
	Alias   map[int64]int64
	Records []recordState
}

type recordState struct {
	ID, Created, Modified, Archived, Born int64
	Origin                                int
	Props                                 []uint16
	Values                                []string
	History                               map[uint16][]versionState
	Links                                 []linkState
	Merged                                []int64
}

type versionState struct {
	Val string
	At  int64
	Src int
}

type linkState struct {
	Table uint8
	Kind  uint16
	To    int64
}

// saver keeps the state file a little behind the portal.
type saver struct {
	mu     sync.Mutex // guards the fields below
	timer  *time.Timer
	closed bool
	write  sync.Mutex // held while the file is written
}

// touch notes that something changed; the caller may hold the portal's lock.
func (s *saver) touch(p *Portal) {
	if p.opt.StateFile == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil || s.closed {
		return
	}
	s.timer = time.AfterFunc(saveDelay, func() {
		s.mu.Lock()
		s.timer = nil
		s.mu.Unlock()
		if err := p.saveLater(); err != nil {
			p.log.Warn("portal was not saved", slog.Any("error", err))
		}
	})
}

// saveLater saves unless the portal was closed by then: the file may be another
// portal's.
func (p *Portal) saveLater() error {
	p.saver.write.Lock()
	defer p.saver.write.Unlock()
	p.saver.mu.Lock()
	closed := p.saver.closed
	p.saver.mu.Unlock()
	if closed {
		return nil
	}
	return p.save()
}

// saveNow saves for the last time.
func (p *Portal) saveNow() error {
	if p.opt.StateFile == "" {
		return nil
	}
	p.saver.mu.Lock()
	p.saver.closed = true
	if p.saver.timer != nil {
		p.saver.timer.Stop()
	}
	p.saver.mu.Unlock()
	p.saver.write.Lock()
	defer p.saver.write.Unlock()
	return p.save()
}

// savingMark is between the names of the state file and of one that is being
// written.
const savingMark = ".saving-"

// save writes the state beside the file and renames it over. The caller holds
// saver.write.
func (p *Portal) save() (err error) {
	dir, base := filepath.Split(p.opt.StateFile)
	f, err := os.CreateTemp(filepath.Clean(dir+"."), base+savingMark+"*")
	if err != nil {
		return fmt.Errorf("save portal: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the error that counts is already there
			_ = os.Remove(f.Name()) // likewise
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	p.mu.RLock()
	err = gob.NewEncoder(w).Encode(p.snapshot())
	p.mu.RUnlock()
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = os.Rename(f.Name(), p.opt.StateFile) // CreateTemp made it 0600
	}
	if err != nil {
		return fmt.Errorf("save portal: %w", err)
	}
	return nil
}

// sweep removes what a portal that was killed while it saved has left, and says
// so when nothing can be saved here.
func (p *Portal) sweep() error {
	dir, base := filepath.Split(p.opt.StateFile)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return fmt.Errorf("save portal: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), base+savingMark) {
			_ = os.Remove(filepath.Join(dir, e.Name())) // it is only in the way
		}
	}
	return nil
}

// snapshot copies the portal into its stored form.
func (p *Portal) snapshot() *state {
	s := &state{
		Version: stateVersion, PortalID: p.portalID, Salt: p.salt, Skew: p.skew.Load(), Auth: p.auth, Pipelines: p.pipelines,
	}
	for _, o := range p.owners {
		s.Owners = append(s.Owners, *o)
	}
	for _, lt := range p.linkTypes {
		s.LinkTypes = append(s.LinkTypes, *lt)
	}
	num := map[*source]int{}
	srcOf := func(src *source) int {
		n, known := num[src]
		if !known {
			n = len(s.Sources)
			num[src] = n
			s.Sources = append(s.Sources, *src)
		}
		return n
	}
	for _, t := range p.tables {
		s.Tables = append(s.Tables, t.snapshot(srcOf))
	}
	s.Feeds = saveFeeds(p.pushes, p.journal)
	return s
}

func (t *table) snapshot(srcOf func(*source) int) tableState {
	ts := tableState{Type: t.kind.plural, LastID: t.lastID, Alias: t.alias, Rules: t.rules, Checks: t.checks, Custom: t.kind.custom}
	for _, def := range t.props {
		ts.Props = append(ts.Props, *def)
	}
	for _, g := range t.groups {
		ts.Groups = append(ts.Groups, *g)
	}
	for _, list := range []*blocks[*record]{t.live, t.gone} {
		for r := range list.ascend(0, list.len()) {
			ts.Records = append(ts.Records, r.snapshot(srcOf))
		}
	}
	return ts
}

func (r *record) snapshot(srcOf func(*source) int) recordState {
	d := r.cur
	rs := recordState{
		ID: d.id, Created: d.created, Modified: d.modified, Archived: d.archived, Born: r.born,
		Origin: srcOf(r.origin), Merged: r.merged,
	}
	for _, c := range d.cells {
		rs.Props = append(rs.Props, c.prop)
		rs.Values = append(rs.Values, c.val)
	}
	for prop, list := range r.hist {
		if rs.History == nil {
			rs.History = map[uint16][]versionState{}
		}
		for _, v := range list {
			rs.History[prop] = append(rs.History[prop], versionState{v.Val, v.At, srcOf(v.Src)})
		}
	}
	for _, l := range r.links {
		rs.Links = append(rs.Links, linkState{l.table, l.kind, l.to})
	}
	return rs
}
