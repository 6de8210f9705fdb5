package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

const canary = "zanzibarina"

// personEverywhere puts one person's values into everything that is kept, among
// others, and returns the person.
func personEverywhere(t *testing.T, dir string) crm.Record {
	t.Helper()
	s := open(t, dir)
	var others []crm.RemoteRecord
	for i := range 400 {
		others = append(others, contact(1000+i, 1000, "firstname", fmt.Sprint("Anna", i), "lastname", "Berg", "email", fmt.Sprintf("a%d@example.org", i)))
	}
	rs := pull(t, s, append(others, contact(51, 1000, "firstname", canary, "lastname", canary, "email", canary+"@b.example", "city", canary))...)
	r := rs[len(rs)-1]
	_, err := s.CatchUp(t.Context(), false)
	require.NoError(t, err)
	acme := pull(t, s, remote(crm.Companies, 7, 1000, "name", "Acme"))[0]
	// A receipt, an edit in conflict, one that waits, an association and a note.
	acked := enqueue(t, s, edit(r, "lastname", canary+"-sent"))[0]
	begin(t, s, acked)
	answer := contact(51, 2000, "lastname", canary+"-sent")
	settle(t, s, crm.Outcome{Op: acked.ID, State: crm.Acked, At: 2000, Remote: &answer, Answer: canary})
	disputed := enqueue(t, s, edit(r, "city", canary+"-mine"))[0]
	begin(t, s, disputed)
	settle(t, s, crm.Outcome{Op: disputed.ID, State: crm.InDispute, At: 3000, Disputes: []crm.Dispute{{Field: "city", Mine: canary, Theirs: canary + "-theirs"}}})
	enqueue(t, s, edit(r, "jobtitle", canary))
	enqueue(t, s, crm.Op{Kind: crm.OpAssociate, Type: crm.Contacts, Record: r.ID, To: crm.Companies, ToRecord: acme.ID})
	enqueue(t, s, crm.Op{Kind: crm.OpCreate, Type: crm.Notes, ToRecord: r.ID, Fields: []crm.Field{{Name: "hs_note_body", Value: "met " + canary}}})
	enqueue(t, s, edit(rs[0], "lastname", "Bergman"))
	require.NoError(t, s.BackUpDaily(t.Context()))
	require.NoError(t, s.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "satchel-damaged-1.db"), []byte(canary), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "satchel-damaged-1.db-wal"), []byte(canary), 0o600))
	return r
}

func TestR18_AForgottenPersonLeavesNoTrace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	r := personEverywhere(t, dir)
	s := open(t, dir)
	require.NotZero(t, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: canary}).Total)
	require.NoError(t, s.Forget(t.Context(), crm.Contacts, string(r.ID)))
	requireNoTrace(t, dir, canary)
	require.Zero(t, list(t, s, crm.ListQuery{Type: crm.Contacts, Text: canary}).Total)
	_, err := s.Record(t.Context(), crm.Contacts, "51")
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	ops := unfinished(t, s)
	require.Len(t, ops, 1, "the edit of somebody else stays")
	require.Equal(t, "Bergman", ops[0].Fields[0].Value)
	require.Equal(t, 400, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	check(t, s)
	found, err := filepath.Glob(filepath.Join(dir, "backup", "daily-*.db"))
	require.NoError(t, err)
	require.Len(t, found, 1, "there is a backup again")
	require.NoError(t, s.Close())
	requireNoTrace(t, dir, canary)
}

func TestR18_ForgetWaitsForWhatIsBeingSent(t *testing.T) {
	s := fresh(t)
	r := pull(t, s, contact(51, 1000, "firstname", "Anna"))[0]
	begin(t, s, enqueue(t, s, edit(r, "firstname", "Anne"))[0])
	err := s.Forget(t.Context(), crm.Contacts, "51")
	require.Equal(t, crm.Conflict, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "being sent")
	require.Len(t, unfinished(t, s), 1)
	require.Equal(t, crm.NotFound, crm.KindOf(s.Forget(t.Context(), crm.Contacts, "52")))
	require.Equal(t, crm.NotFound, crm.KindOf(s.Forget(t.Context(), crm.Companies, string(r.ID))))
	require.Equal(t, crm.Invalid, crm.KindOf(s.Forget(t.Context(), "planets", "51")))
}

func TestR09_AWipeLeavesNoTrace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	personEverywhere(t, dir)
	s := open(t, dir)
	require.NoError(t, s.BackUp(t.Context()))
	require.NoError(t, s.Reset(t.Context(), true))
	requireNoTrace(t, dir, canary)
	require.NoError(t, s.Close())
	requireNoTrace(t, dir, canary)
}
