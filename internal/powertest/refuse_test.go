//go:build linux

package powertest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// obey does what it reads, a line at a time, and answers each with one: "open" and
// "close" the store, or a number: a new record with it. The answer is "ok", or the
// kind of the error and what it says to people.
func obey(ctx context.Context, r *rep) error {
	r.say = nil
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var err error
		switch word := in.Text(); word {
		case "open":
			err = r.open(ctx)
		case "close":
			err = r.close() //nolint:contextcheck // closing outlives every context
		default:
			n, convErr := strconv.Atoi(word)
			err = errors.Join(convErr, r.create(ctx, n))
		}
		answer := "ok"
		if err != nil {
			answer = fmt.Sprint(crm.KindOf(err), " ", crm.Message(err))
		}
		fmt.Println(answer)
	}
	return nil
}

// A servant is the process that obeys.
type servant struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

func (s servant) ask(what string) string {
	s.t.Helper()
	_, err := fmt.Fprintln(s.in, what)
	require.NoError(s.t, err)
	require.True(s.t, s.out.Scan(), "the process is gone")
	return s.out.Text()
}

// serve runs a process on a disk and cuts the power at the end. It returns what is
// left.
func serve(t *testing.T, d *Disk, do func(servant)) (dir string) {
	t.Helper()
	mounted, unmount := mount(t, d)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), envDir+"="+filepath.Join(mounted, folder), envAsk+"=1")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	defer unmount()
	func() {
		defer func() {
			d.Cut()
			_ = c.Process.Kill()
			_ = c.Wait() // it was killed
		}()
		do(servant{t, in, bufio.NewScanner(out)})
	}()
	dir = t.TempDir()
	require.NoError(t, d.Survivors(rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 17)), nil).WriteTo(dir))
	return filepath.Join(dir, folder)
}

// requireThere opens what is left and finds every acknowledged record, and that
// nothing was taken for damage.
func requireThere(t *testing.T, dir string, acked []int) {
	t.Helper()
	damaged, err := filepath.Glob(filepath.Join(dir, "satchel-damaged-*"))
	require.NoError(t, err)
	require.Empty(t, damaged, "a disk that fails for a while damages nothing")
	checkFiles(t, dir, "after errors")
	r := &rep{dir: dir}
	require.NoError(t, r.open(t.Context()))
	defer func() { require.NoError(t, r.store.Close()) }()
	ops, err := r.store.Unfinished(t.Context())
	require.NoError(t, err)
	there := map[crm.OpID]bool{}
	for _, o := range ops {
		there[o.ID] = true
	}
	for _, n := range acked {
		require.True(t, there[opID(n, 0)], "edit %d was acknowledged and is lost", n)
	}
}

// refusing answers some kinds of events with an error. Shared memory is left
// alone: the kernel writes it when it likes.
func refusing(errno syscall.Errno, kinds ...string) func(Event) syscall.Errno {
	return func(e Event) syscall.Errno {
		for _, k := range kinds {
			if e.Kind == k && !strings.HasSuffix(e.Path, "-shm") {
				return errno
			}
		}
		return 0
	}
}

// TestR17_ADiskThatFails refuses edits in words while a disk is full, is
// read-only or fails, keeps what was acknowledged, and goes on afterwards in the
// same process.
func TestR17_ADiskThatFails(t *testing.T) {
	needFUSE(t)
	for name, c := range map[string]struct {
		plan func(Event) syscall.Errno
		says string // SQLite calls a file damaged that cannot be read
	}{
		"full":                {refusing(syscall.ENOSPC, Write, Truncate, Name), "^storage .*(disk is full)"},
		"read-only":           {refusing(syscall.EROFS, Write, Truncate, Sync, Name), "^storage .*(read or written|cannot write)"},
		"writing fails":       {refusing(syscall.EIO, Write), "^storage .*(could not be read or written)"},
		"syncing fails":       {refusing(syscall.EIO, Sync), "^storage .*(could not be read or written)"},
		"everything fails":    {refusing(syscall.EIO, Read, Write, Truncate, Sync, Name), "^(storage|corrupt) .*(could not|cannot) be read"},
		"the quota is used":   {refusing(syscall.EDQUOT, Write, Truncate, Name), "^storage .*(could not be read or written|full)"},
		"no more may be kept": {refusing(syscall.EFBIG, Write, Truncate), "^storage .*(could not be read or written|full)"},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(nil)
			var acked []int
			dir := serve(t, d, func(s servant) {
				edit := func(from, to int) {
					for n := from; n < to; n++ {
						require.Equal(t, "ok", s.ask(strconv.Itoa(n)))
						acked = append(acked, n)
					}
				}
				require.Equal(t, "ok", s.ask("open"))
				edit(1, 20)
				d.Refuse(c.plan)
				for n := range 5 {
					require.Regexp(t, c.says, s.ask(strconv.Itoa(1000+n)))
				}
				d.Refuse(nil)
				edit(20, 30)
				// The same over a start: it opens, or says what is wrong, and works later.
				require.Equal(t, "ok", s.ask("close"))
				d.Refuse(c.plan)
				if answer := s.ask("open"); answer == "ok" {
					require.Regexp(t, c.says, s.ask("2000"))
					d.Refuse(nil)
					edit(30, 31)
				} else {
					require.Regexp(t, "^storage .+", answer, "not corrupt: nothing was repaired")
					d.Refuse(nil)
					require.Equal(t, "ok", s.ask("open"))
				}
				edit(40, 50)
			})
			requireThere(t, dir, acked)
		})
	}
}

// TestR17_AFailedSyncIsNotTrusted: what a refused commit left in the -wal file is
// found by the next start, since the kernel still shows it; but the disk has not
// got it, and nothing behind it would be read after a cut.
func TestR17_AFailedSyncIsNotTrusted(t *testing.T) {
	needFUSE(t)
	for range rounds(10) {
		d := New(nil)
		dir := serve(t, d, func(s servant) {
			require.Equal(t, "ok", s.ask("open"))
			require.Equal(t, "ok", s.ask("1"))
			d.Refuse(func(e Event) syscall.Errno {
				if e.Kind == Sync && strings.HasSuffix(e.Path, "-wal") || strings.HasSuffix(e.Path, ".db") && e.Kind != Read {
					return syscall.EIO
				}
				return 0
			})
			require.Regexp(t, "^storage .+", s.ask("2"))
			require.Regexp(t, "^storage .+", s.ask("close"))
			d.Refuse(nil)
			require.Equal(t, "ok", s.ask("open"))
			require.Equal(t, "ok", s.ask("3"))
		})
		requireThere(t, dir, []int{1, 3})
	}
}

// TestR17_WhatCannotBeReadIsNotDamaged: SQLite says damaged when a read fails. The
// start is refused in words, nothing is put aside, and the next one works.
func TestR17_WhatCannotBeReadIsNotDamaged(t *testing.T) {
	needFUSE(t)
	old := t.TempDir()
	r := &rep{dir: filepath.Join(old, folder), seed: 1}
	require.NoError(t, r.open(t.Context()))
	require.NoError(t, r.pull(t.Context(), 1, 1, people))
	for n := 2; n < 200; n++ {
		require.NoError(t, r.create(t.Context(), n))
	}
	require.NoError(t, r.store.Close())
	refused := 0
	for last := range 25 {
		d, err := FromDir(old, nil)
		require.NoError(t, err)
		// The mark makes the start look at all of the file.
		n, errno := d.add(d.root.nodes["share"].nodes["satchel"], "satchel.suspect", 0o600, false)
		require.Zero(t, errno)
		require.NotNil(t, n)
		dir := serve(t, d, func(s servant) {
			reads := 0
			d.Refuse(func(e Event) syscall.Errno {
				if e.Kind == Read && strings.HasSuffix(e.Path, ".db") {
					if reads++; reads > last {
						return syscall.EIO
					}
				}
				return 0
			})
			if answer := s.ask("open"); answer != "ok" {
				require.Regexp(t, "^storage .*could not be read", answer)
				refused++
				d.Refuse(nil)
				require.Equal(t, "ok", s.ask("open"))
			}
			d.Refuse(nil)
			require.Equal(t, "ok", s.ask("300"))
		})
		requireThere(t, dir, []int{2, 100, 199, 300})
	}
	t.Logf("%d starts refused", refused)
	require.Positive(t, refused)
}

// TestR17_ADiskThatFailsNowAndThen fails at events that are drawn from the seed.
func TestR17_ADiskThatFailsNowAndThen(t *testing.T) {
	needFUSE(t)
	first := firstSeed(t)
	refused, done := 0, 0
	for life := range rounds(8) {
		draw := rand.New(rand.NewPCG(first+life, 17))
		d := New(nil)
		var acked []int
		dir := serve(t, d, func(s servant) {
			require.Equal(t, "ok", s.ask("open"))
			d.Refuse(func(e Event) syscall.Errno {
				if strings.HasSuffix(e.Path, "-shm") || e.Kind == Read || draw.IntN(60) > 0 {
					return 0
				}
				return []syscall.Errno{syscall.EIO, syscall.ENOSPC}[draw.IntN(2)]
			})
			open := true
			for n := range 150 {
				if open && n%30 == 29 {
					s.ask("close") // whatever it says
					open = false
				}
				if !open {
					answer := s.ask("open")
					open = answer == "ok"
					require.Regexp(t, "^(ok|(storage|corrupt) .+)", answer, "life %d", first+life)
					continue
				}
				switch answer := s.ask(strconv.Itoa(n)); answer {
				case "ok":
					acked = append(acked, n)
				default:
					require.Regexp(t, "^(storage|corrupt) .+", answer, "life %d", first+life)
					refused++
				}
			}
			d.Refuse(nil)
			if !open {
				require.Equal(t, "ok", s.ask("open"))
			}
			require.Equal(t, "ok", s.ask("500"))
			acked = append(acked, 500)
		})
		requireThere(t, dir, acked)
		done += len(acked)
	}
	t.Logf("%d edits acknowledged, %d refused", done, refused)
	require.Positive(t, refused)
}
