package sandbox

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxURL is the length from which an address is refused; fact sheet 9.
const maxURL = 16_200

// maxBody is the largest request body that is read.
const maxBody = 16 << 20

// call is one API request on its way through a handler.
type call struct {
	p       *Portal
	r       *http.Request
	body    []byte
	who     *caller
	version string // 2026-09, 2026-03, v4, v3, v1
	bucket  string
}

// operation is what answers a request. It returns an *apiError for everything
// that HubSpot would answer with an error envelope.
type operation func(c *call) (answer, error)

// Handler serves the API, the OAuth pages, the portal's page at / and the
// control endpoints under /_sandbox.
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	p.apiRoutes(mux)
	p.pickerRoutes(mux)
	p.controlRoutes(mux)
	p.pageRoutes(mux)
	mux.HandleFunc("GET /_journal/{token}", p.journalFile)
	return mux
}

// serve runs an operation the way every API request runs: arrival is counted,
// the caller is known, the limits admit it, faults may strike before and after,
// and the answer waits for the latency.
func (p *Portal) serve(at route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p.faults.unreachable() {
			hangUp(w, false)
			return
		}
		correlation := p.correlation()
		c := &call{p: p, r: r, version: at.version, bucket: at.bucket}
		p.meter.count(at.bucket)
		hit := p.faults.strike(r)
		hit.before(w)
		a := p.run(c, at.op, correlation, hit)
		hit.after(w, c, &a, correlation)
		if !p.delay(r, hit.latency) {
			hangUp(w, false)
			return
		}
		send(w, a, correlation, hit)
	}
}

// run answers a request without any of the disturbances.
func (p *Portal) run(c *call, op operation, correlation string, hit strike) answer {
	now := p.Now()
	var limits http.Header
	if c.bucket == oauth {
		p.meter.arriveOAuth(now)
	} else {
		who, err := p.authenticate(c.r, now)
		if err != nil {
			return failure(err, correlation)
		}
		c.who = who
		if c.bucket == exempt {
			return answerTo(c, op, nil, correlation, hit)
		}
		header, refused := p.meter.take(c.bucket, who, now)
		if refused != nil {
			return withHeader(failure(refused, correlation), header)
		}
		limits = header
	}
	return answerTo(c, op, limits, correlation, hit)
}

// answerTo runs the operation, or lets a fault answer in its place.
func answerTo(c *call, op operation, limits http.Header, correlation string, hit strike) answer {
	if hit.instead() {
		return withHeader(hit.answer(c, correlation), limits)
	}
	a, err := perform(c, op)
	if err != nil {
		a = failure(err, correlation)
	}
	return withHeader(a, limits)
}

// perform reads the body and runs the operation.
func perform(c *call, op operation) (answer, error) {
	if len(c.r.URL.RequestURI()) > maxURL {
		return answer{}, &htmlError{http.StatusRequestURITooLong}
	}
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return answer{}, invalid("request body could not be read")
	}
	if len(body) > maxBody {
		return answer{}, &apiError{code: http.StatusRequestEntityTooLarge, Message: "Request body is too large"}
	}
	c.body = body
	if len(body) > 0 && c.bucket != oauth && !strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/json") {
		return answer{}, &htmlError{http.StatusUnsupportedMediaType}
	}
	return op(c)
}

func withHeader(a answer, more http.Header) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	maps.Copy(a.header, more)
	return a
}

// delay holds an answer back in real time; false when the caller has gone.
func (p *Portal) delay(r *http.Request, more time.Duration) bool {
	wait := p.opt.Latency + more
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// send writes an answer with the headers that every answer has.
func send(w http.ResponseWriter, a answer, correlation string, hit strike) {
	h := w.Header()
	maps.Copy(h, a.header)
	h.Set("X-HubSpot-Correlation-Id", correlation)
	h.Set("X-Trace", "2B"+strings.ToUpper(strings.ReplaceAll(correlation, "-", "")))
	if a.code != http.StatusNoContent {
		kind := a.kind
		if kind == "" {
			kind = jsonType
		}
		h.Set("Content-Type", kind)
	}
	hit.write(w, a)
}

// need refuses a caller without one of the scopes; fact sheet 1.7.
func (c *call) need(scopes ...string) error { return c.who.need(scopes) }

func (w *caller) need(scopes []string) error {
	for _, scope := range scopes {
		if w.static || slices.Contains(w.scopes, scope) {
			return nil
		}
	}
	return &apiError{
		code:    http.StatusForbidden,
		Message: "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
		Errors: []errorDetail{{
			Message: "One or more of the following scopes are required.",
			Context: map[string][]string{"requiredGranularScopes": scopes},
		}},
		Links: map[string]string{"scopes": "https://developers.hubspot.com/scopes"}, Category: "MISSING_SCOPES",
	}
}

// table returns the type that a path segment names.
func (c *call) table(segment string) (*table, error) { return c.p.kindOf(c.r.PathValue(segment)) }

// isAPIError reports whether an error is an envelope with the given status.
func isAPIError(err error, code int) bool {
	api, is := errors.AsType[*apiError](err)
	return is && api.code == code
}
