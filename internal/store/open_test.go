//go:build unix

package store_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// TestMain lets the tests start this program again as another process.
func TestMain(m *testing.M) {
	switch os.Getenv("STORE_TEST_CHILD") {
	case "":
		// Under the race detector SQLite is ten times slower. A longer search is
		// -rapid.checks=1000.
		flag.Parse()
		if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
			if err := f.Value.Set("20"); err != nil {
				panic(err)
			}
		}
		os.Exit(m.Run())
	case "hold":
		holdChild()
	case "full":
		fullChild()
	case "loop":
		loopChild()
	case "million":
		millionChild()
	}
}

func child(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), "STORE_TEST_CHILD="+role, "STORE_TEST_DIR="+dir)
	c.Stderr = os.Stderr
	return c
}

func TestR10_FilesAreTheOwnersAlone(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	for _, there := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "data")
		if there {
			require.NoError(t, os.Mkdir(dir, 0o777))
		}
		s := open(t, dir)
		pull(t, s, contact(1, 1000, "firstname", "Anna"))
		require.NoError(t, s.BackUp(t.Context()))
		require.NoError(t, s.BackUpDaily(t.Context()))
		waits := newContact("firstname", "Ben")
		waits.Made = crm.At(time.Now().Add(-time.Hour))
		enqueue(t, s, waits)
		require.NoError(t, s.BackUpOutbox(t.Context()))
		require.FileExists(t, filepath.Join(dir, "backup", "outbox.db"))
		// And after a repair, with what that leaves.
		require.NoError(t, s.Close())
		require.NoError(t, os.WriteFile(s.Path(), []byte("no database"), 0o600))
		s = open(t, dir)
		pull(t, s, contact(1, 1000, "firstname", "Anna"))
		n := 0
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			require.NoError(t, err)
			info, err := d.Info()
			require.NoError(t, err)
			want := fs.FileMode(0o600)
			if d.IsDir() {
				want = 0o700
			}
			require.Equal(t, want, info.Mode().Perm(), path)
			n++
			return nil
		}))
		require.GreaterOrEqual(t, n, 11, "folder, db, wal, shm, lock, damaged db, backup folder, three backups")
	}
}

func TestOpen_LeavesAFolderWithOtherThingsOpenToOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	require.NoError(t, os.Mkdir(dir, 0o755)) //nolint:gosec // the point of the test
	require.NoError(t, os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600))
	open(t, dir)
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o755), info.Mode().Perm())
}

func TestR13_ASecondProcessIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c := child(t, "hold", dir)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "open\n", line)

	_, err = store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.Equal(t, crm.InUse, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "already running")

	require.NoError(t, in.Close())
	require.NoError(t, c.Wait())
	open(t, dir)
}

func holdChild() {
	s := must(store.Open(background(), os.Getenv("STORE_TEST_DIR"), slog.New(slog.DiscardHandler)))
	_, _ = os.Stdout.WriteString("open\n")
	_, _ = os.Stdin.Read(make([]byte, 1))
	if err := s.Close(); err != nil {
		panic(err)
	}
}

func TestR14_ANewerDatabaseIsRefusedWithoutWriting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	pull(t, s, contact(1, 1000, "firstname", "Anna"))
	require.NoError(t, s.PretendNewer(t.Context()))
	require.NoError(t, s.Close())
	before := hash(t, s.Path())
	_, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "newer version")
	require.Equal(t, before, hash(t, s.Path()))
}

func hash(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return sha256.Sum256(b)
}

func TestOpen_SaysWhatIsWrongWithTheFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
		require.Equal(t, crm.Storage, crm.KindOf(err), "%v", err)
		require.Contains(t, crm.Message(err), dir)
	}
}

func TestR16_TheFileIsKeptAsItWas(t *testing.T) {
	for name, damage := range map[string]func([]byte){
		"header": func(b []byte) { copy(b, "this is no database") },
		"schema": func(b []byte) { clear(b[100:4096]) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s := open(t, dir)
			pull(t, s, contact(1, 1000, "firstname", "Anna"))
			require.NoError(t, s.Close())
			b, err := os.ReadFile(s.Path())
			require.NoError(t, err)
			damage(b)
			require.NoError(t, os.WriteFile(s.Path(), b, 0o600))
			s = open(t, dir)
			h, ok, err := s.Healed(t.Context())
			require.NoError(t, err)
			require.True(t, ok)
			kept, err := os.ReadFile(h.Path)
			require.NoError(t, err)
			require.Equal(t, b, kept)
		})
	}
}

func TestOpen_SendingIsAmbiguousAfterwards(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	op := enqueue(t, s, edit(r, "firstname", "Anne"))[0]
	begin(t, s, op)
	require.NoError(t, s.Close())

	s = open(t, dir)
	ops := unfinished(t, s)
	require.Len(t, ops, 1)
	require.Equal(t, crm.Ambiguous, ops[0].State)
	require.Equal(t, crm.Millis(5000), ops[0].SentAt)
	require.NoError(t, s.Check(t.Context()))
}

func TestOpen_DerivesAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	pull(t, s, contact(1, 1000, "firstname", "Anna"), contact(2, 1000))
	require.NoError(t, s.ForgetDerived(t.Context()))
	require.NoError(t, s.Close())
	s = open(t, dir)
	require.Equal(t, []string{"Anna", ""}, titles(list(t, s, crm.ListQuery{Type: crm.Contacts, Sort: crm.Sort{Prop: "title"}})))
}

func TestClose_RefusesWhatComesLater(t *testing.T) {
	s := fresh(t)
	require.NoError(t, s.Close())
	require.Error(t, s.SetSetting(t.Context(), "a", "b"))
	_, err := s.Setting(t.Context(), "a")
	require.Error(t, err)
}

// Versions of this build's modules. modernc.org/sqlite's generated code is only
// tested with the libc that its own go.mod names.
func TestR19_SQLiteAndItsLibcBelongTogether(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-json", "modernc.org/sqlite", "modernc.org/libc")
	out, err := list.Output()
	require.NoError(t, err)
	mods := map[string]module{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var m module
		require.NoError(t, dec.Decode(&m))
		mods[m.Path] = m
	}
	require.Len(t, mods, 2)
	for _, m := range mods {
		require.Nil(t, m.Replace, "%s is replaced", m.Path)
	}
	named, err := os.ReadFile(mods["modernc.org/sqlite"].GoMod)
	require.NoError(t, err)
	require.Contains(t, string(named), "modernc.org/libc "+mods["modernc.org/libc"].Version+"\n", "raise both together")
	if info, ok := debug.ReadBuildInfo(); ok { // a test binary may know nothing of its modules
		for _, d := range info.Deps {
			if m, ours := mods[d.Path]; ours {
				require.Equal(t, m.Version, d.Version)
			}
		}
	}
	v, err := fresh(t).SQLiteVersion(t.Context())
	require.NoError(t, err)
	var major, minor, patch int
	_, err = fmt.Sscanf(v, "%d.%d.%d", &major, &minor, &patch)
	require.NoError(t, err, v)
	require.GreaterOrEqual(t, major*1_000_000+minor*1_000+patch, 3_051_003, "3.51.3 mends a race in WAL files")
}

// module is what go list says of one.
type module struct {
	Path, Version, GoMod string
	Replace              *struct{ Path string }
}
