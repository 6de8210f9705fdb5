package hooks

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSubscriptions_Section7_1_WhatIsRefused(t *testing.T) {
	a := newApp(t)
	a.subscribe("contact.propertyChange", "email", "")
	for _, c := range []struct {
		n    NewSubscription
		want int
	}{
		{NewSubscription{EventType: "contact.privacyDeletion"}, 0},
		{NewSubscription{EventType: "contact.propertyChange", PropertyName: "phone"}, 0},
		{NewSubscription{EventType: "object.propertyChange", PropertyName: "email", ObjectTypeID: "0-1"}, 0},
		{NewSubscription{EventType: "object.propertyChange", PropertyName: "email", ObjectTypeID: "2-4711"}, 0},
		{NewSubscription{EventType: "line_item.associationChange"}, 0},
		{NewSubscription{EventType: "contact.propertyChange", PropertyName: "email"}, 409},
		{NewSubscription{EventType: "contact.propertyChange"}, 400},
		{NewSubscription{EventType: "contact.propertyChange", PropertyName: "hs_lastmodifieddate"}, 400},
		{NewSubscription{EventType: "contact.propertyChange", PropertyName: "num_unique_conversion_events"}, 400},
		{NewSubscription{EventType: "object.propertyChange", PropertyName: "hs_lastmodifieddate", ObjectTypeID: "0-3"}, 400},
		{NewSubscription{EventType: "object.creation"}, 400},
		{NewSubscription{EventType: "object.creation", ObjectTypeID: "contacts"}, 400},
		{NewSubscription{EventType: "object.privacyDeletion", ObjectTypeID: "0-1"}, 400},
		{NewSubscription{EventType: "deal.privacyDeletion"}, 400},
		{NewSubscription{EventType: "contacts.creation"}, 400},
		{NewSubscription{EventType: "creation"}, 400},
		{NewSubscription{}, 400},
	} {
		_, err := a.s.CreateSubscription(c.n)
		if c.want == 0 {
			require.NoError(t, err, "%+v", c.n)
			continue
		}
		require.Equal(t, c.want, code(t, err), "%+v", c.n)
	}
	require.Len(t, a.s.Subscriptions(), 6)
}

func TestSubscriptions_Section7_1_AtMost1000(t *testing.T) {
	a := newApp(t)
	for i := range MaxSubscriptions {
		a.subscribe("contact.propertyChange", fmt.Sprintf("p%d", i), "")
	}
	_, err := a.s.CreateSubscription(NewSubscription{EventType: "contact.creation"})
	require.Equal(t, 400, code(t, err))
	require.NoError(t, a.s.DeleteSubscription(1))
	sub, err := a.s.CreateSubscription(NewSubscription{EventType: "contact.creation"})
	require.NoError(t, err)
	require.Equal(t, int64(1001), sub.ID, "ids are not used again")
}

func TestSubscriptions_ChangeAndDelete(t *testing.T) {
	a := newApp(t)
	one := a.subscribe("contact.propertyChange", "email", "")
	two := a.subscribe("object.deletion", "ignored", "0-3")
	b, err := json.Marshal(one)
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"1","eventType":"contact.propertyChange","propertyName":"email","active":true,
		"createdAt":"2026-10-05T09:30:00.250Z","updatedAt":"2026-10-05T09:30:00.250Z"}`, string(b))
	require.Empty(t, two.PropertyName)

	a.clk.Add(time.Minute)
	paused, err := a.s.SetActive(one.ID, false)
	require.NoError(t, err)
	require.False(t, paused.Active)
	require.Equal(t, one.CreatedAt, paused.CreatedAt)
	require.Equal(t, one.UpdatedAt+60_000, paused.UpdatedAt)
	kept, err := a.s.Subscription(one.ID)
	require.NoError(t, err)
	require.Equal(t, paused, kept)

	changed, missing := a.s.SetActiveBatch([]Activation{{two.ID, false}, {99, true}, {one.ID, true}})
	require.Equal(t, []int64{99}, missing)
	require.Len(t, changed, 2)
	require.Equal(t, two.ID, changed[0].ID)
	require.False(t, a.s.Subscriptions()[1].Active)
	require.True(t, a.s.Subscriptions()[0].Active)

	require.NoError(t, a.s.DeleteSubscription(one.ID))
	require.Equal(t, 404, code(t, a.s.DeleteSubscription(one.ID)))
	_, err = a.s.Subscription(one.ID)
	require.Equal(t, 404, code(t, err))
	_, err = a.s.SetActive(one.ID, true)
	require.Equal(t, 404, code(t, err))
}

func TestSettings_Section7_1_TargetAndConcurrency(t *testing.T) {
	here, anywhere := New(Options{}), New(Options{AnyTarget: true})
	_, err := here.Settings()
	require.Equal(t, 404, code(t, err))
	for target, want := range map[string]struct{ here, anywhere bool }{
		"http://localhost:9/x":        {true, true},
		"http://LOCALHOST./x":         {true, true},
		"https://127.0.0.1":           {true, true},
		"http://[::1]:80/x?y=1":       {true, true},
		"http://[::ffff:127.0.0.1]/":  {true, true},
		"http://app.localhost/x":      {true, true},
		"https://example.com/x":       {false, true},
		"http://example.com/x":        {false, false},
		"http://10.0.0.1/x":           {false, false},
		"http://127.0.0.1.nip.io/":    {false, false},
		"http://localhost.evil.test/": {false, false},
		"http://u:p@localhost/":       {false, false},
		"http://localhost/#x":         {false, false},
		"ftp://localhost/":            {false, false},
		"localhost:9/x":               {false, false},
		"/x":                          {false, false},
		"":                            {false, false},
		"http://%zz/":                 {false, false},
	} {
		for s, ok := range map[*Sender]bool{here: want.here, anywhere: want.anywhere} {
			set, err := s.PutSettings(target, Throttling{Period: "SECONDLY"})
			if !ok {
				require.Equal(t, 400, code(t, err), target)
				continue
			}
			require.NoError(t, err, target)
			require.Equal(t, Throttling{10, "SECONDLY"}, set.Throttling)
		}
	}
	for n, ok := range map[int]bool{-1: false, 1: false, 5: false, 6: true, 1000: true, 1001: false} {
		_, err := here.PutSettings("http://localhost/", Throttling{MaxConcurrentRequests: n})
		require.Equal(t, ok, err == nil, n)
	}
	require.NoError(t, here.DeleteSettings())
	require.Equal(t, 404, code(t, here.DeleteSettings()))
}

func TestSettings_ChangeKeepsCreation(t *testing.T) {
	a := newApp(t)
	a.clk.Add(time.Hour)
	set, err := a.s.PutSettings("http://localhost:1/", Throttling{MaxConcurrentRequests: 7})
	require.NoError(t, err)
	b, err := json.Marshal(set)
	require.NoError(t, err)
	require.JSONEq(t, `{"targetUrl":"http://localhost:1/","throttling":{"maxConcurrentRequests":7},
		"createdAt":"2026-10-05T09:30:00.250Z","updatedAt":"2026-10-05T10:30:00.250Z"}`, string(b))
	got, err := a.s.Settings()
	require.NoError(t, err)
	require.Equal(t, set, got)
}
