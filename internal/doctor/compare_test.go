package doctor_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/doctor"
	"satchel/internal/sandbox"
)

func TestCompare_AnEqualCopyIsEqual(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 130})
	w.o.Types = nil
	r := w.equal()
	for _, s := range crm.AllSpecs() {
		n, err := w.store.Count(t.Context(), s.Type)
		require.NoError(t, err)
		require.NotZero(t, n)
		i := 0
		for r.Types[i].Type != s.Type {
			i++
		}
		require.Equal(t, n, r.Types[i].Compared, s.Type)
		require.Equal(t, n, r.Types[i].There, s.Type)
	}
	t.Log(r.Sentence(), r.Types)
}

// Every kind of difference is found, exactly and by name, and nothing of it is left
// after a repair. The next one is planted into what the one before has left.
func TestCompare_EveryDifferenceIsFoundAndRepaired(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 60})
	for _, c := range []struct {
		name string
		do   func(*testing.T, *world)
	}{
		{"a change that no stamp tells of", changeWithoutStamp},
		{"a change that deltas missed", missedByDeltas},
		{"associations", associations},
		{"archived and deleted in HubSpot", archived},
		{"merged in HubSpot", merged},
		{"missing here", missingHere},
		{"calculated by HubSpot", calculated},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			c.do(t, w)
		})
	}
	w.t = t
}

func changeWithoutStamp(t *testing.T, w *world) {
	t.Helper()
	id, other := w.id(crm.Contacts, 7), w.id(crm.Deals, 3)
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.firstname', 'Wrong', '$.jobtitle', 'Wrong') WHERE type = 1 AND remote_id = ?`, string(id))
	w.sql(`UPDATE record SET base = jsonb_remove(base, '$.dealstage') WHERE type = 3 AND remote_id = ?`, string(other))
	r := w.compare()
	w.only(
		r,
		doctor.Difference{Type: crm.Contacts, ID: id, Kind: doctor.Differs, Properties: []string{"firstname", "jobtitle"}},
		doctor.Difference{Type: crm.Deals, ID: other, Kind: doctor.Differs, Properties: []string{"dealstage"}},
	)
	require.Equal(t, "contacts "+string(id)+": differs in firstname, jobtitle", r.Differences[0].String())
	require.Regexp(t, `^2 divergent of \d+\.$`, r.Sentence())
	w.repaired(r)
}

func missedByDeltas(t *testing.T, w *world) {
	t.Helper()
	id := w.id(crm.Companies, 0)
	w.edit(crm.Companies, id, "city", "Århus")
	w.portal.Advance(time.Hour)
	r := w.compare()
	require.Len(t, r.Differences, 1)
	require.Equal(t, []string{"city"}, r.Differences[0].Properties)
	require.Contains(t, r.Differences[0].Why, "no pull brought it")
	w.repaired(r)
}

func archived(t *testing.T, w *world) {
	t.Helper()
	a, b, c := w.id(crm.Contacts, 2), w.id(crm.Contacts, 9), w.id(crm.Companies, 0)
	require.NoError(t, w.portal.Archive("contacts", string(a)))
	require.NoError(t, w.portal.Forget("contacts", string(b)))
	require.NoError(t, w.portal.Archive("companies", string(c)))
	r := w.compare()
	// Their associations end with them, and are not told once more.
	w.only(
		r,
		doctor.Difference{Type: crm.Contacts, ID: a, Kind: doctor.Gone},
		doctor.Difference{Type: crm.Contacts, ID: b, Kind: doctor.Gone},
		doctor.Difference{Type: crm.Companies, ID: c, Kind: doctor.Gone},
	)
	w.repaired(r)
	require.NoError(t, w.portal.Restore("contacts", string(a)))
	w.portal.Advance(time.Hour)
	r = w.compare()
	require.Len(t, r.Differences, 1)
	require.Equal(t, doctor.Missing, r.Differences[0].Kind)
	require.Contains(t, r.Differences[0].Why, "archived here")
	w.repaired(r)
}

func merged(t *testing.T, w *world) {
	t.Helper()
	for _, typ := range []crm.ObjectType{crm.Contacts, crm.Companies} {
		a, b := w.id(typ, 0), w.id(typ, 2)
		into, err := w.portal.Merge(string(typ), string(a), string(b))
		require.NoError(t, err)
		w.portal.Advance(time.Hour)
		r := w.compare()
		for _, d := range r.Differences {
			require.Equal(t, doctor.Merged, d.Kind, d)
			require.Equal(t, crm.RemoteID(into), d.Into)
			require.Contains(t, []crm.RemoteID{a, b}, d.ID)
		}
		require.Len(t, r.Differences, 2)
		w.repaired(r)
		require.Equal(t, crm.RemoteID(into), w.held(typ, crm.RemoteID(into)).ID)
	}
}

func missingHere(t *testing.T, w *world) {
	t.Helper()
	made, err := w.portal.Create(change(t, "contacts", "", "email", "new@canary.example"))
	require.NoError(t, err)
	link(t, w, "contacts", made, "companies", string(w.id(crm.Companies, 0)))
	require.Equal(t, 1, w.equal().Behind, "it was made a moment ago")
	w.portal.Advance(time.Hour)
	r := w.compare()
	w.only(r, doctor.Difference{Type: crm.Contacts, ID: crm.RemoteID(made), Kind: doctor.Missing})
	w.repaired(r)
}

func associations(t *testing.T, w *world) {
	t.Helper()
	contact, company := w.id(crm.Contacts, 1), w.id(crm.Companies, 2)
	link(t, w, "contacts", string(contact), "companies", string(company))
	require.NoError(t, w.client.Associate(t.Context(), crm.Contacts, crm.Deals, nil))
	w.portal.Advance(time.Hour)
	r := w.compare()
	missing := doctor.Difference{Type: crm.Contacts, ID: contact, Kind: doctor.Differs, Links: []doctor.LinkDiff{{crm.Companies, company, doctor.LinkMissing}}}
	w.only(r, missing)
	require.Contains(t, r.Differences[0].String(), "the association with companies "+string(company)+" is not here")
	w.repaired(r)

	require.NoError(t, w.client.Detach(t.Context(), crm.Companies, crm.Contacts, []crm.Pair{{FromID: company, ToID: contact}}))
	w.portal.Advance(time.Hour)
	missing.Links[0].How = doctor.LinkExtra
	r = w.compare()
	w.only(r, missing)
	w.repaired(r)

	// One direction alone is lost here.
	w.sql(`DELETE FROM link WHERE from_type = 2 AND to_type = 3 AND (from_remote, to_remote) =
		(SELECT from_remote, to_remote FROM link WHERE from_type = 2 AND to_type = 3 LIMIT 1)`)
	r = w.compare()
	require.Len(t, r.Differences, 1)
	require.Equal(t, crm.Companies, r.Differences[0].Type)
	w.repaired(r)
}

func TestCompare_Definitions(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 30})
	require.NoError(t, w.portal.DefineProperty("companies", sandbox.NewProperty{Name: "hat", Label: "Hat", Group: "companyinformation", Options: []string{"top", "bowler"}}))
	require.NoError(t, w.portal.DefineProperty("companies", sandbox.NewProperty{Name: "glove", Label: "Glove", Group: "companyinformation"}))
	require.NoError(t, w.pull.Schema(t.Context()))
	require.NoError(t, w.portal.DefineProperty("contacts", sandbox.NewProperty{Name: "shoe_size", Label: "Shoe size", Group: "contactinformation"}))
	require.NoError(t, w.portal.ArchiveProperty("companies", "glove"))
	require.NoError(t, w.portal.SetOptions("companies", "hat", []string{"top", "bowler", "none"}))
	w.sql(`UPDATE pipeline SET body = json_set(body, '$.Label', 'Wrong') WHERE type = 'deals' AND pos = 0`)
	w.sql(`DELETE FROM owner WHERE pos = 0`)
	w.edit(crm.Contacts, w.id(crm.Contacts, 5), "shoe_size", "43")
	require.NoError(t, w.pull.Delta(t.Context()))
	w.portal.Advance(time.Hour)
	r := w.compare()
	require.Zero(t, r.Divergent)
	require.False(t, r.Equal())
	require.Len(t, r.Schema, 5)
	require.Equal(t, doctor.SchemaDiff{Type: crm.Contacts, What: "property", Name: "shoe_size", How: doctor.LinkMissing}, r.Schema[0])
	require.Equal(t, doctor.SchemaDiff{Type: crm.Companies, What: "property", Name: "hat", How: "differs"}, r.Schema[1])
	require.Equal(t, doctor.SchemaDiff{Type: crm.Companies, What: "property", Name: "glove", How: doctor.LinkExtra}, r.Schema[2])
	require.Equal(t, "pipeline", r.Schema[3].What)
	require.Equal(t, "owner", r.Schema[4].What)
	require.Regexp(t, `^0 divergent of \d+, and 5 definitions differ\.$`, r.Sentence())

	r, err := doctor.Repair(t.Context(), w.o, w.pull, r)
	require.NoError(t, err)
	require.True(t, r.Equal(), r.Schema)
	require.Len(t, r.Schema, 5)
	require.Equal(t, 1, r.Repaired, "the value that nobody had asked for")
	w.equal()
	require.Equal(t, "43", w.held(crm.Contacts, w.id(crm.Contacts, 5)).Values["shoe_size"])
}

func calculated(t *testing.T, w *world) {
	t.Helper()
	link(t, w, "contacts", string(w.id(crm.Contacts, 1)), "deals", string(w.id(crm.Deals, 2)))
	require.NoError(t, w.pull.Reread(t.Context(), crm.Contacts, []crm.RemoteID{w.id(crm.Contacts, 1)}))
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.notes_last_updated', '2020-01-01T00:00:00Z') WHERE type = 1`)
	w.portal.Advance(time.Hour)
	r := w.equal()
	require.Equal(t, r.Types[0].Compared, r.Types[0].Calculated)
}

func TestCompare_EditsThatWaitAreNoDifference(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 30})
	now := crm.At(w.portal.Now())
	rec, err := w.store.Record(t.Context(), crm.Contacts, string(w.id(crm.Contacts, 3)))
	require.NoError(t, err)
	company, err := w.store.Record(t.Context(), crm.Companies, string(w.id(crm.Companies, 2)))
	require.NoError(t, err)
	gone, err := w.store.Record(t.Context(), crm.Deals, string(w.id(crm.Deals, 3)))
	require.NoError(t, err)
	ops := []crm.Op{
		{Kind: crm.OpUpdate, Type: crm.Contacts, Record: rec.ID, Fields: []crm.Field{{Name: "firstname", Base: rec.Base["firstname"], Value: "Mine"}}},
		{Kind: crm.OpCreate, Type: crm.Contacts, Record: crm.NewLocalID(), Fields: []crm.Field{{Name: "lastname", Value: "Unborn"}}},
		{Kind: crm.OpAssociate, Type: crm.Contacts, Record: rec.ID, To: crm.Companies, ToRecord: company.ID},
		{Kind: crm.OpArchive, Type: crm.Deals, Record: gone.ID},
	}
	for i := range ops {
		ops[i].Made, ops[i].ID, ops[i].Group = now, crm.NewOpID(), crm.NewOpID()
	}
	ops, err = w.store.Enqueue(t.Context(), ops, nil)
	require.NoError(t, err)
	require.Zero(t, w.equal().Behind)

	// On their way, with answers that nobody has read yet.
	_, err = w.store.Begin(t.Context(), ops, now)
	require.NoError(t, err)
	link(t, w, "contacts", string(rec.RemoteID), "companies", string(company.RemoteID))
	require.NoError(t, w.portal.Archive("deals", string(gone.RemoteID)))
	w.portal.Advance(time.Hour)
	require.NotZero(t, w.equal().Behind)
}

func TestCompare_TheIndexLags(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 130, IndexLag: time.Minute})
	for i := range 5 {
		w.edit(crm.Contacts, w.id(crm.Contacts, i), "firstname", "Changed")
	}
	_, err := w.portal.Create(change(t, "contacts", "", "email", "new@canary.example"))
	require.NoError(t, err)
	require.NoError(t, w.pull.Delta(t.Context()))
	r := w.equal()
	require.Equal(t, 6, r.Behind)
	w.o.Grace = -1
	require.Equal(t, 6, w.compare().Divergent, "whoever knows that the index has all of it may ask for that")
}

func TestCompare_ASampleIsSpreadAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 360})
	w.o.All, w.o.Sample, w.o.Types = false, 120, []crm.ObjectType{crm.Contacts}
	read := func() (r doctor.Report, batches int) {
		w.wire.on(func(q *http.Request) {
			if strings.HasSuffix(q.URL.Path, "/contacts/batch/read") {
				batches++
			}
		})
		return w.compare(), batches
	}
	r, batches := read()
	require.Equal(t, 120, r.Compared)
	require.Equal(t, 2, batches)
	require.True(t, r.Equal())
	w.sql(`UPDATE record SET base = jsonb_set(base, '$.firstname', 'Wrong') WHERE type = 1`)
	first := w.compare()
	require.Equal(t, 120, first.Divergent)
	require.Equal(t, first.Differences, w.compare().Differences)
	ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 360)
	require.NoError(t, err)
	for i, d := range first.Differences { // one of every three
		require.Contains(t, ids[3*i:3*i+3], d.ID)
	}
	w.o.Seed = 2
	require.NotEqual(t, first.Differences, w.compare().Differences)
}

// Of what is here far more can lie between two of HubSpot's pages than is read at
// once.
func TestCompare_MuchThatHubSpotHasNoMore(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 130})
	w.o.ReadAtOnce(7)
	w.equal()
	want := 0
	ids, err := w.store.RemoteIDs(t.Context(), crm.Contacts, "", 200)
	require.NoError(t, err)
	for i, id := range ids {
		if i > 20 && i < 60 || i > 110 {
			require.NoError(t, w.portal.Archive("contacts", string(id)))
			want++
		}
	}
	r := w.compare()
	require.Equal(t, want, r.Divergent)
	require.Equal(t, 130, r.Types[0].Compared)
	for _, d := range r.Differences {
		require.Equal(t, doctor.Gone, d.Kind)
	}
}

// A record that is gone is the difference, also where only the other end of its
// association is compared.
func TestCompare_TheOtherEndExplainsAnAssociation(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 60})
	id, company := w.id(crm.Contacts, 2), w.id(crm.Companies, 1)
	link(t, w, "contacts", string(id), "companies", string(company))
	require.NoError(t, w.pull.Reread(t.Context(), crm.Contacts, []crm.RemoteID{id}))
	require.NoError(t, w.portal.Archive("contacts", string(id)))
	w.portal.Advance(time.Hour)
	w.o.Types = []crm.ObjectType{crm.Companies}
	r := w.compare()
	w.only(r, doctor.Difference{Type: crm.Contacts, ID: id, Kind: doctor.Gone})
	w.repaired(r)
}

// An association that changes between the two looks is not certain.
func TestCompare_AnAssociationThatWasSeenOnceIsNotTold(t *testing.T) {
	t.Parallel()
	w := open(t, sandbox.Options{Contacts: 60})
	w.o.Types = []crm.ObjectType{crm.Contacts}
	id := w.id(crm.Contacts, 2)
	have, _, err := w.store.HeldLinks(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{id})
	require.NoError(t, err)
	others, err := w.store.RemoteIDs(t.Context(), crm.Companies, "", 100)
	require.NoError(t, err)
	others = slices.DeleteFunc(others, func(c crm.RemoteID) bool {
		return slices.ContainsFunc(have, func(l crm.HeldLink) bool { return l.ToID == c })
	})
	a, b := others[0], others[1]
	link(t, w, "contacts", string(id), "companies", string(a))
	w.portal.Advance(time.Hour)
	looks := 0
	w.wire.on(func(q *http.Request) {
		if !strings.HasSuffix(q.URL.Path, "/contacts/companies/batch/read") {
			return
		}
		if looks++; looks != 2 {
			return
		}
		require.NoError(t, w.pull.Reread(t.Context(), crm.Contacts, []crm.RemoteID{id}))
		link(t, w, "contacts", string(id), "companies", string(b))
	})
	require.Empty(t, w.compare().Differences)
	require.GreaterOrEqual(t, looks, 2)
	w.wire.on(nil)
	w.portal.Advance(time.Hour)
	require.Equal(t, 1, w.compare().Divergent)
}
