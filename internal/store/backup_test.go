//go:build unix

package store_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// Whatever becomes of the database, what a backup has is there again. What waited
// then may have been sent since, and is looked up before it is sent again.
func TestR16_ABackupGivesBackWhatTheFileHasNot(t *testing.T) {
	for name, destroy := range map[string]func(t *testing.T, file string){
		"an empty file": func(t *testing.T, file string) { t.Helper(); require.NoError(t, os.Truncate(file, 0)) },
		"no file":       func(t *testing.T, file string) { t.Helper(); require.NoError(t, os.Remove(file)) },
		"garbage": func(t *testing.T, file string) {
			t.Helper()
			require.NoError(t, os.WriteFile(file, make([]byte, 100*pageBytes), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fullStore(t)
			s, err := store.Open(t.Context(), dir, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			before := told(t, s)
			require.NoError(t, s.BackUpDaily(t.Context()))
			require.NoError(t, s.Close())
			destroy(t, filepath.Join(dir, "satchel.db"))
			s, healed := openHealed(t, dir)
			require.True(t, healed)
			after := told(t, s)
			require.Len(t, after, len(before))
			for id, o := range before {
				got := after[id]
				if !o.State.Done() {
					require.True(t, got.Unsure, "%s may have been sent since", o.State)
					require.NotEqual(t, crm.Queued, got.State)
					require.NotZero(t, got.SentAt)
				}
				got.State, got.Unsure, got.SentAt, got.NextAt = o.State, o.Unsure, o.SentAt, o.NextAt
				require.Empty(t, cmp.Diff(o, got))
				requireShown(t, s, o, name)
			}
			h, _, err := s.Healed(t.Context())
			require.NoError(t, err)
			require.Equal(t, len(before), h.FromBackup)
			require.Zero(t, h.Missing)
			require.True(t, h.Settings)
			require.NoError(t, s.Check(t.Context()))
		})
	}
}

// age makes every backup older.
func age(t *testing.T, dir string, by time.Duration) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "backup", "*.db"))
	require.NoError(t, err)
	for _, f := range files {
		info, err := os.Stat(f)
		require.NoError(t, err)
		at := info.ModTime().Add(-by)
		require.NoError(t, os.Chtimes(f, at, at))
		// Two of one second would have one name.
		require.NoError(t, os.Rename(f, filepath.Join(filepath.Dir(f), "daily-"+at.Format("20060102-150405.000000")+".db")))
	}
}

func TestBackUpDaily_OneADayAndThreeAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	pull(t, s, contact(1, 1000, "firstname", "Anna"))
	count := func() int {
		files, err := filepath.Glob(filepath.Join(dir, "backup", "*"))
		require.NoError(t, err)
		return len(files)
	}
	for want := range 5 {
		require.NoError(t, s.BackUpDaily(t.Context()))
		require.NoError(t, s.BackUpDaily(t.Context()))
		require.Equal(t, min(want+1, 3), count())
		age(t, dir, 25*time.Hour)
	}
}

func TestBackUpOutbox_OnlyWhatHasWaitedAndChanged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	file := filepath.Join(dir, "backup", "outbox.db")
	r := pull(t, s, contact(1, 1000, "firstname", "Anna"))[0]
	fresh := edit(r, "firstname", "Anne")
	fresh.Made = crm.At(time.Now())
	enqueue(t, s, fresh)
	require.NoError(t, s.BackUpOutbox(t.Context()))
	require.NoFileExists(t, file, "it is a moment old")
	old := edit(r, "lastname", "Berg")
	old.Made = crm.At(time.Now().Add(-6 * time.Minute))
	old.Kind, old.Record, old.Type = crm.OpCreate, "", crm.Contacts
	enqueue(t, s, old)
	require.NoError(t, s.BackUpOutbox(t.Context()))
	require.FileExists(t, file)
	require.NoError(t, os.Remove(file))
	require.NoError(t, s.BackUpOutbox(t.Context()))
	require.NoFileExists(t, file, "nothing has changed")
	enqueue(t, s, newContact("firstname", "Berta"))
	require.NoError(t, s.BackUpOutbox(t.Context()))
	require.FileExists(t, file)
}
