package hubspot_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
	"satchel/internal/sandbox"
)

// token_expires_mid_run: a hundred calls meet an expired token, before and
// while it is renewed. One refresh, every call is repeated, none is lost.
func TestR07_AHundredRefusedCallsRenewOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := sandbox.Open(sandbox.Options{Contacts: 20, Limits: "off", Latency: 150 * time.Millisecond})
		require.NoError(t, err)
		refresh, err := p.GrantFor("")
		require.NoError(t, err)
		k := p.Credentials()
		var refreshes, refused atomic.Int32
		rt := p.RoundTripper()
		counting := counter(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/oauth/") {
				refreshes.Add(1)
			}
			res, err := rt.RoundTrip(r)
			if err == nil && res.StatusCode == http.StatusUnauthorized {
				refused.Add(1)
			}
			return res, err
		})
		app := oauth.AppFor("http://sandbox.test", k.ClientID, k.ClientSecret)
		app.HTTP = counting
		c := hubspot.New(hubspot.Options{
			BaseURL: "http://sandbox.test", HTTP: counting,
			Tokens: oauth.NewTokens(app, oauth.Grant{Refresh: refresh}, nil),
			Budget: budget.New(budget.Options{Burst: budget.Limit{Calls: 1000, Window: time.Second}}),
		})
		_, err = c.Portal(t.Context())
		require.NoError(t, err)
		require.Equal(t, int32(1), refreshes.Load())
		p.Advance(time.Hour) // the portal's clock, not ours: the token looks good here
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 2 * time.Millisecond) // some are refused when the renewal is over
				if page, err := c.List(t.Context(), crm.Contacts, crm.ListCall{}); err != nil || len(page.Records) != 20 {
					t.Errorf("%d records, %v", len(page.Records), err)
				}
			})
		}
		wg.Wait()
		require.Equal(t, int32(2), refreshes.Load())
		require.Equal(t, int32(100), refused.Load())
	})
}

type counter func(r *http.Request) (*http.Response, error)

func (c counter) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// counted is a token source that counts what it renews.
type counted struct {
	mu      sync.Mutex
	renewed int
	fail    error
}

func (c *counted) Token(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprint("token-", c.renewed), nil
}

func (c *counted) Refresh(_ context.Context, stale string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return "", c.fail
	}
	if stale == fmt.Sprint("token-", c.renewed) {
		c.renewed++
	}
	return fmt.Sprint("token-", c.renewed), nil
}

func TestUnauthorized_RenewsOnceAndRepeats(t *testing.T) {
	tokens := &counted{}
	var rejected atomic.Int32
	good := "Bearer token-1"
	client := hubspot.New(hubspot.Options{Tokens: tokens, HTTP: wire(func(r *http.Request, _ string) (*http.Response, error) {
		if r.Header.Get("Authorization") != good {
			rejected.Add(1)
			return data(401, `{"status":"error","category":"EXPIRED_AUTHENTICATION"}`), nil
		}
		return data(200, `{"id":"1"}`), nil
	})})
	_, err := client.Get(t.Context(), crm.Contacts, "1", nil)
	require.NoError(t, err)
	require.Equal(t, int32(1), rejected.Load())

	good = "nobody's"
	_, err = client.Get(t.Context(), crm.Contacts, "1", nil)
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
	require.Equal(t, 2, tokens.renewed)
	require.Equal(t, int32(3), rejected.Load())

	tokens.fail = &crm.Error{Kind: crm.Offline}
	_, err = client.Get(t.Context(), crm.Contacts, "1", nil)
	require.Equal(t, crm.Offline, crm.KindOf(err)) // not signed out because the token service is away
}
