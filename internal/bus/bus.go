// Package bus carries the news that something changed from whoever changed it
// to whoever shows it. It carries names of things (crm.Topic), never data: a
// subscriber asks again for what it shows.
//
// It is not a queue and keeps no history. A subscriber that reads slowly gets
// the union of what happened meanwhile, and one that cannot be told everything
// gets a gap in the sequence, which means "ask again for all you show". A
// writer is never held up by a reader.
package bus

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"satchel/internal/crm"
)

// interval is the shortest time between two deliveries to one subscriber:
// three frames, so that a burst of small writes repaints a window once.
const interval = 50 * time.Millisecond

// limit is how many topics wait for one subscriber before the record topics
// among them are given up for a gap in the sequence.
const limit = 256

// Bus is safe for concurrent use. Make one with New.
type Bus struct {
	mu   sync.Mutex
	subs map[*subscriber]struct{}
}

// subscriber holds what one reader has not been told yet. Its fields but wake
// are guarded by the mutex of the bus.
type subscriber struct {
	pending pending
	wake    chan struct{} // holds one token while there is something pending
}

// pending is a bounded set of topics.
type pending struct {
	topics map[crm.Topic]struct{}
	lost   bool // record topics were given up
}

// New makes a bus without subscribers.
func New() *Bus {
	return &Bus{subs: map[*subscriber]struct{}{}}
}

// Publish tells every subscriber that these things changed. It never blocks.
// Whoever publishes the topic of a record publishes that of its list as well.
func (b *Bus) Publish(topics ...crm.Topic) {
	if len(topics) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		s.pending.add(topics...)
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// Subscribe delivers what is published from now on until ctx is done, when the
// channel is closed. The first change of a quiet time arrives at once, further
// ones at most every 50 ms. Topics are sorted and each is named once.
//
// Seq starts at 1 and ascends by one, but for a gap where more than 256 topics
// waited and those of single records were left out.
func (b *Bus) Subscribe(ctx context.Context) <-chan crm.Change {
	s := &subscriber{wake: make(chan struct{}, 1)}
	b.mu.Lock()
	b.subs[s] = struct{}{}
	b.mu.Unlock()

	out := make(chan crm.Change)
	go func() {
		defer close(out)
		defer b.drop(s)
		b.deliver(ctx, s, out)
	}()
	return out
}

func (b *Bus) drop(s *subscriber) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, s)
}

// deliver owns what it has taken off the subscriber, so that a topic published
// again while it is being handed over is delivered again.
func (b *Bus) deliver(ctx context.Context, s *subscriber, out chan<- crm.Change) {
	var seq uint64
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		var next pending
		for taken := false; !taken; {
			next.merge(b.take(s))
			change := next.change(seq)
			select {
			case <-ctx.Done():
				return
			case <-s.wake: // the reader is slow and there is more: offer the union
			case out <- change:
				seq, taken = change.Seq, true
			}
		}
		pause.Reset(interval)
	}
}

func (b *Bus) take(s *subscriber) pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := s.pending
	s.pending = pending{}
	return p
}

func (p *pending) add(topics ...crm.Topic) {
	if p.topics == nil {
		p.topics = map[crm.Topic]struct{}{}
	}
	for _, topic := range topics {
		if p.lost && isRecord(topic) {
			continue
		}
		p.topics[topic] = struct{}{}
		if len(p.topics) > limit && !p.lost {
			p.giveUpRecords()
		}
	}
}

func (p *pending) merge(more pending) {
	if more.lost && !p.lost {
		p.giveUpRecords()
	}
	for topic := range more.topics {
		p.add(topic)
	}
}

func (p *pending) giveUpRecords() {
	p.lost = true
	for topic := range p.topics {
		if isRecord(topic) {
			delete(p.topics, topic)
		}
	}
}

func (p *pending) change(last uint64) crm.Change {
	topics := make([]crm.Topic, 0, len(p.topics))
	for topic := range p.topics {
		topics = append(topics, topic)
	}
	slices.Sort(topics)
	seq := last + 1
	if p.lost {
		seq++
	}
	return crm.Change{Seq: seq, Topics: topics}
}

func isRecord(topic crm.Topic) bool {
	return strings.HasPrefix(string(topic), string(crm.RecordTopic("")))
}
