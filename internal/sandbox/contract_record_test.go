package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// exchange is one request with its answer, as they went over the wire.
type exchange struct {
	at       route // the operation that answered, with an empty path where none did
	request  *http.Request
	sent     []byte
	code     int
	header   http.Header
	received []byte
}

// recording is a client's transport that keeps every exchange with the API.
type recording struct {
	next      http.RoundTripper
	mux       *http.ServeMux
	at        map[string]route // by pattern
	exchanges []*exchange
}

func newRecording(p *Portal) *recording {
	rec := &recording{next: p.RoundTripper(), mux: http.NewServeMux(), at: map[string]route{}}
	for _, r := range routes() {
		rec.mux.HandleFunc(r.pattern(), http.NotFound)
		rec.at[r.pattern()] = r
	}
	return rec
}

func (r route) pattern() string { return r.method + " " + r.path }

// name is the operation without its version, which is what a difference names.
func (r route) name() string { return strings.Replace(r.pattern(), "/"+r.version, "/{v}", 1) }

// RoundTrip implements http.RoundTripper.
func (rec *recording) RoundTrip(r *http.Request) (*http.Response, error) {
	one := &exchange{request: r}
	if r.Body != nil {
		var err error
		if one.sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close() // it was read to its end
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(one.sent))
	}
	res, err := rec.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if one.received, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(one.received))
	one.code, one.header = res.StatusCode, res.Header
	_, pattern := rec.mux.Handler(r)
	one.at = rec.at[pattern]
	if one.at.path != "" {
		rec.exchanges = append(rec.exchanges, one)
	}
	return res, nil
}

// recorded opens a portal whose exchanges are kept.
func recorded(t *testing.T, change ...func(*Options)) (*api, *recording) {
	t.Helper()
	a := open(t, append([]func(*Options){func(o *Options) { o.Contacts = 12 }}, change...)...)
	rec := newRecording(a.p)
	a.client = &http.Client{Transport: rec, CheckRedirect: noRedirect}
	return a, rec
}
