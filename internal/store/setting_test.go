package store_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestSettings_OutliveReset(t *testing.T) {
	s := fresh(t)
	v, err := s.Setting(t.Context(), "theme")
	require.NoError(t, err)
	require.Empty(t, v)
	require.NoError(t, s.SetSetting(t.Context(), "theme", "dark"))
	require.NoError(t, s.SetLastSync(t.Context(), 77))
	at, err := s.LastSync(t.Context())
	require.NoError(t, err)
	require.Equal(t, crm.Millis(77), at)
	_, ok, err := s.Portal(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, s.SetPortal(t.Context(), crm.Portal{ID: "1", Name: "a"}))
	require.NoError(t, s.SetPortal(t.Context(), crm.Portal{ID: "1", Name: "b"}))
	require.Equal(t, crm.Conflict, crm.KindOf(s.SetPortal(t.Context(), crm.Portal{ID: "2"})), "two portals never share a file")
	p, ok, err := s.Portal(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "b", p.Name)

	require.NoError(t, s.Reset(t.Context(), false))
	v, err = s.Setting(t.Context(), "theme")
	require.NoError(t, err)
	require.Equal(t, "dark", v)
	at, err = s.LastSync(t.Context())
	require.NoError(t, err)
	require.Zero(t, at)
	_, ok, err = s.Portal(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	check(t, s)
}

func TestReset_LeavesNoTraceInAnyFile(t *testing.T) {
	s := fresh(t)
	const canary = "zanzibarina"
	for i := range 300 {
		pull(t, s, contact(i+1, 1, "firstname", canary, "email", canary+"@b.example", "city", canary))
	}
	r := pull(t, s, contact(1, 2, "firstname", canary))[0]
	enqueue(t, s, edit(r, "lastname", canary), newContact("firstname", canary))
	_, err := s.SaveOwners(t.Context(), []crm.Owner{{ID: "1", First: canary}})
	require.NoError(t, err)
	require.Equal(t, crm.Conflict, crm.KindOf(s.Reset(t.Context(), false)), "edits that wait are not dropped unasked")
	require.NoError(t, s.Reset(t.Context(), true))
	requireNoTrace(t, filepath.Dir(s.Path()), canary)
	counts, err := s.Counts(t.Context())
	require.NoError(t, err)
	require.Len(t, counts, len(crm.Specs()))
	for typ, n := range counts {
		require.Zero(t, n, typ)
	}
	pull(t, s, contact(1, 1, "firstname", "Anna"))
	check(t, s)
}

// A value that HubSpot no longer has is nowhere in the file either, not even in
// the search index, whose own deletions leave the words where they were unless
// it is told.
func TestApply_WhatIsOverwrittenIsErased(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, dir)
	const canary = "zanzibarina"
	for i := range 50 {
		pull(t, s, contact(i+1, 1, "firstname", canary, "city", canary))
	}
	for i := range 50 {
		pull(t, s, contact(i+1, 2, "firstname", "Anna", "city", ""))
	}
	require.NoError(t, s.Close())
	requireNoTrace(t, dir, canary)
}

func requireNoTrace(t *testing.T, dir, canary string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.False(t, bytes.Contains(b, []byte(canary[1:])), "%s holds what was erased", path)
		return nil
	}))
}

func TestBriefs_NameRecordsOfAnyType(t *testing.T) {
	s := fresh(t)
	anna := pull(t, s, contact(1, 1, "email", "a@b.example"))[0]
	acme := pull(t, s, remote(crm.Companies, 1, 1, "name", "Acme"))[0]
	got, err := s.Briefs(t.Context(), []crm.LocalID{anna.ID, acme.ID, "nobody"})
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "a@b.example", got[anna.ID].Title)
	require.Equal(t, crm.Companies, got[acme.ID].Type)
	_, err = s.Record(t.Context(), crm.Contacts, string(acme.ID))
	require.Equal(t, crm.NotFound, crm.KindOf(err))
	require.Contains(t, crm.Message(err), "contact")
	_, err = s.Record(t.Context(), "widgets", "1")
	require.Equal(t, crm.Invalid, crm.KindOf(err))
}

func TestStore_ReadersAndWritersAtOnce(t *testing.T) {
	s := fresh(t)
	pull(t, s, contact(1, 1, "firstname", "Anna"))
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	errs := make(chan error, 100)
	for i := range 4 {
		wg.Go(func() {
			for n := range 20 {
				_, err := s.Apply(t.Context(), contacts(contact(100*i+n+2, 1, "firstname", fmt.Sprint("N", n))))
				errs <- err
			}
		})
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.List(ctx, crm.ListQuery{Type: crm.Contacts, Limit: 50}); err != nil && crm.KindOf(err) != crm.Canceled {
					errs <- err
					return
				}
			}
		})
	}
	for range 80 {
		require.NoError(t, <-errs)
	}
	stop()
	wg.Wait()
	require.Equal(t, 81, list(t, s, crm.ListQuery{Type: crm.Contacts}).Total)
	require.Equal(t, crm.Canceled, crm.KindOf(s.SetSetting(ctx, "a", "b")))
	check(t, s)
}
