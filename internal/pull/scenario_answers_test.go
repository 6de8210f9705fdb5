package pull_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
)

// put calls the portal's API as somebody else does.
func (w *world) put(method, path, body string) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://localhost"+path, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.portal.Credentials().Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := w.portal.RoundTripper().RoundTrip(req)
	require.NoError(w.t, err)
	require.NoError(w.t, res.Body.Close())
	return res.StatusCode
}

// The names of a type's properties would make an address of 20 kB.
func nineHundredProperties(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 40})
	for i := range 900 {
		require.NoError(t, w.portal.DefineProperty("contacts", sandbox.NewProperty{
			Name: propertyName(i), Label: "Property " + strconv.Itoa(i), Group: "contactinformation",
		}))
	}
	names := make([]string, 900)
	for i := range names {
		names[i] = propertyName(i)
	}
	require.Equal(t, http.StatusRequestURITooLong, w.put("GET", objects("contacts?properties="+strings.Join(names, ",")), ""), "the portal is as HubSpot here")
	page, err := w.client.List(t.Context(), crm.Contacts, crm.ListCall{Limit: 40})
	require.NoError(t, err)
	for i, r := range page.Records {
		w.edit(crm.Contacts, string(r.ID), propertyName(i*22), fmt.Sprint("Value ", i))
	}
	w.fill()
	w.same()
	require.Equal(t, "Value 39", w.value(crm.Contacts, string(page.Records[39].ID), propertyName(39*22)))
	w.again()
	w.edit(crm.Contacts, string(page.Records[7].ID), propertyName(899), "Later")
	require.NoError(t, w.engine.Delta(t.Context()))
	require.Equal(t, "Later", w.value(crm.Contacts, string(page.Records[7].ID), propertyName(899)))
	require.NoError(t, w.portal.Archive("contacts", string(page.Records[8].ID)))
	w.sweep()
	w.same()
	require.Positive(t, w.wire.count("POST "+objects("contacts/batch/read")))
	require.Less(t, w.wire.longest, 8_000)
}

func propertyName(i int) string { return fmt.Sprintf("a_property_of_the_portal_%d", i) }

// A batch answers in another order, without a word about ids that were merged
// away, and with errors for those that are archived or never were: each is
// accounted for.
func shuffledBatch(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	ids := make([]crm.RemoteID, 30)
	for i := range ids {
		ids[i] = crm.RemoteID(w.someID(crm.Contacts, i))
		if i > 4 {
			w.edit(crm.Contacts, string(ids[i]), "jobtitle", fmt.Sprint("Officer ", i))
		}
	}
	into, err := w.portal.Merge("contacts", string(ids[0]), string(ids[1]))
	require.NoError(t, err)
	require.NoError(t, w.portal.Archive("contacts", string(ids[2])))
	require.NoError(t, w.portal.Forget("contacts", string(ids[3])))
	const never = crm.RemoteID("99999999999")
	ids = append(ids, never)
	read, err := w.client.BatchRead(t.Context(), crm.Contacts, ids, []string{"jobtitle"})
	require.NoError(t, err)
	require.ElementsMatch(t, ids[:2], read.Unknown, "the portal leaves merged ids out")
	require.ElementsMatch(t, []crm.RemoteID{ids[2], ids[3], never}, read.Missing)
	order := []crm.RemoteID{}
	for _, r := range read.Found {
		order = append(order, r.ID)
	}
	require.NotEqual(t, ids[4:30], order, "the portal answers in another order")
	require.ElementsMatch(t, ids[4:30], order)

	require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, ids))
	for i, id := range ids[5:30] {
		require.Equal(t, fmt.Sprint("Officer ", i+5), w.value(crm.Contacts, string(id), "jobtitle"))
	}
	for _, id := range ids[2:4] {
		require.True(t, w.record(crm.Contacts, string(id)).Archived)
	}
	require.False(t, w.record(crm.Contacts, into).Archived)
	w.tick(nil)
	require.NoError(t, w.engine.Delta(t.Context()))
	w.same()
}

// A churn gives a property that HubSpot calculates another value in every answer.
type churn struct {
	next http.RoundTripper
	prop *regexp.Regexp
	n    atomic.Int64
}

func (c *churn) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.next.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, objects("contacts")) {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	body = c.prop.ReplaceAllFunc(body, func([]byte) []byte { return fmt.Appendf(nil, `"num_associated_deals":"%d"`, 1_000+c.n.Add(1)) })
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header.Del("Content-Length")
	return res, nil
}

// A calculated property is another one on every read: no conflict, no badge, and
// for the doctor no difference.
func calculatedChurn(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 60})
	w.fill()
	ps, err := w.store.Properties(t.Context(), crm.Contacts)
	require.NoError(t, err)
	calculated := false
	for _, p := range ps {
		calculated = calculated || p.Name == "num_associated_deals" && p.ReadOnly && !p.Hidden
	}
	require.True(t, calculated)
	c := &churn{next: w.wire.next, prop: regexp.MustCompile(`"num_associated_deals":(null|"\d*")`)}
	w.wire.next = c
	w.again()
	r := w.record(crm.Contacts, w.someID(crm.Contacts, 9))
	op := w.pending(r, "jobtitle", "Mine")
	for range 3 {
		w.edit(crm.Contacts, string(r.RemoteID), "city", fmt.Sprint("Place ", c.n.Load()))
		require.NoError(t, w.engine.Delta(t.Context()))
		require.NoError(t, w.engine.Reread(t.Context(), crm.Contacts, []crm.RemoteID{r.RemoteID}))
		w.portal.Advance(25 * time.Hour)
		w.sweep()
		w.again()
	}
	require.NoError(t, w.engine.Full(t.Context()))
	require.Greater(t, c.n.Load(), int64(60))
	require.NotEqual(t, r.Base["num_associated_deals"], w.value(crm.Contacts, string(r.ID), "num_associated_deals"))
	page, err := w.store.List(t.Context(), crm.ListQuery{Type: crm.Contacts, Limit: 100})
	require.NoError(t, err)
	for _, other := range page.Records {
		want := crm.BadgeNone
		if other.ID == r.ID {
			want = crm.BadgeSaved
		}
		require.Equal(t, want, other.Badge, other.RemoteID)
	}
	require.Equal(t, crm.FlushResult{Acked: 1}, w.flush())
	require.Equal(t, crm.Acked, w.op(op.ID).State)
	require.Equal(t, crm.BadgeNone, w.record(crm.Contacts, string(r.ID)).Badge)
	require.NoError(t, w.engine.Delta(t.Context()))
	w.same()
}

// HubSpot gives histories of fifty records in one call, and refuses more. A pull
// asks for none.
func fiftyWithHistory(t *testing.T) {
	t.Helper()
	w := open(t, sandbox.Options{Contacts: 120})
	w.fill()
	var asked []int
	w.wire.tell = func(r *http.Request, body []byte) {
		if r.URL.Query().Has("propertiesWithHistory") {
			asked = append(asked, 0)
		}
		var in struct {
			History []string          `json:"propertiesWithHistory"`
			Inputs  []json.RawMessage `json:"inputs"`
		}
		if json.Unmarshal(body, &in) == nil && len(in.History) > 0 {
			asked = append(asked, len(in.Inputs))
		}
	}
	require.NotEqual(t, http.StatusOK, w.put("GET", objects("contacts?limit=51&propertiesWithHistory=email"), ""), "the portal is as HubSpot here")
	require.Equal(t, http.StatusOK, w.put("GET", objects("contacts?limit=50&propertiesWithHistory=email"), ""))
	ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 1_000)
	require.NoError(t, err)
	require.Len(t, ids, 120)
	told, err := w.client.History(t.Context(), crm.Contacts, ids, []string{"email"})
	require.NoError(t, err)
	require.Len(t, told, 120)
	require.Equal(t, []int{50, 50, 20}, asked)

	asked = nil
	w.again()
	require.NoError(t, w.engine.Delta(t.Context()))
	w.sweep()
	require.NoError(t, w.engine.Full(t.Context()))
	require.Empty(t, asked)
	w.same()
}
