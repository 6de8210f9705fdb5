package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever listens hears of every change once, and of nothing else.
func TestHappenings(t *testing.T) {
	t.Parallel()
	a := open(t)
	var heard []string
	a.p.listen(func(h happening) {
		words := []string{h.t.kind.singular, h.kind}
		switch h.kind {
		case hasChanged, hasBegun:
			for _, name := range slices.Sorted(maps.Keys(h.values)) {
				words = append(words, name+"="+h.values[name])
			}
			words = append(words, "by", h.src.Type)
			if h.src.Type == "CALCULATED" {
				return // see computed_test.go
			}
		case hasLinked:
			words = append(words, fmt.Sprintf("%d gone=%t", h.link.ID, h.gone))
		}
		heard = append(heard, strings.Join(words, " "))
	}, func() bool { return false })
	said := func(want ...string) {
		t.Helper()
		require.Equal(t, want, heard)
		heard = nil
	}
	id := a.contact(`{"firstname":"Ada","lifecyclestage":"lead"}`)
	require.Len(t, heard, 1)
	require.Regexp(t, "^contact creation firstname=Ada .*by INTEGRATION$", heard[0])
	heard = nil
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":"Eva"}}`)
	said("contact propertyChange firstname=Eva by INTEGRATION")
	a.do(200, "PATCH", v+"contacts/"+id, `{"properties":{"firstname":"Eva"}}`)
	said()
	require.NoError(t, a.p.Edit(Change{Type: "contacts", ID: id, Properties: values{"firstname": ""}}))
	said("contact propertyChange firstname= by CRM_UI")

	company := a.do(200, "GET", v+"companies?limit=1", "").ids()[0]
	link := v + "contacts/" + id + "/associations/default/companies/" + company
	a.do(200, "PUT", link, "")
	said("contact associationChange 279 gone=false", "company associationChange 280 gone=false",
		"contact associationChange 1 gone=false", "company associationChange 2 gone=false")
	a.do(200, "PUT", link, "")
	said()
	a.do(204, "DELETE", v+"contacts/"+id+"/associations/companies/"+company, "")
	require.Len(t, heard, 4)
	heard = nil

	a.do(204, "DELETE", v+"contacts/"+id, "")
	said("contact deletion")
	require.NoError(t, a.p.Restore("contacts", id))
	said("contact restore")
	other := a.contact(`{"firstname":"Ada"}`)
	heard = nil
	a.do(200, "POST", v+"contacts/merge", `{"primaryObjectId":"`+id+`","objectIdToMerge":"`+other+`"}`)
	said("contact merge")
	third := a.contact(`{}`)
	heard = nil
	a.do(204, "POST", v+"contacts/gdpr-delete", `{"objectId":"`+third+`"}`)
	said("contact deletion", "contact privacyDeletion")
}
