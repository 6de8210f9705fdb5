package hubspot_test

import (
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/budget"
	"satchel/internal/crm"
	"satchel/internal/hubspot"
	"satchel/internal/oauth"
	"satchel/internal/sandbox"
)

// portal opens a sandbox and a client of it that knows no limits but the
// portal's own.
func portal(t *testing.T, o sandbox.Options) (*sandbox.Portal, *hubspot.Client) {
	t.Helper()
	if o.Contacts == 0 {
		o.Contacts = 250
	}
	if o.Limits == "" {
		o.Limits = "off"
	}
	p, err := sandbox.Open(o)
	require.NoError(t, err)
	return p, clientOf(p, budget.New(budget.Options{
		Burst: budget.Limit{Calls: 5000, Window: 1e9}, Search: budget.Limit{Calls: 5000, Window: 1e9}, Associations: budget.Limit{Calls: 5000, Window: 1e9},
	}))
}

func clientOf(p *sandbox.Portal, b *budget.Budget) *hubspot.Client {
	return hubspot.New(hubspot.Options{
		BaseURL: "http://sandbox.test", HTTP: p.RoundTripper(), Budget: b,
		Tokens: oauth.Static(p.Credentials().Token),
		Rand:   func() float64 { return 0 },
	})
}

func TestPortalAndSchema(t *testing.T) {
	p, c := portal(t, sandbox.Options{})
	who, err := c.Portal(t.Context())
	require.NoError(t, err)
	require.Equal(t, strconv.FormatInt(p.Credentials().PortalID, 10), who.ID)
	require.NotEmpty(t, who.Currency)
	require.NotEmpty(t, who.TimeZone)
	require.NotEmpty(t, who.UIDomain)

	for _, s := range crm.Specs() {
		props, err := c.Properties(t.Context(), s.Type)
		require.NoError(t, err)
		byName := map[string]crm.Property{}
		for _, p := range props {
			byName[p.Name] = p
			require.NotEmpty(t, p.GroupLabel, p.Name)
		}
		for _, name := range append(s.Title, s.Modified, "hubspot_owner_id") {
			require.Contains(t, byName, name)
		}
		require.True(t, byName[s.Modified].ReadOnly)
		require.Equal(t, "OWNER", byName["hubspot_owner_id"].Refers)
		require.True(t, byName["hubspot_owner_id"].External)
	}
	pipelines, err := c.Pipelines(t.Context(), crm.Deals)
	require.NoError(t, err)
	require.NotEmpty(t, pipelines)
	stages := pipelines[0].Stages
	require.True(t, slices.ContainsFunc(stages, crm.Stage.Won))
	owners, err := c.Owners(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, owners)
}

func TestEnsureKey(t *testing.T) {
	t.Run("is made once", func(t *testing.T) {
		_, c := portal(t, sandbox.Options{})
		for _, s := range crm.Specs() {
			for range 2 {
				ok, err := c.EnsureKey(t.Context(), s.Type)
				require.NoError(t, err)
				require.True(t, ok)
			}
		}
	})
	t.Run("is refused", func(t *testing.T) {
		_, c := portal(t, sandbox.Options{RefuseUniqueProperties: true})
		ok, err := c.EnsureKey(t.Context(), crm.Contacts)
		require.NoError(t, err)
		require.False(t, ok)
	})
	t.Run("is not made while offline", func(t *testing.T) {
		p, c := portal(t, sandbox.Options{})
		_, err := p.Fault(sandbox.Fault{Kind: "status", Status: 503})
		require.NoError(t, err)
		ok, err := c.EnsureKey(t.Context(), crm.Contacts)
		require.Equal(t, crm.Upstream, crm.KindOf(err))
		require.False(t, ok)
	})
}

func TestList_AllPagesInOrder(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	var ids []crm.RemoteID
	call := crm.ListCall{Props: []string{"email", "firstname", "nonsense"}}
	for {
		page, err := c.List(t.Context(), crm.Contacts, call)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Records), 100)
		for _, r := range page.Records {
			ids = append(ids, r.ID)
			require.NotZero(t, r.Modified)
			require.NotZero(t, r.Created)
		}
		if call.After = page.Next; call.After == "" {
			break
		}
	}
	require.Len(t, ids, 250)
	require.Len(t, slices.Compact(slices.Clone(ids)), 250)
}

// nine_hundred_properties: the list of properties would make a URL of 20 kB.
func TestList_NineHundredProperties(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	props := []string{"email", "lastname"}
	for i := range 900 {
		props = append(props, "some_property_of_the_portal_"+strconv.Itoa(i))
	}
	plain, err := c.List(t.Context(), crm.Contacts, crm.ListCall{Props: props[:2]})
	require.NoError(t, err)
	long, err := c.List(t.Context(), crm.Contacts, crm.ListCall{Props: props})
	require.NoError(t, err)
	require.Equal(t, plain, long)

	one, err := c.Get(t.Context(), crm.Contacts, plain.Records[0].ID, props)
	require.NoError(t, err)
	require.Equal(t, plain.Records[0], one)

	search := crm.SearchCall{Where: []crm.Condition{{Prop: "hs_object_id", Op: "LTE", Value: string(plain.Records[9].ID)}}, Sort: "hs_object_id", Props: props[:2]}
	short, err := c.Search(t.Context(), crm.Contacts, search)
	require.NoError(t, err)
	require.Len(t, short.Records, 10)
	require.Equal(t, 10, short.Total)
	search.Props = props
	full, err := c.Search(t.Context(), crm.Contacts, search)
	require.NoError(t, err)
	require.Equal(t, short, full)
}

func TestList_Archived(t *testing.T) {
	p, c := portal(t, sandbox.Options{})
	page, err := c.List(t.Context(), crm.Contacts, crm.ListCall{Limit: 1})
	require.NoError(t, err)
	require.NoError(t, p.Archive("contacts", string(page.Records[0].ID)))
	gone, err := c.List(t.Context(), crm.Contacts, crm.ListCall{Archived: true})
	require.NoError(t, err)
	require.Len(t, gone.Records, 1)
	require.Equal(t, page.Records[0].ID, gone.Records[0].ID)
	require.True(t, gone.Records[0].Archived)
	_, err = c.Get(t.Context(), crm.Contacts, page.Records[0].ID, nil)
	require.Equal(t, crm.NotFound, crm.KindOf(err))
}

// Every id asked for is found, missing or unknown.
func TestBatchRead_AccountsForEveryID(t *testing.T) {
	p, c := portal(t, sandbox.Options{})
	page, err := c.List(t.Context(), crm.Contacts, crm.ListCall{})
	require.NoError(t, err)
	next, err := c.List(t.Context(), crm.Contacts, crm.ListCall{After: page.Next})
	require.NoError(t, err)
	var ids []crm.RemoteID
	for _, r := range append(page.Records, next.Records...) {
		ids = append(ids, r.ID)
	}
	merged, err := p.Merge("contacts", string(ids[3]), string(ids[4]))
	require.NoError(t, err)
	require.NoError(t, p.Archive("contacts", string(ids[5])))
	read, err := c.BatchRead(t.Context(), crm.Contacts, append(ids, "999", ids[0]), []string{"email"})
	require.NoError(t, err)
	require.Len(t, ids, len(read.Found)+len(read.Missing)+len(read.Unknown)-1) // 999 is the one more
	require.ElementsMatch(t, []crm.RemoteID{"999", ids[5]}, read.Missing)
	require.ElementsMatch(t, []crm.RemoteID{ids[3], ids[4]}, read.Unknown)

	survivor, err := c.Get(t.Context(), crm.Contacts, ids[3], []string{"email"})
	require.NoError(t, err)
	require.Equal(t, crm.RemoteID(merged), survivor.ID)
}

func TestUpsertAndReadByKey(t *testing.T) {
	p, c := portal(t, sandbox.Options{})
	ok, err := c.EnsureKey(t.Context(), crm.Companies)
	require.NoError(t, err)
	require.True(t, ok)
	before := p.Stats().Records["companies"]
	var rows []crm.Write
	for i := range 130 {
		key := crm.NewLocalID()
		rows = append(rows, crm.Write{Trace: string(crm.NewOpID()), Key: key, Values: crm.Values{"name": "Company " + strconv.Itoa(i)}})
	}
	first, err := c.Upsert(t.Context(), crm.Companies, crm.KeyProperty, rows)
	require.NoError(t, err)
	again, err := c.Upsert(t.Context(), crm.Companies, crm.KeyProperty, rows)
	require.NoError(t, err)
	for i := range rows {
		require.NoError(t, first[i].Err)
		require.NoError(t, again[i].Err)
		require.Equal(t, rows[i].Trace, first[i].Trace)
		require.True(t, first[i].New)
		require.False(t, again[i].New)
		require.Equal(t, first[i].Record.ID, again[i].Record.ID)
	}
	require.Equal(t, before+130, p.Stats().Records["companies"])

	found, err := c.ReadByKey(t.Context(), crm.Companies, crm.KeyProperty, []string{string(rows[7].Key), "nobody's"}, []string{"name"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, first[7].Record.ID, found[string(rows[7].Key)].ID)
	require.Equal(t, "Company 7", found[string(rows[7].Key)].Values["name"])
}

func TestReadByKey_EmailWithoutRegardToCase(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	made, err := c.Create(t.Context(), crm.Contacts, []crm.Write{{Values: crm.Values{"email": "anna.berg@example.com"}}})
	require.NoError(t, err)
	require.NoError(t, made[0].Err)
	found, err := c.ReadByKey(t.Context(), crm.Contacts, "email", []string{"Anna.Berg@example.com"}, nil)
	require.NoError(t, err)
	require.Equal(t, made[0].Record.ID, found["Anna.Berg@example.com"].ID)
}

// partial_batch_207: the rows that HubSpot accepts are done, the others say
// what is wrong with which property.
func TestCreate_OnlyGuiltyRowsFail(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	rows := []crm.Write{
		{Trace: "a", Values: crm.Values{"email": "one@example.com", "firstname": "One"}},
		{Trace: "b", Values: crm.Values{"email": "two@example.com", "lifecyclestage": "nonsense"}},
		{Trace: "c", Values: crm.Values{"email": "one@example.com", "firstname": "One again"}},
		{Trace: "d", Values: crm.Values{"email": "four@example.com", "nonsense": "x"}},
	}
	first, err := c.Create(t.Context(), crm.Contacts, rows[:1])
	require.NoError(t, err)
	require.NoError(t, first[0].Err)
	rows[0].Values = crm.Values{"email": "five@example.com"}
	got, err := c.Create(t.Context(), crm.Contacts, rows)
	require.NoError(t, err)
	require.NoError(t, got[0].Err)
	require.Equal(t, "five@example.com", got[0].Record.Values["email"])
	for i, field := range map[int]string{1: "lifecyclestage", 3: "nonsense"} {
		e, ok := crm.AsError(got[i].Err)
		require.True(t, ok)
		require.Equal(t, crm.Invalid, e.Kind)
		require.Contains(t, e.Fields, field)
		require.Contains(t, e.Msg, field)
		require.NotContains(t, e.Error(), "@")
	}
	e, ok := crm.AsError(got[2].Err)
	require.True(t, ok)
	require.Equal(t, crm.Conflict, e.Kind)
	require.Equal(t, first[0].Record.ID, e.Existing)
}

func TestUpdate_EveryRowIsAnswered(t *testing.T) {
	p, c := portal(t, sandbox.Options{})
	page, err := c.List(t.Context(), crm.Contacts, crm.ListCall{})
	require.NoError(t, err)
	var rows []crm.Write
	for _, r := range page.Records[:50] {
		rows = append(rows, crm.Write{Trace: string(r.ID), ID: r.ID, Values: crm.Values{"jobtitle": "Head of " + string(r.ID)}})
	}
	_, err = p.Merge("contacts", string(rows[1].ID), string(rows[2].ID))
	require.NoError(t, err)
	require.NoError(t, p.Archive("contacts", string(rows[3].ID)))
	rows[4].Values = crm.Values{"email": "not an address"}
	rows = append(rows,
		crm.Write{Trace: "second of one record", ID: rows[0].ID, Values: crm.Values{"jobtitle": "the later one"}},
		crm.Write{Trace: "nobody"})
	got, err := c.Update(t.Context(), crm.Contacts, rows)
	require.NoError(t, err)
	require.Len(t, got, len(rows))
	for i, w := range got {
		require.Equal(t, rows[i].Trace, w.Trace)
		switch i {
		case 1, 2:
			require.Equal(t, crm.Uncertain, crm.KindOf(w.Err), i)
		case 3:
			require.Equal(t, crm.NotFound, crm.KindOf(w.Err))
		case 4, len(rows) - 1:
			require.Equal(t, crm.Invalid, crm.KindOf(w.Err))
		default:
			require.NoError(t, w.Err)
			require.Equal(t, rows[i].ID, w.Record.ID)
		}
	}
	now, err := c.Get(t.Context(), crm.Contacts, rows[0].ID, []string{"jobtitle"})
	require.NoError(t, err)
	require.Equal(t, "the later one", now.Values["jobtitle"])
}

func TestHistory_FiftyAtATime(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	page, err := c.List(t.Context(), crm.Contacts, crm.ListCall{})
	require.NoError(t, err)
	var ids []crm.RemoteID
	for _, r := range page.Records {
		ids = append(ids, r.ID)
	}
	_, err = c.Update(t.Context(), crm.Contacts, []crm.Write{{ID: ids[0], Values: crm.Values{"jobtitle": "Captain"}}})
	require.NoError(t, err)
	h, err := c.History(t.Context(), crm.Contacts, ids, []string{"jobtitle"})
	require.NoError(t, err)
	require.Len(t, h, 100)
	versions := h[ids[0]]["jobtitle"]
	require.NotEmpty(t, versions)
	require.Equal(t, "Captain", versions[0].Value)
	require.NotZero(t, versions[0].At)
	require.NotEmpty(t, versions[0].Source)
}

func TestAssociations(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	made, err := c.Create(t.Context(), crm.Contacts, []crm.Write{{Values: crm.Values{"lastname": "A"}}, {Values: crm.Values{"lastname": "B"}}})
	require.NoError(t, err)
	firm, err := c.Create(t.Context(), crm.Companies, []crm.Write{{Values: crm.Values{"name": "Firm"}}})
	require.NoError(t, err)
	a, b, f := made[0].Record.ID, made[1].Record.ID, firm[0].Record.ID

	links, err := c.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{a, b})
	require.NoError(t, err)
	require.Empty(t, links)
	pairs := []crm.Pair{{FromID: a, ToID: f}, {FromID: b, ToID: f}}
	require.NoError(t, c.Associate(t.Context(), crm.Contacts, crm.Companies, pairs))
	require.NoError(t, c.Associate(t.Context(), crm.Contacts, crm.Companies, pairs))
	links, err = c.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{a, b})
	require.NoError(t, err)
	require.NotEmpty(t, links)
	for _, l := range links {
		require.Equal(t, f, l.ToID)
		require.Equal(t, crm.Contacts, l.From)
		require.NotZero(t, l.TypeID)
	}
	require.NoError(t, c.Detach(t.Context(), crm.Contacts, crm.Companies, pairs[:1]))
	links, err = c.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{a})
	require.NoError(t, err)
	require.Empty(t, links)
	back, err := c.Associations(t.Context(), crm.Companies, crm.Contacts, []crm.RemoteID{f})
	require.NoError(t, err)
	for _, l := range back {
		require.Equal(t, b, l.ToID)
	}
}

func TestAssociations_FailureIsNeverNone(t *testing.T) {
	p, c := portal(t, sandbox.Options{})
	_, err := p.Fault(sandbox.Fault{Kind: "status", Status: 500, Match: sandbox.Match{Path: "/crm/associations/**"}})
	require.NoError(t, err)
	_, err = c.Associations(t.Context(), crm.Contacts, crm.Companies, []crm.RemoteID{"1"})
	require.Equal(t, crm.Upstream, crm.KindOf(err))
}

func TestArchive(t *testing.T) {
	_, c := portal(t, sandbox.Options{})
	page, err := c.List(t.Context(), crm.Deals, crm.ListCall{Limit: 1})
	require.NoError(t, err)
	require.NoError(t, c.Archive(t.Context(), crm.Deals, page.Records[0].ID))
	_, err = c.Get(t.Context(), crm.Deals, page.Records[0].ID, nil)
	require.Equal(t, crm.NotFound, crm.KindOf(err))
}

// The same client over a socket, as it runs.
func TestOverTCP(t *testing.T) {
	p, _ := portal(t, sandbox.Options{})
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	c := hubspot.New(hubspot.Options{BaseURL: srv.URL, Tokens: oauth.Static(p.Credentials().Token)})
	page, err := c.List(t.Context(), crm.Companies, crm.ListCall{Limit: 5, Props: []string{"name"}})
	require.NoError(t, err)
	require.Len(t, page.Records, 5)
	c = hubspot.New(hubspot.Options{BaseURL: srv.URL, Tokens: oauth.Static("pat-wrong")})
	_, err = c.List(t.Context(), crm.Companies, crm.ListCall{})
	require.Equal(t, crm.Unauthorized, crm.KindOf(err))
}

func TestHistory_OfArchivedRecordsToo(t *testing.T) {
	p, c := portal(t, sandbox.Options{Contacts: 20})
	page, err := c.List(t.Context(), crm.Contacts, crm.ListCall{Limit: 2})
	require.NoError(t, err)
	live, gone := page.Records[0].ID, page.Records[1].ID
	require.NoError(t, p.Archive("contacts", string(gone)))
	h, err := c.History(t.Context(), crm.Contacts, []crm.RemoteID{live, gone, "1"}, []string{"email"})
	require.NoError(t, err)
	require.NotEmpty(t, h[live]["email"])
	require.NotEmpty(t, h[gone]["email"])
	require.NotContains(t, h, crm.RemoteID("1"))
}
