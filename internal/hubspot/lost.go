package hubspot

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"satchel/internal/crm"
)

// sent finds out whether a request that failed may have reached HubSpot.
type sent struct {
	traced  atomic.Bool // the transport reports to us
	headers atomic.Bool // the request's head has been written
}

func (s *sent) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { s.traced.Store(true) },
		WroteHeaders: func() { s.headers.Store(true) },
	})
}

// surelyNot says that nothing of the request can have been understood at the
// other end: the transport reports its progress and had not finished the
// head, or the error is one of getting a connection.
func (s *sent) surelyNot(err error) bool {
	if s.headers.Load() {
		return false
	}
	if s.traced.Load() {
		return true
	}
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}

// lost is the error of a call whose answer did not arrive whole.
func lost(ctx context.Context, q call, err error, unsent bool) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // without the address, which may hold a person's data
	}
	stopped := ctx.Err() != nil
	switch {
	case !unsent && !q.reads:
		return &crm.Error{Kind: crm.Uncertain, Op: q.op, Msg: msgUncertain, Err: err}
	case stopped:
		return given(ctx, q, err)
	case untrusted(err):
		return &crm.Error{Kind: crm.Offline, Op: q.op, Err: err, Msg: "The certificate that the network showed is not HubSpot's, so nothing was sent. " +
			"If your company's proxy reads encrypted traffic, have its certificate trusted by this computer, or name its file with --ca-file, SATCHEL_CA_FILE or ca_file in config.json. " +
			"If this network asks for a sign-in, do that in a browser."}
	case errors.Is(err, context.DeadlineExceeded):
		return &crm.Error{Kind: crm.Offline, Op: q.op, Err: err, Msg: "HubSpot did not answer in time. " + msgKept}
	}
	return &crm.Error{Kind: crm.Offline, Op: q.op, Err: err, Msg: "HubSpot cannot be reached. " + msgKept}
}

// given is the error of a call that its caller gave up, before anything was
// done.
func given(ctx context.Context, q call, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &crm.Error{Kind: crm.Offline, Op: q.op, Err: err, Msg: "HubSpot did not answer in time. " + msgKept}
	}
	return &crm.Error{Kind: crm.Canceled, Op: q.op, Err: err, Msg: "Stopped. Nothing was lost."}
}

func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &record)
}

// unreadable is the error of an answer that says success and cannot be read.
func unreadable(q call, err error) error {
	if q.reads {
		return &crm.Error{Kind: crm.Upstream, Op: q.op, Err: err, Msg: "HubSpot's answer was damaged on the way. " + msgKept}
	}
	return &crm.Error{Kind: crm.Uncertain, Op: q.op, Err: err, Msg: msgUncertain}
}

const (
	msgKept      = "Your edits are kept and go out by themselves once it works again."
	msgUncertain = "The answer from HubSpot was lost, so it is not known whether this was done. Your edit is kept; Satchel looks it up before sending anything again."
)
