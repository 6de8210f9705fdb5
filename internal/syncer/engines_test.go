package syncer

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"satchel/internal/bus"
	"satchel/internal/crm"
)

// engines stands for pull and outbox: it notes what was called when, and
// answers with what a test has set.
type engines struct {
	mu       sync.Mutex
	calls    []call
	complete bool
	swept    crm.Swept
	trouble  func(name string) error // asked before every call
	slow     func(ctx context.Context, name string) error
	due      []crm.Millis // what Next answers; a flush takes those that are due
	clock    func() time.Time
}

type call struct {
	name  string
	types []crm.ObjectType
	at    time.Time
}

func (f *engines) note(ctx context.Context, name string, types ...crm.ObjectType) error {
	f.mu.Lock()
	f.calls = append(f.calls, call{name, types, time.Now()})
	trouble, slow := f.trouble, f.slow
	f.mu.Unlock()
	if slow != nil {
		if err := slow(ctx, name); err != nil {
			return err
		}
	}
	if trouble != nil {
		return trouble(name)
	}
	return nil
}

func (f *engines) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *engines) Schema(ctx context.Context, types ...crm.ObjectType) error {
	return f.note(ctx, "schema", types...)
}

func (f *engines) Backfill(ctx context.Context) error {
	err := f.note(ctx, "backfill")
	f.set(func() { f.complete = f.complete || err == nil })
	return err
}

func (f *engines) Delta(ctx context.Context, types ...crm.ObjectType) error {
	return f.note(ctx, "delta", types...)
}

func (f *engines) Full(ctx context.Context) error { return f.note(ctx, "full") }

func (*engines) Types() []crm.ObjectType {
	var out []crm.ObjectType
	for _, s := range crm.AllSpecs() {
		out = append(out, s.Type)
	}
	return out
}

func (f *engines) Sweep(ctx context.Context) (crm.Swept, error) {
	err := f.note(ctx, "sweep")
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.swept, err
}

func (f *engines) Reread(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) error {
	return f.note(ctx, "reread "+string(ids[0]), t)
}

func (f *engines) Complete(context.Context) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.complete, nil
}

func (f *engines) Pulled() map[crm.ObjectType]int {
	return map[crm.ObjectType]int{crm.Deals: len(f.named("delta"))}
}

func (f *engines) Flush(ctx context.Context) (crm.FlushResult, error) {
	if err := f.note(ctx, "flush"); err != nil {
		return crm.FlushResult{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.due)
	f.due = slices.DeleteFunc(f.due, func(at crm.Millis) bool { return at <= crm.At(f.clock()) })
	return crm.FlushResult{Acked: n - len(f.due), Left: len(f.due)}, nil
}

func (f *engines) Next(context.Context) (crm.Millis, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.due) == 0 {
		return 0, false, nil
	}
	return slices.Min(f.due), true, nil
}

func (f *engines) Check(ctx context.Context) (int, error) { return 0, f.note(ctx, "check") }

func (f *engines) named(names ...string) (out []call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if slices.Contains(names, c.name) {
			out = append(out, c)
		}
	}
	return out
}

func (f *engines) forget() { f.set(func() { f.calls = nil }) }

// queue puts an operation into the outbox that is due after d.
func (f *engines) queue(d time.Duration) {
	f.set(func() { f.due = append(f.due, crm.At(f.clock().Add(d))) })
}

// running starts a syncer over the engines and stops it when the test ends.
func running(t *testing.T, f *engines, change func(*Options)) *Syncer {
	t.Helper()
	f.clock = time.Now
	o := Options{
		Puller: f, Pusher: f, Bus: bus.New(), Connected: true,
		Probe: func(ctx context.Context) error { return f.note(ctx, "probe") },
	}
	if change != nil {
		change(&o)
	}
	s := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	synctest.Wait()
	return s
}

func kind(k crm.Kind) error { return &crm.Error{Kind: k, Msg: "Told by the test."} }
