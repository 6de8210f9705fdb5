//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/store"
)

// BenchmarkLarge is what the rep waits for in a large portal: see largePortal.
// build/bench/scale.mjs runs it and knows the bounds.
func BenchmarkLarge(b *testing.B) {
	p := largePortal(b)
	s := p.open(b)
	info, err := os.Stat(s.Path())
	require.NoError(b, err)
	records := p.contacts + p.companies + p.deals + p.activities
	b.Run("size", func(b *testing.B) {
		for range b.N {
			continue
		}
		b.ReportMetric(float64(records), "records")
		b.ReportMetric(float64(info.Size())/1e6, "MB")
		b.ReportMetric(float64(info.Size())/float64(records), "bytes/record")
	})
	_, _, err = s.Warm(b.Context())
	require.NoError(b, err)
	largeSearch(b, s)
	largeLists(b, s, p)
	largeFilters(b, s)
	largeBoard(b, s)
	largeScan(b, s, p)
}

// typed are the texts that are typed, a letter at a time: names that many have
// and few have, companies, parts of addresses and numbers, two words, and what
// nobody has.
func typed() []string {
	var out []string
	for _, word := range []string{"maria", "christia", "schmidt", "kowalski", "mul", "national", "gmbh", "example", "engineer", "ines.sim", "49", "zzyzx", "quxwerty", "élodie", "renewal", "pilot"} {
		runes := []rune(word)
		for i := range runes {
			out = append(out, string(runes[:i+1]))
		}
	}
	return append(out, "maria s", "maria sm", "maria smith", "anna mul", "acme g", "acme gmbh", "national example", "sofia zzyzx", "ceo alpha", "head of sa", "gmbh b")
}

func largeSearch(b *testing.B, s *store.Store) {
	b.Helper()
	keys := typed()
	names := []crm.ObjectType{crm.Contacts, crm.Companies, crm.Deals}
	var activities []crm.ObjectType
	for _, spec := range crm.Activities() {
		activities = append(activities, spec.Type)
	}
	bodies := append(slices.Clone(keys), "ca", "cal", "call", "meeting", "contr", "contract", "project budget", "interested")
	for _, tier := range []struct {
		name  string
		types []crm.ObjectType
		keys  []string
	}{{"names", names, keys}, {"activities", activities, bodies}} {
		slowest, at := time.Duration(0), ""
		b.Run("search/"+tier.name, func(b *testing.B) {
			spread(b, func(i int) {
				key, mine := tier.keys[i%len(tier.keys)], crm.OwnerID("")
				if i/len(tier.keys)%2 == 0 {
					mine = "1007"
				}
				began := time.Now()
				_, err := s.Search(b.Context(), key, tier.types, mine, 20, nil)
				require.NoError(b, err)
				if took := time.Since(began); took > slowest {
					slowest, at = took, key
				}
			})
		})
		fmt.Fprintf(os.Stderr, "slowest of %s: %q, %v\n", tier.name, at, slowest.Round(time.Millisecond))
	}
}

// largeLists reads every order both ways: its first page, pages deep in it one
// after the other, and the same of one's own records.
func largeLists(b *testing.B, s *store.Store, p *portal) {
	b.Helper()
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, list := range []struct {
		typ crm.ObjectType
		n   int
	}{{crm.Contacts, p.contacts}, {crm.Deals, p.deals}} {
		spec, _ := crm.SpecOf(string(list.typ))
		for _, prop := range slices.Concat([]string{crm.SortTitle}, spec.Text, spec.Numeric) {
			b.Run(fmt.Sprintf("list/%s/%s", list.typ, prop), func(b *testing.B) {
				deep := map[string]int{}
				for _, q := range []crm.ListQuery{{}, {Owner: "1007"}} { // the jumps to there
					for _, desc := range []bool{false, true} {
						n := list.n
						if q.Owner != "" {
							n /= portalOwners
						}
						at := rnd.IntN(n)
						deep[fmt.Sprint(q.Owner, desc)] = at
						_, err := s.List(b.Context(), crm.ListQuery{Type: list.typ, Owner: q.Owner, Sort: crm.Sort{Prop: prop, Desc: desc}, Offset: at, Limit: 100})
						require.NoError(b, err)
					}
				}
				spread(b, func(i int) {
					q := crm.ListQuery{Type: list.typ, Sort: crm.Sort{Prop: prop, Desc: i%2 == 0}, Limit: 100}
					n := list.n
					if i/2%2 == 0 {
						q.Owner, n = "1007", list.n/portalOwners
					}
					if i/4%4 != 0 { // three of four pages are deep, the next after the last one
						key := fmt.Sprint(q.Owner, q.Sort.Desc)
						deep[key] = (deep[key] + q.Limit) % n
						q.Offset = deep[key]
					}
					page, err := s.List(b.Context(), q)
					require.NoError(b, err)
					require.Positive(b, page.Total)
				})
			})
		}
		b.Run(fmt.Sprintf("jump/%s", list.typ), func(b *testing.B) {
			spread(b, func(i int) {
				q := crm.ListQuery{Type: list.typ, Sort: crm.Sort{Prop: spec.Text[i%len(spec.Text)]}, Limit: 100, Offset: rnd.IntN(list.n)}
				_, err := s.List(b.Context(), q)
				require.NoError(b, err)
			})
		})
	}
}

// conditions are three each. narrow has those of which an index knows the first,
// and that leave a few thousand rows or begin where the list's own order does;
// broad has a first one that a large part of all records meets.
func conditions() (narrow, broad [][]crm.Filter) {
	lately := crm.FormatDateTime(crm.Millis(portalStart + portalSpan*995/1000).Time())
	with := func(out *[][]crm.Filter, leads ...crm.Filter) {
		for _, lead := range leads {
			for _, second := range []crm.Filter{{Prop: "city", Op: crm.Equal, Value: "Berlin"}, {Prop: "country", Op: crm.NotEqual, Value: "Japan"}} {
				for _, third := range []crm.Filter{{Prop: "jobtitle", Op: crm.Contains, Value: "sales"}, {Prop: "mobilephone", Op: crm.IsEmpty}, {Prop: "hs_analytics_property_1", Op: crm.More, Value: "500000"}} {
					*out = append(*out, []crm.Filter{lead, second, third})
				}
			}
		}
	}
	with(&narrow, crm.Filter{Prop: "createdate", Op: crm.MoreEq, Value: lately}, crm.Filter{Prop: "lastmodifieddate", Op: crm.MoreEq, Value: lately}, crm.Filter{Prop: "notes_last_updated", Op: crm.MoreEq, Value: lately},
		crm.Filter{Prop: "phone", Op: crm.Less, Value: "+49 30 0050000"}, crm.Filter{Prop: "email", Op: crm.MoreEq, Value: "zz"})
	with(&broad, crm.Filter{Prop: "hubspot_owner_id", Op: crm.Equal, Value: "1007"}, crm.Filter{Prop: "lifecyclestage", Op: crm.Equal, Value: "customer"}, crm.Filter{Prop: "lifecyclestage", Op: crm.Equal, Value: "lead"})
	return narrow, broad
}

func largeFilters(b *testing.B, s *store.Store) {
	b.Helper()
	narrow, broad := conditions()
	for _, kind := range []struct {
		name string
		sets [][]crm.Filter
	}{{"indexed", narrow}, {"broad", broad}} {
		slowest, at := time.Duration(0), []crm.Filter{}
		reports := 0 // of progress
		ctx := crm.WithProgress(b.Context(), func(int, int) { reports++ })
		b.Run("filter/"+kind.name, func(b *testing.B) {
			spread(b, func(i int) {
				// A value that nothing has makes it another list, which was not asked for before.
				fresh := crm.Filter{Prop: "hs_analytics_property_2", Op: crm.NotEqual, Value: strconv.Itoa(-1 - i)}
				filters := append(slices.Clone(kind.sets[i%len(kind.sets)]), fresh)
				began := time.Now()
				_, err := s.List(ctx, crm.ListQuery{Type: crm.Contacts, Filters: filters, Limit: 100})
				require.NoError(b, err)
				if took := time.Since(began); took > slowest {
					slowest, at = took, filters[:3]
				}
			})
		})
		fmt.Fprintf(os.Stderr, "slowest %s filter: %v, %v; %d reports of progress\n", kind.name, at, slowest.Round(time.Millisecond), reports)
	}
}

func largeBoard(b *testing.B, s *store.Store) {
	b.Helper()
	b.Run("board", func(b *testing.B) {
		spread(b, func(i int) {
			owner := crm.OwnerID("")
			if i%2 == 0 {
				owner = "1007"
			}
			sums, err := s.StageSums(b.Context(), "default", owner, "")
			require.NoError(b, err)
			stages := map[string]bool{}
			for _, sum := range sums {
				stages[sum.Stage] = true
			}
			for stage := range stages {
				_, err := s.StageCards(b.Context(), "default", stage, owner, "", 0, 20)
				require.NoError(b, err)
			}
		})
	})
}

// largeScan is a filter that no index helps with: how long it takes, how often it
// says how far it is, and how soon it ends when it is not wanted any more.
func largeScan(b *testing.B, s *store.Store, p *portal) {
	b.Helper()
	b.Run("filter/scan", func(b *testing.B) {
		var whole, ended, cpu time.Duration
		reports := 0
		for i := range b.N {
			q := crm.ListQuery{Type: crm.Contacts, Limit: 100, Filters: []crm.Filter{
				{Prop: "city", Op: crm.Equal, Value: "Nowhere" + strconv.Itoa(i)}, {Prop: "jobtitle", Op: crm.Contains, Value: "sales"}, {Prop: "hs_analytics_property_1", Op: crm.More, Value: "500000"},
			}}
			reports = 0
			ctx := crm.WithProgress(b.Context(), func(int, int) { reports++ })
			began, used := time.Now(), cpuTime()
			page, err := s.List(ctx, q)
			require.NoError(b, err)
			require.Zero(b, page.Total)
			cpu = cpuTime() - used
			whole = max(whole, time.Since(began))

			q.Filters[0].Value += "x"
			ctx, cancel := context.WithCancel(b.Context())
			var at time.Time
			timer := time.AfterFunc(whole/3, func() { at = time.Now(); cancel() })
			_, err = s.List(ctx, q)
			if p.contacts >= 100_000 {
				require.Equal(b, crm.Canceled, crm.KindOf(err), "%v", errors.Unwrap(err))
				ended = max(ended, time.Since(at))
			}
			timer.Stop()
			cancel()
		}
		b.ReportMetric(whole.Seconds(), "s")
		b.ReportMetric(float64(cpu.Microseconds())/1000, "cpu-ms")
		b.ReportMetric(float64(reports), "reports")
		b.ReportMetric(float64(ended.Microseconds())/1000, "cancel-ms")
	})
}
