package journal

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSubscribe_Section7_3_WhatIsRefused(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		body string
		want int
	}{
		{`{"subscriptionType":"OBJECT","objectTypeId":"0-1","portalId":33,"actions":["CREATE","UPDATE","DELETE","MERGE","RESTORE"],"properties":["email"],"objectIds":[]}`, 0},
		{`{"subscriptionType":"ASSOCIATION","objectTypeId":"0-1","portalId":33,"actions":["ASSOCIATION_ADDED","ASSOCIATION_REMOVED"],"associatedObjectTypeIds":["0-2"],"objectIds":[1]}`, 0},
		{`{"subscriptionType":"APP_LIFECYCLE_EVENT","eventTypeId":"4-1909196","properties":[]}`, 0},
		{`{"subscriptionType":"APP_LIFECYCLE_EVENT","eventTypeId":"4-1916193","properties":[]}`, 0},
		{`{"subscriptionType":"LIST_MEMBERSHIP","portalId":33,"actions":["ADDED_TO_LIST"],"listIds":[1],"objectIds":[]}`, 0},
		{`{"subscriptionType":"GDPR_PRIVACY_DELETION","objectTypeId":"0-1","portalId":33,"actions":["GDPR_DELETE"]}`, 0},
		{`{"subscriptionType":"EVENT","objectTypeId":"0-1","portalId":33,"actions":["CREATE"]}`, 400},
		{`{"subscriptionType":"","objectTypeId":"0-1","portalId":33,"actions":["CREATE"]}`, 400},
		{`{"subscriptionType":"OBJECT","objectTypeId":"0-1","portalId":33,"actions":[]}`, 400},
		{`{"subscriptionType":"OBJECT","objectTypeId":"0-1","portalId":33,"actions":["ASSOCIATION_ADDED"]}`, 400},
		{`{"subscriptionType":"OBJECT","objectTypeId":"0-1","portalId":33,"actions":["CREATE","SNAPSHOT"]}`, 400},
		{`{"subscriptionType":"OBJECT","objectTypeId":"contacts","portalId":33,"actions":["CREATE"]}`, 400},
		{`{"subscriptionType":"OBJECT","portalId":33,"actions":["CREATE"]}`, 400},
		{`{"subscriptionType":"OBJECT","objectTypeId":"0-1","actions":["CREATE"]}`, 400},
		{`{"subscriptionType":"OBJECT","objectTypeId":"0-1","portalId":34,"actions":["CREATE"]}`, 403},
		{`{"subscriptionType":"ASSOCIATION","objectTypeId":"0-1","portalId":33,"actions":["ASSOCIATION_ADDED"],"associatedObjectTypeIds":["x"]}`, 400},
		{`{"subscriptionType":"APP_LIFECYCLE_EVENT","eventTypeId":"4-1"}`, 400},
		{`{"subscriptionType":"LIST_MEMBERSHIP","portalId":33,"actions":["CREATE"]}`, 400},
		{`{"subscriptionType":"GDPR_PRIVACY_DELETION","objectTypeId":"0-1","portalId":33,"actions":["DELETE"]}`, 400},
	} {
		var r Request
		require.NoError(t, json.Unmarshal([]byte(c.body), &r))
		s, err := b.Subscribe(r)
		if c.want == 0 {
			require.NoError(t, err, c.body)
			require.Positive(t, s.ID)
			continue
		}
		require.Equal(t, c.want, code(t, err), c.body)
	}
	require.Len(t, b.Subscriptions(), 6)
	raw, err := json.Marshal(b.Subscriptions()[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"id":1,"appId":7,"subscriptionType":"OBJECT","portalId":33,"objectTypeId":"0-1","actions":["CREATE","UPDATE","DELETE","MERGE","RESTORE"],
		"properties":["email"],"createdAt":"2026-10-05T09:30:00.250Z","updatedAt":"2026-10-05T09:30:00.250Z"}`, string(raw))
	require.Equal(t, InstallEvent, b.Subscriptions()[2].ObjectTypeID)
}

func TestSubscribe_ReplacesWhatIsSubscribedAlready(t *testing.T) {
	b := newBench(t)
	one := b.contacts()
	b.clk.Add(time.Minute)
	two := b.subscribe(Request{Type: Object, ObjectTypeID: "0-1", Actions: []Action{Delete}})
	require.Equal(t, one.ID, two.ID)
	require.Equal(t, one.CreatedAt, two.CreatedAt)
	require.Equal(t, one.UpdatedAt+60_000, two.UpdatedAt)
	require.Len(t, b.Subscriptions(), 1)
	b.Append(made(1))
	require.Empty(t, b.all())
	b.subscribe(Request{Type: Object, ObjectTypeID: "0-2", Actions: []Action{Delete}})
	require.Len(t, b.Subscriptions(), 2)
}

func TestUnsubscribe(t *testing.T) {
	b := newBench(t)
	s := b.contacts()
	b.subscribe(Request{Type: AppLifecycle, EventTypeID: InstallEvent})
	b.subscribe(Request{Type: Object, ObjectTypeID: "0-2", Actions: []Action{Delete}})
	got, err := b.Subscription(s.ID)
	require.NoError(t, err)
	require.Equal(t, s, got)
	f, err := b.CreateFilter(s.ID, Filter{[]Condition{{FilterType: "CRM_OBJECT_PROPERTY", Property: "x", Operator: "IS_EMPTY"}}})
	require.NoError(t, err)
	require.NoError(t, b.Unsubscribe(s.ID))
	require.Equal(t, 404, code(t, b.Unsubscribe(s.ID)))
	_, err = b.Subscription(s.ID)
	require.Equal(t, 404, code(t, err))
	_, err = b.Filter(f)
	require.Equal(t, 404, code(t, err), "a filter goes with its subscription")
	b.UnsubscribePortal(34)
	b.UnsubscribePortal(0)
	require.Len(t, b.Subscriptions(), 2)
	b.UnsubscribePortal(portal)
	require.Len(t, b.Subscriptions(), 1)
	require.Equal(t, AppLifecycle, b.Subscriptions()[0].Type)
}

func TestAppend_OnlyWhatIsSubscribed(t *testing.T) {
	b := newBench(t)
	b.Append(made(99))
	b.subscribe(Request{Type: Object, ObjectTypeID: "0-1", Actions: []Action{Update, Delete}, Properties: []string{"email", "phone"}})
	b.subscribe(Request{Type: Object, ObjectTypeID: "0-3", Actions: []Action{Create}, ObjectIDs: []int64{5, 6}})
	b.subscribe(Request{Type: Associations, ObjectTypeID: "0-1", Actions: []Action{AssociationAdded}, AssociatedObjectTypeIDs: []string{"0-2"}, ObjectIDs: []int64{1}})
	b.subscribe(Request{Type: ListMembership, Actions: []Action{AddedToList}, ListIDs: []int64{3}})
	change := func(id int64, names ...string) Event {
		e := Event{Action: Update, ObjectTypeID: "0-1", ObjectID: id, Changes: map[string]string{}}
		for _, n := range names {
			e.Changes[n] = "v"
		}
		return e
	}
	link := func(from int64, to string) Event {
		return Event{Action: AssociationAdded, ObjectTypeID: "0-1", ObjectID: from, Association: Association{ToTypeID: to, ToID: 8}}
	}
	b.Append(
		made(99), // creations of contacts are not asked for
		change(1, "email", "city"), change(99, "city"), Event{Action: Delete, ObjectTypeID: "0-1", ObjectID: 2},
		Event{Action: Create, ObjectTypeID: "0-3", ObjectID: 5}, Event{Action: Create, ObjectTypeID: "0-3", ObjectID: 99},
		link(1, "0-2"), link(1, "0-3"), link(99, "0-2"),
		Event{Action: AssociationRemoved, ObjectTypeID: "0-1", ObjectID: 1, Association: Association{ToTypeID: "0-2", ToID: 8}},
		Event{Action: AddedToList, ObjectTypeID: "0-1", ObjectID: 6, ListID: 3}, Event{Action: AddedToList, ObjectID: 99, ListID: 4},
		Event{Action: GDPRDelete, ObjectTypeID: "0-1", ObjectID: 99}, Event{Action: AppInstall},
		Event{Action: Snapshot, ObjectTypeID: "0-1", ObjectID: 99}, Event{Action: "BOGUS", ObjectTypeID: "0-1", ObjectID: 99},
	)
	got := b.all()
	require.Len(t, got, 5)
	require.Equal(t, map[string]any{"email": "v"}, got[0]["propertyChanges"], "only the properties that are asked for")
	require.Equal(t, "DELETE", got[1]["action"])
	require.InEpsilon(t, 5.0, got[2]["objectId"], 0)
	require.InEpsilon(t, 1.0, got[3]["fromObjectId"], 0)
	require.InEpsilon(t, 3.0, got[4]["listId"], 0)
}
