package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// Many callers at once: nothing is lost, nothing is doubled (run with -race).
func TestConcurrency(t *testing.T) {
	a := open(t, func(o *Options) { o.IndexLag = time.Millisecond }).overTCP()
	ids := a.do(200, "GET", v+"contacts?limit=40", "").ids()
	var wg sync.WaitGroup
	for worker := range 6 {
		wg.Go(func() {
			for i := range 25 {
				id := ids[(worker*7+i)%len(ids)]
				calls := []func() (*reply, error){
					func() (*reply, error) {
						return a.try("POST", v+"contacts", fmt.Sprintf(`{"properties":{"email":"w%d@b.example"}}`, i))
					},
					func() (*reply, error) {
						return a.try("PATCH", v+"contacts/"+id, fmt.Sprintf(`{"properties":{"city":"%d-%d"}}`, worker, i))
					},
					func() (*reply, error) {
						return a.try("POST", v+"contacts/search", `{"query":"a","sorts":["city"],"limit":20}`)
					},
					func() (*reply, error) { return a.try("GET", v+"contacts?associations=companies&limit=20", "") },
					func() (*reply, error) { return a.try("GET", v+"contacts/"+id+"?propertiesWithHistory=city", "") },
					func() (*reply, error) {
						return a.try("PUT", v+"contacts/"+id+"/associations/default/contacts/"+ids[i%40], "")
					},
					func() (*reply, error) { return a.try("GET", "/_sandbox/stats", "") },
				}
				for _, f := range calls {
					if r, err := f(); err != nil || r.code >= 500 {
						t.Errorf("call failed: %v", err)
					}
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 40+25, a.p.Stats().Records["contacts"], "of equal e-mails one each was made")
}

// Under a fake clock the latency is the fake clock's, and nothing is left over.
func TestRoundTripper_InABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		p, err := Open(Options{Contacts: 10, Latency: 150 * time.Millisecond, Now: time.Now})
		require.NoError(t, err)
		a := &api{t: t, p: p, client: &http.Client{Transport: p.RoundTripper()}, base: "https://api.hubapi.com", token: p.Credentials().Token}
		a.do(200, "GET", v+"contacts", "")
		require.Equal(t, 150*time.Millisecond, time.Since(start))
		require.NoError(t, p.Close())
	})
}

// Whatever is sent, the answer is an envelope or a page, never a panic.
func FuzzBodies(f *testing.F) {
	for _, body := range []string{
		`{"filterGroups":[{"filters":[{"propertyName":"city","operator":"IN","values":["a"]}]}],"sorts":["-city"],"limit":"3","after":"1"}`,
		`{"properties":{"email":"a@b.example"},"associations":[{"to":{"id":1},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}`,
		`{"inputs":[{"id":"1","idProperty":"email","properties":{"a":null}}]}`, `{"inputs":[{"from":{"id":"1"},"to":[{"id":2}]}]}`, `[`, `"\ud800"`,
	} {
		f.Add(body)
	}
	p, err := Open(Options{Contacts: 5, Limits: "off"})
	require.NoError(f, err)
	client := &http.Client{Transport: p.RoundTripper()}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{
			v + "contacts", v + "contacts/search", v + "contacts/batch/create", v + "contacts/batch/upsert", v + "contacts/batch/read",
			v + "contacts/merge", "/crm/associations/2026-09/contacts/deals/batch/create", "/crm/associations/2026-09/contacts/deals/batch/read",
			"/crm/properties/2026-09/deals", "/_sandbox/edit", "/_sandbox/faults",
		} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost"+path, strings.NewReader(body))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+p.Credentials().Token)
			req.Header.Set("Content-Type", "application/json")
			res, err := client.Do(req)
			require.NoError(t, err)
			raw, err := io.ReadAll(res.Body)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
			require.Less(t, res.StatusCode, 500, "%s %q: %s", path, body, raw)
			require.True(t, len(raw) == 0 || json.Valid(raw), "%s: %s", path, raw)
			p.ClearFaults()
		}
	})
}

// benchPortal is a portal behind a real server.
func benchPortal(b *testing.B, contacts int) (*Portal, *http.Client, string) {
	b.Helper()
	p, err := Open(Options{Contacts: contacts, Limits: "off"})
	require.NoError(b, err)
	srv := httptest.NewServer(p.Handler())
	b.Cleanup(srv.Close)
	return p, srv.Client(), srv.URL
}

func benchCall(b *testing.B, p *Portal, client *http.Client, method, address, body string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, address, bytes.NewReader([]byte(body)))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Credentials().Token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		b.Fatal(res.Status, err)
	}
}

// bareServer answers every call with what the portal answers to one: the peer
// that the portal's own speed is compared with.
func bareServer(b *testing.B, p *Portal, client *http.Client, url string) string {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(b, err)
	req.Header.Set("Authorization", "Bearer "+p.Credentials().Token)
	res, err := client.Do(req)
	require.NoError(b, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(b, errors.Join(err, res.Body.Close()))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		_, _ = w.Write(body) // the caller sees a short answer
	}))
	b.Cleanup(srv.Close)
	return srv.URL
}

// BenchmarkAPI measures single calls over TCP against 100,000 contacts.
func BenchmarkAPI(b *testing.B) {
	p, client, base := benchPortal(b, 100_000)
	id := strconv.FormatInt(firstID(p), 10)
	for name, call := range map[string][3]string{
		"get":             {"GET", v + "contacts/" + id, ""},
		"list100":         {"GET", v + "contacts?limit=100&associations=companies&properties=firstname,lastname,email,phone,city,country,jobtitle,lifecyclestage,hubspot_owner_id,company", ""},
		"search_id":       {"POST", v + "contacts/search", `{"filterGroups":[{"filters":[{"propertyName":"hs_object_id","operator":"GT","value":"` + id + `"}]}],"sorts":[{"propertyName":"hs_object_id","direction":"ASCENDING"}],"limit":1}`},
		"search_modified": {"POST", v + "contacts/search", `{"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"1700000000000"}]}],"sorts":["lastmodifieddate"],"limit":1}`},
		"search_text":     {"POST", v + "contacts/search", `{"query":"sato","limit":1}`},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				benchCall(b, p, client, call[0], base+call[1], call[2])
			}
		})
	}
	b.Run("bare", func(b *testing.B) {
		same := bareServer(b, p, client, base+v+"contacts/"+id)
		for b.Loop() {
			benchCall(b, p, client, "GET", same, "")
		}
	})
	b.Run("patch", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			benchCall(b, p, client, "PATCH", base+v+"contacts/"+id, fmt.Sprintf(`{"properties":{"city":"c%d"}}`, n))
		}
	})
}

// BenchmarkOpen measures the start of portals of growing size.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{2_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Open(Options{Contacts: n}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
