package hubspot

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"satchel/internal/budget"
)

// DefaultBaseURL is HubSpot's API.
const DefaultBaseURL = "https://api.hubapi.com"

// callTimeout is the longest one call may take, its answer included. HubSpot's
// own proxy gives up after 100 s, but a person has by then.
const callTimeout = 30 * time.Second

// maxBody is the longest answer that is read. The largest regular ones, 100
// records with every property, stay below 3 MiB.
const maxBody = 10 << 20

// TokenSource supplies the bearer token. Both methods are safe for concurrent
// use; their errors are crm.Errors and are handed on as they are.
type TokenSource interface {
	// Token is a token that is good for the next call.
	Token(ctx context.Context) (string, error)
	// Refresh is called when HubSpot refused the token stale. It returns
	// another one, at once if somebody else has renewed it meanwhile, or an
	// error of kind Unauthorized when there is none.
	Refresh(ctx context.Context, stale string) (string, error)
}

// Options configure a Client. Tokens is required; every other zero value is
// good.
type Options struct {
	BaseURL   string            // DefaultBaseURL when ""
	HTTP      http.RoundTripper // NewTransport(nil) when nil
	Tokens    TokenSource
	Budget    *budget.Budget // one with HubSpot's defaults when nil
	Logger    *slog.Logger   // nothing is logged when nil
	UserAgent string
	// Rand gives numbers in [0,1) for the jitter of retries; math/rand/v2 when
	// nil. A simulation sets it to run twice alike.
	Rand func() float64
}

// Client talks to one portal through one sign-in. It is safe for concurrent
// use. Connecting anew is done by making another one.
type Client struct {
	base   string
	http   *http.Client
	tokens TokenSource
	budget *budget.Budget
	log    *slog.Logger
	agent  string
	rand   func() float64
}

// New makes a client; it does not connect.
func New(o Options) *Client {
	c := &Client{
		base: strings.TrimRight(o.BaseURL, "/"), tokens: o.Tokens, budget: o.Budget,
		log: o.Logger, agent: o.UserAgent, rand: o.Rand,
	}
	if c.base == "" {
		c.base = DefaultBaseURL
	}
	if c.budget == nil {
		c.budget = budget.New(budget.Options{})
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.agent == "" {
		c.agent = "satchel"
	}
	if c.rand == nil {
		c.rand = rand.Float64
	}
	rt := o.HTTP
	if rt == nil {
		rt = NewTransport(nil)
	}
	c.http = &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// NewTransport makes the transport that all of a process's calls to HubSpot
// share: TLS 1.2 or better, the system's proxy settings, and pings, so that a
// connection that died while the computer slept is noticed. roots are the
// authorities that are trusted; the system's when nil.
//
// The proxy is what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say when the first call
// is made; servers on this computer are never reached through one.
func NewTransport(roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          32,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
}
