package hooks

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Options says for which app and portal events are sent, and how. AppID,
// PortalID and Secret are needed; the rest has defaults.
type Options struct {
	AppID    int64
	PortalID int64
	Secret   string // the app's client secret, which signs deliveries
	// Now is the portal's clock, nil for time.Now. It is called under the
	// sender's lock and must not call back.
	Now func() time.Time
	// Client makes the deliveries. nil is a client of its own; a Timeout of 0 is
	// HubSpot's 5 s. Redirects are never followed, and no cookies are kept.
	Client *http.Client
	// AnyTarget allows https targets on other machines.
	AnyTarget bool
	// QueueLimit is how many notifications may wait, 0 for 100,000. Beyond it the
	// oldest are dropped.
	QueueLimit int
	// Logger gets what a person at the sandbox would want to know; nil is silent.
	Logger *slog.Logger
}

const (
	defaultTimeout    = 5 * time.Second
	defaultQueueLimit = 100_000
)

// Stats counts notifications, if not said otherwise, since the start or the
// state that was restored.
type Stats struct {
	Requests  int64 `json:"requests"`  // deliveries sent, duplicates too
	Delivered int64 `json:"delivered"` // accepted with 2xx
	Retried   int64 `json:"retried"`   // sent again after a failure
	Failed    int64 `json:"failed"`    // given up after the tenth retry
	Dropped   int64 `json:"dropped"`   // pushed out of a full queue
	Waiting   int64 `json:"waiting"`   // not delivered yet, those under way too
	// LastFailure is why the last failed delivery failed.
	LastFailure string `json:"lastFailure,omitempty"`
}

// Waiting is a notification that is not delivered yet.
type Waiting struct {
	Seq     int64        `json:"seq"`     // order of publication
	First   int64        `json:"first"`   // ms, when the first attempt began
	Due     int64        `json:"due"`     // ms, when the next attempt is due
	Attempt int          `json:"attempt"` // number of the next attempt, from 0
	Note    Notification `json:"note"`

	duplicate bool // a disturbance's copy: sent once, never counted or retried
}

// Sender is an app's webhooks. It is safe for concurrent use.
type Sender struct {
	opt    Options
	client *http.Client
	log    *slog.Logger
	pump   chan struct{} // holds a token while a Pump is under way
	kick   chan struct{} // tells Run to look again

	mu        sync.Mutex // guards everything below
	subs      []Subscription
	settings  *Settings
	queue     []*Waiting // by Seq, except while a round is being settled
	flying    map[*Waiting]struct{}
	disturbed disturbed
	stats     Stats
	lastSub   int64
	lastEvent int64
	lastSeq   int64
}

// New makes a sender without settings and subscriptions.
func New(o Options) *Sender {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.QueueLimit <= 0 {
		o.QueueLimit = defaultQueueLimit
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	client := &http.Client{}
	if o.Client != nil {
		*client = *o.Client
	}
	if client.Timeout == 0 {
		client.Timeout = defaultTimeout
	}
	client.Jar = nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Sender{
		opt: o, client: client, log: o.Logger,
		pump: make(chan struct{}, 1), kick: make(chan struct{}, 1),
		flying: map[*Waiting]struct{}{},
	}
}

// Publish queues a notification for every active subscription that asks for an
// event. It never blocks on a delivery and keeps nothing of the events. Without
// settings subscriptions are paused and nothing is queued.
func (s *Sender) Publish(events ...Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings == nil || len(s.subs) == 0 {
		return
	}
	before := s.lastSeq
	for i := range events {
		s.publish(&events[i])
	}
	if s.lastSeq != before {
		s.trim()
		s.poke()
	}
}

// Idle reports whether Publish would queue nothing.
func (s *Sender) Idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settings == nil || len(s.subs) == 0
}

func (s *Sender) publish(e *Event) {
	s.lastEvent++
	for i := range s.subs {
		if !s.subs[i].wants(e) {
			continue
		}
		n := s.notify(&s.subs[i], e)
		n.EventID = s.lastEvent
		s.lastSeq++
		s.queue = append(s.queue, &Waiting{Seq: s.lastSeq, Note: n})
	}
}

// trim drops the oldest notifications of a queue that is too long.
func (s *Sender) trim() {
	over := len(s.queue) - s.opt.QueueLimit
	if over <= 0 {
		return
	}
	clear(s.queue[:over])
	s.queue = s.queue[over:]
	s.stats.Dropped += int64(over)
}

// Stats returns the counts.
func (s *Sender) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Waiting = int64(len(s.queue) + len(s.flying))
	return out
}

// Wake makes Run look at the clock again. It does not wait.
func (s *Sender) Wake() { s.poke() }

// poke needs no lock and may be called under it.
func (s *Sender) poke() {
	select {
	case s.kick <- struct{}{}:
	default: // it is already told
	}
}

func (s *Sender) stamp() Stamp { return Stamp(s.nowMS()) }

func (s *Sender) nowMS() int64 { return s.opt.Now().UnixMilli() }
