package outbox_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// A thousand edits cost ten reads and ten writes in the foreground and twenty
// reads of history in the background; a thousand creates cost ten calls.
func TestBatches_CostWhatTheyMay(t *testing.T) {
	w := newWorld(t, sandbox.Options{Contacts: 1100})
	var ops []crm.Op
	for i, r := range w.some(crm.Contacts, 1000) {
		ops = append(ops, crm.Op{
			Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, Made: crm.At(w.clock),
			Fields: []crm.Field{{Name: "jobtitle", Value: fmt.Sprintf("Officer %d", i)}},
		})
	}
	_, err := w.store.Enqueue(t.Context(), ops, nil)
	require.NoError(t, err)
	calls := func() int64 { return w.portal.Stats().Requests["burst"] }

	before := calls()
	require.Equal(t, crm.FlushResult{Acked: 1000}, w.flush())
	require.LessOrEqual(t, calls()-before, int64(22))
	before = calls()
	found, err := w.outbox.Check(t.Context())
	require.NoError(t, err)
	require.Zero(t, found)
	require.LessOrEqual(t, calls()-before, int64(20))

	ops = nil
	for i := range 1000 {
		ops = append(ops, crm.Op{
			Kind: crm.OpCreate, Type: crm.Contacts, Record: crm.NewLocalID(), Made: crm.At(w.clock),
			Fields: []crm.Field{{Name: "email", Value: fmt.Sprintf("batch-%d@cost.example", i)}},
		})
	}
	_, err = w.store.Enqueue(t.Context(), ops, nil)
	require.NoError(t, err)
	before = calls()
	require.Equal(t, crm.FlushResult{Acked: 1000}, w.flush())
	require.LessOrEqual(t, calls()-before, int64(12))
}
