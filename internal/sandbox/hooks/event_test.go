package hooks

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The three examples of the fact sheet, field by field and in its order.
func TestPayload_Section7_1_LegacyExamples(t *testing.T) {
	a := newApp(t)
	for range 24 {
		sub := a.subscribe("deal.creation", "", "")
		require.NoError(t, a.s.DeleteSubscription(sub.ID))
	}
	a.subscribe("contact.propertyChange", "lifecyclestage", "")
	a.subscribe("contact.creation", "", "")
	a.subscribe("contact.associationChange", "", "")
	at := time.UnixMilli(1462216307945)
	a.s.Publish(
		Event{
			Kind: PropertyChange, ObjectTypeID: "0-1", Stem: "contact", ObjectID: 1246965, OccurredAt: at,
			Source: "CRM", SourceID: "userId:1", Property: "lifecyclestage", Value: "lead",
		},
		Event{Kind: Creation, ObjectTypeID: "0-1", Stem: "contact", ObjectID: 1246965, OccurredAt: at, Source: "CRM"},
		Event{
			Kind: AssociationChange, ObjectTypeID: "0-1", Stem: "contact", ObjectID: 1, OccurredAt: at, Source: "USER",
			Association: Association{Type: "CONTACT_TO_COMPANY", TypeID: 1, Category: "HUBSPOT_DEFINED", FromID: 1, ToID: 2, FromTypeID: "0-1", ToTypeID: "0-2", Primary: true},
		},
	)
	a.pump()
	got := a.deliveries()
	require.Len(t, got, 1)
	require.Equal(t, `[{"eventId":1,"subscriptionId":25,"portalId":33,"appId":1160452,"occurredAt":1462216307945,"subscriptionType":"contact.propertyChange","attemptNumber":0,`+
		`"objectId":1246965,"changeSource":"CRM","propertyName":"lifecyclestage","propertyValue":"lead","sourceId":"userId:1","isSensitive":false},`+
		`{"eventId":2,"subscriptionId":26,"portalId":33,"appId":1160452,"occurredAt":1462216307945,"subscriptionType":"contact.creation","attemptNumber":0,`+
		`"objectId":1246965,"changeSource":"CRM","changeFlag":"NEW"},`+
		`{"eventId":3,"subscriptionId":27,"portalId":33,"appId":1160452,"occurredAt":1462216307945,"subscriptionType":"contact.associationChange","attemptNumber":0,`+
		`"changeSource":"USER","associationType":"CONTACT_TO_COMPANY","fromObjectId":1,"toObjectId":2,"associationRemoved":false,"isPrimaryAssociation":true}]`,
		got[0].raw)
}

func TestPayload_Section7_1_GenericTypesNameTheObjectType(t *testing.T) {
	a := newApp(t)
	a.subscribe("object.propertyChange", "amount", "0-3")
	a.subscribe("object.merge", "", "0-3")
	a.subscribe("object.associationChange", "", "0-3")
	at, merged := time.UnixMilli(5), []int64{8}
	a.s.Publish(
		Event{Kind: PropertyChange, ObjectTypeID: "0-3", ObjectID: 7, OccurredAt: at, Source: "API", Property: "amount"},
		Event{Kind: PropertyChange, ObjectTypeID: "0-3", ObjectID: 7, OccurredAt: at, Source: "API", Property: "amount", Value: "<5>", Sensitive: true},
		Event{Kind: Merge, ObjectTypeID: "0-3", ObjectID: 9, OccurredAt: at, Source: "API", PrimaryID: 7, MergedIDs: merged, NewID: 9},
		Event{
			Kind: AssociationChange, ObjectTypeID: "0-3", ObjectID: 7, OccurredAt: at, Source: "API",
			Association: Association{Type: "DEAL_TO_CONTACT", TypeID: 3, Category: "HUBSPOT_DEFINED", FromID: 7, ToID: 1, FromTypeID: "0-3", ToTypeID: "0-1", Removed: true},
		},
	)
	merged[0] = 99 // Publish keeps nothing of the events
	a.pump()
	const head = `"portalId":33,"appId":1160452,"occurredAt":5,"subscriptionType":`
	got := a.deliveries()
	require.Len(t, got, 1)
	require.Equal(t, `[{"eventId":1,"subscriptionId":1,`+head+`"object.propertyChange","attemptNumber":0,"objectId":7,"changeSource":"API","propertyName":"amount","propertyValue":"","isSensitive":false,"objectTypeId":"0-3"},`+
		`{"eventId":2,"subscriptionId":1,`+head+`"object.propertyChange","attemptNumber":0,"objectId":7,"changeSource":"API","propertyName":"amount","propertyValue":"REDACTED","isSensitive":true,"objectTypeId":"0-3"},`+
		`{"eventId":3,"subscriptionId":2,`+head+`"object.merge","attemptNumber":0,"changeSource":"API","primaryObjectId":7,"mergedObjectIds":[8],"newObjectId":9,"numberOfPropertiesMoved":0,"objectTypeId":"0-3"},`+
		`{"eventId":4,"subscriptionId":3,`+head+`"object.associationChange","attemptNumber":0,"changeSource":"API","associationType":"DEAL_TO_CONTACT","associationTypeId":3,"associationCategory":"HUBSPOT_DEFINED","fromObjectId":7,"fromObjectTypeId":"0-3","toObjectId":1,"toObjectTypeId":"0-1","associationRemoved":true,"isPrimaryAssociation":false,"objectTypeId":"0-3"}]`,
		got[0].raw)
}

func TestPublish_OnlyWhatActiveSubscriptionsAskFor(t *testing.T) {
	a := newApp(t)
	legacy := a.subscribe("contact.propertyChange", "email", "")
	general := a.subscribe("object.propertyChange", "email", "0-1")
	a.subscribe("company.propertyChange", "email", "")
	a.subscribe("object.propertyChange", "email", "0-2")
	a.subscribe("contact.propertyChange", "phone", "")
	a.subscribe("contact.deletion", "", "")
	paused := a.subscribe("object.deletion", "", "0-1")
	_, err := a.s.SetActive(paused.ID, false)
	require.NoError(t, err)

	change := Event{Kind: PropertyChange, ObjectTypeID: "0-1", Stem: "contact", ObjectID: 1, Property: "email", Value: "<a@b>"}
	a.s.Publish(change)
	a.pump()
	got := a.deliveries()
	require.Len(t, got, 1)
	require.Len(t, got[0].events, 2)
	require.InEpsilon(t, float64(legacy.ID), got[0].events[0]["subscriptionId"], 0)
	require.InEpsilon(t, float64(general.ID), got[0].events[1]["subscriptionId"], 0)
	require.Equal(t, got[0].events[0]["eventId"], got[0].events[1]["eventId"], "one event, two notifications")
	require.Contains(t, got[0].raw, `"<a@b>"`)

	a.s.Publish(Event{Kind: Deletion, ObjectTypeID: "0-1", Stem: "contact", ObjectID: 1}, Event{Kind: Restore, ObjectTypeID: "0-1", Stem: "contact", ObjectID: 1})
	a.pump()
	got = a.deliveries()
	require.Len(t, got[0].events, 1)
	require.Equal(t, "DELETED", got[0].events[0]["changeFlag"])

	require.NoError(t, a.s.DeleteSettings())
	a.s.Publish(change)
	_, err = a.s.PutSettings(a.target(), Throttling{})
	require.NoError(t, err)
	a.pump()
	require.Empty(t, a.deliveries(), "without a target subscriptions are paused")
}
