package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every type id of the sheet's table, from both ends: the default association
// has the ids, the labels endpoint lists them, inline they can be given.
func TestSection5_3_TypeIDs(t *testing.T) {
	a := open(t)
	ids := map[string]string{}
	for _, s := range specimens() {
		ids[s.plural] = a.do(201, "POST", v+s.plural, `{"properties":`+s.body+`}`).str("id")
	}
	for _, c := range []struct {
		from, to string
		id, back int
	}{
		{"contacts", "companies", 279, 280},
		{"contacts", "deals", 4, 3},
		{"deals", "companies", 341, 342},
		{"contacts", "tickets", 15, 16},
		{"companies", "tickets", 340, 339},
		{"deals", "tickets", 27, 28},
		{"notes", "contacts", 202, 201},
		{"notes", "companies", 190, 189},
		{"notes", "deals", 214, 213},
		{"notes", "tickets", 228, 227},
		{"tasks", "contacts", 204, 203},
		{"tasks", "companies", 192, 191},
		{"tasks", "deals", 216, 215},
		{"tasks", "tickets", 230, 229},
		{"calls", "contacts", 194, 193},
		{"calls", "companies", 182, 181},
		{"calls", "deals", 206, 205},
		{"calls", "tickets", 220, 219},
		{"emails", "contacts", 198, 197},
		{"emails", "companies", 186, 185},
		{"emails", "deals", 210, 209},
		{"emails", "tickets", 224, 223},
		{"meetings", "contacts", 200, 199},
		{"meetings", "companies", 188, 187},
		{"meetings", "deals", 212, 211},
		{"meetings", "tickets", 226, 225},
	} {
		from, to := ids[c.from], ids[c.to]
		a.do(200, "PUT", v+c.from+"/"+from+"/associations/default/"+c.to+"/"+to, "").whole(`{"status":"COMPLETE","results":[`+
			`{"from":{"id":%[1]q},"to":{"id":%[2]q},"associationSpec":{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":%[3]d}},`+
			`{"from":{"id":%[2]q},"to":{"id":%[1]q},"associationSpec":{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":%[4]d}}],`+
			`"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`, from, to, c.id, c.back)
		a.do(200, "PUT", v+c.from+"/"+from+"/associations/default/"+c.to+"/"+to, "")
		for _, end := range [][3]any{{c.from, c.to, c.id}, {c.to, c.from, c.back}} {
			name, far := end[0].(string), end[1].(string)
			r := a.do(200, "GET", v+name+"/"+ids[name]+"/associations/"+far, "")
			require.Len(t, r.list("results"), 1, "%s to %s, associated twice", name, far)
			require.EqualValues(t, end[2], r.at("results", 0, "associationTypes", 0, "typeId"))
			require.Nil(t, r.at("results", 0, "associationTypes", 0, "label"))
		}
	}
	for _, c := range []struct {
		from, to, want string
	}{
		{"contacts", "companies", `279 1:Primary`},
		{"companies", "contacts", `280 2:Primary`},
		{"deals", "companies", `341 5:Primary`},
		{"companies", "deals", `342 6:Primary`},
		{"tickets", "companies", `339 26:Primary`},
		{"companies", "tickets", `340 25:Primary`},
		{"contacts", "contacts", `449`},
		{"deals", "deals", `451`},
		{"companies", "companies", `450 13:Child Company 14:Parent Company`},
		{"deals", "line_items", `19`},
		{"line_items", "deals", `20`},
	} {
		var have []string
		r := a.do(200, "GET", "/crm/associations/2026-09/"+c.from+"/"+c.to+"/labels", "")
		for i := range r.list("results") {
			require.Equal(t, "HUBSPOT_DEFINED", r.at("results", i, "category"))
			one := fmt.Sprint(r.at("results", i, "typeId"))
			if label := r.at("results", i, "label"); label != nil {
				one += ":" + fmt.Sprint(label)
			}
			have = append(have, one)
		}
		require.Equal(t, c.want, strings.Join(have, " "), "%s to %s", c.from, c.to)
	}
}

// The statuses of the table in the three versions, and the ids' JSON types.
func TestSection5_3_StatusesByVersion(t *testing.T) {
	for _, root := range []string{"/crm/objects/2026-09/", "/crm/objects/2026-03/", "/crm/v4/objects/"} {
		a := open(t)
		contact, _, deal := trio(a)
		gone, quote := 200, `"`
		many := strings.Replace(root, "objects", "associations", 1)
		if strings.Contains(root, "v4") {
			gone, quote, many = 204, ``, "/crm/v4/associations/"
		}
		label := a.do(200, "POST", many+"contacts/deals/labels", `{"label":"Point of contact","name":"poc"}`)
		id, back := label.at("results", 0, "typeId"), label.at("results", 1, "typeId")
		label.whole(`{"results":[{"category":"USER_DEFINED","typeId":%v,"label":"Point of contact"},{"category":"USER_DEFINED","typeId":%v,"label":"Point of contact"}]}`, id, back)
		kind := fmt.Sprintf(`[{"associationCategory":"USER_DEFINED","associationTypeId":%v}]`, id)
		pair := fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":{"id":%q},"types":%s}]}`, contact, deal, kind)
		shown := fmt.Sprintf(`{"fromObjectTypeId":"0-1","fromObjectId":%[1]s%[2]s%[1]s,"toObjectTypeId":"0-3","toObjectId":%[1]s%[3]s%[1]s,"labels":["Point of contact"]}`, quote, contact, deal)
		one := root + "contacts/" + contact + "/associations/deals/" + deal
		for range 2 { // a set: once more changes nothing
			a.do(201, "PUT", one, kind).whole("%s", shown)
			r := a.do(201, "POST", many+"contacts/deals/batch/create", pair)
			r.whole(`{"status":"COMPLETE","results":[%s],"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`, shown)
		}
		types := fmt.Sprintf(`[{"toObjectId":%[1]s%[2]s%[1]s,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":4,"label":null},{"category":"USER_DEFINED","typeId":%[3]v,"label":"Point of contact"}]}]`, quote, deal, id)
		a.do(200, "GET", root+"contacts/"+contact+"/associations/deals", "").whole(`{"results":%s}`, types)
		a.do(200, "POST", many+"contacts/deals/batch/read", `{"inputs":[{"id":"`+contact+`"}]}`).
			whole(`{"status":"COMPLETE","results":[{"from":{"id":%q},"to":%s}],"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`, contact, types)
		void := func(path, body string) {
			t.Helper()
			r := a.do(gone, "POST", many+path, body)
			if gone == 200 {
				r.whole(`{"status":"COMPLETE","results":[],"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`)
			}
		}
		void("contacts/deals/batch/labels/archive", pair)
		require.Len(t, a.do(200, "GET", root+"contacts/"+contact+"/associations/deals", "").list("results", 0, "associationTypes"), 1)
		a.do(201, "PUT", one, kind)
		void("contacts/deals/batch/labels/archive", strings.Replace(pair, kind, `[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":4}]`, 1))
		require.Empty(t, a.do(200, "GET", root+"contacts/"+contact+"/associations/deals", "").list("results"), "without the unlabeled one nothing is left")
		a.do(201, "PUT", one, kind)
		void("contacts/deals/batch/archive", fmt.Sprintf(`{"inputs":[{"from":{"id":%q},"to":[{"id":%q}]}]}`, contact, deal))
		a.do(200, "POST", many+"contacts/deals/batch/associate/default", pair)
		a.do(204, "DELETE", one, "")
		a.do(204, "DELETE", one, "")
		require.Empty(t, a.do(200, "GET", root+"contacts/"+contact+"/associations/deals", "").list("results"))
		a.do(204, "PUT", many+"contacts/deals/labels", fmt.Sprintf(`{"associationTypeId":%v,"label":"POC"}`, id))
		a.do(204, "DELETE", many+fmt.Sprintf("contacts/deals/labels/%v", id), "")
		require.Contains(t, a.do(404, "PUT", one+"/4", "").header.Get("Content-Type"), "text/html", "the address of v3")
	}
}

// A PUT with labels replaces those that are there.
func TestSection5_3_PutReplacesLabels(t *testing.T) {
	a := open(t)
	contact, _, deal := trio(a)
	var kinds []string
	for i := range 10 {
		made := a.do(200, "POST", "/crm/associations/2026-09/contacts/deals/labels", fmt.Sprintf(`{"label":"L%d","name":"l%d","inverseLabel":"B%[1]d"}`, i, i))
		require.Equal(t, fmt.Sprintf("B%d", i), made.str("results", 1, "label"))
		kinds = append(kinds, fmt.Sprintf(`{"associationCategory":"USER_DEFINED","associationTypeId":%v}`, made.at("results", 0, "typeId")))
	}
	a.do(400, "POST", "/crm/associations/2026-09/contacts/deals/labels", `{"label":"Eleven","name":"eleven"}`).invalidBody("The limit of 10 association labels between contacts and deals has been reached.")
	put := func(list ...string) []any {
		return a.do(201, "PUT", v+"contacts/"+contact+"/associations/deals/"+deal, `[`+strings.Join(list, ",")+`]`).list("labels")
	}
	require.Equal(t, []any{"L0", "L1"}, put(kinds[0], kinds[1]))
	require.Equal(t, []any{"L1", "L2"}, put(kinds[1], kinds[2]))
	require.Len(t, put(kinds...), 10)
	a.do(400, "PUT", v+"contacts/"+contact+"/associations/deals/"+deal, `[]`).invalidBody("At least one association type must be given")
	a.do(400, "PUT", v+"contacts/"+contact+"/associations/deals/"+deal, strings.Replace(`[`+kinds[0]+`]`, "USER", "HUBSPOT", 1)).
		invalidBody("Association type HUBSPOT_DEFINED 1 does not exist from 0-1 to 0-3")
}

// The limits of the batches, the items that failed and what is not a failure.
func TestSection5_3_Batches(t *testing.T) {
	a := open(t)
	contact, company, deal := trio(a)
	const dated = "/crm/associations/2026-09/"
	tooMany := func(path string, most int) {
		t.Helper()
		a.do(400, "POST", dated+path, batchOf(most+1, func(int) string { return `{}` })).invalidBody(fmt.Sprintf("The maximum number of inputs supported in a batch request is %d", most))
	}
	tooMany("contacts/deals/batch/read", 1_000)
	for _, op := range []string{"create", "associate/default", "archive", "labels/archive"} {
		tooMany("contacts/deals/batch/"+op, 2_000)
	}
	a.do(207, "POST", dated+"contacts/deals/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q}]}`, contact)).
		whole(`{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error","category":"OBJECT_NOT_FOUND","subCategory":"crm.associations.NO_ASSOCIATIONS_FOUND","message":"No deals are associated with contacts %[1]s.","context":{"fromObjectId":[%[1]q]}}],"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`, contact)
	item := func(from, to string) string {
		return fmt.Sprintf(`{"from":{"id":%q},"to":{"id":%q},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":4}]}`, from, to)
	}
	a.do(207, "POST", dated+"contacts/deals/batch/create", `{"inputs":[`+item(contact, deal)+`,`+item("998", "999")+`]}`).
		whole(`{"status":"COMPLETE","results":[{"fromObjectTypeId":"0-1","fromObjectId":%q,"toObjectTypeId":"0-3","toObjectId":%q,"labels":[]}],"numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"One or more associations are invalid","context":{"INVALID_OBJECT_IDS":["998","999"]}}],"startedAt":"2026-10-05T09:30:00.250Z","completedAt":"2026-10-05T09:30:00.250Z"}`, contact, deal)
	a.do(400, "POST", dated+"contacts/companies/batch/create", `{"inputs":[`+item(contact, company)+`]}`).invalidBody("Association type HUBSPOT_DEFINED 4 does not exist from 0-1 to 0-2")
}

// A batch read pages per record, by the after of its input.
func TestSection5_3_BatchReadPages(t *testing.T) {
	a := open(t)
	_, company, _ := trio(a)
	var want []string
	for range 6 {
		made := a.do(201, "POST", v+"contacts/batch/create", batchOf(100, func(int) string {
			return `{"properties":{},"associations":[{"to":{"id":"` + company + `"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}`
		}))
		want = append(want, made.ids()...)
	}
	slices.SortFunc(want, byNumber)
	var got []string
	after := ""
	for range 2 {
		r := a.do(200, "POST", "/crm/associations/2026-09/companies/contacts/batch/read", fmt.Sprintf(`{"inputs":[{"id":%q,"after":%q}]}`, company, after))
		for i := range r.list("results", 0, "to") {
			got = append(got, r.str("results", 0, "to", i, "toObjectId"))
		}
		if after == "" {
			after = r.str("results", 0, "paging", "next", "after")
			require.Len(t, got, 500)
		} else {
			require.NotContains(t, r.at("results", 0), "paging")
		}
	}
	require.Equal(t, want, got)
	require.Len(t, a.do(200, "GET", v+"companies/"+company+"/associations/contacts", "").list("results"), 500)
	a.do(400, "GET", v+"companies/"+company+"/associations/contacts?limit=501", "").invalidBody("limit must be between 1 and 500, but was 501")
}

// Inline associations in a wrong direction, to nobody, of no type: no record.
func TestSection5_3_InlineErrors(t *testing.T) {
	a := open(t)
	contact, _, _ := trio(a)
	before := a.p.Stats().Records["meetings"]
	create := func(to string, kind int) *reply {
		return a.do(400, "POST", v+"meetings", fmt.Sprintf(`{"properties":{"hs_timestamp":"2026-10-05T09:00:00Z"},"associations":[{"to":{"id":%q},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":%d}]}]}`, to, kind))
	}
	create(contact, 199).invalidBody("invalid from object type 0-47 for associations to be created. expected: 0-1")
	create("999", 200).whole(`{"status":"error","message":"One or more associations are invalid","correlationId":"…","context":{"INVALID_OBJECT_IDS":["999"]},"category":"VALIDATION_ERROR"}`)
	create("abc", 200).whole(`{"status":"error","message":"One or more associations are invalid","correlationId":"…","context":{"INVALID_OBJECT_IDS":["abc"]},"category":"VALIDATION_ERROR"}`)
	create(contact, 7777).invalidBody("No association type with id 7777 and category HUBSPOT_DEFINED exists")
	require.Equal(t, before, a.p.Stats().Records["meetings"])
}
