package outbox

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"satchel/internal/crm"
)

func op(id, record string, kind crm.OpKind, state crm.OpState) crm.Op {
	return crm.Op{ID: crm.OpID(id), Record: crm.LocalID(record), RemoteID: crm.RemoteID("r" + record), Kind: kind, Type: crm.Deals, State: state}
}

func ids(u unit) []string {
	var out []string
	for _, o := range u.ops {
		out = append(out, string(o.ID))
	}
	return out
}

func TestPlan_OneRecordKeepsItsOrder(t *testing.T) {
	first, second, other := op("1", "a", crm.OpUpdate, crm.RetryWait), op("2", "a", crm.OpUpdate, crm.Queued), op("3", "b", crm.OpUpdate, crm.Queued)
	first.NextAt = 50
	require.Equal(t, []string{"3"}, ids(plan([]crm.Op{first, second, other}, 10)), "the second edit of a must wait for the first")
	require.Equal(t, []string{"1", "3"}, ids(plan([]crm.Op{first, second, other}, 50)))
}

func TestPlan_NothingBeforeTheCreateIsKnown(t *testing.T) {
	create := op("1", "a", crm.OpCreate, crm.Ambiguous)
	create.RemoteID, create.NextAt = "", 100
	edit := op("2", "a", crm.OpUpdate, crm.Queued)
	edit.RemoteID = ""
	link := op("3", "b", crm.OpAssociate, crm.Queued)
	link.To, link.ToRecord = crm.Contacts, "a"
	require.Empty(t, plan([]crm.Op{create, edit, link}, 99).ops)
	require.Equal(t, []string{"1"}, ids(plan([]crm.Op{create, edit, link}, 100)))
}

func TestPlan_RefusedEditHoldsBackOnlyItsFields(t *testing.T) {
	stuck := op("1", "a", crm.OpUpdate, crm.Parked)
	stuck.Fields = []crm.Field{{Name: "amount"}}
	same := op("2", "a", crm.OpUpdate, crm.Queued)
	same.Fields = []crm.Field{{Name: "amount"}, {Name: "dealname"}}
	free := op("3", "a", crm.OpUpdate, crm.Queued)
	free.Fields = []crm.Field{{Name: "closedate"}}
	require.Empty(t, plan([]crm.Op{stuck, same}, 0).ops)
	require.Equal(t, []string{"3"}, ids(plan([]crm.Op{stuck, free}, 0)))
}

func TestPlan_ParkedCreateParksOnlyItsFollowers(t *testing.T) {
	create := op("1", "a", crm.OpCreate, crm.Parked)
	create.RemoteID = ""
	follower := op("2", "a", crm.OpUpdate, crm.Queued)
	follower.RemoteID = ""
	stranger := op("3", "b", crm.OpUpdate, crm.Queued)
	require.Equal(t, []string{"3"}, ids(plan([]crm.Op{create, follower, stranger}, 0)))
}

func TestNext_IsTheEarliestOfWhatIsFree(t *testing.T) {
	held := op("1", "a", crm.OpArchive, crm.Queued)
	held.NextAt = 30_000
	behind := op("2", "a", crm.OpUpdate, crm.Queued)
	parked := op("3", "b", crm.OpUpdate, crm.Parked)
	at, ok := next([]crm.Op{held, behind, parked})
	require.True(t, ok)
	require.EqualValues(t, 30_000, at)
	_, ok = next([]crm.Op{parked})
	require.False(t, ok, "what needs the rep waits for no time")
}

// Invariants of every plan, whatever the queue looks like: a batch is of one
// kind and type, holds no record twice, nothing that is not due, and never an
// operation in front of which another of the same record is still to be sent.
func TestPlan_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		states := []crm.OpState{crm.Queued, crm.RetryWait, crm.Ambiguous, crm.Parked, crm.InDispute, crm.Sending}
		kinds := []crm.OpKind{crm.OpUpdate, crm.OpArchive, crm.OpUpdate}
		var ops []crm.Op
		for i := range rapid.IntRange(0, 30).Draw(t, "n") {
			o := op(string(rune('A'+i)), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "record"),
				rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SampledFrom(states).Draw(t, "state"))
			o.NextAt = crm.Millis(rapid.IntRange(0, 3).Draw(t, "at"))
			o.Fields = []crm.Field{{Name: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "field")}}
			ops = append(ops, o)
		}
		u := plan(ops, 1)
		seen := map[crm.LocalID]bool{}
		for _, o := range u.ops {
			require.False(t, seen[o.Record])
			seen[o.Record] = true
			require.Equal(t, u.kind, o.Kind)
			require.LessOrEqual(t, o.NextAt, crm.Millis(1))
			for _, before := range ops {
				if before.ID == o.ID {
					break
				}
				if before.Record == o.Record {
					require.Contains(t, []crm.OpState{crm.Parked, crm.InDispute}, before.State)
				}
			}
		}
		if len(u.ops) == 0 {
			for o := range free(ops) {
				require.Greater(t, o.NextAt, crm.Millis(1), "something was due and not planned")
			}
		}
	})
}
