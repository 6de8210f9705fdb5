package boot

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"satchel/internal/budget"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/wire"
)

// Where the rep's reserve is kept, and what the last run counted.
const (
	reserveKey = "budget.reserve"
	countedKey = "budget.counted"
)

// usualReserve is what is left to other programs when nobody has said otherwise.
// The burst is an app's own, so there is nobody to leave it to. Others that search
// are noticed by the first refusal, and given way to; only a first pull, which is
// over in minutes, would use all searches. The day's calls do not come back.
func usualReserve() wire.Reserve { return wire.Reserve{Daily: 20} }

// reserving is the reserve in force: what the configuration sets, else what the
// rep chose, else the usual. It is safe for concurrent use.
type reserving struct {
	fixed []string
	cfg   config.Config

	mu  sync.Mutex
	now wire.Reserve
}

func newReserving(c config.Config) *reserving {
	r := &reserving{cfg: c, fixed: []string{}}
	for _, f := range r.fields(&wire.Reserve{}) {
		if f.set != "" {
			r.fixed = append(r.fixed, f.name)
		}
	}
	r.choose(usualReserve())
	return r
}

// field is one of the reserve's numbers with what the configuration says of it.
type field struct {
	name, set string
	to        *int
}

func (r *reserving) fields(to *wire.Reserve) []field {
	return []field{
		{"burst", r.cfg.ReserveBurst, &to.Burst},
		{"search", r.cfg.ReserveSearch, &to.Search},
		{"daily", r.cfg.ReserveDaily, &to.Daily},
	}
}

// choose takes what the rep chose, as far as the configuration leaves it open.
func (r *reserving) choose(chosen wire.Reserve) {
	for _, f := range r.fields(&chosen) {
		if n, ok := config.Percent(f.set); ok {
			*f.to = n
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = chosen
}

func (r *reserving) get() wire.Reserve {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// loadReserve reads what the rep chose.
func (n *Node) loadReserve(ctx context.Context) error {
	saved, err := n.store.Setting(ctx, reserveKey)
	if err != nil || saved == "" {
		return err
	}
	chosen := usualReserve()
	if err := json.Unmarshal([]byte(saved), &chosen); err != nil || soundReserve(chosen) != nil {
		n.logger.WarnContext(ctx, "the reserve cannot be read; using the usual one", slog.String("saved", saved))
		return nil //nolint:nilerr // it was told, and the usual one is good
	}
	n.reserve.choose(chosen)
	return nil
}

func soundReserve(r wire.Reserve) error {
	for _, p := range []int{r.Burst, r.Search, r.Daily} {
		if p < 0 || p > budget.MaxReserve {
			return &crm.Error{Kind: crm.Invalid, Op: "set reserve", Msg: "What is left to other programs is 0 to 90 per cent of a limit. Nothing was changed."}
		}
	}
	return nil
}

// Budget is how the limits are used. A program that has made no call yet tells
// what the one before it counted.
func (s *syncing) Budget(ctx context.Context) (wire.Budget, error) {
	out := wire.Budget{Buckets: []wire.BudgetBucket{}, Reserve: s.reserve.get(), Fixed: s.reserve.fixed}
	sess, err := s.remote.client()
	if err != nil { // nobody is connected, and then there is no limit either
		return out, nil //nolint:nilerr // as the comment says
	}
	stats := sess.budget.Stats()
	if stats.Calls() == 0 {
		if before, err := (*Node)(s).counted(ctx); err != nil || before.Known {
			before.Reserve, before.Fixed = out.Reserve, out.Fixed
			return before, err
		}
	}
	out.Known, out.At = true, time.Now().UnixMilli()
	out.Buckets = []wire.BudgetBucket{
		bucketOf(budget.Burst, stats.Burst), bucketOf(budget.Search, stats.Search),
		bucketOf(budget.Associations, stats.Associations), bucketOf(budget.OAuth, stats.OAuth),
	}
	d := stats.Day
	out.Day = wire.BudgetDay{
		Limit: d.Limit, Left: d.Left, Ours: d.Ours, Others: d.Others, Reserve: d.Reserve, Edits: d.Edits,
		Ends: millisOf(d.Ends), Slow: d.Slow, Next: millisOf(d.Next),
	}
	return out, nil
}

func bucketOf(which budget.Bucket, s budget.BucketStats) wire.BudgetBucket {
	out := wire.BudgetBucket{
		Name: which.String(), Limit: s.Limit, SpanMs: s.Window.Milliseconds(), Used: s.Held, Others: s.Peers, Reserve: s.Reserve,
		Calls: s.Calls, Refused: s.Rejected, Waiting: s.Waiting, PausedUntil: millisOf(s.PausedUntil), Why: s.Policy,
		Lanes: []wire.BudgetLane{},
	}
	for _, l := range s.Lanes {
		out.Lanes = append(out.Lanes, wire.BudgetLane{
			Name: l.Lane, Calls: l.Calls, Refused: l.Rejected, Waiting: l.Waiting, LastMinute: l.LastMinute,
		})
	}
	return out
}

func millisOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// SetReserve changes what is left to other programs, at once. What the
// configuration sets stays.
func (s *syncing) SetReserve(ctx context.Context, r wire.Reserve) (wire.Budget, error) {
	if err := soundReserve(r); err != nil {
		return wire.Budget{}, err
	}
	b, err := json.Marshal(r)
	if err != nil {
		return wire.Budget{}, err
	}
	if err := s.store.SetSetting(ctx, reserveKey, string(b)); err != nil {
		return wire.Budget{}, err
	}
	s.reserve.choose(r)
	if sess, err := s.remote.client(); err == nil {
		sess.budget.SetReserve(budget.Reserve(s.reserve.get()))
	}
	return s.Budget(ctx)
}

// count is what a run counted, and for which portal.
type count struct {
	Portal string      `json:"portal"`
	Budget wire.Budget `json:"budget"`
}

// counted is what the last run counted; not Known when there is nothing about
// this portal.
func (n *Node) counted(ctx context.Context) (wire.Budget, error) {
	none := wire.Budget{Buckets: []wire.BudgetBucket{}}
	saved, err := n.store.Setting(ctx, countedKey)
	if err != nil || saved == "" {
		return none, err
	}
	var c count
	if err := json.Unmarshal([]byte(saved), &c); err != nil {
		n.logger.WarnContext(ctx, "what the last run counted cannot be read", slog.String("error", err.Error()))
		return none, nil
	}
	p, ok, err := n.store.Portal(ctx)
	if err != nil || !ok || p.ID != c.Portal {
		return none, err
	}
	return c.Budget, nil
}

// spent is what the last run had used of the limits when it ended, as far as that
// is known: a command that follows another one is not to take its calls for those
// of other programs.
func (n *Node) spent(ctx context.Context) map[budget.Bucket]budget.Spent {
	last, err := n.counted(ctx)
	if err != nil {
		n.logger.WarnContext(ctx, "what the last run counted cannot be read", slog.Any("err", err))
		return nil
	}
	out := map[budget.Bucket]budget.Spent{}
	for _, b := range last.Buckets {
		for _, which := range []budget.Bucket{budget.Burst, budget.Associations} {
			if b.Name == which.String() {
				out[which] = budget.Spent{Calls: b.Used, At: time.UnixMilli(last.At)}
			}
		}
	}
	return out
}

// keepCount keeps what this run counted for the next one to tell.
func (n *Node) keepCount(ctx context.Context) error {
	p, ok, err := n.store.Portal(ctx)
	if err != nil || !ok {
		return err
	}
	sess, err := n.remote.client()
	if err != nil || sess.budget.Stats().Calls() == 0 {
		return nil //nolint:nilerr // nobody is connected, and nothing was counted
	}
	b, err := (*syncing)(n).Budget(ctx)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(count{p.ID, b})
	if err != nil {
		return err
	}
	return n.store.SetSetting(ctx, countedKey, string(raw))
}
