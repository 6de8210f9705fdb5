package boot_test

import (
	"database/sql"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

type connectFace interface {
	accountFace
	Connect(r wire.ConnectRequest) (wire.ConnectFlow, error)
	Flow(id string) (wire.ConnectFlow, error)
	Cancel(id string) error
	Paste(r wire.PasteRequest) (wire.ConnectFlow, error)
	Keep(r wire.KeepRequest) (wire.Account, error)
}

// alone holds the registered ports for one test of this package at a time.
var alone sync.Mutex

// hub is a portal that can be made to answer otherwise.
type hub struct {
	*sandbox.Portal
	mu  sync.Mutex
	via func(*http.Request) *http.Response // nil answers go on to the portal
	bad error
}

func (h *hub) set(via func(*http.Request) *http.Response, bad error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.via, h.bad = via, bad
}

func (h *hub) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	via, bad := h.via, h.bad
	h.mu.Unlock()
	if bad != nil {
		return nil, bad
	}
	if via != nil {
		if res := via(r); res != nil {
			return res, nil
		}
	}
	return h.Portal.RoundTripper().RoundTrip(r)
}

func answer(r *http.Request, status int, body string) *http.Response {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	res := w.Result()
	res.Request = r
	return res
}

// rep is a node that knows the portal's app.
type rep struct {
	t    *testing.T
	dir  string
	hub  *hub
	node *boot.Node
	face connectFace
}

func newRep(t *testing.T, dir string, p *sandbox.Portal, keep string) *rep {
	t.Helper()
	r := &rep{t: t, dir: dir, hub: &hub{Portal: p}}
	r.open(keep)
	return r
}

func (r *rep) open(keep string, more ...func(*config.Config)) {
	r.t.Helper()
	k := r.hub.Credentials()
	secret := filepath.Join(r.t.TempDir(), "secret")
	require.NoError(r.t, os.WriteFile(secret, []byte(k.ClientSecret), 0o600))
	c := config.Defaults()
	c.DataDir, c.BaseURL, c.Browser, c.KeepIn = r.dir, "http://localhost", config.NoBrowser, keep
	c.ClientID, c.ClientSecretFile = k.ClientID, secret
	for _, f := range more {
		f(&c)
	}
	n, err := boot.Open(r.t.Context(), boot.Options{Config: c, Version: "test", Transport: r.hub})
	require.NoError(r.t, err)
	r.t.Cleanup(func() { require.NoError(r.t, n.Close()) })
	r.node, r.face = n, faceOf[connectFace](r.t, n)
}

// allowed is the address on which HubSpot's page leaves the browser after the
// user allowed the app.
func (r *rep) allowed(flow wire.ConnectFlow) string {
	r.t.Helper()
	u, err := url.Parse(flow.URL)
	require.NoError(r.t, err)
	form := u.Query()
	form.Set("decision", "allow")
	form.Set("user", r.user(u.RequestURI()))
	req := httptest.NewRequest(http.MethodPost, u.Path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	r.hub.Handler().ServeHTTP(w, req)
	require.Equal(r.t, http.StatusFound, w.Code, w.Body.String())
	return w.Header().Get("Location")
}

// user is the first one whom HubSpot's page offers.
func (r *rep) user(page string) string {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.hub.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, page, nil))
	_, rest, ok := strings.Cut(w.Body.String(), `name="user"`)
	require.True(r.t, ok, w.Body.String())
	_, rest, ok = strings.Cut(rest, `value="`)
	require.True(r.t, ok, rest)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// back is the address of the flow's own with another answer.
func back(t *testing.T, flow wire.ConnectFlow, answer string) string {
	t.Helper()
	u, err := url.Parse(flow.URL)
	require.NoError(t, err)
	return u.Query().Get("redirect_uri") + "?" + answer + "&state=" + u.Query().Get("state")
}

// end waits until a flow has ended.
func (r *rep) end(id string) wire.ConnectFlow {
	r.t.Helper()
	var flow wire.ConnectFlow
	require.Eventually(r.t, func() bool {
		var err error
		flow, err = r.face.Flow(id)
		require.NoError(r.t, err)
		return flow.Phase != "waiting" && flow.Phase != "finishing"
	}, 20*time.Second, 10*time.Millisecond)
	return flow
}

func (r *rep) connect() wire.ConnectFlow {
	r.t.Helper()
	flow, err := r.face.Connect(wire.ConnectRequest{})
	require.NoError(r.t, err)
	_, err = r.face.Paste(wire.PasteRequest{ID: flow.ID, Address: r.allowed(flow)})
	require.NoError(r.t, err)
	return r.end(flow.ID)
}

// Every way a sign-in can end has an outcome and words of its own, changes
// nothing that was there, and can be followed by one that succeeds.
func TestR05_EveryOutcomeHasItsOwnWords(t *testing.T) {
	alone.Lock()
	defer alone.Unlock()
	isToken := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/token") }
	seen := map[string]string{}
	for _, c := range []struct {
		outcome string
		answer  string // of HubSpot's page; "" for yes
		via     func(*http.Request) *http.Response
		bad     error
		says    string
	}{
		{"user_denied", "error=access_denied", nil, nil, "did not allow"},
		{"not_permitted", "error=insufficient_permissions", nil, nil, "App Marketplace access"},
		{"wrong_app", "", func(r *http.Request) *http.Response {
			if isToken(r) {
				return answer(r, 400, `{"error":"invalid_client","status":"BAD_CLIENT_SECRET"}`)
			}
			return nil
		}, nil, "client secret is wrong"},
		{"missing_scopes", "", func(r *http.Request) *http.Response {
			if isToken(r) {
				return answer(r, 200, `{"access_token":"a","refresh_token":"r","expires_in":1800,"scopes":["oauth","crm.objects.owners.read"]}`)
			}
			return nil
		}, nil, "crm.objects.deals.write"},
		{"blocked", "", func(r *http.Request) *http.Response {
			if strings.HasPrefix(r.URL.Path, "/account-info/") {
				return answer(r, 403, `{"status":"error","category":"BANNED","message":"The user is not allowed to do this"}`)
			}
			return nil
		}, nil, "Users & Teams"},
		{"hubspot_down", "", func(r *http.Request) *http.Response { return answer(r, 503, `{}`) }, nil, "problem at the moment"},
		{"offline", "", nil, errors.New("no route to host"), "cannot be reached"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			r := newRep(t, t.TempDir(), portal(t, 1), "memory")
			flow, err := r.face.Connect(wire.ConnectRequest{})
			require.NoError(t, err)
			address := r.allowed(flow)
			if c.answer != "" {
				address = back(t, flow, c.answer)
			}
			r.hub.set(c.via, c.bad)
			_, err = r.face.Paste(wire.PasteRequest{ID: flow.ID, Address: address})
			require.NoError(t, err)
			flow = r.end(flow.ID)
			require.Equal(t, c.outcome, flow.Outcome)
			require.Contains(t, flow.Message, c.says)
			require.Equal(t, c.outcome == "missing_scopes", len(flow.Scopes) > 0)
			require.Contains(t, flow.Admin, "/oauth/authorize?")
			require.NotContains(t, flow.Admin, "state=")
			for other, words := range seen {
				require.NotEqual(t, words, flow.Message, "%s and %s", other, c.outcome)
			}
			seen[c.outcome] = flow.Message
			s, err := r.face.State()
			require.NoError(t, err)
			require.False(t, s.Connected)

			r.hub.set(nil, nil)
			require.Equal(t, "connected", r.connect().Outcome)
		})
	}
}

// Canceling frees the port at once, and says that nothing was changed.
func TestR05_CancelFreesThePort(t *testing.T) {
	alone.Lock()
	defer alone.Unlock()
	r := newRep(t, t.TempDir(), portal(t, 1), "memory")
	flow, err := r.face.Connect(wire.ConnectRequest{})
	require.NoError(t, err)
	u, err := url.Parse(flow.URL)
	require.NoError(t, err)
	at, err := url.Parse(u.Query().Get("redirect_uri"))
	require.NoError(t, err)
	if !flow.MustPaste {
		_, err = net.Listen("tcp", "127.0.0.1:"+at.Port())
		require.Error(t, err)
	}
	start := time.Now()
	require.NoError(t, r.face.Cancel(flow.ID))
	require.Less(t, time.Since(start), time.Second)
	l, err := net.Listen("tcp", "127.0.0.1:"+at.Port())
	if !flow.MustPaste {
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
	flow = r.end(flow.ID)
	require.Equal(t, "canceled", flow.Outcome)
	require.Contains(t, flow.Message, "Nothing was changed")
}

// Five minutes without an answer end the sign-in, in words of their own.
func TestR05_FiveMinutesAreTheEnd(t *testing.T) {
	alone.Lock()
	defer alone.Unlock()
	occupy(t) // a listener would keep the clock of the test from going on
	p := portal(t, 1)
	synctest.Test(t, func(t *testing.T) {
		r := newRep(t, t.TempDir(), p, "memory")
		flow, err := r.face.Connect(wire.ConnectRequest{})
		require.NoError(t, err)
		require.True(t, flow.MustPaste)
		time.Sleep(5*time.Minute - time.Second)
		synctest.Wait()
		flow, err = r.face.Flow(flow.ID)
		require.NoError(t, err)
		require.Equal(t, "waiting", flow.Phase)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		flow, err = r.face.Flow(flow.ID)
		require.NoError(t, err)
		require.Equal(t, "expired", flow.Outcome)
		require.Equal(t, "expired", flow.Phase)
		require.Contains(t, flow.Message, "five minutes")
		require.NoError(t, r.node.Close())
	})
}

func occupy(t *testing.T) {
	t.Helper()
	for _, port := range []string{"47611", "47612", "47613"} {
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			t.Cleanup(func() { _ = l.Close() })
		}
	}
}

// With all the ports taken the sign-in says so and which, and goes on by pasting.
func TestR04_BusyPortsLeaveThePastePath(t *testing.T) {
	alone.Lock()
	defer alone.Unlock()
	occupy(t)
	r := newRep(t, t.TempDir(), portal(t, 1), "memory")
	flow, err := r.face.Connect(wire.ConnectRequest{})
	require.NoError(t, err)
	require.True(t, flow.MustPaste)
	require.Contains(t, flow.Message, "47611, 47612, 47613")
	_, err = r.face.Paste(wire.PasteRequest{ID: flow.ID, Address: "http://localhost:47611/callback?code=x&state=y"})
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	_, err = r.face.Paste(wire.PasteRequest{ID: flow.ID, Address: r.allowed(flow)})
	require.NoError(t, err)
	require.Equal(t, "connected", r.end(flow.ID).Outcome)
	s, err := r.face.State()
	require.NoError(t, err)
	require.True(t, s.Connected)
	require.Empty(t, s.Missing)
	require.Contains(t, s.Scopes, "crm.objects.deals.write")
}

// Another portal than the one whose records are here is refused, and nothing has
// changed: neither the database nor the sign-in.
func TestR06_AnotherPortalIsRefusedAndNothingChanges(t *testing.T) {
	alone.Lock()
	defer alone.Unlock()
	a, b := portal(t, 1), portal(t, 2)
	on := true
	require.NoError(t, b.SetSettings(sandbox.SettingsChange{RotateRefresh: &on}))
	dir := t.TempDir()
	r := newRep(t, dir, a, "file")
	_, err := r.face.Keep(wire.KeepRequest{Place: "file", Passphrase: passphrase})
	require.NoError(t, err)
	require.Equal(t, "connected", r.connect().Outcome)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	before, kept := content(t, dir), sealed(t, dir)
	require.Greater(t, len(before), 50)

	r.hub.Portal = b
	k := b.Credentials()
	flow, err := r.face.Connect(wire.ConnectRequest{ClientID: k.ClientID, ClientSecret: k.ClientSecret})
	require.NoError(t, err)
	_, err = r.face.Paste(wire.PasteRequest{ID: flow.ID, Address: r.allowed(flow)})
	require.NoError(t, err)
	flow = r.end(flow.ID)
	require.Equal(t, "wrong_portal", flow.Outcome)
	require.Contains(t, flow.Message, "Nothing was changed")
	_, err = r.face.ConnectToken(k.Token)
	require.Equal(t, crm.Conflict, crm.KindOf(err))
	require.Equal(t, before, content(t, dir))
	require.Equal(t, kept, sealed(t, dir), "the sign-in of portal A is still the one that is kept")

	r.hub.Portal = a
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err, "it is still in use, too")
}

// content is every row of the database.
func content(t *testing.T, dir string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "satchel.db")+"?mode=ro")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var out []string
	tables := columns(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
	for _, table := range tables {
		names := columns(t, db, `SELECT name FROM pragma_table_info('`+table+`')`)
		for _, row := range columns(t, db, `SELECT json_array(quote("`+strings.Join(names, `"), quote("`)+`")) FROM "`+table+`" ORDER BY 1`) {
			out = append(out, table+" "+row)
		}
	}
	return out
}

func columns(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err, query)
	defer func() { require.NoError(t, rows.Close()) }()
	var out []string
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		out = append(out, s)
	}
	require.NoError(t, rows.Err())
	return out
}

// Optional scopes that the portal does not give turn one thing off each, which
// is said; everything else works.
func TestOptionalScopes_ThatAreMissingAreSaid(t *testing.T) {
	alone.Lock()
	defer alone.Unlock()
	p, err := sandbox.Open(sandbox.Options{Contacts: 20, Limits: "off", Lacks: []string{"crm.schemas.deals.write"}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	r := newRep(t, t.TempDir(), p, "memory")
	require.Equal(t, "connected", r.connect().Outcome)
	s, err := r.face.State()
	require.NoError(t, err)
	require.Len(t, s.Missing, 1)
	require.Equal(t, "crm.schemas.deals.write", s.Missing[0].Scope)
	require.Contains(t, s.Missing[0].Off, "key property")
	require.NotEmpty(t, s.UserEmail)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	_, err = faceOf[recordsFace](t, r.node).Create(wire.CreateRequest{Type: "deals", Values: map[string]string{"dealname": "Without a key"}})
	require.NoError(t, err)
	flushed, err := faceOf[outboxFace](t, r.node).Flush()
	require.NoError(t, err)
	require.Equal(t, 1, flushed.Acked)
}
