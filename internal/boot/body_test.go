package boot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/sandbox"
	"satchel/internal/wire"
)

type (
	activitiesFace interface {
		Log(r wire.ActivityRequest) (wire.EditResult, error)
		Timeline(typ, id string) (wire.Timeline, error)
		Body(typ, id string) (wire.ActivityBody, error)
	}
	editFace interface {
		Edit(r wire.EditRequest) (wire.EditResult, error)
		Get(typ, id string) (wire.Record, error)
		List(q wire.ListQuery) (wire.ListPage, error)
	}
	policyFace interface {
		SetPolicy(p wire.Policy) error
	}
)

// write replaces a property of records in the portal, as a colleague would.
func write(t *testing.T, p *sandbox.Portal, typ, property string, bodies map[string]string) {
	t.Helper()
	var in struct {
		Inputs []map[string]any `json:"inputs"`
	}
	for id, body := range bodies {
		in.Inputs = append(in.Inputs, map[string]any{"id": id, "properties": map[string]string{property: body}})
	}
	b, err := json.Marshal(in)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/crm/v3/objects/"+typ+"/batch/update", bytes.NewReader(b))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.Credentials().Token)
	r.Header.Set("Content-Type", "application/json")
	res, err := p.RoundTripper().RoundTrip(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, string(said))
}

// What a stranger wrote in HubSpot stays in the copy as it is and reaches the
// window clean, whatever kind of activity it is the body of. It comes into the
// copy as the other side of conflicts that a policy decides.
func TestR29_HostileBodiesFromAPortalReachTheWindowClean(t *testing.T) {
	b, err := os.ReadFile("../../frontend/e2e/hostile.json")
	require.NoError(t, err)
	var corpus []struct{ Name, HTML string }
	require.NoError(t, json.Unmarshal(b, &corpus))
	require.GreaterOrEqual(t, len(corpus), 300)
	kept := corpus[:0]
	for i, one := range corpus {
		if i%6 == 0 { // the whole of it is cleaned in safehtml's tests and shown in the window's
			kept = append(kept, one)
		}
	}

	p := portal(t, 1)
	n := open(t, t.TempDir(), p, p.Credentials().Token)
	sync := func() {
		_, err := n.Sync(t.Context(), false)
		require.NoError(t, err)
	}
	sync()
	log, records := faceOf[activitiesFace](t, n), faceOf[editFace](t, n)
	page, err := records.List(wire.ListQuery{Type: "contacts", Limit: 1})
	require.NoError(t, err)
	contact := page.Rows[0].ID
	type entry struct{ typ, id, html string }
	var made []entry
	for i, one := range kept {
		spec := crm.Activities()[i%len(crm.Activities())]
		values := map[string]string{spec.HTML: "before"}
		if spec.Type == crm.Tasks {
			values["hs_task_subject"] = "Task"
		}
		a, err := log.Log(wire.ActivityRequest{Kind: spec.One, Type: "contacts", ID: contact, Text: "before", Values: values})
		require.NoError(t, err)
		made = append(made, entry{string(spec.Type), a.ID, one.HTML})
	}
	sync()
	for _, spec := range crm.Activities() {
		theirs := map[string]string{}
		for _, e := range made {
			if e.typ == string(spec.Type) {
				r, err := records.Get(e.typ, e.id)
				require.NoError(t, err)
				theirs[r.RemoteID] = e.html
				_, err = records.Edit(wire.EditRequest{Type: e.typ, ID: e.id, Values: map[string]string{spec.HTML: "mine"}})
				require.NoError(t, err)
			}
		}
		write(t, p, string(spec.Type), spec.HTML, theirs)
		require.NoError(t, faceOf[policyFace](t, n).SetPolicy(wire.Policy{Type: string(spec.Type), Name: spec.HTML, Policy: "theirs"}))
	}
	sync()

	line, err := log.Timeline("contacts", contact)
	require.NoError(t, err)
	require.Len(t, line.Items, len(made))
	rich := 0
	for _, item := range line.Items {
		require.NotContains(t, fmt.Sprint(item.Values), "struck", "a body is no other property")
		if item.Rich {
			rich++
		}
	}
	require.Greater(t, rich, len(made)/3)
	for _, e := range made {
		spec, _ := crm.SpecOf(e.typ)
		r, err := records.Get(e.typ, e.id)
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(e.html), strings.TrimSpace(r.Values[spec.HTML]), "the copy has it as it is")
		body, err := log.Body(e.typ, e.id)
		require.NoError(t, err)
		for _, bad := range []string{"<script", "<svg", "<style", "<iframe", "<form", " on", " src=\"h", " style=", " href=", "javascript:"} {
			if i := strings.Index(body.HTML, bad); i >= 0 && strings.LastIndexByte(body.HTML[:i+1], '<') > strings.LastIndexByte(body.HTML[:i+1], '>') {
				t.Errorf("%q became %q, with %q in a tag", e.html, body.HTML, bad)
			}
		}
	}
	_, err = log.Body("contacts", contact)
	require.Equal(t, crm.Invalid, crm.KindOf(err))
	_, err = log.Body("notes", "nobody")
	require.Equal(t, crm.NotFound, crm.KindOf(err))
}
