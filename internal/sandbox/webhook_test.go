package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/sandbox/hooks"
)

// listener is an app's server, which keeps what it is sent and answers with a
// status.
type listener struct {
	url string

	mu     sync.Mutex
	status int
	heads  []http.Header
	bodies []string
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{status: 200}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		if err != nil {
			raw = []byte(err.Error())
		}
		l.heads, l.bodies = append(l.heads, r.Header), append(l.bodies, string(raw))
		w.WriteHeader(l.status)
	}))
	t.Cleanup(srv.Close)
	l.url = srv.URL + "/hooks?from=satchel"
	return l
}

func (l *listener) answers(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = status
}

// events are all that arrived, in order.
func (l *listener) events() []hooks.Notification {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []hooks.Notification
	for _, body := range l.bodies {
		var list []hooks.Notification
		if json.Unmarshal([]byte(body), &list) == nil {
			out = append(out, list...)
		}
	}
	return out
}

func (l *listener) kinds() []string {
	var out []string
	for _, n := range l.events() {
		out = append(out, n.SubscriptionType)
	}
	slices.Sort(out)
	return out
}

// subscribe has the portal send the events of some types to a listener, and
// returns the path of the app's webhooks.
func (a *api) subscribe(l *listener, types ...string) string {
	a.t.Helper()
	root := "/webhooks/v3/" + strconv.FormatInt(a.p.Credentials().AppID, 10)
	a.do(200, "PUT", root+"/settings", `{"targetUrl":"`+l.url+`","throttling":{"maxConcurrentRequests":10}}`)
	for _, typ := range types {
		typ, property, _ := strings.Cut(typ, " ")
		a.do(201, "POST", root+"/subscriptions", fmt.Sprintf(`{"eventType":%q,"propertyName":%q,"active":true}`, typ, property))
	}
	return root
}

// delivered waits until nothing is to be sent any more.
func (a *api) delivered(n int64) {
	a.t.Helper()
	require.Eventually(a.t, func() bool {
		st := a.p.Webhooks().Stats
		return st.Delivered == n && st.Waiting == 0
	}, 10*time.Second, time.Millisecond, "%+v", a.p.Webhooks().Stats)
}

// Fact sheet 7.1, 7.2: what happens to records is delivered, signed with the
// app's secret.
func TestSection7_1_EverythingIsDelivered(t *testing.T) {
	a, l := open(t), newListener(t)
	root := a.subscribe(l, "contact.creation", "contact.deletion", "contact.propertyChange email", "contact.associationChange",
		"contact.merge", "contact.privacyDeletion", "company.restore", "company.creation")
	one := a.contact(`{"email":"one@b.example","city":"Bern"}`)
	two := a.contact(`{"email":"two@b.example"}`)
	company := a.do(201, "POST", v+"companies", `{"properties":{"name":"C"}}`).str("id")
	a.do(200, "PATCH", v+"contacts/"+one, `{"properties":{"email":"new@b.example","city":"Basel"}}`)
	a.do(200, "PUT", "/crm/objects/2026-09/contacts/"+one+"/associations/default/companies/"+company, "")
	a.do(204, "DELETE", v+"companies/"+company, "")
	a.as("").do(200, "POST", "/_sandbox/restore", `{"type":"companies","id":"`+company+`"}`)
	merged := a.do(200, "POST", v+"contacts/merge", `{"primaryObjectId":"`+one+`","objectIdToMerge":"`+two+`"}`).str("id")
	a.do(204, "POST", v+"contacts/gdpr-delete", `{"objectId":"`+merged+`"}`)
	want := []string{
		"company.creation", "company.restore", "contact.associationChange", "contact.creation", "contact.creation", "contact.merge",
		"contact.privacyDeletion", "contact.propertyChange", "contact.propertyChange", "contact.propertyChange",
	}
	require.Eventually(t, func() bool {
		return len(l.kinds()) >= len(want) && a.p.Webhooks().Stats.Waiting == 0
	}, 10*time.Second, time.Millisecond)
	got := l.events()
	require.Subset(t, l.kinds(), want)
	first := got[slices.IndexFunc(got, func(n hooks.Notification) bool { return n.SubscriptionType == "contact.creation" })]
	require.Equal(t, one, strconv.FormatInt(first.ObjectID, 10))
	require.Equal(t, "NEW", first.ChangeFlag)
	require.Equal(t, a.p.portalID, first.PortalID)
	require.Equal(t, a.p.Credentials().AppID, first.AppID)
	var values []string
	for _, n := range got {
		if n.SubscriptionType == "contact.propertyChange" && strconv.FormatInt(n.ObjectID, 10) == one {
			require.Equal(t, "email", n.PropertyName)
			require.Equal(t, "INTEGRATION", n.ChangeSource)
			values = append(values, *n.PropertyValue)
		}
	}
	slices.Sort(values)
	require.Equal(t, []string{"new@b.example", "one@b.example"}, values)
	l.mu.Lock()
	head, body := l.heads[0], l.bodies[0]
	l.mu.Unlock()
	at, err := strconv.ParseInt(head.Get("X-HubSpot-Request-Timestamp"), 10, 64)
	require.NoError(t, err)
	require.Equal(t, hooks.SignV3(a.p.Credentials().ClientSecret, "POST", l.url, []byte(body), at), head.Get("X-HubSpot-Signature-v3"))
	require.Equal(t, hooks.SignV1(a.p.Credentials().ClientSecret, []byte(body)), head.Get("X-HubSpot-Signature"))
	require.Equal(t, "v1", head.Get("X-HubSpot-Signature-Version"))

	a.do(204, "DELETE", root+"/settings", "")
	a.contact(`{"email":"three@b.example"}`)
	require.Zero(t, a.p.Webhooks().Stats.Waiting, "without settings nothing is kept")
}

// Fact sheet 7.1: what is not taken is sent again on the portal's clock, and
// what waits is kept in the state file.
func TestSection7_1_RetriesOnThePortalsClock(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	keep := func(o *Options) { o.StateFile = state }
	a, l := open(t, keep), newListener(t)
	l.answers(503)
	a.subscribe(l, "contact.creation")
	id := a.contact(`{"email":"late@b.example"}`)
	tried := func(n int) func() bool {
		return func() bool { return len(l.events()) == n && a.p.Webhooks().Stats.Waiting == 1 }
	}
	require.Eventually(t, tried(1), 10*time.Second, time.Millisecond)
	a.p.Advance(time.Minute)
	require.Eventually(t, tried(2), 10*time.Second, time.Millisecond)
	require.Equal(t, 1, l.events()[1].AttemptNumber)
	require.Contains(t, a.p.Webhooks().Stats.LastFailure, "503")
	require.Contains(t, a.as("").do(200, "GET", "/", "").raw, "1 waiting")
	require.NoError(t, a.p.Close())

	l.answers(204)
	b := open(t, keep, func(o *Options) { o.Now = func() time.Time { return newClock().Now().Add(24 * time.Hour) } })
	b.delivered(1)
	last := l.events()[2]
	require.Equal(t, id, strconv.FormatInt(last.ObjectID, 10))
	require.Equal(t, 2, last.AttemptNumber)
	require.Len(t, b.p.Webhooks().Subscriptions, 1)
}

func TestControl_WebhooksTwiceAndOutOfOrder(t *testing.T) {
	a, l := open(t), newListener(t)
	a.subscribe(l, "contact.creation")
	anon := a.as("")
	require.Equal(t, "disturbance: duplicate must be between 0 and 1", anon.do(400, "POST", "/_sandbox/webhooks", `{"duplicate":2}`).str("message"))
	anon.do(400, "POST", "/_sandbox/webhooks", `{"duplicates":1}`)
	r := anon.do(200, "POST", "/_sandbox/webhooks", `{"duplicate":1,"reorder":true,"seed":4}`)
	require.Equal(t, map[string]any{"duplicate": 1.0, "reorder": true, "seed": 4.0}, r.at("disturbance"))
	require.Equal(t, l.url, r.str("target"))
	for i := range 3 {
		a.contact(fmt.Sprintf(`{"email":"twice-%d@b.example"}`, i))
	}
	require.Eventually(t, func() bool { return len(l.events()) == 6 }, 10*time.Second, time.Millisecond)
	a.delivered(3)
	anon.do(200, "POST", "/_sandbox/webhooks", `{}`)
	a.contact(`{"email":"once@b.example"}`)
	a.delivered(4)
	require.Len(t, l.events(), 7)
	anon.do(400, "POST", "/_sandbox/webhooks", `{"signature":"v4"}`)
	anon.do(200, "POST", "/_sandbox/webhooks", `{"signature":"v2"}`)
	a.contact(`{"email":"second@b.example"}`)
	a.delivered(5)
	l.mu.Lock()
	defer l.mu.Unlock()
	head, body := l.heads[len(l.heads)-1], l.bodies[len(l.bodies)-1]
	require.Equal(t, "v2", head.Get("X-HubSpot-Signature-Version"))
	require.Equal(t, hooks.SignV2(a.p.Credentials().ClientSecret, "POST", l.url, []byte(body)), head.Get("X-HubSpot-Signature"))
}

// A server that hangs keeps nobody waiting: neither the app's calls nor the
// portal's end.
func TestWebhooks_CloseDoesNotWaitForAServer(t *testing.T) {
	a := open(t)
	reached, release := make(chan struct{}, 1), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(release)
	a.subscribe(&listener{url: srv.URL}, "contact.creation")
	a.contact(`{"email":"stuck@b.example"}`)
	<-reached
	a.contact(`{"email":"more@b.example"}`)
	started := time.Now()
	require.NoError(t, a.p.Close())
	require.Less(t, time.Since(started), 3*time.Second)
}

// Fact sheet 7.1: the account's own types are told as object.*, whatever they
// are named.
func TestSection7_1_OwnTypesHaveNoLegacyEvents(t *testing.T) {
	a, l := open(t), newListener(t)
	made := a.do(201, "POST", "/crm-object-schemas/2026-09/schemas", strings.ReplaceAll(car, `"name":"car"`, `"name":"conversation"`))
	root := a.subscribe(l, "conversation.creation")
	a.do(201, "POST", root+"/subscriptions", fmt.Sprintf(`{"eventType":"object.creation","objectTypeId":%q,"active":true}`, made.str("objectTypeId")))
	a.do(201, "POST", v+made.str("objectTypeId"), `{"properties":{"plate":"ZH 1"}}`)
	a.delivered(1)
	require.Equal(t, []string{"object.creation"}, l.kinds())
}
