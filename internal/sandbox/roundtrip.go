package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// RoundTripper serves requests in the calling goroutine, without sockets: the
// same handler, for simulations under a fake clock. Any host name goes to the
// portal. A dropped connection is an error here, as it is over TCP.
func (p *Portal) RoundTripper() http.RoundTripper { return &tripper{p.Handler()} }

type tripper struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t *tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() { _ = in.Body.Close() }() // it was read, or nobody wants it
	in.RequestURI = r.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:1"
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	rec := &recorder{header: http.Header{}}
	rec.run(t.handler, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rec.response(r)
}

// recorder is the ResponseWriter of an answer that goes nowhere near a socket.
type recorder struct {
	header http.Header
	code   int
	body   bytes.Buffer
	cut    error // how the connection ended, nil for properly
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// run calls the handler and takes its hanging up for what it is.
func (w *recorder) run(h http.Handler, r *http.Request) {
	defer func() {
		switch err := recover(); err {
		case nil:
		case http.ErrAbortHandler:
			if w.cut == nil {
				w.cut = io.ErrUnexpectedEOF
			}
		default:
			panic(err)
		}
	}()
	h.ServeHTTP(w, r)
}

func (w *recorder) response(r *http.Request) (*http.Response, error) {
	if w.cut != nil && w.code == 0 {
		return nil, w.cut
	}
	if w.code == 0 {
		w.code = http.StatusOK
	}
	length := int64(w.body.Len())
	if s := w.header.Get("Content-Length"); s != "" {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			length = n
		}
	}
	var body io.Reader = &w.body
	if w.cut != nil {
		body = io.MultiReader(body, brokenReader{w.cut})
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.code, http.StatusText(w.code)), StatusCode: w.code,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(body), ContentLength: length, Request: r,
	}, nil
}

type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

// hangUp ends the connection without an answer, by a reset if asked. It does
// not return: http.ErrAbortHandler is how a handler tells the server to drop
// the connection.
func hangUp(w http.ResponseWriter, reset bool) {
	if rec, ok := w.(*recorder); ok {
		if rec.cut = io.EOF; reset {
			rec.cut = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
		}
		panic(http.ErrAbortHandler)
	}
	if reset {
		conn, _, err := http.NewResponseController(w).Hijack()
		if tcp, ok := conn.(*net.TCPConn); ok && err == nil {
			_ = errors.Join(tcp.SetLinger(0), tcp.Close()) // it may be lost already
		}
	}
	panic(http.ErrAbortHandler)
}
