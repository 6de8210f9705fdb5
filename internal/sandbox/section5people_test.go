package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Both pipelines that an account starts with, whole.
func TestSection5_1_DefaultPipelines(t *testing.T) {
	a := open(t)
	const zero = `"createdAt":"1970-01-01T00:00:00Z","updatedAt":"1970-01-01T00:00:00Z","archived":false`
	whole := func(typ, id, label string, stages []string) {
		t.Helper()
		r := a.do(200, "GET", pipes+typ, "")
		r.whole(`{"results":[{"label":%q,"displayOrder":0,"id":%q,"stages":[%s],%s}]}`, label, id, strings.Join(stages, ","), zero)
	}
	stage := func(n int, id, label, meta string) string {
		return fmt.Sprintf(`{"label":%q,"displayOrder":%d,"metadata":%s,"id":%q,%s,"writePermissions":"CRM_PERMISSIONS_ENFORCEMENT"}`, label, n, meta, id, zero)
	}
	deal := func(n int, id, label, chance string, closed bool) string {
		return stage(n, id, label, fmt.Sprintf(`{"isClosed":"%t","probability":%q}`, closed, chance))
	}
	whole("deals", "default", "Sales Pipeline", []string{
		deal(0, "appointmentscheduled", "Appointment Scheduled", "0.2", false), deal(1, "qualifiedtobuy", "Qualified To Buy", "0.4", false),
		deal(2, "presentationscheduled", "Presentation Scheduled", "0.6", false), deal(3, "decisionmakerboughtin", "Decision Maker Bought-In", "0.8", false),
		deal(4, "contractsent", "Contract Sent", "0.9", false), deal(5, "closedwon", "Closed Won", "1.0", true), deal(6, "closedlost", "Closed Lost", "0.0", true),
	})
	ticket := func(n int, label, state string, closed bool) string {
		return stage(n-1, strconv.Itoa(n), label, fmt.Sprintf(`{"isClosed":"%t","ticketState":%q}`, closed, state))
	}
	whole("tickets", "0", "Support Pipeline", []string{
		ticket(1, "New", "OPEN", false), ticket(2, "Waiting on contact", "OPEN", false), ticket(3, "Waiting on us", "OPEN", false), ticket(4, "Closed", "CLOSED", true),
	})
}

func TestSection5_1_NotFound(t *testing.T) {
	a := open(t)
	for _, path := range []string{"deals/none", "deals/none/stages", "deals/none/stages/closedwon"} {
		a.do(404, "GET", pipes+path, "").whole(`{"status":"error","message":"Pipeline with id none was not found","correlationId":"…","category":"OBJECT_NOT_FOUND"}`)
	}
	a.do(404, "GET", pipes+"deals/default/stages/none", "").whole(`{"status":"error","message":"resource not found","correlationId":"…"}`)
	a.do(400, "GET", pipes+"butterflies", "").whole(`{"status":"error","message":"Unable to infer object type from: butterflies","correlationId":"…"}`)
	a.do(400, "POST", v+"deals", `{"properties":{"dealname":"D","pipeline":"default","dealstage":"none"}}`)
}

// An owner to its last byte, by both of its ids; the pages of owners; who is
// archived has no user.
func TestSection5_2_Owners(t *testing.T) {
	a := open(t)
	o := a.p.owners[2]
	shown := fmt.Sprintf(`{"id":"%[1]d","email":%q,"type":"PERSON","firstName":%q,"lastName":%q,"userId":%d,"userIdIncludingInactive":%[5]d,"createdAt":%q,"updatedAt":%q,"archived":false,"teams":[{"id":"%d","name":%q,"primary":true}]}`,
		o.ID, o.Email, o.FirstName, o.LastName, o.UserID, stamp(o.Created), stamp(o.Updated), o.TeamID, o.Team)
	const owners = "/crm/owners/2026-09"
	for _, path := range []string{fmt.Sprintf("/%d", o.ID), fmt.Sprintf("/%d?idProperty=id", o.ID), fmt.Sprintf("/%d?idProperty=userId", o.UserID)} {
		a.do(200, "GET", owners+path, "").whole("%s", shown)
	}
	a.do(200, "GET", owners+"?email="+strings.ToUpper(o.Email), "").whole(`{"results":[%s]}`, shown)
	for _, path := range []string{fmt.Sprintf("/%d", o.UserID), fmt.Sprintf("/%d?idProperty=userId", o.ID), fmt.Sprintf("/%d?archived=true", o.ID), "/abc"} {
		a.do(404, "GET", owners+path, "").whole(`{"status":"error","message":"resource not found","correlationId":"…"}`)
	}
	a.do(200, "GET", owners+"?limit=500", "")
	a.do(400, "GET", owners+"?limit=501", "").invalidBody("limit must be between 1 and 500, but was 501")
	first := a.do(200, "GET", owners+"?limit=11", "")
	rest := a.do(200, "GET", owners+"?limit=11&after="+first.str("paging", "next", "after"), "")
	require.Len(t, append(first.ids(), rest.ids()...), len(a.p.owners))
	require.NotContains(t, rest.body, "paging")
	require.Empty(t, a.do(200, "GET", owners+"?archived=true", "").ids())
	a.as("").do(200, "POST", "/_sandbox/owners", fmt.Sprintf(`{"archive":%d}`, o.ID))
	r := a.do(200, "GET", owners+"?archived=true", "")
	require.Equal(t, []string{strconv.FormatInt(o.ID, 10)}, r.ids())
	require.Nil(t, r.at("results", 0, "userId"))
	require.EqualValues(t, o.UserID, r.at("results", 0, "userIdIncludingInactive"))
}

// A record is assigned by the owner's id, not by the user's.
func TestSection5_2_AssignByOwnerID(t *testing.T) {
	a := open(t)
	o := a.p.owners[1]
	a.contact(fmt.Sprintf(`{"hubspot_owner_id":"%d"}`, o.ID))
	user := strconv.FormatInt(o.UserID, 10)
	a.do(400, "POST", v+"contacts", `{"properties":{"hubspot_owner_id":"`+user+`"}}`).
		invalidValue(a.p.portalID, "INVALID_OWNER_ID", "hubspot_owner_id", user, `"`+user+`" is not a valid owner ID`)
}

// The main properties of the activities take what the guides say.
func TestSection5_4_Properties(t *testing.T) {
	a := open(t)
	owner := strconv.FormatInt(a.p.owners[0].ID, 10)
	for typ, props := range map[string]map[string][]string{
		"notes": {"hs_note_body": {"<p>x</p>"}, "hubspot_owner_id": {owner}, "hs_attachment_ids": {"24332474034;24332474044"}},
		"tasks": {
			"hs_task_subject": {"x"}, "hs_task_body": {"x"}, "hs_task_status": {"NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"},
			"hs_task_priority": {"NONE", "LOW", "MEDIUM", "HIGH"}, "hs_task_type": {"TODO", "CALL", "EMAIL"}, "hs_task_reminders": {"1759658400000"}, "hubspot_owner_id": {owner},
		},
		"calls": {
			"hs_call_title": {"x"}, "hs_call_body": {"x"}, "hs_call_duration": {"3800"}, "hs_call_direction": {"INBOUND", "OUTBOUND"}, "hs_call_status": {"COMPLETED"},
			"hs_call_disposition": {"f240bbac-87c9-4f6e-bf70-924b57d47db7"}, "hs_call_from_number": {"1"}, "hs_call_to_number": {"1"}, "hs_call_recording_url": {"https://b.example"},
		},
		"emails": {
			"hs_email_direction": {"EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"}, "hs_email_subject": {"x"}, "hs_email_text": {"x"}, "hs_email_html": {"x"},
			"hs_email_status": {"BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"}, "hs_email_headers": {"{}"},
		},
		"meetings": {
			"hs_meeting_title": {"x"}, "hs_meeting_body": {"x"}, "hs_meeting_start_time": {"2026-10-06T10:00:00Z"}, "hs_meeting_end_time": {"2026-10-06T11:00:00Z"}, "hs_meeting_location": {"x"},
			"hs_meeting_outcome": {"SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"}, "hs_internal_meeting_notes": {"x"},
		},
	} {
		id := a.do(201, "POST", v+typ, fresh(typ)).str("id")
		for name, list := range props {
			for _, val := range list {
				a.do(200, "PATCH", v+typ+"/"+id, fmt.Sprintf(`{"properties":{%q:%q}}`, name, val))
				require.Equal(t, val, a.do(200, "GET", v+typ+"/"+id+"?properties="+name, "").str("properties", name))
			}
		}
	}
	for typ, wrong := range map[string]string{"tasks": "hs_task_status", "calls": "hs_call_direction", "emails": "hs_email_status", "meetings": "hs_meeting_outcome"} {
		id := a.do(201, "POST", v+typ, fresh(typ)).str("id")
		require.Equal(t, "INVALID_OPTION", a.do(400, "PATCH", v+typ+"/"+id, `{"properties":{"`+wrong+`":"NOPE"}}`).str("errors", 0, "code"))
	}
}

// fresh is the body of a new activity.
func fresh(typ string) string {
	for _, s := range specimens() {
		if s.plural == typ {
			return `{"properties":` + s.body + `}`
		}
	}
	return `{}`
}

// Who an e-mail is from and to stands in its headers, and can be set only there.
func TestSection5_4_EmailHeaders(t *testing.T) {
	a := open(t)
	headers := `{"from":{"email":"ann@b.example","firstName":"Ann","lastName":"Lee"},"to":[{"email":"Bo<bo@c.example>","firstName":"Bo"},{"email":"cy@c.example"}],"cc":[]}`
	id := a.do(201, "POST", v+"emails", `{"properties":{"hs_timestamp":"2026-10-05T09:00:00Z","hs_email_direction":"EMAIL","hs_email_headers":`+asJSON(t, headers)+`}}`).str("id")
	show := func() any {
		r := a.do(200, "GET", v+"emails/"+id+"?properties=hs_email_from_email,hs_email_from_firstname,hs_email_from_lastname,hs_email_to_email", "")
		props, _ := r.at("properties").(map[string]any)
		for _, name := range []string{"hs_createdate", "hs_lastmodifieddate", "hs_object_id"} {
			delete(props, name)
		}
		return props
	}
	require.Equal(t, map[string]any{
		"hs_email_from_email": "ann@b.example", "hs_email_from_firstname": "Ann", "hs_email_from_lastname": "Lee",
		"hs_email_to_email": "bo@c.example;cy@c.example",
	}, show())
	for _, name := range []string{"hs_email_from_email", "hs_email_to_email"} {
		a.do(400, "PATCH", v+"emails/"+id, `{"properties":{"`+name+`":"x@b.example"}}`).
			invalidValue(a.p.portalID, "READ_ONLY_VALUE", name, "x@b.example", `"`+name+`" is a read only property; its value cannot be set.`)
	}
	a.do(200, "PATCH", v+"emails/"+id, `{"properties":{"hs_email_headers":"no JSON"}}`)
	require.Equal(t, map[string]any{"hs_email_from_email": nil, "hs_email_from_firstname": nil, "hs_email_from_lastname": nil, "hs_email_to_email": nil}, show())
}

// Every activity counts for whom it is associated with, at the moment it is made.
func TestSection5_4_ActivitiesBump(t *testing.T) {
	a := open(t)
	contact, company, deal := trio(a)
	ticket := a.do(201, "POST", v+"tickets", `{"properties":{"subject":"S","hs_pipeline_stage":"1"}}`).str("id")
	parents := map[string]string{"contacts": contact, "companies": company, "deals": deal, "tickets": ticket}
	kinds := map[string][4]int{"notes": {202, 190, 214, 228}, "tasks": {204, 192, 216, 230}, "calls": {194, 182, 206, 220}, "emails": {198, 186, 210, 224}, "meetings": {200, 188, 212, 226}}
	n := 0
	for typ, ids := range kinds {
		n++
		a.clock.Add(time.Minute)
		var links []string
		for i, parent := range []string{"contacts", "companies", "deals", "tickets"} {
			links = append(links, fmt.Sprintf(`{"to":{"id":%q},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":%d}]}`, parents[parent], ids[i]))
		}
		a.do(201, "POST", v+typ, strings.TrimSuffix(fresh(typ), "}")+`,"associations":[`+strings.Join(links, ",")+`]}`)
		for parent, id := range parents {
			r := a.do(200, "GET", v+parent+"/"+id+"?properties=num_notes,notes_last_updated", "")
			require.Equal(t, strconv.Itoa(n), r.str("properties", "num_notes"), "%s after %s", parent, typ)
			require.Equal(t, stamp(a.p.nowMS()), r.str("properties", "notes_last_updated"))
			require.Equal(t, stamp(a.p.nowMS()), r.str("updatedAt"))
		}
	}
}
