package outbox_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// made is a record of each type, as the rep makes one, and how to count it in
// HubSpot.
func made(w *world, spec crm.Spec) (op crm.Op, count func() int) {
	w.t.Helper()
	if spec.Activity {
		r := w.first(crm.Contacts, "email")
		before := len(w.on(spec.Type, crm.Contacts, r.RemoteID))
		return w.log(spec.Type, crm.Contacts, r.ID, sample(spec.Type)), func() int { return len(w.on(spec.Type, crm.Contacts, r.RemoteID)) - before }
	}
	name := map[crm.ObjectType]string{crm.Contacts: "email", crm.Companies: "name", crm.Deals: "dealname", crm.Tickets: "subject", crm.LineItems: "name", crm.Products: "name"}[spec.Type]
	require.NotEmpty(w.t, name, "say how a %s is recognised", spec.One)
	const value = "once@lost.example"
	v := crm.Values{name: value}
	switch spec.Type { //nolint:exhaustive // the others need no more
	case crm.Deals:
		v["pipeline"], v["dealstage"] = "default", "appointmentscheduled"
	case crm.Tickets:
		v["hs_pipeline"], v["hs_pipeline_stage"] = "0", "1"
	}
	return w.create(spec.Type, v), func() int { return w.count(spec.Type, name, value) }
}

// The answer to a create is lost after HubSpot has made the record, once, and
// again when it is sent again: of every type there is one record in the end, and
// it is ours. Where nothing tells whose it is nobody makes a second.
func TestR21_ACreateWhoseAnswerIsLostIsOneRecord(t *testing.T) {
	for _, spec := range crm.AllSpecs() {
		for _, refuse := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s refuse=%v", spec.Type, refuse), func(t *testing.T) {
				w := newWorld(t, sandbox.Options{RefuseUniqueProperties: refuse})
				for _, path := range []string{"/crm/**/batch/upsert", "/crm/**/batch/create"} {
					w.fault("drop_after_apply", "POST", path, 2)
				}
				op, count := made(w, spec)
				_, err := w.outbox.Flush(t.Context())
				require.NoError(t, err)
				require.Equal(t, crm.Ambiguous, w.op(op.ID).State)
				require.Equal(t, 1, count(), "HubSpot made it before the answer was lost")
				w.flush()
				require.Equal(t, 1, count())
				if refuse && !spec.Activity && spec.Type != crm.Contacts {
					require.Equal(t, crm.Parked, w.op(op.ID).State, "only the rep can tell")
					return
				}
				require.Equal(t, crm.Acked, w.op(op.ID).State)
				require.NotEmpty(t, w.record(spec.Type, op.Record).RemoteID)
			})
		}
	}
}
