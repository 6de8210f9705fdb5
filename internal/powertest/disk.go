package powertest

import (
	"maps"
	"path"
	"slices"
	"sync"
	"syscall"
)

// sector is the unit in which a write is torn.
const sector = 512

// What an event may be.
const (
	Write    = "write"
	Truncate = "truncate"
	Sync     = "sync" // of a file or a directory
	Name     = "name" // a name is made, moved or removed
	Read     = "read" // of a file; only Refuse is asked about it
)

// Event is one thing that is asked of a disk and matters for a cut.
type Event struct {
	Kind string
	Path string // from the root, without a leading slash
}

// Disk is a tree of files in memory, as processes see it, and beside it what
// would be left of it without power. Its methods may be called from any
// goroutine.
type Disk struct {
	mu      sync.Mutex
	root    *inode
	last    uint64   // inode number
	names   []rename // pending, in order
	watch   func(Event) bool
	refuse  func(Event) syscall.Errno
	off     bool
	cut     chan struct{} // closed when off
	cutting Event
}

// An inode is a file or a directory.
type inode struct {
	number uint64
	path   string // the latest, for people
	mode   uint32
	dir    bool

	now, safe []byte // a file's content
	pending   []write

	nodes, safeNodes map[string]*inode // a directory's
}

// A write is pending: whole sectors as they were after it, or a new size.
type write struct {
	at   int64
	data []byte // nil: a truncation to at
}

// A rename is a pending change of names: node leaves from and comes to to,
// either of which may be nil.
type rename struct {
	node             *inode
	from, to         *inode
	fromName, toName string
}

// New returns an empty disk. watch, which may be nil, is asked before every
// event, one at a time; when it says true, that event is the last: it is
// pending, but not answered, and everything after it fails with EIO.
func New(watch func(Event) bool) *Disk {
	d := &Disk{watch: watch, cut: make(chan struct{})}
	d.root = d.node("", 0o755, true)
	return d
}

// Refuse makes the disk fail: plan, which may be nil for none, says of every event
// with which error it is answered, 0 for none. What is refused does not happen. A
// sync that is refused has lost what it should have made safe, although it can be
// read until the power is cut: a later sync says nothing about it.
func (d *Disk) Refuse(plan func(Event) syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = plan
}

func (d *Disk) refused(kind, path string) syscall.Errno {
	if d.refuse == nil {
		return 0
	}
	return d.refuse(Event{kind, path})
}

// Off is closed when the power is cut.
func (d *Disk) Off() <-chan struct{} { return d.cut }

// At says which event the cut fell on; only once the power is off.
func (d *Disk) At() Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cutting
}

// Cut cuts the power between two events.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.switchOff(Event{})
}

func (d *Disk) switchOff(e Event) {
	if !d.off {
		d.off, d.cutting = true, e
		close(d.cut)
	}
}

func (d *Disk) node(path string, mode uint32, dir bool) *inode {
	d.last++
	n := &inode{number: d.last, path: path, mode: mode, dir: dir}
	if dir {
		n.nodes, n.safeNodes = map[string]*inode{}, map[string]*inode{}
	}
	return n
}

// happens announces an event. stop says that there is no power after it.
func (d *Disk) happens(kind, path string) (stop bool) {
	if e := (Event{kind, path}); d.watch != nil && d.watch(e) {
		d.switchOff(e)
	}
	return d.off
}

// do runs one operation: change, and an answer only if the power stays on.
// A sync that the cut falls on has made nothing safe.
func (d *Disk) do(kind, path string, change func()) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return syscall.EIO
	}
	if kind != Sync { // sync asks by itself
		if errno := d.refused(kind, path); errno != 0 {
			return errno
		}
	}
	stop := d.happens(kind, path)
	if !stop || kind != Sync {
		change()
	}
	if stop {
		return syscall.EIO
	}
	return 0
}

// see runs one operation that changes nothing a cut could undo.
func (d *Disk) see(look func() syscall.Errno) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return syscall.EIO
	}
	return look()
}

func (d *Disk) write(n *inode, data []byte, at int64) syscall.Errno {
	return d.do(Write, n.path, func() {
		end := at + int64(len(data))
		n.now = grown(n.now, end)
		copy(n.now[at:], data)
		from := at / sector * sector
		to := min((end+sector-1)/sector*sector, int64(len(n.now)))
		n.pending = append(n.pending, write{from, slices.Clone(n.now[from:to])})
	})
}

func (d *Disk) truncate(n *inode, size int64) syscall.Errno {
	return d.do(Truncate, n.path, func() {
		w := write{at: size}
		n.now = w.on(n.now)
		n.pending = append(n.pending, w)
	})
}

// on applies a write to a content.
func (w write) on(content []byte) []byte {
	if w.data == nil {
		return grown(content, w.at)[:w.at]
	}
	content = grown(content, w.at+int64(len(w.data)))
	copy(content[w.at:], w.data)
	return content
}

// grown fills a content with zeros up to a size.
func grown(content []byte, size int64) []byte {
	if more := size - int64(len(content)); more > 0 {
		content = append(content, make([]byte, more)...)
	}
	return content
}

// sync makes a file's content or a directory's names safe.
func (d *Disk) sync(n *inode) syscall.Errno {
	d.mu.Lock()
	if errno := d.refused(Sync, n.path); errno != 0 && !d.off {
		n.pending = nil
		d.mu.Unlock()
		return errno
	}
	d.mu.Unlock()
	return d.do(Sync, n.path, func() {
		for _, w := range n.pending {
			n.safe = w.on(n.safe)
		}
		n.pending = nil
		d.names = slices.DeleteFunc(d.names, func(r rename) bool {
			ours := r.from == n || r.to == n
			if ours {
				r.apply(func(dir *inode) map[string]*inode { return dir.safeNodes })
			}
			return ours
		})
	})
}

// apply carries a change of names out in one of the two views of directories.
func (r rename) apply(view func(dir *inode) map[string]*inode) {
	if r.from != nil && view(r.from)[r.fromName] == r.node {
		delete(view(r.from), r.fromName)
	}
	if r.to != nil {
		view(r.to)[r.toName] = r.node
	}
}

func (d *Disk) rename(r rename) syscall.Errno {
	where, name := r.to, r.toName
	if where == nil {
		where, name = r.from, r.fromName
	}
	full := path.Join(where.path, name)
	return d.do(Name, full, func() {
		r.apply(func(dir *inode) map[string]*inode { return dir.nodes })
		d.names = append(d.names, r)
		if r.to != nil {
			r.node.path = full
		}
	})
}

// add makes a file or a directory.
func (d *Disk) add(dir *inode, name string, mode uint32, isDir bool) (*inode, syscall.Errno) {
	d.mu.Lock()
	_, there := dir.nodes[name]
	n := d.node(path.Join(dir.path, name), mode, isDir)
	d.mu.Unlock()
	if there {
		return nil, syscall.EEXIST
	}
	return n, d.rename(rename{node: n, to: dir, toName: name})
}

// remove takes a name away: of a file, or of an empty directory.
func (d *Disk) remove(dir *inode, name string) syscall.Errno {
	n, errno := d.find(dir, name)
	if errno == 0 && len(n.nodes) > 0 {
		errno = syscall.ENOTEMPTY
	}
	if errno != 0 {
		return errno
	}
	return d.rename(rename{node: n, from: dir, fromName: name})
}

func (d *Disk) find(dir *inode, name string) (n *inode, errno syscall.Errno) {
	errno = d.see(func() syscall.Errno {
		var ok bool
		if n, ok = dir.nodes[name]; !ok {
			return syscall.ENOENT
		}
		return 0
	})
	return n, errno
}

func (d *Disk) list(dir *inode) (names []string, nodes []*inode, errno syscall.Errno) {
	errno = d.see(func() syscall.Errno {
		names = slices.Sorted(maps.Keys(dir.nodes))
		for _, name := range names {
			nodes = append(nodes, dir.nodes[name])
		}
		return 0
	})
	return names, nodes, errno
}

func (d *Disk) read(n *inode, into []byte, at int64) (count int, errno syscall.Errno) {
	errno = d.see(func() syscall.Errno {
		if errno := d.refused(Read, n.path); errno != 0 {
			return errno
		}
		if at < int64(len(n.now)) {
			count = copy(into, n.now[at:])
		}
		return 0
	})
	return count, errno
}
