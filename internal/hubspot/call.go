package hubspot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"

	"satchel/internal/budget"
	"satchel/internal/crm"
)

// call is one request to HubSpot, before it is sent.
type call struct {
	op     string // for logs and errors
	method string
	path   string
	query  url.Values
	body   any // marshalled to JSON; nil for none
	bucket budget.Bucket
	reads  bool // changes nothing, so it may be repeated
}

const (
	readTries   = 4
	refusals    = 5                // how often a call that HubSpot certainly did not do is repeated
	maxReadTime = 45 * time.Second // no further try after that
	lockedWait  = 2 * time.Second  // a 423 lasts so long (HubSpot, error handling)
)

// do sends the call and decodes its answer into out, which may be nil. An out
// with a method whole says whether the answer is one: some other JSON, from a
// proxy for one, must not pass for "nothing there".
func (c *Client) do(ctx context.Context, q call, out any) error {
	var body []byte
	if q.body != nil {
		var err error
		if body, err = json.Marshal(q.body); err != nil {
			return &crm.Error{Kind: crm.Internal, Op: q.op, Err: err}
		}
	}
	if !q.reads {
		return c.settled(ctx, q, body, out)
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := c.settled(ctx, q, body, out)
		if err != nil && !passing(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(c.pauses()), backoff.WithMaxTries(readTries), backoff.WithMaxElapsedTime(maxReadTime))
	if err != nil && errors.Is(err, ctx.Err()) {
		return given(ctx, q, err)
	}
	if permanent, ok := errors.AsType[*backoff.PermanentError](err); ok { // it was the last try
		return permanent.Unwrap()
	}
	return err
}

// passing says whether a read may work if it is simply repeated soon.
func passing(err error) bool {
	e, ok := crm.AsError(err)
	if !ok || e.RetryAfter > 0 || errors.Is(err, errWebPage) {
		return false
	}
	return e.Kind == crm.Upstream || e.Kind == crm.Offline
}

// settled sends the call, and sends it again as long as HubSpot says that it
// did not even look at it: a limit (the budget waits), a lock, a stale token.
func (c *Client) settled(ctx context.Context, q call, body []byte, out any) error {
	token, err := c.tokens.Token(ctx)
	if err != nil {
		return err
	}
	renewed := false
	for try := 1; ; try++ {
		err = c.once(ctx, q, token, body, out)
		e, ok := crm.AsError(err)
		if !ok || try > refusals {
			return err
		}
		switch status := statusOf(err); {
		case e.Kind == crm.Unauthorized && !renewed:
			renewed = true
			if token, err = c.tokens.Refresh(ctx, token); err != nil {
				return err
			}
		case status == http.StatusTooManyRequests: // the budget knows, and makes the next one wait
		case status == http.StatusLocked:
			if wait(ctx, lockedWait) != nil {
				return err
			}
		default:
			return err
		}
	}
}

// once sends the call once. It never returns without handing its ticket back.
func (c *Client) once(ctx context.Context, q call, token string, body []byte, out any) error {
	ticket, err := c.budget.Acquire(ctx, q.bucket)
	if err != nil {
		return err
	}
	var answer budget.Answer
	defer func() { ticket.Done(answer) }()

	start := time.Now()
	within, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	sent := &sent{}
	req, err := c.request(sent.trace(within), q, token, body)
	if err != nil {
		return &crm.Error{Kind: crm.Internal, Op: q.op, Err: err}
	}
	res, err := c.http.Do(req)
	if err != nil {
		answer.Unsent = sent.surelyNot(err)
		return lost(ctx, q, err, answer.Unsent)
	}
	defer func() { _ = res.Body.Close() }()
	answer.Status, answer.Header = res.StatusCode, res.Header
	data, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return lost(ctx, q, err, false)
	case len(data) > maxBody:
		return unreadable(q, errors.New("the answer is longer than 10 MiB"))
	}
	c.log.DebugContext(ctx, "hubspot answered",
		slog.String("op", q.op), slog.Int("status", res.StatusCode), slog.Duration("took", time.Since(start)), slog.Int("bytes", len(data)))
	if err := refused(q, res, data); err != nil {
		if e, ok := crm.AsError(err); ok {
			answer.Policy = e.Policy
		}
		return err
	}
	if out == nil || len(data) == 0 && res.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return unreadable(q, err)
	}
	if a, ok := out.(interface{ whole() bool }); ok && !a.whole() {
		return unreadable(q, errors.New("the answer lacks what was asked for"))
	}
	return nil
}

func (c *Client) request(ctx context.Context, q call, token string, body []byte) (*http.Request, error) {
	address := c.base + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, r)
	if err != nil {
		return nil, err
	}
	// No Idempotency-Key, ever: net/http would take it as leave to send a POST
	// twice.
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.agent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// pauses are the waits between the tries of a read: 0.3 s, 0.6 s, 1.2 s, each
// up to half longer or shorter.
func (c *Client) pauses() backoff.BackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = 300 * time.Millisecond
	b.Multiplier = 2
	b.MaxInterval = 8 * time.Second
	b.RandomizationFactor = 0
	return &jittered{BackOff: b, rand: c.rand}
}

// jittered spreads the waits with our own source of chance.
type jittered struct {
	backoff.BackOff
	rand func() float64
}

func (j *jittered) NextBackOff() time.Duration {
	d := j.BackOff.NextBackOff()
	if d == backoff.Stop {
		return d
	}
	return time.Duration(float64(d) * (0.5 + j.rand()))
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
