package sandbox

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// appToken is a token of the app itself, with the journal's scopes or those
// given.
func (a *api) appToken(scopes ...string) string {
	a.t.Helper()
	if len(scopes) == 0 {
		scopes = []string{
			scopeJournal, scopeSubscriptions + "read", scopeSubscriptions + "write", scopeSnapshots + "read", scopeSnapshots + "write",
		}
	}
	r := a.post("/oauth/2026-09/token", a.secrets("grant_type", "client_credentials", "scope", strings.Join(scopes, " ")))
	require.Equal(a.t, 200, r.code, r.raw)
	return r.str("access_token")
}

// ofApp is the drive with the app's own token, and what other tokens are
// answered.
func (d *drive) ofApp(method, rest, body string) *drive {
	d.t.Helper()
	d.do(403, method, d.base+rest, body)
	d.as("").do(401, method, d.base+rest, body)
	d.as(d.appToken(scopeSnapshots+"read")).do(403, method, d.base+rest, body)
	return &drive{api: d.as(d.appToken()), base: d.base, version: d.version}
}

const journalRoot = "/webhooks-journal/"

// subscribed subscribes to all that happens to contacts.
func (d *drive) subscribed() {
	d.t.Helper()
	d.do(200, "POST", journalRoot+"subscriptions/"+d.version, d.journalBody("OBJECT", `"CREATE","UPDATE","DELETE","MERGE","RESTORE"`, `"properties":[],"objectIds":[]`))
}

func (d *drive) journalBody(kind, actions, rest string) string {
	return fmt.Sprintf(`{"subscriptionType":%q,"portalId":%d,"objectTypeId":"0-1","actions":[%s],%s}`, kind, d.p.portalID, actions, rest)
}

func driveJournal(d *drive) {
	token := d.token
	d = d.ofApp("GET", "/earliest", "")
	unknown := "00000000-0000-4000-8000-000000000000"
	for _, rest := range []string{"/earliest", "/latest"} {
		d.call(204, "GET", rest, "")
	}
	d.subscribed()
	for i := range 3 {
		d.as(token).contact(fmt.Sprintf(`{"email":"journal-%d@b.example"}`, i))
		d.clock.Add(2 * time.Second)
	}
	first := d.call(200, "GET", "/earliest", "").str("currentOffset")
	last := d.call(200, "GET", fmt.Sprintf("/latest?installPortalId=%d", d.p.portalID), "").str("currentOffset")
	require.NotEqual(d.t, first, last)
	d.call(200, "GET", "/offset/"+first+"/next", "")
	d.call(204, "GET", "/offset/"+last+"/next", "")
	d.call(404, "GET", "/offset/"+unknown+"/next", "")
	d.call(400, "GET", "/latest?installPortalId=1", "")
	for _, rest := range []string{"/batch/earliest/", "/batch/latest/", "/batch/" + first + "/next/"} {
		d.call(200, "GET", rest+"2", "")
		d.call(400, "GET", rest+"101", "")
		d.call(400, "GET", rest+"0", "")
	}
	d.call(404, "GET", "/batch/"+unknown+"/next/2", "")
	d.call(200, "POST", "/batch/read", `{"inputs":["`+first+`","`+last+`"]}`)
	d.call(207, "POST", "/batch/read", `{"inputs":["`+first+`","`+unknown+`"]}`)
	d.call(400, "POST", "/batch/read", `{"inputs":[]}`)

	d.driveStatus(unknown)
}

func (d *drive) driveStatus(unknown string) {
	d.t.Helper()
	r := d.do(200, "POST", journalRoot+"snapshots/"+d.version+"/crm", d.snapshotOf(d.record("contacts", 0)))
	status := "/status/" + r.str("snapshotResponses", 0, "snapshotStatusId")
	for _, want := range []string{"PENDING", "IN_PROGRESS", "SUCCESS"} {
		require.Equal(d.t, want, d.call(200, "GET", status, "").str("status"))
		d.clock.Add(time.Second)
	}
	d.call(404, "GET", "/status/"+unknown, "")
}

func (d *drive) snapshotOf(id string) string {
	return fmt.Sprintf(`{"snapshotRequests":[{"portalId":%d,"objectTypeId":"0-1","objectId":%s,"properties":["email"]}]}`, d.p.portalID, id)
}

// record is the id of a type's nth record.
func (d *drive) record(typ string, n int) string {
	d.t.Helper()
	other := d.as(d.p.Credentials().Token)
	return other.do(200, "GET", v+typ, "").ids()[n]
}

func driveSnapshots(d *drive) {
	d = d.ofApp("POST", "/crm", d.snapshotOf("1"))
	d.call(200, "POST", "/crm", d.snapshotOf(d.record("contacts", 1)))
	d.call(400, "POST", "/crm", `{"snapshotRequests":[]}`)
	d.call(403, "POST", "/crm", `{"snapshotRequests":[{"portalId":1,"objectTypeId":"0-1","objectId":1,"properties":["email"]}]}`)
}

func driveJournalSubscriptions(d *drive) {
	d = d.ofApp("GET", "", "")
	for _, body := range []string{
		d.journalBody("OBJECT", `"CREATE","UPDATE"`, `"properties":["email"],"objectIds":[5]`),
		d.journalBody("ASSOCIATION", `"ASSOCIATION_ADDED"`, `"associatedObjectTypeIds":["0-2"],"objectIds":[]`),
		fmt.Sprintf(`{"subscriptionType":"GDPR_PRIVACY_DELETION","portalId":%d,"objectTypeId":"0-1","actions":["GDPR_DELETE"]}`, d.p.portalID),
		fmt.Sprintf(`{"subscriptionType":"LIST_MEMBERSHIP","portalId":%d,"actions":["ADDED_TO_LIST"],"listIds":[3],"objectIds":[]}`, d.p.portalID),
		`{"subscriptionType":"APP_LIFECYCLE_EVENT","eventTypeId":"4-1909196","properties":[]}`,
	} {
		d.call(200, "POST", "", body)
	}
	d.call(400, "POST", "", d.journalBody("WEDDING", `"CREATE"`, `"properties":[],"objectIds":[]`))
	id := fmt.Sprintf("%.0f", d.call(200, "GET", "", "").at("results", 0, "id"))
	d.call(200, "GET", "/"+id, "")
	d.call(404, "GET", "/999", "")
	d.driveFilters(id)
	d.call(204, "DELETE", "/"+id, "")
	d.call(404, "DELETE", "/"+id, "")
	d.call(204, "DELETE", fmt.Sprintf("/portals/%d", d.p.portalID), "")
	d.call(400, "DELETE", "/portals/here", "")
	require.Len(d.t, d.call(200, "GET", "", "").list("results"), 1, "that of the app's own life stays")
}

func (d *drive) driveFilters(subscription string) {
	d.t.Helper()
	filter := func(of, operator string) string {
		return fmt.Sprintf(`{"subscriptionId":%s,"filter":{"conditions":[{"filterType":"CRM_OBJECT_PROPERTY","property":"city","operator":%q,"value":"Bern"}]}}`, of, operator)
	}
	id := fmt.Sprintf("%.0f", d.call(200, "POST", "/filters", filter(subscription, "EQ")).at("filterId"))
	d.call(404, "POST", "/filters", filter("999", "EQ"))
	d.call(400, "POST", "/filters", filter(subscription, "LIKE"))
	d.call(200, "GET", "/filters/"+id, "")
	d.call(200, "GET", "/filters/subscription/"+subscription, "")
	d.call(404, "GET", "/filters/subscription/999", "")
	d.call(204, "DELETE", "/filters/"+id, "")
	d.call(404, "GET", "/filters/"+id, "")
	d.call(404, "DELETE", "/filters/"+id, "")
}
