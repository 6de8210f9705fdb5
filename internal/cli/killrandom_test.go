package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox"
)

// The program is killed at random, in the middle of commands of the rep's and of
// syncs, while the portal drops answers, is unwell and slow, and colleagues
// write between our reading and our writing. In the end HubSpot holds what is on
// the rep's list: see check.
func TestKill_AtRandom(t *testing.T) {
	unraced(t)
	t.Parallel()
	onBoth(t, func(t *testing.T, refuse bool) {
		t.Helper()
		r := newRep(newProgram(t, sandbox.Options{Contacts: 40, Limits: "off", Latency: 10 * time.Millisecond, RefuseUniqueProperties: refuse}), 6)
		r.gate.meddle(r.slipIn())
		for i := range *killRounds {
			r.act(i)
			r.fault()
			r.sync()
		}
		t.Log(r.check())
		require.Positive(t, r.hits["outbox"]+r.hits["sync"], "no sync was killed")
	})
}

// act does a few things as the rep, some of them killed.
func (r *rep) act(round int) {
	r.t.Helper()
	for range 1 + r.rnd.IntN(3) {
		var how manner = r.whole
		if r.rnd.IntN(3) == 0 {
			how = r.within(time.Duration(r.rnd.Int64N(int64(60 * time.Millisecond))))
		}
		switch n := r.rnd.IntN(12); {
		case n < 4:
			r.create(how, types()[r.rnd.IntN(3)], r.rnd.IntN(4) > 0)
		case n < 9:
			k := r.any()
			r.set(how, k, 1+r.rnd.IntN(3))
			if r.rnd.IntN(2) == 0 {
				r.set(r.whole, k, 1+r.rnd.IntN(3))
			}
		case n < 10 && round <= *killRounds/3: // it waits for half a minute
			if k := r.any(); r.remote[k] != "" { // one that was never sent would simply go
				r.archive(how, k)
			}
		case n < 11:
			a, b := r.any(), r.any()
			if a.typ != b.typ {
				r.associate(how, a, b)
			}
		default:
			k := r.any()
			if id := r.remote[k]; id != "" {
				r.colleague(k.typ, id, fields(k.typ)[r.rnd.IntN(2)])
			}
		}
	}
}

// any draws a record, the last ones more often, so that edits meet.
func (r *rep) any() ref {
	n := len(r.records)
	if r.rnd.IntN(2) == 0 {
		return r.records[n-1-r.rnd.IntN(min(n, 4))]
	}
	return r.records[r.rnd.IntN(n)]
}

// slipIn has a colleague write now and then what is about to be written, when
// the program has read it already.
func (r *rep) slipIn() func(call) {
	n := 0
	return func(c call) {
		if !strings.HasSuffix(c.path, "/batch/update") {
			return
		}
		r.mu.Lock()
		n++
		skip := n%2 != 0
		r.mu.Unlock()
		var body struct {
			Inputs []struct {
				ID         string            `json:"id"`
				Properties map[string]string `json:"properties"`
			} `json:"inputs"`
		}
		if skip || json.Unmarshal([]byte(c.body), &body) != nil || len(body.Inputs) == 0 {
			return
		}
		for _, field := range fields(strings.Split(c.path, "/")[4]) {
			if _, sent := body.Inputs[0].Properties[field]; sent {
				r.colleague(strings.Split(c.path, "/")[4], body.Inputs[0].ID, field)
				return
			}
		}
	}
}

// fault gives the portal other troubles than it had.
func (r *rep) fault() {
	r.t.Helper()
	r.portal.ClearFaults()
	kinds := []sandbox.Fault{
		{Kind: "drop_before_apply"},
		{Kind: "drop_after_apply"},
		{Kind: "truncate"},
		{Kind: "reset"},
		{Kind: "status", Status: 502, Apply: true},
		{Kind: "status", Status: 503},
		{Kind: "status", Status: 429, Policy: "TEN_SECONDLY_ROLLING", RetryAfter: 1},
		{Kind: "latency", LatencyMS: 150},
	}
	for range 1 + r.rnd.IntN(4) {
		f := kinds[r.rnd.IntN(len(kinds))]
		f.Match = sandbox.Match{Path: []string{"/crm/**/batch/*", "/crm/**/batch/**", "/crm/**"}[r.rnd.IntN(3)]}
		f.Probability, f.Seed = 0.4, r.rnd.Int64()
		_, err := r.portal.Fault(f)
		require.NoError(r.t, err)
	}
}

// sync sends, and is killed while it does.
func (r *rep) sync() {
	r.t.Helper()
	args := [][]string{{"outbox", "flush"}, {"outbox", "flush"}, {"sync", "--once"}}[r.rnd.IntN(3)]
	limit := 20*time.Millisecond + time.Duration(r.rnd.Int64N(int64(400*time.Millisecond)))
	if r.rnd.IntN(5) == 0 {
		limit = 3 * time.Second // it may come to its end
	}
	out, code := r.killAfter(limit, args...)
	require.True(r.t, slices.Contains([]int{exitDone, exitFailed, exitWaiting, killed}, code), "%d %s", code, out)
	if code == killed {
		r.hits[args[0]]++
	}
}
