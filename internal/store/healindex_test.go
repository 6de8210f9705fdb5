package store_test

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// An index that says something else than the records is right by its own checks,
// and so is a record whose searched text, title or key has another letter than
// its values. It shows when a word is taken out that is not there, and the next
// start makes anew what is derived; nothing else is touched.
func TestR16_AnIndexThatDisagreesIsMadeAnew(t *testing.T) {
	for name, harm := range map[string]string{
		"the index": `INSERT INTO record_fts (record_fts, rowid, text, tags) SELECT 'delete', id, text, tags FROM record`,
		"the text":  `UPDATE record SET text = replace(text, 'l', 'k') || ' so many words more than there are in the whole of the index', title = replace(title, 'L', 'K'), title_key = replace(title_key, 'l', 'k')`,
	} {
		t.Run(name, func(t *testing.T) { disagrees(t, harm) })
	}
}

func disagrees(t *testing.T, harm string) {
	t.Helper()
	dir := t.TempDir()
	logger := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), dir, logger)
	require.NoError(t, err)
	rs := pull(t, s, contact(1, 2000, "lastname", "Ljungqvist"), contact(2, 2000, "lastname", "Lagerlof"))
	_, err = s.CatchUp(t.Context(), false)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "satchel.db"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), harm)
	require.NoError(t, err)
	require.NoError(t, db.Close())

	s, err = store.Open(t.Context(), dir, logger)
	require.NoError(t, err)
	enqueue(t, s, edit(rs[0], "lastname", "Almqvist"))
	_, err = s.CatchUp(t.Context(), false)
	require.Equal(t, crm.Corrupt, crm.KindOf(err), "%v", err)
	require.Contains(t, crm.Message(err), "start it again")
	_ = s.Close() // it says so once more

	for range 2 { // the first start mends it, and the second has nothing to do
		s, err = store.Open(t.Context(), dir, logger)
		require.NoError(t, err)
		_, healed, err := s.Healed(t.Context())
		require.NoError(t, err)
		require.False(t, healed, "the database itself is whole")
		_, err = s.CatchUp(t.Context(), false)
		require.NoError(t, err)
		require.NoError(t, s.Check(t.Context()))
		for text, n := range map[string]int{"almqvist": 1, "ljungqvist": 0, "lagerlof": 1} {
			found, err := s.Search(t.Context(), text, []crm.ObjectType{crm.Contacts}, "", 10, nil)
			require.NoError(t, err)
			require.Len(t, found, n, text)
		}
		require.Len(t, unfinished(t, s), 1)
		require.NoError(t, s.Close())
	}
}
