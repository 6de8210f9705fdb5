package syncer

import (
	"context"
	"time"

	"satchel/internal/crm"
)

// State is one word for what is going on.
type State string

// The states, named as the status bar knows them.
const (
	Idle         State = "idle"
	Pulling      State = "pulling"
	Sending      State = "sending"
	Offline      State = "offline"      // HubSpot is not reached; it is tried now and then
	Waiting      State = "waiting"      // HubSpot asked us to, or cannot at the moment
	Paused       State = "paused"       // by the rep
	SignIn       State = "signin"       // HubSpot no longer accepts the sign-in
	Disconnected State = "disconnected" // no portal
)

// Status is a snapshot for the status bar.
type Status struct {
	State    State
	Online   bool
	Paused   bool
	LastSync crm.Millis // when the copy was last known to be fresh; 0 = not since the start
	NextTry  crm.Millis // when HubSpot is asked again, while offline or waiting
	Message  string     // the cause of the last trouble, for people; "" when all is well
}

// state is what both sides share. Syncer.mu guards it.
type state struct {
	connected bool
	portals   int // how often Resume or Again was called: another may be connected
	signin    bool
	paused    bool
	online    bool
	focus     crm.ObjectType
	refresh   bool      // the rep wants fresh data now
	shown     shown     // and was not read again yet
	verified  shown     // the last one that was
	verifyAt  time.Time // when
	lastSync  time.Time
	nextProbe time.Time
	message   string // why offline or signed out
}

// shown is a record that has come on screen.
type shown struct {
	t     crm.ObjectType
	id    crm.RemoteID
	local crm.LocalID
}

// side is one of the two directions. Syncer.mu guards all but name and slot.
type side struct {
	name    string
	slot    slot
	busy    bool
	cancel  context.CancelFunc // of the step that runs
	fails   int
	from    time.Time // with wait: not before then; zero for at once
	wait    time.Duration
	message string
}

func (d *side) stop() {
	if d.cancel != nil {
		d.cancel()
	}
}

func (d *side) clear() { d.fails, d.from, d.wait, d.message = 0, time.Time{}, 0, "" }

func (d *side) until() time.Time { return d.from.Add(d.wait) }

// Status tells what is going on.
func (s *Syncer) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status()
}

// status is Status under the lock.
func (s *Syncer) status() Status {
	out := Status{
		State: Idle, Online: s.st.online && s.st.connected, Paused: s.st.paused,
		LastSync: crm.At(s.st.lastSync),
	}
	now := s.clock()
	var waiting *side
	for _, d := range []*side{&s.pull, &s.push} {
		if left(d.from, now, d.wait) > 0 && (waiting == nil || d.until().Before(waiting.until())) {
			waiting = d
		}
	}
	switch {
	case !s.st.connected:
		out.State = Disconnected
	case s.st.signin:
		out.State, out.Message = SignIn, s.st.message
	case s.st.paused:
		out.State = Paused
	case !s.st.online:
		out.State, out.Message, out.NextTry = Offline, s.st.message, crm.At(s.st.nextProbe)
	case s.push.busy:
		out.State = Sending
	case s.pull.busy:
		out.State = Pulling
	case waiting != nil:
		out.State = Waiting
	}
	if waiting != nil && out.Message == "" && s.st.connected {
		out.Message, out.NextTry = waiting.message, crm.At(waiting.until())
	}
	return out
}

// update changes the state, and tells whoever waits for it or shows it.
func (s *Syncer) update(change func()) {
	s.mu.Lock()
	old := s.status()
	change()
	differs := s.status() != old
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	if differs {
		s.publish(crm.TopicSync)
	}
}

func (s *Syncer) publish(topics ...crm.Topic) {
	if s.bus != nil {
		s.bus.Publish(topics...)
	}
}

func (s *Syncer) focus() crm.ObjectType {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st.focus
}

// await waits until a condition on the state holds; false when ctx was first.
func (s *Syncer) await(ctx context.Context, holds func() bool) bool {
	for {
		s.mu.Lock()
		ok, changed := holds(), s.changed
		s.mu.Unlock()
		if ok {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// open says, under the lock, whether steps may run.
func (s *Syncer) open() bool {
	return s.st.connected && !s.st.signin && !s.st.paused && s.st.online
}
