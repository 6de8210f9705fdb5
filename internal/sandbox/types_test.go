package sandbox

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every type of fact sheet 3.1 is there under its name, its singular and its id,
// in every version, with the defaults of 3.2.
func TestTypes_Section3_1_NamesAndIDs(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, kind := range objectTypes() {
		for _, name := range append(kind.names(), strings.ToUpper(kind.plural)) {
			for _, root := range []string{"/crm/objects/2026-09/", "/crm/objects/2026-03/", "/crm/v3/objects/"} {
				require.NotNil(t, a.do(200, "GET", root+name+"?limit=1", "").at("results"), root+name)
			}
		}
		require.NotEmpty(t, a.do(200, "GET", "/crm/properties/2026-09/"+kind.plural, "").at("results"))
		props, _ := a.p.kindOf(kind.plural)
		for _, name := range append(append(kind.defaults, kind.searched...), append(kind.required, kind.created, kind.modified)...) {
			require.Contains(t, props.byName, name, kind.plural)
		}
	}
}

// The required properties of fact sheet 3.2 and 5.4.
func TestTypes_Section5_4_Required(t *testing.T) {
	t.Parallel()
	a := open(t)
	for typ, lacking := range map[string]string{
		"notes": "hs_timestamp", "tasks": "hs_timestamp", "calls": "hs_timestamp", "emails": "hs_email_direction", "meetings": "hs_timestamp",
		"tickets": "hs_pipeline_stage",
	} {
		r := a.do(400, "POST", v+typ, `{"properties":{}}`)
		require.Contains(t, r.raw, lacking, typ)
	}
	// a meeting's time is its start when none is given
	m := a.do(201, "POST", v+"meetings", `{"properties":{"hs_meeting_start_time":"2026-10-06T10:00:00Z"}}`)
	got := a.do(200, "GET", v+"meetings/"+m.str("id")+"?properties=hs_timestamp", "")
	require.Equal(t, "2026-10-06T10:00:00Z", got.at("properties", "hs_timestamp"))
}

// An activity is associated when it is made, with the type ids of fact sheet
// 5.3, and counts for its parent, whose modified stamp moves.
func TestTypes_Section5_4_AnActivityCountsForItsParent(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.contact(`{"firstname":"Ada"}`)
	before := a.do(200, "GET", v+"contacts/"+id, "").at("updatedAt")
	a.clock.Add(1500e6)
	note := a.do(201, "POST", v+"notes", `{"properties":{"hs_timestamp":"2026-10-05T09:00:00Z","hs_note_body":"<p>Hi</p>"},
		"associations":[{"to":{"id":"`+id+`"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":202}]}]}`)
	got := a.do(200, "GET", v+"contacts/"+id+"?properties=num_notes,notes_last_updated&associations=notes", "")
	require.Equal(t, "1", got.at("properties", "num_notes"))
	require.NotEqual(t, before, got.at("updatedAt"))
	require.Equal(t, note.str("id"), got.at("associations", "notes", "results", 0, "id"))
	links := a.do(200, "GET", v+"contacts/"+id+"/associations/notes", "")
	require.EqualValues(t, 201, links.at("results", 0, "associationTypes", 0, "typeId"))
}

// An e-mail's delete is for good; fact sheet 3.6.
func TestTypes_Section3_6_EmailsAreDeletedForGood(t *testing.T) {
	t.Parallel()
	a := open(t)
	mail := a.do(201, "POST", v+"emails", `{"properties":{"hs_timestamp":"2026-10-05T09:00:00Z","hs_email_direction":"EMAIL"}}`).str("id")
	a.do(204, "DELETE", v+"emails/"+mail, "")
	a.do(404, "GET", v+"emails/"+mail+"?archived=true", "")
	require.Empty(t, a.do(200, "GET", v+"emails?archived=true", "").at("results"))
}

// gdpr-delete is there for contacts only and leaves nothing; fact sheet 3.6.
func TestTypes_Section3_6_GDPRDelete(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.contact(`{"email":"ada@example.com"}`)
	a.do(204, "POST", v+"contacts/gdpr-delete", `{"objectId":"ADA@example.com","idProperty":"email"}`)
	for _, archived := range []string{"", "?archived=true"} {
		a.do(404, "GET", v+"contacts/"+id+archived, "")
	}
	require.NotContains(t, a.do(200, "GET", v+"contacts?archived=true&limit=100", "").raw, id)
	a.do(204, "POST", v+"contacts/gdpr-delete", `{"objectId":"nobody@example.com","idProperty":"email"}`)
	a.do(404, "POST", v+"contacts/gdpr-delete", `{"objectId":"`+id+`"}`)
	a.do(404, "POST", v+"companies/gdpr-delete", `{"objectId":"1"}`)
	a.contact(`{"email":"ada@example.com"}`) // the address is free again
}

// Tickets have their pipeline with the states of fact sheet 5.1.
func TestTypes_Section5_1_TicketPipeline(t *testing.T) {
	t.Parallel()
	a := open(t)
	r := a.do(200, "GET", "/crm/pipelines/2026-09/tickets", "")
	require.Equal(t, "0", r.at("results", 0, "id"))
	require.Equal(t, "CLOSED", r.at("results", 0, "stages", 3, "metadata", "ticketState"))
	ticket := a.do(201, "POST", v+"tickets", `{"properties":{"subject":"It broke","hs_pipeline":"0","hs_pipeline_stage":"1"}}`)
	bad := a.do(400, "PATCH", v+"tickets/"+ticket.str("id"), `{"properties":{"hs_pipeline_stage":"appointmentscheduled"}}`)
	require.Contains(t, bad.raw, "INVALID_OPTION")
}
