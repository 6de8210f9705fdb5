//go:build linux

package powertest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// A life is a disk through several cuts, and beside it a store on a real one
// to which what happened on the other is done as well.
type life struct {
	seed  uint64
	draw  *rand.Rand
	disk  *Disk
	old   bool // it began with what an older version has left
	young bool // the store has never been opened to the end
	acts  int  // how many have happened
	twin  *rep
	count *count
}

// A count is what a run has seen.
type count struct {
	cuts        int
	acked, lost map[string]int // acts, by what they were
	fell        map[string]int // cuts, by what was going on
}

func newCount() *count {
	return &count{acked: map[string]int{}, lost: map[string]int{}, fell: map[string]int{}}
}

func (c *count) String() string {
	var fell []string
	for what, n := range c.fell {
		fell = append(fell, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(fell)
	return fmt.Sprintf("%d cuts; %d edits acknowledged, %d of them lost; %d steps of the engines, %d of them lost; cuts by what was going on: %s",
		c.cuts, c.acked[anEdit], c.lost[anEdit], c.acked[aStep], c.lost[aStep], strings.Join(fell, ", "))
}

// live is one life, from an empty disk or an older version's on.
func live(t *testing.T, seed uint64, c *count, cuts int) {
	t.Helper()
	l := &life{seed: seed, draw: rand.New(rand.NewPCG(seed, 0)), young: true, count: c, disk: New(nil)}
	real := t.TempDir()
	l.twin = &rep{seed: seed, dir: filepath.Join(real, folder)}
	if l.old = l.draw.IntN(3) == 0; l.old {
		firstVersion(t, l.twin.dir)
		var err error
		l.disk, err = FromDir(real, nil)
		require.NoError(t, err)
	}
	require.NoError(t, l.twin.open(t.Context()))
	defer func() {
		require.NoError(t, l.twin.store.Close())
		require.NoError(t, os.RemoveAll(real)) // there may be hundreds
	}()
	for range cuts {
		l.cut(t)
	}
}

// trigger draws the event that the cut falls on: the first, second... of some
// kind, or a late one when there are not as many.
func (l *life) trigger() func(Event) bool {
	kind, suffix, most, atLast := "", "", 4000, 6000
	switch x := l.draw.IntN(100); {
	case l.young && x < 70: // while the database is being made, or migrated
		most = 250
	case x < 25: // in the middle of commits
		kind, suffix, most = Sync, ".db-wal", 60
	case x < 45:
		suffix = ".db-wal"
	case x < 70: // in the middle of moving them into the database
		suffix, most, atLast = ".db", 300, 12_000
	case x < 85: // while starting again, or soon after
		most = 12
	}
	left := 1 + l.draw.IntN(most)
	return func(e Event) bool {
		// The kernel writes shared mappings when it likes.
		if strings.HasSuffix(e.Path, "-shm") {
			return false
		}
		atLast--
		if strings.HasSuffix(e.Path, suffix) && (kind == "" || e.Kind == kind) {
			left--
		}
		return left == 0 || atLast == 0
	}
}

// cut runs the program on the disk until the power fails, and holds what is
// left against the twin.
func (l *life) cut(t *testing.T) {
	t.Helper()
	l.disk.watch = l.trigger()
	var acked []string // what the acts since the last cut were
	stage := "start"
	onDisk(t, l.disk, func(line string) {
		number, what, ok := strings.Cut(line, " ")
		if !ok {
			stage = line
			return
		}
		acked = append(acked, what)
		require.Equal(t, strconv.Itoa(l.acts+len(acked)), number)
	}, envSeed+"="+strconv.FormatUint(l.seed, 10), envFrom+"="+strconv.Itoa(l.acts+1))
	at := l.disk.At()
	l.count.cuts++
	l.count.fell[l.during(at, stage)]++
	l.disk = l.disk.Survivors(l.draw, nil)

	where := fmt.Sprintf("life %d, cut %d, at %s of %s, %d acts acknowledged", l.seed, l.count.cuts, at.Kind, at.Path, l.acts+len(acked))
	happened := l.compare(t, l.acts+len(acked), where)
	for i, what := range acked {
		l.count.acked[what]++
		if l.acts+1+i > happened {
			l.count.lost[what]++
		}
	}
	l.acts, l.young = happened, l.young && stage == "start"
}

// compare opens what is left and finds that it is sound, and just what the twin
// becomes by the acts that have happened: the last of them is the answer.
func (l *life) compare(t *testing.T, acked int, where string) (happened int) {
	t.Helper()
	copied := t.TempDir()
	require.NoError(t, l.disk.WriteTo(copied))
	checkFiles(t, filepath.Join(copied, folder), where)
	left := &rep{seed: l.seed, dir: filepath.Join(copied, folder)}
	require.NoError(t, left.open(t.Context()), where)
	defer func() {
		require.NoError(t, left.store.Close())
		require.NoError(t, os.RemoveAll(copied))
	}()
	happened, err := left.happened(t.Context(), acked+1)
	require.NoError(t, err, where)
	require.LessOrEqual(t, happened, acked+1, where)
	for n := l.acts + 1; n <= happened; n++ {
		_, err := l.twin.act(t.Context(), n)
		require.NoError(t, err, where)
	}
	// The other has been started again, too.
	require.NoError(t, l.twin.store.Close())
	require.NoError(t, l.twin.open(t.Context()))
	got, err := left.contents(t.Context())
	require.NoError(t, err, where)
	want, err := l.twin.contents(t.Context())
	require.NoError(t, err, where)
	slices.Sort(got)
	slices.Sort(want)
	require.Empty(t, cmp.Diff(want, got), "%s: not the store in which the first %d acts happened", where, happened)
	if happened < acked {
		t.Logf("%s: %d lost", where, acked-happened)
	}
	return happened
}

// during says what was going on when the power failed, which is known from what
// the program said last and from the file.
func (l *life) during(at Event, stage string) string {
	switch {
	case stage == "start" && l.young && l.old:
		return "migration"
	case stage == "start" && l.young:
		return "first start"
	case stage == "start":
		return "recovery"
	case strings.HasSuffix(at.Path, ".db"):
		return "checkpoint"
	case strings.HasSuffix(at.Path, ".db-wal") && stage == "open":
		return "commit"
	}
	return "closing and starting"
}
