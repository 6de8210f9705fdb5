package hooks

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// MaxBatch is the most notifications of one delivery; fact sheet 7.1.
const MaxBatch = 100

// retryAfter is how long after the first attempt a retry is due: ten of them,
// within 24 hours; fact sheet 7.1. HubSpot's own times are random.
func retryAfter(attempt int) (time.Duration, bool) {
	minutes := [...]int{1, 3, 8, 23, 53, 113, 233, 473, 833, 1433}
	if attempt < 1 || attempt > len(minutes) {
		return 0, false
	}
	return time.Duration(minutes[attempt-1]) * time.Minute, true
}

// Pump delivers what was published and is due now, waits for the answers, and
// goes on until nothing of that is due: a clock that was moved by a day makes
// it retry ten times. Pumps take turns. A delivery that fails is not an error
// but waits for its next attempt; the only error is ctx's, and then what was
// under way is due again as if it had not been tried.
func (s *Sender) Pump(ctx context.Context) error {
	select {
	case s.pump <- struct{}{}:
		defer func() { <-s.pump }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	last := s.lastSeq
	s.mu.Unlock()
	for ctx.Err() == nil {
		r := s.take(last)
		if len(r.batches) == 0 {
			return nil
		}
		s.deliver(ctx, r)
		s.mend()
	}
	return ctx.Err()
}

// Run pumps whenever something is published, becomes due or Wake is called,
// until ctx ends, which is not an error. It leaves no goroutine behind.
func (s *Sender) Run(ctx context.Context) error {
	for {
		if s.Pump(ctx) != nil {
			return nil //nolint:nilerr // only ctx's end, and that is how it is stopped
		}
		timer := time.NewTimer(s.pause())
		select {
		case <-ctx.Done():
		case <-s.kick:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pause is how long Run may sleep: until the next attempt is due, if the
// portal's clock runs as ours does.
func (s *Sender) pause() time.Duration {
	const shortest, longest = 10 * time.Millisecond, time.Hour
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings == nil {
		return longest // PutSettings wakes it
	}
	next, now := longest, s.nowMS()
	for _, w := range s.queue {
		next = min(next, time.Duration(w.Due-now)*time.Millisecond)
	}
	return max(next, shortest)
}

// round is what is delivered together: batches, at most width at a time.
type round struct {
	target  string
	width   int
	batches [][]*Waiting
}

// take moves what is due out of the queue and cuts it into batches.
func (s *Sender) take(last int64) round {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.settings == nil {
		return round{}
	}
	now := s.nowMS()
	var due, rest []*Waiting
	for _, w := range s.queue {
		if w.Due > now || w.Seq > last {
			rest = append(rest, w)
			continue
		}
		if w.Attempt == 0 {
			w.First = now
		}
		s.flying[w] = struct{}{}
		due = append(due, w)
	}
	s.queue = rest
	r := round{target: s.settings.TargetURL, width: s.settings.Throttling.MaxConcurrentRequests}
	r.batches = s.disturbed.cut(due)
	if s.disturbed.Reorder {
		r.width = 1
	}
	return r
}

// chunks cuts a list into batches.
func chunks(list []*Waiting) [][]*Waiting {
	return slices.Collect(slices.Chunk(list, MaxBatch))
}

// deliver sends a round's batches and settles each.
func (s *Sender) deliver(ctx context.Context, r round) {
	work := make(chan []*Waiting)
	var workers sync.WaitGroup
	for range min(r.width, len(r.batches)) {
		workers.Go(func() {
			for batch := range work {
				err := ctx.Err()
				if err == nil {
					err = s.send(ctx, r.target, batch)
				}
				s.settle(batch, err, err != nil && ctx.Err() != nil)
			}
		})
	}
	for _, batch := range r.batches {
		work <- batch
	}
	close(work)
	workers.Wait()
}

// send makes one delivery: signed as v1 or v2 and as v3, and answered with 2xx in time.
func (s *Sender) send(ctx context.Context, target string, batch []*Waiting) error {
	data, err := body(batch)
	if err != nil {
		return err
	}
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(data))
	if err != nil {
		return err
	}
	uri := u.Scheme + "://" + u.Host + u.RequestURI() // what the receiver sees
	now := s.nowMS()
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "HubSpot sandbox webhooks")
	if s.Disturbance().Signature == "v2" {
		h.Set("X-HubSpot-Signature", SignV2(s.opt.Secret, http.MethodPost, uri, data))
		h.Set("X-HubSpot-Signature-Version", "v2")
	} else {
		h.Set("X-HubSpot-Signature", SignV1(s.opt.Secret, data))
		h.Set("X-HubSpot-Signature-Version", "v1")
	}
	h.Set("X-HubSpot-Signature-v3", SignV3(s.opt.Secret, http.MethodPost, uri, data, now))
	h.Set("X-HubSpot-Request-Timestamp", strconv.FormatInt(now, 10))
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // only so that the connection is used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("the target answered %s", res.Status)
	}
	return nil
}

// settle notes how a batch fared: delivered, to be tried again, or given up. A
// batch that was called off goes back as it was, even if it has arrived.
func (s *Sender) settle(batch []*Waiting, err error, calledOff bool) {
	if err != nil && !calledOff {
		s.log.Warn("webhooks were not delivered", slog.Int("notifications", len(batch)), slog.Any("error", err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !calledOff {
		s.stats.Requests++
		if err != nil {
			s.stats.LastFailure = err.Error()
		}
	}
	for _, w := range batch {
		if w.duplicate {
			continue
		}
		delete(s.flying, w)
		if calledOff {
			s.queue = append(s.queue, w)
			continue
		}
		if w.Attempt > 0 {
			s.stats.Retried++
		}
		after, again := retryAfter(w.Attempt + 1)
		switch {
		case err == nil:
			s.stats.Delivered++
		case !again:
			s.stats.Failed++
		default:
			w.Attempt++
			w.Due = w.First + after.Milliseconds()
			s.queue = append(s.queue, w)
		}
	}
}

// mend puts the queue in order again after a round.
func (s *Sender) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.queue, bySeq)
	s.trim()
}

func bySeq(a, b *Waiting) int { return cmp.Compare(a.Seq, b.Seq) }
