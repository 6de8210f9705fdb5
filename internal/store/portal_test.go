//go:build unix

package store_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// A portal is a store of many records, made from a seed: the words of its names
// and texts are as uneven as those of a language, a few in very many records and
// most in very few.
type portal struct {
	contacts, companies, deals, activities int

	rnd      *rand.Rand
	first    []string
	last     []string
	firms    []string
	language []string
}

// largePortal is what the figures of docs/performance.md are about.
// SATCHEL_BENCH_SHARE makes it smaller, for a quick look: 0.01 is a hundredth.
func largePortal(tb testing.TB) *portal {
	tb.Helper()
	share := 1.0
	if text := os.Getenv("SATCHEL_BENCH_SHARE"); text != "" {
		var err error
		share, err = strconv.ParseFloat(text, 64)
		require.NoError(tb, err)
	}
	of := func(n float64) int { return int(n * share) }
	return &portal{contacts: of(1e6), companies: of(1e5), deals: of(3e5), activities: of(2e6)}
}

const (
	portalOwners = 35
	// portalVersion rises when another store is made of the same numbers.
	portalVersion = 1
	portalStart   = 1_600_000_000_000
	portalSpan    = 190_000_000_000
)

// open opens the portal's store, which is made when it is not there. It is kept
// in the folder that SATCHEL_BENCH_CACHE names, for the next run, and in a
// folder of the test's own without that.
func (p *portal) open(tb testing.TB) *store.Store {
	tb.Helper()
	root := os.Getenv("SATCHEL_BENCH_CACHE")
	if root == "" {
		root = tb.TempDir()
	}
	dir := filepath.Join(root, fmt.Sprintf("portal-%d-%d-%d-%d-v%d", p.contacts, p.companies, p.deals, p.activities, portalVersion))
	if _, err := os.Stat(filepath.Join(dir, "satchel.db")); err != nil {
		require.NoError(tb, os.MkdirAll(root, 0o700))
		p.make(tb, dir+".half")
		require.NoError(tb, os.Rename(dir+".half", dir))
	}
	began := time.Now()
	s := open(tb, dir)
	fmt.Fprintf(os.Stderr, "opened after %v\n", time.Since(began).Round(time.Millisecond))
	return s
}

// make goes on where an earlier run was stopped.
func (p *portal) make(tb testing.TB, dir string) {
	tb.Helper()
	opening := time.Now()
	s, err := store.Open(tb.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(tb, err)
	p.rnd = rand.New(rand.NewPCG(2026, 1))
	p.speak()
	fmt.Fprintf(os.Stderr, "opened after %v\n", time.Since(opening).Round(time.Millisecond))
	began := time.Now()
	p.fill(tb, s, crm.Companies, p.companies, p.company)
	p.fill(tb, s, crm.Contacts, p.contacts, p.contact)
	p.fill(tb, s, crm.Deals, p.deals, p.deal)
	for _, kind := range activityKinds() {
		p.fill(tb, s, kind.typ, int(float64(p.activities)*kind.share), p.activity(kind))
	}
	require.NoError(tb, s.Close())
	n := p.contacts + p.companies + p.deals + p.activities
	took := time.Since(began)
	fmt.Fprintf(os.Stderr, "made %d records in %v, %.0f a second\n", n, took.Round(time.Second), float64(n)/took.Seconds())
}

// Ids of HubSpot's are of one space; these keep the types apart.
const (
	firstContact  = 1_000_001
	firstCompany  = 20_000_001
	firstDeal     = 40_000_001
	firstActivity = 60_000_001
)

func firstID(t crm.ObjectType) int {
	switch t {
	case crm.Contacts:
		return firstContact
	case crm.Companies:
		return firstCompany
	case crm.Deals:
		return firstDeal
	default:
		spec, _ := crm.SpecOf(string(t))
		return firstActivity + 2_000_000*int(spec.Number)
	}
}

// fill makes the records of a type, with an association to one record of each
// type that link names.
func (p *portal) fill(tb testing.TB, s *store.Store, t crm.ObjectType, n int, one func(i int) (crm.Values, map[crm.ObjectType]int)) {
	tb.Helper()
	const page = 8000
	have, err := s.Count(tb.Context(), t)
	require.NoError(tb, err)
	began := time.Now()
	for from := have; from < n; from += page {
		p.rnd = rand.New(rand.NewPCG(uint64(firstID(t)), uint64(from)))
		in := crm.Pulled{Type: t, Cursors: []crm.Cursor{{Name: "bench", Value: strconv.Itoa(from)}}}
		links := map[crm.ObjectType]*crm.Pulled{}
		for i := from; i < min(n, from+page); i++ {
			id := crm.RemoteID(strconv.Itoa(firstID(t) + i))
			at := crm.Millis(portalStart + p.rnd.Int64N(portalSpan))
			values, to := one(i)
			values["hs_object_id"] = string(id)
			values["hs_createdate"] = crm.FormatDateTime(at.Time())
			values["hs_lastmodifieddate"] = values["hs_createdate"]
			if t == crm.Contacts {
				values["lastmodifieddate"] = values["hs_createdate"]
			}
			in.Records = append(in.Records, crm.RemoteRecord{Type: t, ID: id, Values: values, Created: at, Modified: at})
			for other, n := range to {
				l := links[other]
				if l == nil {
					l = &crm.Pulled{Type: t, LinksTo: other}
					links[other] = l
				}
				l.LinksOf = append(l.LinksOf, id)
				l.Links = append(l.Links, crm.Link{From: t, FromID: id, To: other, ToID: crm.RemoteID(strconv.Itoa(firstID(other) + n)), TypeID: plainLink(t, other)})
			}
		}
		_, err := s.Apply(tb.Context(), in)
		require.NoError(tb, err)
		for _, l := range links {
			_, err := s.Apply(tb.Context(), *l)
			require.NoError(tb, err)
		}
	}
	took := time.Since(began)
	fmt.Fprintf(os.Stderr, "made %d %s in %v, %.0f a second\n", n-have, t, took.Round(time.Second), float64(n-have)/took.Seconds())
}

// plainLink is HubSpot's type of an association without a label.
func plainLink(from, to crm.ObjectType) int {
	contact := map[crm.ObjectType]int{crm.Notes: 202, crm.Tasks: 204, crm.Calls: 194, crm.Emails: 198, crm.Meetings: 200}[from]
	switch {
	case from == crm.Contacts:
		return 279
	case from == crm.Deals && to == crm.Companies:
		return 341
	case from == crm.Deals:
		return 3
	case to == crm.Deals:
		return contact + 12
	}
	return contact
}

// speak makes the words: frequent ones that people have, and syllables.
func (p *portal) speak() {
	word := func(syllables int) string {
		var b strings.Builder
		for range syllables {
			b.WriteByte("bcdfghjklmnprstvwz"[p.rnd.IntN(18)])
			b.WriteByte("aeiou"[p.rnd.IntN(5)])
			if p.rnd.IntN(3) == 0 {
				b.WriteByte("lmnrst"[p.rnd.IntN(6)])
			}
		}
		return b.String()
	}
	more := func(known string, n, syllables int) []string {
		out := strings.Fields(known)
		for len(out) < n {
			out = append(out, word(1+p.rnd.IntN(syllables)))
		}
		return out
	}
	title := func(words []string) []string {
		for i, w := range words {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
		return words
	}
	p.first = title(more("Maria Anna James Michael Thomas Peter David Sofia Laura Julia Martin Daniel José Mei Chloé Søren Élodie Priya Hiroshi Katarzyna Oluwaseun Fatima Andreas Annette Anton Christian Christina Johannes Sarah Emma", 1500, 3))
	p.last = title(more("Smith Müller García Johnson Schmidt Martin Rossi Silva Nguyễn Fischer Weber Meyer Wagner Becker Schulz Hoffmann Anderson Andersen Hansen Jensen Kowalski Ivanov Patel Singh Tanaka Kim Lee Chen Wang Dubois López Brown", 40_000, 4))
	p.firms = title(more("Acme Global National United Advanced General American Nordic Pacific Alpha Delta Omega Summit Pioneer Quantum Vertex", 20_000, 4))
	p.language = more("the to and you we for of is in on with call meeting customer contract price offer please next week send quote follow up team project budget question product demo discuss decision invoice order delivery interested renewal", 30_000, 4)
}

// of picks a word: the first ones are in very many records.
func (p *portal) of(words []string) string {
	f := p.rnd.Float64()
	return words[int(f*f*f*float64(len(words)))]
}

func pickOf[T any](p *portal, from ...T) T { return from[p.rnd.IntN(len(from))] }

func (p *portal) text(n int) string {
	var b strings.Builder
	for i := range n {
		switch {
		case i == 0:
		case p.rnd.IntN(12) == 0:
			b.WriteString(". ")
		default:
			b.WriteByte(' ')
		}
		f := p.rnd.Float64()
		b.WriteString(p.language[int(f*f*f*f*f*float64(len(p.language)))])
	}
	return b.String()
}

func (p *portal) owner() string { return strconv.Itoa(1000 + p.rnd.IntN(portalOwners)) }

func (p *portal) when() string {
	return crm.FormatDateTime(crm.Millis(portalStart + p.rnd.Int64N(portalSpan)).Time())
}

func (p *portal) contact(i int) (crm.Values, map[crm.ObjectType]int) {
	first, last, firm := p.of(p.first), p.of(p.last), p.of(p.firms)
	v := crm.Values{
		"firstname": first, "lastname": last, "email": strings.ToLower(fmt.Sprintf("%s.%s%d@%s.example", first, last, i%1000, firm)),
		"phone": fmt.Sprintf("+49 30 %07d", p.rnd.IntN(10_000_000)), "company": firm + " " + pickOf(p, "GmbH", "Inc", "Ltd", "AG", "SA"),
		"jobtitle":       pickOf(p, "Head of Sales", "Buyer", "CTO", "CEO", "Accountant", "Managing Director", "Engineer", "Assistant", "Marketing Manager", "Consultant"),
		"lifecyclestage": pickOf(p, "lead", "lead", "lead", "customer", "opportunity", "subscriber", "evangelist"), "hubspot_owner_id": p.owner(),
		"city": pickOf(p, "Berlin", "Paris", "Oslo", "Madrid", "London", "Ulm", "Chicago", "Osaka", "Lagos", "Mumbai"), "country": pickOf(p, "Germany", "France", "Norway", "Japan"),
		"createdate": p.when(),
	}
	if p.rnd.IntN(3) == 0 {
		v["notes_last_updated"] = p.when()
	}
	for j := range 12 {
		v[fmt.Sprintf("hs_analytics_property_%d", j)] = strconv.Itoa(p.rnd.IntN(1_000_000))
	}
	return v, map[crm.ObjectType]int{crm.Companies: p.rnd.IntN(p.companies)}
}

func (p *portal) company(i int) (crm.Values, map[crm.ObjectType]int) {
	firm := p.of(p.firms)
	return crm.Values{
		"name": firm + " " + pickOf(p, "GmbH", "Inc", "Ltd", "AG", "SA"), "domain": strings.ToLower(fmt.Sprintf("%s%d.example", firm, i)),
		"phone": fmt.Sprintf("+49 731 %06d", p.rnd.IntN(1_000_000)), "city": pickOf(p, "Berlin", "Paris", "Oslo", "Ulm", "Osaka"), "country": pickOf(p, "Germany", "France", "Japan"),
		"industry": pickOf(p, "SOFTWARE", "RETAIL", "BANKING", "CONSTRUCTION"), "hubspot_owner_id": p.owner(), "annualrevenue": strconv.Itoa(p.rnd.IntN(90_000_000)), "createdate": p.when(),
	}, nil
}

func (p *portal) deal(i int) (crm.Values, map[crm.ObjectType]int) {
	v := crm.Values{
		"dealname":  p.of(p.firms) + " " + pickOf(p, "renewal", "pilot", "expansion", "licences", "rollout") + " " + strconv.Itoa(i%100),
		"dealstage": pickOf(p, "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent", "closedwon", "closedlost"),
		"pipeline":  pickOf(p, "default", "default", "default", "partners"), "hubspot_owner_id": p.owner(), "deal_currency_code": pickOf(p, "EUR", "EUR", "USD"),
		"amount": strconv.Itoa(p.rnd.IntN(900_000)), "dealtype": pickOf(p, "newbusiness", "existingbusiness"), "createdate": p.when(), "description": p.text(12),
	}
	if p.rnd.IntN(10) > 0 {
		v["closedate"] = p.when()
	}
	return v, map[crm.ObjectType]int{crm.Companies: p.rnd.IntN(p.companies), crm.Contacts: p.rnd.IntN(p.contacts)}
}

type activityKind struct {
	typ         crm.ObjectType
	share       float64
	title, body string
	words       int
}

func activityKinds() []activityKind {
	return []activityKind{
		{crm.Notes, 0.2, "", "hs_note_body", 30},
		{crm.Calls, 0.15, "hs_call_title", "hs_call_body", 20},
		{crm.Emails, 0.45, "hs_email_subject", "hs_email_text", 50},
		{crm.Meetings, 0.08, "hs_meeting_title", "hs_meeting_body", 25},
		{crm.Tasks, 0.12, "hs_task_subject", "hs_task_body", 10},
	}
}

func (p *portal) activity(kind activityKind) func(int) (crm.Values, map[crm.ObjectType]int) {
	return func(int) (crm.Values, map[crm.ObjectType]int) {
		v := crm.Values{crm.TimestampProperty: p.when(), "hubspot_owner_id": p.owner(), kind.body: p.text(kind.words/2 + p.rnd.IntN(kind.words))}
		if kind.title != "" {
			v[kind.title] = p.text(3 + p.rnd.IntN(4))
		}
		to := map[crm.ObjectType]int{crm.Contacts: p.rnd.IntN(p.contacts)}
		if p.rnd.IntN(4) == 0 {
			to[crm.Deals] = p.rnd.IntN(p.deals)
		}
		return v, to
	}
}
