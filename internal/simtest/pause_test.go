package simtest

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// pause_during_retry: syncing is paused while an edit is between two tries, and
// while one is on its way. Nothing counts as sent that was not, nothing goes out
// during the pause, and afterwards it arrives once.
func TestScenario_pause_during_retry(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"between two tries":  {Kind: "status", Status: 503, Match: sandbox.Match{Method: "POST", Path: "/crm/**/batch/update"}, Count: 3},
		"the answer is lost": {Kind: "drop_after_apply", Match: sandbox.Match{Method: "POST", Path: "/crm/**/batch/update"}, Count: 1},
		"the call is lost":   {Kind: "drop_before_apply", Match: sandbox.Match{Method: "POST", Path: "/crm/**/batch/update"}, Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				p, err := sandbox.Open(sandbox.Options{Contacts: 5, Limits: "oauth", Latency: 100 * time.Millisecond})
				require.NoError(t, err)
				defer func() { require.NoError(t, p.Close()) }()
				ctx, cancel := context.WithCancel(t.Context())
				d := startDesktop(ctx, t, p, access(t, p), dir)
				var loops sync.WaitGroup
				loops.Go(func() { _ = d.sync.Run(ctx) }) // it ends with ctx, which is no error
				time.Sleep(time.Minute)
				page, err := d.store.List(ctx, crm.ListQuery{Type: crm.Contacts, Limit: 1})
				require.NoError(t, err)
				r := page.Records[0]

				_, err = p.Fault(fault)
				require.NoError(t, err)
				ops, err := d.store.Enqueue(ctx, []crm.Op{{
					Kind: crm.OpUpdate, Type: r.Type, Record: r.ID, Made: crm.At(time.Now()), Fields: []crm.Field{{Name: "jobtitle", Value: "Paused"}},
				}}, nil)
				require.NoError(t, err)
				d.sync.Wake()
				time.Sleep(250 * time.Millisecond) // the write is on its way, or has just failed
				d.sync.Pause(true)
				time.Sleep(time.Minute) // what had left has come back
				quiet := p.Stats().Requests["burst"]
				time.Sleep(15 * time.Minute)
				require.Equal(t, quiet, p.Stats().Requests["burst"], "nothing goes out during the pause")
				op, err := d.store.Op(ctx, ops[0].ID)
				require.NoError(t, err)
				require.NotEqual(t, crm.Acked, op.State)
				require.NotEqual(t, crm.Sending, op.State)

				d.sync.Pause(false)
				time.Sleep(5 * time.Minute)
				op, err = d.store.Op(ctx, ops[0].ID)
				require.NoError(t, err)
				require.Equal(t, crm.Acked, op.State)
				got, err := d.store.Record(ctx, crm.Contacts, string(r.ID))
				require.NoError(t, err)
				require.Equal(t, "Paused", got.Base["jobtitle"])
				cancel()
				loops.Wait()
				require.NoError(t, d.store.Close())
			})
		})
	}
}
