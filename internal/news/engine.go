package news

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"satchel/internal/crm"
)

const (
	// Gap is how long the copy has to be without a delta for the rep to have been
	// away: the program was closed, the computer asleep, or offline. It is longer
	// than the quarter of an hour after which a pull that was stopped, by the day's
	// limit for one, is tried again.
	Gap = 30 * time.Minute
	// batch is HubSpot's limit of inputs in one batch read with history.
	batch = 50
	// few is how many calls there are in a minute: an idle desktop makes twelve at
	// most, and the deltas need the others. After an absence, and when somebody
	// waits, it is some more, one for each type.
	few   = 2
	some  = 6
	pace  = time.Minute
	eager = 2 * time.Minute // after an absence
)

// Store keeps the news.
type Store interface {
	// Online notes that the copy is fresh; after gap without that the rep was away.
	// It answers when the last absence ended, and the id of the newest news.
	Online(ctx context.Context, at crm.Millis, gap time.Duration) (back crm.Millis, newest int64, err error)
	// NewsQuestions are what nobody was asked about yet, the newest first.
	NewsQuestions(ctx context.Context, limit int) ([]crm.NewsQuestion, error)
	AnswerNews(ctx context.Context, answers []crm.NewsAnswer) error
}

// Directory knows the portal's properties and people.
type Directory interface {
	Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error)
	Owners(ctx context.Context) ([]crm.Owner, error)
}

// Historian reads who set which value when, newest first. A record that HubSpot
// does not return is absent.
type Historian interface {
	History(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (map[crm.RemoteID]map[string][]crm.Version, error)
}

// Options are what an Engine stands on. All but Notify, Clock and Log are
// required.
type Options struct {
	Store     Store
	Directory Directory
	Remote    Historian
	Owner     func() crm.OwnerID // the rep
	// Notify is told when there is other news; nil means nobody listens.
	Notify func(...crm.Topic)
	// Clock is our own clock; nil means time.Now.
	Clock func() time.Time
	// Log is where the engine writes what it could not find out; nil discards.
	Log *slog.Logger
}

// Engine is the step after a delta. After may be called at any time, by one at a
// time.
type Engine struct {
	o Options

	mu    sync.Mutex
	told  int64       // the newest news that was told of
	calls []time.Time // those of the last minute
}

// New makes an engine. It calls nothing.
func New(o Options) *Engine {
	if o.Notify == nil {
		o.Notify = func(...crm.Topic) {}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Engine{o: o}
}

// After is called when a delta has succeeded. It notes that, and asks HubSpot
// who made the latest changes, as far as its few calls go; ctx should be in a
// background lane, unless somebody waits for it. What HubSpot does not tell stays unexplained for good, and is
// no error.
func (e *Engine) After(ctx context.Context) error {
	now := e.o.Clock()
	back, newest, err := e.o.Store.Online(ctx, crm.At(now), Gap)
	if err != nil {
		return err
	}
	if e.other(newest) {
		e.o.Notify(crm.TopicNews)
	}
	for e.may(ctx, back) {
		asked, err := e.explain(ctx)
		if err != nil || !asked {
			return err
		}
	}
	return nil
}

// other says whether there is other news than was told of.
func (e *Engine) other(newest int64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.told
	e.told = newest
	return was != newest
}

// may says whether a call is due.
func (e *Engine) may(ctx context.Context, back crm.Millis) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.o.Clock()
	e.calls = slices.DeleteFunc(e.calls, func(at time.Time) bool { d := now.Sub(at); return d < 0 || d >= pace })
	since := now.Sub(back.Time())
	if crm.LaneOf(ctx) == crm.Interactive || back != 0 && since >= 0 && since < eager {
		return len(e.calls) < some
	}
	return len(e.calls) < few
}

func (e *Engine) called() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, e.o.Clock())
}

// explain asks about the newest unexplained news and what else of its type fits
// into the same call. false: there is nothing to ask.
func (e *Engine) explain(ctx context.Context) (bool, error) {
	all, err := e.o.Store.NewsQuestions(ctx, 20*batch)
	if err != nil || len(all) == 0 {
		return false, err
	}
	q := pick(all)
	me, err := e.self(ctx)
	if err != nil {
		return false, err
	}
	props, err := e.o.Directory.Properties(ctx, q.typ)
	if err != nil {
		return false, err
	}
	e.called()
	history, err := e.o.Remote.History(ctx, q.typ, q.ids, q.props)
	switch k := crm.KindOf(err); {
	case err == nil:
	case k == crm.Forbidden || k == crm.Invalid || k == crm.NotFound:
		// It cannot be told, now or later.
		e.o.Log.WarnContext(ctx, "no history to explain news by", slog.String("type", string(q.typ)), slog.String("kind", k.String()))
	default:
		return false, err
	}
	answers := make([]crm.NewsAnswer, len(q.asks))
	for i, a := range q.asks {
		answers[i] = answer(a, history[a.Record][a.Prop], propertyOf(props, a.Prop))
		answers[i].Own = me != "" && strings.TrimPrefix(answers[i].Who, "userId:") == me && crm.ByPerson(answers[i].Source)
	}
	if err := e.o.Store.AnswerNews(ctx, answers); err != nil {
		return false, err
	}
	e.o.Notify(crm.TopicNews)
	return true, nil
}

// questions are those that go into one call.
type questions struct {
	typ   crm.ObjectType
	ids   []crm.RemoteID
	props []string
	asks  []crm.NewsQuestion
}

func pick(all []crm.NewsQuestion) questions {
	q := questions{typ: all[0].Type}
	for _, a := range all {
		if a.Type != q.typ {
			continue
		}
		if !slices.Contains(q.ids, a.Record) {
			if len(q.ids) == batch {
				continue
			}
			q.ids = append(q.ids, a.Record)
		}
		if !slices.Contains(q.props, a.Prop) {
			q.props = append(q.props, a.Prop)
		}
		q.asks = append(q.asks, a)
	}
	return q
}

// answer finds the version that a question is about: the newest with the value,
// since it may have been set before, or the first of all.
func answer(q crm.NewsQuestion, versions []crm.Version, p crm.Property) crm.NewsAnswer {
	out := crm.NewsAnswer{ID: q.ID}
	i := slices.IndexFunc(versions, func(v crm.Version) bool {
		return p.Same(v.Value, q.Value) || crm.NewsCut(q.Value) && crm.NewsText(v.Value) == q.Value
	})
	if q.First {
		i = len(versions) - 1
	}
	if i >= 0 {
		out.Who, out.Source, out.At = versions[i].By, versions[i].Source, versions[i].At
	}
	return out
}

// self is the rep's user id, by which HubSpot's histories name people; "" when it
// is not known.
func (e *Engine) self(ctx context.Context) (string, error) {
	owners, err := e.o.Directory.Owners(ctx)
	if err != nil {
		return "", err
	}
	rep := e.o.Owner()
	for _, o := range owners {
		if o.ID == rep && rep != "" && o.UserID != "" {
			return o.UserID, nil
		}
	}
	return "", nil
}

func propertyOf(props []crm.Property, name string) crm.Property {
	for _, p := range props {
		if p.Name == name {
			return p
		}
	}
	return crm.Property{Name: name}
}
