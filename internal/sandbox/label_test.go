package sandbox

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// labelRoots are the addresses of HubSpot's associationsSchema operations.
func labelRoots() []string {
	return []string{"/crm/associations/2026-09", "/crm/associations/2026-03", "/crm/v4/associations", "/crm/associations/v4"}
}

// Fact sheet 5.3: a label is renamed, and when it is deleted the pair stays
// associated without it; both are kept in the state file.
func TestSection5_3_LabelRenamedAndDeleted(t *testing.T) {
	t.Parallel()
	for _, root := range labelRoots() {
		file := filepath.Join(t.TempDir(), "state")
		a := open(t, func(o *Options) { o.StateFile = file })
		labels := root + "/contacts/deals/labels"
		made := a.do(200, "POST", labels, `{"label":"Champion","name":"champion"}`)
		id, back := int(made.at("results", 0, "typeId").(float64)), int(made.at("results", 1, "typeId").(float64))
		a.do(200, "POST", labels, `{"label":"Buyer","name":"buyer"}`)
		contact, _, deal := trio(a)
		one := v + "contacts/" + contact + "/associations/deals/" + deal
		a.do(201, "PUT", one, fmt.Sprintf(`[{"associationCategory":"USER_DEFINED","associationTypeId":%d}]`, id))

		a.do(204, "PUT", labels, fmt.Sprintf(`{"associationTypeId":%d,"label":"Hero"}`, id))
		require.Equal(t, "Hero", a.do(200, "GET", root+"/deals/contacts/labels", "").str("results", 1, "label"), "it read the same in both directions")
		a.do(204, "PUT", labels, fmt.Sprintf(`{"associationTypeId":%d,"label":"Hero","inverseLabel":"Quest"}`, id))
		require.Contains(t, a.do(200, "GET", v+"deals/"+deal+"/associations/contacts", "").raw, fmt.Sprintf(`{"category":"USER_DEFINED","typeId":%d,"label":"Quest"}`, back))
		a.do(409, "PUT", labels, fmt.Sprintf(`{"associationTypeId":%d,"label":"Buyer"}`, id)).
			envelope(`{"status":"error","message":"A label named 'Buyer' already exists.","correlationId":"$id","category":"OBJECT_ALREADY_EXISTS"}`)
		a.do(400, "PUT", labels, `{}`).envelope(`{"status":"error","message":"Some required fields were not set: [associationTypeId, label]","correlationId":"$id","category":"VALIDATION_ERROR"}`)
		a.do(400, "PUT", labels, `{"associationTypeId":4,"label":"Mine"}`)
		a.do(404, "PUT", labels, `{"associationTypeId":999,"label":"Mine"}`)

		a.do(400, "DELETE", labels+"/4", "").envelope(`{"status":"error","message":"Association type 4 is not a label of this account and cannot be changed","correlationId":"$id","category":"VALIDATION_ERROR"}`)
		a.do(204, "DELETE", root+"/deals/contacts/labels/"+strconv.Itoa(back), "")
		a.do(404, "DELETE", labels+"/"+strconv.Itoa(id), "").envelope(fmt.Sprintf(`{"status":"error","message":"Association type %d was not found","correlationId":"$id","category":"OBJECT_NOT_FOUND"}`, id))
		require.NoError(t, a.p.Close())
		a = open(t, func(o *Options) { o.StateFile = file })
		require.Len(t, a.do(200, "GET", labels, "").list("results"), 2)
		for _, at := range []string{v + "contacts/" + contact + "/associations/deals", v + "deals/" + deal + "/associations/contacts"} {
			require.Len(t, a.do(200, "GET", at, "").list("results", 0, "associationTypes"), 1, "the unlabeled one")
		}
		a.do(400, "PUT", one, fmt.Sprintf(`[{"associationCategory":"USER_DEFINED","associationTypeId":%d}]`, id))
		a.do(400, "POST", v+"contacts", fmt.Sprintf(`{"properties":{},"associations":[{"to":{"id":%q},"types":[{"associationCategory":"USER_DEFINED","associationTypeId":%d}]}]}`, deal, id)).
			envelope(fmt.Sprintf(`{"status":"error","message":"No association type with id %d and category USER_DEFINED exists","correlationId":"$id","category":"VALIDATION_ERROR"}`, id))
		a.do(200, "POST", labels, `{"label":"Hero","name":"champion"}`)
	}
}

// Fact sheet 5.3: limits are listed, made, changed and purged; statuses differ
// by version.
func TestSection5_3_LinkLimits(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"/crm/associations/2026-09", "/crm/associations/2026-03", "/crm/associations/v4"} {
		a := open(t)
		limits := root + "/definitions/configurations"
		pair := limits + "/contacts/deals"
		made, purged := 201, 200
		if root == labelRoots()[0] {
			made = 200
		}
		if strings.Contains(root, "v4") {
			purged = 204
		}
		require.JSONEq(t, `{"results":[]}`, a.do(200, "GET", limits+"/all", "").raw)
		r := a.do(made, "POST", pair+"/batch/create", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":4,"maxToObjectIds":1}]}`)
		require.JSONEq(t, `[{"category":"HUBSPOT_DEFINED","typeId":4,"userEnforcedMaxToObjectIds":1}]`, asJSON(t, r.at("results")))
		r = a.do(207, "POST", pair+"/batch/create", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":4,"maxToObjectIds":1},{"category":"HUBSPOT_DEFINED","typeId":5,"maxToObjectIds":1}]}`)
		require.JSONEq(t, `[{"status":"error","category":"OBJECT_ALREADY_EXISTS","message":"This association type has a limit already.","context":{}},
			{"status":"error","category":"VALIDATION_ERROR","message":"Association type HUBSPOT_DEFINED 5 does not exist from 0-1 to 0-3","context":{}}]`, asJSON(t, r.at("errors")))
		r = a.do(200, "POST", pair+"/batch/update", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":4,"maxToObjectIds":2}]}`)
		require.JSONEq(t, `[{"category":"HUBSPOT_DEFINED","typeId":4,"userEnforcedMaxToObjectIds":2}]`, asJSON(t, r.at("results")))
		require.JSONEq(t, `{"results":[{"category":"HUBSPOT_DEFINED","typeId":4,"userEnforcedMaxToObjectIds":2}]}`, a.do(200, "GET", pair, "").raw)
		require.Len(t, a.do(200, "GET", limits+"/all", "").list("results"), 1)
		require.Empty(t, a.do(200, "GET", limits+"/deals/contacts", "").list("results"))
		a.do(207, "POST", limits+"/deals/contacts/batch/update", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":3,"maxToObjectIds":2}]}`)
		a.do(400, "POST", pair+"/batch/create", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":4,"maxToObjectIds":0}]}`)
		a.do(400, "POST", pair+"/batch/create", `{"inputs":[{}]}`)
		a.do(purged, "POST", pair+"/batch/purge", `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":4}]}`)
		require.Empty(t, a.do(200, "GET", limits+"/all", "").list("results"))
	}
}

// Fact sheet 5.3: a limit holds for every way to associate, in both directions.
func TestSection5_3_LinkLimitsAreEnforced(t *testing.T) {
	t.Parallel()
	a := open(t)
	const pair = "/crm/associations/2026-09/definitions/configurations/contacts/deals/batch/create"
	a.do(200, "POST", pair, `{"inputs":[{"category":"HUBSPOT_DEFINED","typeId":4,"maxToObjectIds":1}]}`)
	contact, _, deal := trio(a)
	_, _, second := trio(a)
	const over = "A contact may have at most 1 records of type 0-3 by the association type HUBSPOT_DEFINED 4"
	want := `{"status":"error","message":"` + over + `","correlationId":"$id","category":"VALIDATION_ERROR"}`
	at := v + "contacts/" + contact + "/associations/"
	a.do(200, "PUT", at+"default/deals/"+deal, "")
	a.do(200, "PUT", at+"default/deals/"+deal, "")
	a.do(400, "PUT", at+"default/deals/"+second, "").envelope(want)
	a.do(400, "PUT", at+"deals/"+second, `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":4}]`).envelope(want)
	a.do(400, "PUT", v+"deals/"+second+"/associations/default/contacts/"+contact, "").envelope(want)
	link := func(to, from string) string {
		return fmt.Sprintf(`{"to":{"id":%q},"from":{"id":%q},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":4}]}`, to, from)
	}
	for op, code := range map[string]int{"batch/create": 207, "batch/associate/default": 200} {
		r := a.do(code, "POST", "/crm/associations/2026-09/contacts/deals/"+op, `{"inputs":[`+link(second, contact)+`]}`)
		require.JSONEq(t, `[{"status":"error","category":"VALIDATION_ERROR","message":"`+over+`","context":{}}]`, asJSON(t, r.at("errors")))
	}
	a.do(400, "POST", v+"contacts", `{"properties":{},"associations":[`+link(deal, "")+`,`+link(second, "")+`]}`).envelope(want)
	back := strings.ReplaceAll(link(contact, ""), `"associationTypeId":4`, `"associationTypeId":3`)
	a.do(400, "POST", v+"deals", `{"properties":{"dealname":"x","dealstage":"contractsent"},"associations":[`+back+`]}`).envelope(want)
	require.Len(t, a.do(200, "GET", at+"deals", "").list("results"), 1)
	a.do(204, "DELETE", at+"deals/"+deal, "")
	a.do(200, "PUT", at+"default/deals/"+second, "")
}
