package powertest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Survivors is the disk after the power came back, with what was pending kept,
// lost or torn as draw decides; all of it is safe now. d has to be off.
//
// How much is kept is drawn for every file by itself, from nothing to all: the
// orders that hurt are those in which one file is ahead of another.
func (d *Disk) Survivors(draw *rand.Rand, watch func(Event) bool) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.off {
		panic("the power is still on")
	}
	left := map[*inode]map[string]*inode{}
	view := func(dir *inode) map[string]*inode {
		if left[dir] == nil {
			left[dir] = maps.Clone(dir.safeNodes)
		}
		return left[dir]
	}
	odds := chance(draw)
	for _, r := range d.names {
		if draw.Float64() < odds {
			r.apply(view)
		}
	}
	after := New(watch)
	var copyDir func(from, to *inode)
	copyDir = func(from, to *inode) {
		entries := view(from)
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			old := entries[name]
			n := after.node(path.Join(to.path, name), old.mode, old.dir)
			to.nodes[name], to.safeNodes[name] = n, n
			if old.dir {
				copyDir(old, n)
				continue
			}
			n.now = old.survivor(draw)
			n.safe = slices.Clone(n.now)
		}
	}
	copyDir(d.root, after.root)
	return after
}

// chance draws how likely a pending change is kept.
func chance(draw *rand.Rand) float64 {
	return []float64{0, 0.2, 0.5, 0.8, 0.95, 1}[draw.IntN(6)]
}

// survivor is a file's content after a cut.
func (n *inode) survivor(draw *rand.Rand) []byte {
	content := slices.Clone(n.safe)
	odds := chance(draw)
	torn := []float64{0, 0.1, 0.3}[draw.IntN(3)]
	for i, w := range n.pending {
		switch x := draw.Float64(); {
		case w.data == nil: // a size is not torn
			if x < odds {
				content = w.on(content)
			}
		case draw.Float64() < torn, i == len(n.pending)-1 && draw.IntN(2) == 0:
			for at := 0; at < len(w.data); at += sector {
				if draw.IntN(2) == 0 {
					piece := w.data[at:min(at+sector, len(w.data))]
					content = write{w.at + int64(at), piece}.on(content)
				}
			}
		case x < odds:
			content = w.on(content)
		case draw.IntN(8) == 0: // the size came through, the data did not
			content = grown(content, w.at+int64(len(w.data)))
		}
	}
	return content
}

// FromDir is a disk that safely holds what is in a real directory.
func FromDir(dir string, watch func(Event) bool) (*Disk, error) {
	d := New(watch)
	var load func(real string, to *inode) error
	load = func(real string, to *inode) error {
		entries, err := os.ReadDir(real)
		if err != nil {
			return err
		}
		for _, e := range entries {
			full := filepath.Join(real, e.Name())
			info, err := e.Info()
			if err != nil {
				return err
			}
			n := d.node(path.Join(to.path, e.Name()), uint32(info.Mode().Perm()), e.IsDir())
			to.nodes[e.Name()], to.safeNodes[e.Name()] = n, n
			if e.IsDir() {
				err = load(full, n)
			} else if n.now, err = os.ReadFile(full); err == nil {
				n.safe = slices.Clone(n.now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := load(dir, d.root); err != nil {
		return nil, fmt.Errorf("load disk: %w", err)
	}
	return d, nil
}

// WriteTo writes the disk, as processes see it, into a real directory.
func (d *Disk) WriteTo(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var store func(from *inode, real string) error
	store = func(from *inode, real string) error {
		for name, n := range from.nodes {
			full := filepath.Join(real, name)
			var err error
			if n.dir {
				if err = os.MkdirAll(full, 0o700); err == nil {
					err = store(n, full)
				}
			} else {
				err = os.WriteFile(full, n.now, os.FileMode(n.mode))
			}
			if err != nil {
				return fmt.Errorf("write disk: %w", err)
			}
		}
		return nil
	}
	return store(d.root, dir)
}
