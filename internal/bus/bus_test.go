package bus

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

var contacts = crm.ListTopic("contacts")

func TestSubscribe_FirstChangeArrivesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		changes := b.Subscribe(t.Context())
		start := time.Now()
		b.Publish(contacts, crm.TopicOutbox)
		got := <-changes
		require.Zero(t, time.Since(start))
		require.Empty(t, cmp.Diff(crm.Change{Seq: 1, Topics: []crm.Topic{contacts, crm.TopicOutbox}}, got))
	})
}

func TestSubscribe_SlowReaderGetsTheUnionOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		changes := b.Subscribe(t.Context())
		for range 1000 {
			b.Publish(contacts)
			b.Publish(crm.TopicSync, contacts)
		}
		synctest.Wait()
		time.Sleep(time.Hour)
		require.Empty(t, cmp.Diff(crm.Change{Seq: 1, Topics: []crm.Topic{contacts, crm.TopicSync}}, <-changes))
		requireSilence(t, changes)
	})
}

func TestSubscribe_AtMostOneDeliveryIn50ms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		ctx, cancel := context.WithCancel(t.Context())
		changes := b.Subscribe(ctx)
		go func() {
			defer cancel()
			for range 990 { // one publish a millisecond
				b.Publish(crm.TopicSync)
				time.Sleep(time.Millisecond)
			}
		}()
		var last time.Time
		var seq uint64
		for change := range changes {
			if !last.IsZero() {
				require.GreaterOrEqual(t, time.Since(last), interval)
			}
			require.Equal(t, seq+1, change.Seq)
			last, seq = time.Now(), change.Seq
		}
		require.Equal(t, uint64(20), seq)
	})
}

// A topic that is published again while its first news is being handed over
// must be delivered again: the reader may have asked in between.
func TestSubscribe_TopicPublishedDuringDeliveryComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		changes := b.Subscribe(t.Context())
		b.Publish(contacts)
		<-changes
		b.Publish(contacts)
		start := time.Now()
		require.Equal(t, uint64(2), (<-changes).Seq)
		require.Equal(t, interval, time.Since(start))
		requireSilence(t, changes)
	})
}

func TestSubscribe_TooManyTopicsLeaveAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		changes := b.Subscribe(t.Context())
		b.Publish(crm.TopicOutbox)
		require.Equal(t, uint64(1), (<-changes).Seq)
		synctest.Wait()
		for i := range 10 * limit {
			b.Publish(crm.RecordTopic(crm.LocalID(strconv.Itoa(i))), contacts)
		}
		require.Empty(t, cmp.Diff(crm.Change{Seq: 3, Topics: []crm.Topic{contacts}}, <-changes))
		b.Publish(crm.RecordTopic("7"))
		require.Empty(t, cmp.Diff(crm.Change{Seq: 4, Topics: []crm.Topic{crm.RecordTopic("7")}}, <-changes))
	})
}

// The bound holds as well where the topics arrive in instalments while the
// reader is away, and nothing but topics of records is ever left out.
func TestSubscribe_BoundHoldsAcrossInstalments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		changes := b.Subscribe(t.Context())
		b.Publish(crm.TopicSchema)
		for i := range limit {
			b.Publish(crm.RecordTopic(crm.LocalID(strconv.Itoa(i))), contacts)
			synctest.Wait() // deliver has taken it and offers it
		}
		require.Empty(t, cmp.Diff(crm.Change{Seq: 2, Topics: []crm.Topic{contacts, crm.TopicSchema}}, <-changes))
	})
}

func TestSubscribe_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		ctx, cancel := context.WithCancel(t.Context())
		gone, stays := b.Subscribe(ctx), b.Subscribe(t.Context())
		b.Publish(contacts) // offered to a reader that never takes it
		synctest.Wait()
		cancel()
		_, open := <-gone
		require.False(t, open)
		b.Publish(crm.TopicSync)
		require.Equal(t, []crm.Topic{contacts, crm.TopicSync}, (<-stays).Topics)
		b.mu.Lock()
		defer b.mu.Unlock()
		require.Len(t, b.subs, 1)
	})
}

// Whatever the interleaving, the last state published is announced after it
// was published: no writer's news is lost.
func TestPublish_ConcurrentWritersLoseNothing(t *testing.T) {
	b := New()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := b.Subscribe(ctx)
	const writers, rounds = 8, 500
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for r := range rounds {
				b.Publish(crm.Topic(fmt.Sprintf("%d/%d", w, r)))
			}
		})
	}
	seen := map[crm.Topic]bool{}
	for len(seen) < writers*rounds {
		for _, topic := range (<-changes).Topics {
			seen[topic] = true
		}
	}
	wg.Wait()
}

func TestPublish_WithoutTopicsSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New()
		changes := b.Subscribe(t.Context())
		b.Publish()
		requireSilence(t, changes)
	})
}

func requireSilence(t *testing.T, changes <-chan crm.Change) {
	t.Helper()
	select {
	case change := <-changes:
		t.Fatalf("unexpected change %v", change)
	case <-time.After(time.Minute):
	}
}
