package sandbox

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A family is a scenario of operations that have their addresses in common. It
// runs once under each of the bases, in which {v} stands for every dated version,
// on a portal of its own.
type family struct {
	name  string
	bases []string
	drive func(d *drive)
}

// families are all scenarios. A new route belongs into one of them: call it in
// a drive function, once with success and once for every error it documents.
func families() []family {
	return slices.Concat(objectFamilies(), []family{
		{"associations", []string{"/crm/objects/{v}", "/crm/v4/objects"}, driveAssociations},
		{"association batches", []string{"/crm/associations/{v}", "/crm/v4/associations"}, driveAssociationBatches},
		{"labels", []string{"/crm/associations/{v}", "/crm/v4/associations", "/crm/associations/v4"}, driveLabels},
		{"properties", []string{"/crm/properties/{v}", "/crm/v3/properties"}, driveProperties},
		{"pipelines", []string{"/crm/pipelines/{v}", "/crm/v3/pipelines"}, drivePipelines},
		{"pipeline changes", []string{"/crm/pipelines/{v}", "/crm/v3/pipelines"}, drivePipelineChanges},
		{"property batches", []string{"/crm/properties/{v}", "/crm/v3/properties"}, drivePropertyBatches},
		{"property groups", []string{"/crm/properties/{v}", "/crm/v3/properties"}, drivePropertyGroups},
		{"validations", []string{"/crm/property-validations/{v}", "/crm/v3/property-validations"}, driveValidations},
		{"label changes", []string{"/crm/associations/{v}", "/crm/v4/associations", "/crm/associations/v4"}, driveLabelChanges},
		{"association limits", []string{"/crm/associations/{v}", "/crm/associations/v4"}, driveLinkLimits},
		{"schemas", []string{"/crm-object-schemas/{v}/schemas", "/crm-object-schemas/v3/schemas", "/crm/v3/schemas"}, driveSchemas},
		{"limits", []string{"/crm/limits/{v}", "/crm/v3/limits"}, driveLimits},
		{"owners", []string{"/crm/owners/{v}", "/crm/v3/owners"}, driveOwners},
		{"account", []string{"/account-info/{v}", "/account-info/v3"}, driveAccount},
		{"uninstall", []string{"/appinstalls/{v}", "/appinstalls/v3"}, driveUninstall},
		{"oauth", []string{"/oauth/{v}", "/oauth/v3", "/oauth/v1"}, driveOAuth},
		{"oauth v1", []string{"/oauth/v1"}, driveOAuthV1},
		{"webhooks", []string{"/app-webhooks/2026-09/{app}", "/webhooks/2026-03/{app}", "/webhooks/v3/{app}"}, driveWebhooks},
		{"journal", []string{"/webhooks-journal/journal/{v}", "/webhooks-journal/journal-local/{v}"}, driveJournal},
		{"snapshots", []string{"/webhooks-journal/snapshots/{v}"}, driveSnapshots},
		{"journal subscriptions", []string{"/webhooks-journal/subscriptions/{v}"}, driveJournalSubscriptions},
	})
}

// drive is a scenario on its way.
type drive struct {
	*api
	base    string
	version string
}

// call makes a call below the base and expects a status.
func (d *drive) call(code int, method, rest, body string) *reply {
	d.t.Helper()
	return d.do(code, method, d.base+rest, body)
}

// TestContract drives every operation of the portal and holds every exchange
// against HubSpot's published file of its version. What differs must stand in
// testdata/contract/differences.txt, and what stands there must differ.
func TestContract(t *testing.T) {
	pub := publishedFiles(t)
	sum := &summary{list: differences(t), driven: map[string]bool{}}
	t.Run("families", func(t *testing.T) {
		for _, f := range families() {
			for _, base := range f.bases {
				for _, r := range expand("GET", base+"/") {
					t.Run(f.name+" "+r.version, func(t *testing.T) {
						t.Parallel()
						a, rec := recorded(t)
						f.drive(&drive{api: a, base: strings.TrimSuffix(r.path, "/"), version: r.version})
						sum.add(t, pub, rec.exchanges)
					})
				}
			}
		}
	})
	sum.report(t)
}

// summary is what all scenarios came to.
type summary struct {
	mu        sync.Mutex
	list      []*difference
	driven    map[string]bool // patterns that were answered with success
	exchanges int
}

func (s *summary) add(t *testing.T, pub *published, exchanges []*exchange) {
	t.Helper()
	for _, e := range exchanges {
		found := pub.check(t, e)
		s.mu.Lock()
		s.exchanges++
		if e.code < 300 {
			s.driven[e.at.pattern()] = true
		}
		for _, f := range found {
			if !slices.ContainsFunc(s.list, func(d *difference) bool { return d.excuses(f) }) {
				t.Errorf("not as published, nor listed: %s | %s | %s\n%s %s %s\n%d %s", f.version, f.where, f.what,
					e.request.Method, e.request.URL, shortened(e.sent), e.code, shortened(e.received))
			}
		}
		s.mu.Unlock()
	}
}

// A file of its own says of every type whether it has merge and gdpr-delete.
func TestContract_MergeAndForgetWhereTheFilesHaveThem(t *testing.T) {
	pub := publishedFiles(t)
	for _, version := range []string{"v3", "2026-03", "2026-09"} {
		base := "/crm/objects/" + version + "/"
		if version == "v3" {
			base = "/crm/v3/objects/"
		}
		for _, kind := range objectTypes() {
			merge, _ := pub.operation(t, version, "POST", base+kind.plural+"/merge")
			forget, _ := pub.operation(t, version, "POST", base+kind.plural+"/gdpr-delete")
			require.Equal(t, kind.merges, merge != nil, "%s %s", version, kind.plural)
			require.Equal(t, kind.forgets, forget != nil, "%s %s", version, kind.plural)
		}
	}
}

// A check that finds nothing would pass everything: a renamed field, one of
// another type and an unknown parameter are found.
func TestContract_FindsWhatIsWrong(t *testing.T) {
	pub := publishedFiles(t)
	a, rec := recorded(t)
	a.do(200, "GET", v+"contacts?limit=1&properties=email", "")
	e := rec.exchanges[0]
	require.Empty(t, pub.check(t, e))
	right := string(e.received)
	for wrong, want := range map[string][]finding{
		strings.Replace(right, `"createdAt"`, `"created_at"`, 1): {
			{"2026-09", "SimplePublicObjectWithAssociations.createdAt", "missing"},
			{"2026-09", "SimplePublicObjectWithAssociations.created_at", "not declared"},
		},
		strings.Replace(right, `"archived":false`, `"archived":"no"`, 1): {
			{"2026-09", "SimplePublicObjectWithAssociations.archived", "string for boolean"},
		},
	} {
		e.received = []byte(wrong)
		require.ElementsMatch(t, want, pub.check(t, e))
	}
	e.received = []byte(right)
	e.request.URL.RawQuery = "limit=1&page=2"
	require.Equal(t, []finding{{"2026-09", "GET /crm/objects/{v}/{type} ?page", "not declared"}}, pub.check(t, e))
}

func shortened(b []byte) string {
	if len(b) > 600 {
		return string(b[:600]) + "…"
	}
	return string(b)
}

func (s *summary) report(t *testing.T) {
	t.Helper()
	all := routes()
	for _, r := range all {
		if !s.driven[r.pattern()] {
			t.Errorf("%s: no scenario drives it with success; see families", r.pattern())
		}
	}
	for _, d := range s.list {
		for _, what := range d.unseen() {
			t.Errorf("listed, but it did not occur: %s", what)
		}
	}
	line := fmt.Sprintf("contract: %d operations, %d exchanges validated, %d listed differences", len(all), s.exchanges, len(s.list))
	t.Log(line)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	written := regexp.MustCompile(`contract: \d+ operations.*`).FindString(string(readme))
	require.Equal(t, line, written, "README.md has another number")
}
