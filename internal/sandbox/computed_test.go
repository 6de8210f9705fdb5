package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// ear writes down what happens, and by whom.
func (a *api) ear() (heard func() []string) {
	var list []string
	a.p.listen(func(h happening) {
		words := []string{h.t.kind.singular, h.kind}
		for _, name := range slices.Sorted(maps.Keys(h.values)) {
			words = append(words, name+"="+h.values[name])
		}
		if h.kind == hasMerged {
			words = append(words, fmt.Sprintf("moved=%d", h.moved))
		}
		if h.src != nil {
			words = append(words, "by "+h.src.Type)
		}
		list = append(list, strings.Join(words, " "))
	}, func() bool { return false })
	return func() []string {
		out := list
		list = nil
		return out
	}
}

// Fact sheet 7.1: a computed property can be subscribed like any other, and its
// change is HubSpot's own.
func TestSection7_1_ComputedValuesAreTold(t *testing.T) {
	a := open(t)
	heard := a.ear()
	id := a.do(201, "POST", v+"deals", `{"properties":{"dealname":"D","pipeline":"default","dealstage":"appointmentscheduled","amount":"100"}}`).str("id")
	born := heard()
	require.Len(t, born, 1)
	require.Contains(t, born[0], " hs_is_closed_won=false ")
	a.do(200, "PATCH", v+"deals/"+id, `{"properties":{"dealstage":"closedwon"}}`)
	require.Equal(t, []string{
		"deal propertyChange dealstage=closedwon by INTEGRATION",
		"deal propertyChange hs_deal_stage_probability=1 hs_is_closed=true hs_is_closed_won=true hs_projected_amount=100 by CALCULATED",
	}, heard())
	a.do(200, "PATCH", v+"deals/"+id, `{"properties":{"amount":""}}`)
	require.Equal(t, []string{
		"deal propertyChange amount= by INTEGRATION",
		"deal propertyChange amount_in_home_currency= hs_projected_amount= by CALCULATED",
	}, heard())
	contact := a.contact(`{}`)
	heard()
	link := "/crm/objects/2026-09/deals/" + id + "/associations/default/contacts/" + contact
	a.do(200, "PUT", link, "")
	require.Contains(t, heard(), "deal propertyChange num_associated_contacts=1 by CALCULATED")
	a.do(200, "PUT", link, "")
	require.Empty(t, heard())
	a.do(204, "DELETE", "/crm/objects/2026-09/deals/"+id+"/associations/contacts/"+contact, "")
	require.Contains(t, heard(), "deal propertyChange num_associated_contacts= by CALCULATED")
}

// Fact sheet 3.2, 3.5: when a stage was entered is a value with a past, told and
// answered like any other.
func TestSection3_2_StageStampsHaveAPast(t *testing.T) {
	a := open(t)
	id := a.contact(`{"lifecyclestage":"lead"}`)
	heard := a.ear()
	a.clock.Add(time.Hour)
	r := a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"lifecyclestage":"customer"}}`)
	const stampName = "hs_lifecyclestage_customer_date"
	require.Equal(t, "2026-10-05T10:30:00.250Z", r.str("properties", stampName))
	require.Equal(t, []string{
		"contact propertyChange lifecyclestage=customer by INTEGRATION",
		"contact propertyChange " + stampName + "=2026-10-05T10:30:00.250Z by CALCULATED",
	}, heard())
	r = a.do(200, "GET", v+"contacts/"+id+"?propertiesWithHistory="+stampName, "")
	require.Equal(t, "2026-10-05T10:30:00.250Z", r.str("propertiesWithHistory", stampName, 0, "timestamp"), "not when the contact was made")
	require.Equal(t, "CALCULATED", r.str("propertiesWithHistory", stampName, 0, "sourceType"))
}

// Fact sheet 7.1: a colleague's gdpr-delete is one too, and what is in the
// recycle bin was deleted before.
func TestHappenings_ColleagueForgets(t *testing.T) {
	a := open(t)
	id, binned := a.contact(`{}`), a.contact(`{}`)
	a.do(204, "DELETE", v+"contacts/"+binned, "")
	heard := a.ear()
	require.NoError(t, a.p.Forget("contacts", id))
	require.Equal(t, []string{"contact deletion by CRM_UI", "contact privacyDeletion by CRM_UI"}, heard())
	require.NoError(t, a.p.Forget("contacts", binned))
	require.Equal(t, []string{"contact privacyDeletion by CRM_UI"}, heard())
}

// Who archived, restored or merged is told as who wrote is.
func TestHappenings_Sources(t *testing.T) {
	a := open(t)
	one, two, three := a.contact(`{}`), a.contact(`{}`), a.contact(`{}`)
	heard := a.ear()
	a.do(204, "DELETE", v+"contacts/"+one, "")
	a.do(204, "POST", v+"contacts/batch/archive", `{"inputs":[{"id":"`+two+`"}]}`)
	require.NoError(t, a.p.Restore("contacts", one))
	require.NoError(t, a.p.Restore("contacts", two))
	require.NoError(t, a.p.Archive("contacts", three))
	require.NoError(t, a.p.Restore("contacts", three))
	require.Equal(t, []string{
		"contact deletion by INTEGRATION", "contact deletion by INTEGRATION", "contact restore by CRM_UI", "contact restore by CRM_UI",
		"contact deletion by CRM_UI", "contact restore by CRM_UI",
	}, heard())
	a.do(204, "POST", v+"contacts/gdpr-delete", `{"objectId":"`+three+`"}`)
	require.Equal(t, []string{"contact deletion by INTEGRATION", "contact privacyDeletion by INTEGRATION"}, heard())
}

// Fact sheet 3.7: numberOfPropertiesMoved counts what the other record gave, not
// the marks of the merge.
func TestSection3_7_MovedProperties(t *testing.T) {
	a := open(t)
	one, two := a.contact(`{"email":"a@b.example","firstname":"A"}`), a.contact(`{"email":"c@b.example","firstname":"C","city":"Bern"}`)
	heard := a.ear()
	a.do(200, "POST", v+"contacts/merge", `{"primaryObjectId":"`+one+`","objectIdToMerge":"`+two+`"}`)
	require.Equal(t, []string{"contact merge moved=1 by INTEGRATION"}, heard())
}

// What a change does not move in the end is not told: the company of a merge
// has as many contacts as before, and a new primary company is one change.
func TestHappenings_ComputedOnce(t *testing.T) {
	a := open(t)
	company := func(name string) string {
		return a.do(201, "POST", v+"companies", `{"properties":{"name":"`+name+`"}}`).str("id")
	}
	first, second := company("F"), company("S")
	one, two := a.contact(`{}`), a.contact(`{}`)
	heard := a.ear()
	computed := func() (out []string) {
		for _, line := range heard() {
			if strings.Contains(line, "CALCULATED") {
				out = append(out, line)
			}
		}
		return out
	}
	a.do(200, "PUT", v+"contacts/"+one+"/associations/default/companies/"+first, "")
	require.Equal(t, []string{
		"company propertyChange num_associated_contacts=1 by CALCULATED", "contact propertyChange associatedcompanyid=" + first + " by CALCULATED",
	}, computed())
	a.do(200, "POST", v+"contacts/merge", `{"primaryObjectId":"`+one+`","objectIdToMerge":"`+two+`"}`)
	require.Empty(t, computed())
	a.do(201, "PUT", v+"contacts/"+one+"/associations/companies/"+second, `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":1}]`)
	require.Equal(t, []string{
		"company propertyChange num_associated_contacts=1 by CALCULATED", "contact propertyChange associatedcompanyid=" + second + " by CALCULATED",
	}, computed())
}
