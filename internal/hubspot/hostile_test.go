package hubspot_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
)

// wire answers requests without a socket.
type wire func(r *http.Request, body string) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	return w(r, body)
}

func (w wire) client() *hubspot.Client {
	return hubspot.New(hubspot.Options{HTTP: w, Tokens: oauth.Static("t"), Rand: func() float64 { return 0 }})
}

func answer(status int, kind, body string, headers ...string) *http.Response {
	h := http.Header{"Content-Type": {kind}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

func data(status int, body string, headers ...string) *http.Response {
	return answer(status, "application/json;charset=utf-8", body, headers...)
}

// both runs a read and a write.
func both(ctx context.Context, c *hubspot.Client) (read, write error) {
	_, read = c.Get(ctx, crm.Contacts, "1", nil)
	_, write = c.Create(ctx, crm.Contacts, []crm.Write{{Values: crm.Values{"lastname": "A"}}, {Values: crm.Values{"lastname": "B"}}})
	return read, write
}

const page = "<!DOCTYPE html><html><body>Welcome to the Grand Hotel</body></html>"

// captive_portal: offline, never signed out, never "not found".
func TestCaptivePortal(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func() *http.Response
	}{
		{"page", func() *http.Response { return answer(200, "text/html", page) }},
		{"page that says it is JSON", func() *http.Response { return data(200, page) }},
		{"text", func() *http.Response { return answer(200, "text/plain", "{}") }},
		{"redirect", func() *http.Response { return answer(302, "text/html", page, "Location", "http://hotel.test/login") }},
		{"redirect without a page", func() *http.Response { return data(307, "", "Location", "http://hotel.test/login") }},
		{"401", func() *http.Response { return answer(401, "text/html", page) }},
		{"403", func() *http.Response { return answer(403, "text/html", page) }},
		{"404", func() *http.Response { return answer(404, "text/html", page) }},
		{"407", func() *http.Response { return answer(407, "text/html", page) }},
		{"511", func() *http.Response { return answer(511, "text/html", page) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls := 0
			client := wire(func(*http.Request, string) (*http.Response, error) {
				calls++
				return c.answer(), nil
			}).client()
			read, write := both(t.Context(), client)
			require.Equal(t, crm.Offline, crm.KindOf(read))
			require.Equal(t, crm.Offline, crm.KindOf(write))
			require.Equal(t, 2, calls) // it does not get better by asking again
			require.NotContains(t, crm.Message(read), "html")
		})
	}
}

// html_502, truncated bodies and dropped connections: reads are repeated,
// writes are not and say that nobody knows.
func TestBrokenAnswers(t *testing.T) {
	cut := func() *http.Response {
		r := data(200, "")
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"results":[{"id":"1","prop`), broken{}))
		return r
	}
	for _, c := range []struct {
		name   string
		answer func() (*http.Response, error)
		read   crm.Kind
	}{
		{"502 with a page", func() (*http.Response, error) { return answer(502, "text/html", page), nil }, crm.Upstream},
		{"500", func() (*http.Response, error) { return data(500, `{"status":"error","message":"internal error"}`), nil }, crm.Upstream},
		{"524", func() (*http.Response, error) { return answer(524, "text/html", page), nil }, crm.Upstream},
		{"truncated", func() (*http.Response, error) { return data(200, `{"results":[{"id":"1","prop`), nil }, crm.Upstream},
		{"cut", func() (*http.Response, error) { return cut(), nil }, crm.Offline},
		{"dropped", func() (*http.Response, error) { return nil, io.EOF }, crm.Offline},
		{"reset", func() (*http.Response, error) { return nil, &net.OpError{Op: "read", Err: errors.New("reset")} }, crm.Offline},
		{"some other JSON", func() (*http.Response, error) { return data(200, `{"login":"required"}`), nil }, crm.Upstream},
		{"empty", func() (*http.Response, error) { return data(200, ""), nil }, crm.Offline},
		{"endless", func() (*http.Response, error) { return data(200, strings.Repeat(" ", 11<<20)), nil }, crm.Upstream},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := map[string]int{}
				client := wire(func(r *http.Request, _ string) (*http.Response, error) {
					calls[r.Method]++
					return c.answer()
				}).client()
				read, write := both(t.Context(), client)
				require.Equal(t, c.read, crm.KindOf(read))
				require.Equal(t, crm.Uncertain, crm.KindOf(write))
				if c.name != "empty" { // which may be a hotel's, too
					require.Equal(t, map[string]int{"GET": 4, "POST": 1}, calls)
				}
			})
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestReads_SucceedOnceItWorksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		client := wire(func(*http.Request, string) (*http.Response, error) {
			if calls++; calls < 4 {
				return data(503, `{"status":"error"}`), nil
			}
			return data(200, `{"id":7,"properties":{"email":"x","amount":12,"closed":true,"phone":null},"updatedAt":"2026-01-02T03:04:05Z"}`), nil
		}).client()
		r, err := client.Get(t.Context(), crm.Deals, "7", nil)
		require.NoError(t, err)
		require.Equal(t, crm.RemoteID("7"), r.ID)
		require.Equal(t, crm.Values{"email": "x", "amount": "12", "closed": "true"}, r.Values)
		require.Equal(t, crm.Millis(1767323045000), r.Modified)
	})
}

func TestTimeout_OfAWriteIsUncertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := wire(func(r *http.Request, _ string) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}).client()
		start := time.Now()
		read, write := both(t.Context(), client)
		require.Equal(t, crm.Offline, crm.KindOf(read))
		require.Equal(t, crm.Uncertain, crm.KindOf(write))
		require.Less(t, time.Since(start), 2*time.Minute)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		read, write = both(ctx, client)
		require.Equal(t, crm.Offline, crm.KindOf(read))
		require.Equal(t, crm.RateLimited, crm.KindOf(write)) // its time was over before it got a ticket: nothing was sent
	})
}

func TestCancel(t *testing.T) {
	for _, sent := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client := wire(func(r *http.Request, _ string) (*http.Response, error) {
				cancel()
				<-r.Context().Done()
				return nil, r.Context().Err()
			}).client()
			if !sent {
				cancel()
			}
			_, err := client.Create(ctx, crm.Contacts, []crm.Write{{}})
			if sent {
				require.Equal(t, crm.Uncertain, crm.KindOf(err))
			} else {
				require.Equal(t, crm.Canceled, crm.KindOf(err))
			}
			_, err = client.Get(ctx, crm.Contacts, "1", nil)
			require.Equal(t, crm.Canceled, crm.KindOf(err))
		})
	}
}

// JSON that is not HubSpot's must not pass for an empty portal.
func TestForeignJSON_IsNotNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := wire(func(*http.Request, string) (*http.Response, error) {
			return data(200, `{"login":"required"}`), nil
		}).client()
		ctx, ids := t.Context(), []crm.RemoteID{"1"}
		for name, call := range map[string]func() error{
			"portal":       func() error { _, err := c.Portal(ctx); return err },
			"properties":   func() error { _, err := c.Properties(ctx, crm.Deals); return err },
			"pipelines":    func() error { _, err := c.Pipelines(ctx, crm.Deals); return err },
			"owners":       func() error { _, err := c.Owners(ctx); return err },
			"list":         func() error { _, err := c.List(ctx, crm.Deals, crm.ListCall{}); return err },
			"search":       func() error { _, err := c.Search(ctx, crm.Deals, crm.SearchCall{}); return err },
			"get":          func() error { _, err := c.Get(ctx, crm.Deals, "1", nil); return err },
			"batch read":   func() error { _, err := c.BatchRead(ctx, crm.Deals, ids, nil); return err },
			"history":      func() error { _, err := c.History(ctx, crm.Deals, ids, nil); return err },
			"by key":       func() error { _, err := c.ReadByKey(ctx, crm.Contacts, "email", []string{"a"}, nil); return err },
			"associations": func() error { _, err := c.Associations(ctx, crm.Deals, crm.Contacts, ids); return err },
		} {
			require.Equal(t, crm.Upstream, crm.KindOf(call()), name)
		}
	})
}

// A POST reaches HubSpot once, whatever the HTTP stack thinks of it, and
// carries no header that would let it think otherwise.
func TestR22_APostArrivesOnce(t *testing.T) {
	for _, name := range []string{"reset after reading the request", "close after reading the request", "stale connection", "HTTP/2"} {
		t.Run(name, func(t *testing.T) {
			var posts atomic.Int32
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				for h := range r.Header {
					if strings.Contains(strings.ToLower(h), "idempotency") {
						t.Errorf("header %s", h)
					}
				}
				if r.Method == http.MethodGet {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(`{"id":"1"}`))
					return
				}
				posts.Add(1)
				if r.ProtoMajor == 2 {
					panic(http.ErrAbortHandler) // resets the stream
				}
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				if tcp, ok := conn.(*net.TCPConn); ok && name != "close after reading the request" {
					_ = tcp.SetLinger(0)
				}
				_ = conn.Close()
			}))
			o := hubspot.Options{Tokens: oauth.Static("t")}
			if name == "HTTP/2" { // what HubSpot speaks
				srv.EnableHTTP2 = true
				srv.StartTLS()
				pool := x509.NewCertPool()
				pool.AddCert(srv.Certificate())
				o.HTTP = hubspot.NewTransport(pool)
			} else {
				srv.Start()
			}
			t.Cleanup(srv.Close)
			o.BaseURL = srv.URL
			c := hubspot.New(o)
			if name == "stale connection" || name == "HTTP/2" { // a kept-alive one, on which net/http is keener to repeat
				_, err := c.Get(t.Context(), crm.Contacts, "1", nil)
				require.NoError(t, err)
			}
			_, err := c.Create(t.Context(), crm.Contacts, []crm.Write{{Values: crm.Values{"lastname": "A"}}})
			require.Equal(t, crm.Uncertain, crm.KindOf(err))
			require.Equal(t, int32(1), posts.Load())
		})
	}
}

func TestUnreachable_NothingWasSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	b := budget.New(budget.Options{})
	c := hubspot.New(hubspot.Options{BaseURL: "http://" + address, Tokens: oauth.Static("t"), Budget: b})
	read, write := both(t.Context(), c)
	require.Equal(t, crm.Offline, crm.KindOf(read))
	require.Equal(t, crm.Offline, crm.KindOf(write))
	require.Zero(t, b.Stats().Burst.Held) // and it cost nothing

	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	c = hubspot.New(hubspot.Options{BaseURL: srv.URL, Tokens: oauth.Static("t")})
	_, write = both(t.Context(), c)
	require.Equal(t, crm.Offline, crm.KindOf(write))
	require.Contains(t, crm.Message(write), "certificate")
}

// What HubSpot says it did not do is sent again, after the wait it asks for.
func TestR23_NothingBeforeTheDeadline(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		after  []string
		wait   time.Duration
	}{
		{"429 with Retry-After", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`, []string{"Retry-After", "4"}, 4 * time.Second},
		{"429", 429, `{"policyName":"TEN_SECONDLY_ROLLING"}`, nil, 10 * time.Second},
		{"429 secondly", 429, `{"policyName":"SECONDLY"}`, nil, time.Second},
		{"423", 423, `{"status":"error"}`, nil, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var at []time.Time
				client := wire(func(*http.Request, string) (*http.Response, error) {
					at = append(at, time.Now())
					if len(at) == 1 {
						return data(c.status, c.body, c.after...), nil
					}
					return data(201, `{"status":"COMPLETE","results":[{"id":"5","objectWriteTraceId":"a"}]}`), nil
				}).client()
				got, err := client.Create(t.Context(), crm.Contacts, []crm.Write{{Trace: "a", Values: crm.Values{"lastname": "A"}}})
				require.NoError(t, err)
				require.NoError(t, got[0].Err)
				require.Len(t, at, 2)
				require.GreaterOrEqual(t, at[1].Sub(at[0]), c.wait)
				require.Less(t, at[1].Sub(at[0]), c.wait+2*time.Second)
			})
		})
	}
}

// portal_migration_477 and daily_limit: the wait is handed to the caller.
func TestLongPauses_AreTheCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(30 * time.Minute) // it begins at midnight, when nobody knows which day HubSpot means
		calls := 0
		client := wire(func(*http.Request, string) (*http.Response, error) {
			calls++
			return data(477, `{"status":"error"}`, "Retry-After", "3600"), nil
		}).client()
		read, write := both(t.Context(), client)
		for _, err := range []error{read, write} {
			e, ok := crm.AsError(err)
			require.True(t, ok)
			require.Equal(t, crm.Upstream, e.Kind)
			require.Equal(t, time.Hour, e.RetryAfter)
		}
		require.Equal(t, 2, calls)

		calls = 0
		client = wire(func(*http.Request, string) (*http.Response, error) {
			calls++
			return data(429, `{"status":"error","policyName":"DAILY","errorType":"RATE_LIMIT"}`), nil
		}).client()
		read, write = both(t.Context(), client)
		for _, err := range []error{read, write} {
			e, ok := crm.AsError(err)
			require.True(t, ok)
			require.Equal(t, crm.RateLimited, e.Kind)
			require.Equal(t, "DAILY", e.Policy)
			require.Greater(t, e.RetryAfter, 23*time.Hour)
		}
		require.Equal(t, 1, calls)
	})
}
