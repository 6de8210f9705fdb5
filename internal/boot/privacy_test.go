package boot_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/wire"
)

type privacyFace interface {
	recordsFace
	Edit(r wire.EditRequest) (wire.EditResult, error)
	Schema(typ string) (wire.Schema, error)
	List(q wire.ListQuery) (wire.ListPage, error)
}

// admin calls the portal's own API as its administrator.
func (h *hub) admin(t *testing.T, method, path, body string) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+h.Credentials().Token)
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.Handler().ServeHTTP(w, req)
	require.Less(t, w.Code, 300, "%s %s: %s", method, path, w.Body)
}

// leaking answers as the portal does, with more in it: a definition that is marked
// as sensitive, and its value on every record.
func (h *hub) leaking(level string) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		res, err := h.Portal.RoundTripper().RoundTrip(r)
		if err != nil || res.StatusCode >= 300 {
			return res
		}
		body, _ := io.ReadAll(res.Body)
		switch {
		case strings.HasPrefix(r.URL.Path, "/crm/properties/") && !strings.Contains(r.URL.Path, "groups"):
			def := `{"name":"diagnosis","label":"Diagnosis","type":"string","fieldType":"text","groupName":"contactinformation","dataSensitivity":"` + level + `"}`
			body = bytes.Replace(body, []byte(`"results":[`), []byte(`"results":[`+def+`,`), 1)
		case strings.HasPrefix(r.URL.Path, "/crm/objects/"):
			body = bytes.ReplaceAll(body, []byte(`"properties":{`), []byte(`"properties":{"diagnosis":"Zanzibaritis",`))
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		res.ContentLength = int64(len(body))
		res.Header.Del("Content-Length")
		return res
	}
}

const textProperty = `"type":"string","fieldType":"text","groupName":"contactinformation"`

// What HubSpot marks as sensitive is not asked for, stored, searched, shown or
// written into the outbox, wherever it comes from; and what is marked later is
// erased.
func TestPrivacy_SensitivePropertiesAreNeverKept(t *testing.T) {
	for _, level := range []string{"sensitive", "highly_sensitive", "some_new_level"} {
		t.Run(level, func(t *testing.T) {
			dir := t.TempDir()
			h := &hub{Portal: portal(t, 1)}
			r := &rep{t: t, dir: dir, hub: h}
			h.set(h.leaking(level), nil) //nolint:bodyclose // it is an answer for the client, which closes it
			r.open("memory")
			_, err := r.face.ConnectToken(h.Credentials().Token)
			require.NoError(t, err)
			_, err = r.node.Sync(t.Context(), false)
			require.NoError(t, err)
			_, err = r.node.Sync(t.Context(), true)
			require.NoError(t, err)
			f := faceOf[privacyFace](t, r.node)
			s, err := f.Schema("contacts")
			require.NoError(t, err)
			for _, g := range s.Groups {
				for _, p := range g.Properties {
					require.NotEqual(t, "diagnosis", p.Name)
				}
			}
			page, err := f.List(wire.ListQuery{Type: "contacts", Limit: 1, Columns: []string{"diagnosis"}})
			require.NoError(t, err)
			require.Len(t, page.Rows, 1)
			require.Empty(t, page.Rows[0].Values["diagnosis"])
			_, err = f.Edit(wire.EditRequest{Type: "contacts", ID: page.Rows[0].ID, Values: map[string]string{"diagnosis": "Zanzibaritis"}})
			require.ErrorContains(t, err, "diagnosis")
			require.NoError(t, r.node.Close())
			require.Empty(t, mentions(t, dir, "Zanzibaritis", "Diagnosis"))
		})
	}
}

func TestPrivacy_WhatBecomesSensitiveIsErased(t *testing.T) {
	dir := t.TempDir()
	h := &hub{Portal: portal(t, 1)}
	r := &rep{t: t, dir: dir, hub: h}
	const at = "/crm/properties/2026-09/contacts"
	for _, name := range []string{"rash", "shoes"} {
		h.admin(t, http.MethodPost, at, `{"name":"`+name+`","label":"`+name+`",`+textProperty+`}`)
	}
	r.open("memory")
	_, err := r.face.ConnectToken(h.Credentials().Token)
	require.NoError(t, err)
	_, err = r.node.Sync(t.Context(), false)
	require.NoError(t, err)
	f := faceOf[privacyFace](t, r.node)
	page, err := f.List(wire.ListQuery{Type: "contacts", Limit: 4})
	require.NoError(t, err)
	edit := func(i int, values map[string]string) {
		_, err := f.Edit(wire.EditRequest{Type: "contacts", ID: page.Rows[i].ID, Values: values})
		require.NoError(t, err)
	}
	edit(0, map[string]string{"rash": "Sentrash", "shoes": "Sentshoes"})
	_, err = faceOf[outboxFace](t, r.node).Flush()
	require.NoError(t, err)
	edit(1, map[string]string{"rash": "Waitsrash"})
	edit(2, map[string]string{"rash": "Bothrash", "shoes": "Bothshoes"})
	edit(3, map[string]string{"shoes": "Waitsshoes"})
	words := []string{"Sentrash", "Waitsrash", "Bothrash"}
	require.NotEmpty(t, mentions(t, dir, words...))

	require.NoError(t, h.ArchiveProperty("contacts", "shoes"))
	require.NoError(t, h.MarkSensitive("contacts", "rash", "sensitive"))
	h.set(func(q *http.Request) *http.Response {
		if strings.HasSuffix(q.URL.Path, "/batch/update") {
			return answer(q, http.StatusForbidden, `{"status":"error","category":"FORBIDDEN","message":"Not now"}`)
		}
		return nil
	}, nil)
	_, err = r.node.Sync(t.Context(), true)
	require.NoError(t, err)
	box, err := faceOf[outboxFace](t, r.node).View()
	require.NoError(t, err)
	var waits []string
	for _, op := range append(box.Waiting, box.Needs...) {
		for _, field := range op.Fields {
			waits = append(waits, field.Name+"="+field.To)
		}
	}
	require.ElementsMatch(t, []string{"shoes=Bothshoes", "shoes=Waitsshoes"}, waits, "an edit of a property that was only archived stays for the rep to see")
	told := false
	for _, op := range box.Receipts {
		told = told || strings.Contains(op.Reason, "sensitive")
	}
	require.True(t, told, "the rep is told what became of the edit")
	require.Empty(t, mentions(t, dir, append(words, "Sentshoes")...))
	require.NoError(t, r.node.Close())
	require.Empty(t, mentions(t, dir, append(words, "Sentshoes")...))
}
