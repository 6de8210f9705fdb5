package simtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

// The portal's own journal of all changes, which Satchel knows nothing of.

const journal = "/webhooks-journal/"

// app calls the portal as the app itself, which no user has granted anything.
func (w *world) app(method, path, body string, into any) int {
	w.t.Helper()
	c := w.portal.Credentials()
	form := "grant_type=client_credentials&client_id=" + c.ClientID + "&client_secret=" + c.ClientSecret +
		"&scope=developer.webhooks_journal.read developer.webhooks_journal.subscriptions.write"
	var grant struct {
		Token string `json:"access_token"`
	}
	w.plain("POST", "/oauth/2026-09/token", strings.ReplaceAll(form, " ", "%20"), "application/x-www-form-urlencoded", "", &grant)
	return w.plain(method, path, body, "application/json", grant.Token, into)
}

func (w *world) plain(method, url, body, kind, bearer string, into any) int {
	w.t.Helper()
	if strings.HasPrefix(url, "/") {
		url = "http://localhost" + url
	}
	req, err := http.NewRequestWithContext(w.ctx, method, url, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", kind)
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := w.portal.RoundTripper().RoundTrip(req)
	require.NoError(w.t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	require.Less(w.t, res.StatusCode, 300, "%s %s: %s", method, url, raw)
	if into != nil && len(raw) > 0 {
		require.NoError(w.t, json.Unmarshal(raw, into))
	}
	return res.StatusCode
}

func (w *world) subscribe() {
	w.t.Helper()
	for _, s := range crm.Specs() {
		w.app("POST", journal+"subscriptions/2026-09", fmt.Sprintf(
			`{"subscriptionType":"OBJECT","portalId":%d,"objectTypeId":%q,"actions":["CREATE","UPDATE","DELETE","MERGE","RESTORE"],"properties":[],"objectIds":[]}`,
			w.portal.Credentials().PortalID, typeID(s.Type)), nil)
	}
}

func typeID(t crm.ObjectType) string {
	s, _ := crm.SpecOf(string(t))
	return s.ID
}

// change is one value that a record got in the portal.
type change struct {
	typ    string
	id     int64
	prop   string
	value  string
	create bool
	at     time.Time
}

// changes are all changes of the portal so far, in order. The journal keeps them
// for three days: the waits of a run are shorter, and sleep reads it before.
func (w *world) changes() []change {
	w.t.Helper()
	for {
		path := journal + "journal/2026-09/earliest"
		if w.offset != "" {
			path = journal + "journal/2026-09/offset/" + w.offset + "/next"
		}
		var entry struct{ URL, CurrentOffset string }
		if w.app("GET", path, "", &entry) == http.StatusNoContent {
			return w.journal
		}
		var file struct {
			Events []struct {
				Action  string            `json:"action"`
				Type    string            `json:"objectTypeId"`
				ID      int64             `json:"objectId"`
				At      time.Time         `json:"occurredAt"`
				Changes map[string]string `json:"propertyChanges"`
			} `json:"journalEvents"`
		}
		w.plain("GET", entry.URL, "", "", "", &file)
		for _, e := range file.Events {
			for name, value := range e.Changes {
				w.journal = append(w.journal, change{e.Type, e.ID, name, value, e.Action == "CREATE", e.At})
			}
		}
		w.offset = entry.CurrentOffset
	}
}

// sleep lets time pass, and reads the journal first when it is long.
func (w *world) sleep(d time.Duration) {
	w.t.Helper()
	if d >= time.Hour {
		w.changes()
	}
	time.Sleep(d)
}
