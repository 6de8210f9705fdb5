package simtest

import (
	"bytes"
	"context"
	"log/slog"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/outbox"
	"satchel/internal/pull"
	"satchel/internal/store"
)

// node is Satchel from the store to the client, as a process has it between
// its start and its end.
type node struct {
	store  *store.Store
	hub    *hubspot.Client
	outbox *outbox.Engine
	pull   *pull.Engine
	calls  *budget.Budget

	session *session
}

// half is the jitter of every wait.
func half() float64 { return 0.5 }

// start opens the data directory as a new process does.
func (w *world) start() {
	w.t.Helper()
	w.wire.dead.Store(false)
	log := slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := store.Open(w.ctx, w.dir, log)
	require.NoError(w.t, err)
	w.wire.limits.restarted()
	n := &node{store: s, calls: budget.New(budget.Options{Rand: half, Heir: true}), session: &session{}}
	w.carryOn(n.session)
	n.hub = hubspot.New(hubspot.Options{
		BaseURL: "http://localhost", HTTP: w.wire, Tokens: n.session, Budget: n.calls, Logger: log, Rand: half,
	})
	n.pull = pull.New(pull.Options{Remote: orderly{n.hub, w.lists}, Store: &mortalCopy{s, w}, Clock: w.now, Log: log, Owner: func() crm.OwnerID { return w.owner }})
	n.outbox = outbox.New(outbox.Options{
		Queue: &mortal{s, w}, Remote: n.hub, Clock: w.now, Log: log, Rand: half,
		Keyed: func(context.Context, crm.ObjectType) (bool, error) { return w.keyed, nil },
	})
	w.node = n
}

// stop ends the process. What it had committed is there, and nothing else.
func (w *world) stop() {
	w.t.Helper()
	w.wire.dead.Store(true)
	require.NoError(w.t, w.store.Close())
}

// now is the clock of the rep's computer.
func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.skew.Load()) * time.Second) }

func (w *world) millis() crm.Millis { return crm.At(w.now()) }

// mortal is the outbox's store in a process that may die around a commit.
type mortal struct {
	*store.Store
	w *world
}

func (m *mortal) Begin(ctx context.Context, ops []crm.Op, at crm.Millis) ([]crm.Op, error) {
	return commit(m.w, "begin", func() ([]crm.Op, error) { return m.Store.Begin(ctx, ops, at) })
}

func (m *mortal) Settle(ctx context.Context, out []crm.Outcome) ([]crm.LocalID, error) {
	ids, err := commit(m.w, "settle", func() ([]crm.LocalID, error) { return m.Store.Settle(ctx, out) })
	return ids, err
}

// mortalCopy is the pull's store in such a process.
type mortalCopy struct {
	*store.Store
	w *world
}

func (m *mortalCopy) Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error) {
	return commitCopy(m.w, "apply "+string(p.Type), func() (crm.Applied, error) { return m.Store.Apply(ctx, p) })
}

func (m *mortalCopy) SetCursor(ctx context.Context, c crm.Cursor) error {
	_, err := commitCopy(m.w, "set cursor "+c.Name, func() (bool, error) { return true, m.Store.SetCursor(ctx, c) })
	return err
}

func (m *mortalCopy) DropCursors(ctx context.Context, prefix string) error {
	_, err := commitCopy(m.w, "drop cursors "+prefix, func() (bool, error) { return true, m.Store.DropCursors(ctx, prefix) })
	return err
}

func (m *mortalCopy) SaveProperties(ctx context.Context, t crm.ObjectType, ps []crm.Property) (bool, error) {
	return commitCopy(m.w, "save properties of "+string(t), func() (bool, error) { return m.Store.SaveProperties(ctx, t, ps) })
}

func (m *mortalCopy) SavePipelines(ctx context.Context, t crm.ObjectType, ps []crm.Pipeline) (bool, error) {
	return commitCopy(m.w, "save pipelines of "+string(t), func() (bool, error) { return m.Store.SavePipelines(ctx, t, ps) })
}

func (m *mortalCopy) SaveOwners(ctx context.Context, os []crm.Owner) (bool, error) {
	return commitCopy(m.w, "save owners", func() (bool, error) { return m.Store.SaveOwners(ctx, os) })
}

func (m *mortalCopy) Erase(ctx context.Context, t crm.ObjectType, props []string, edits bool) (bool, error) {
	return commitCopy(m.w, "erase of "+string(t), func() (bool, error) { return m.Store.Erase(ctx, t, props, edits) })
}

// commitCopy is a commit of the pull.
func commitCopy[T any](w *world, what string, do func() (T, error)) (T, error) {
	burn := func() {
		if w.copies.Load() > 0 && w.copies.Add(-1) == 0 {
			w.fuse.Store(1)
		}
	}
	burn()
	return commit(w, what, func() (T, error) {
		v, err := do()
		burn()
		return v, err
	})
}

func commit[T any](w *world, what string, do func() (T, error)) (T, error) {
	var none T
	if w.mayDie(what + ", before") {
		return none, dead(what)
	}
	v, err := do()
	if w.mayDie(what + ", after") {
		return none, dead(what)
	}
	return v, err
}

func dead(what string) error {
	return &crm.Error{Kind: crm.Storage, Op: what, Msg: "The process is dead.", Err: errDead}
}

// logged is what the process wrote into its log.
type logged struct{ bytes.Buffer }
