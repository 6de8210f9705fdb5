package news_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
	"satchel/internal/news"
)

// world is what is outside of the engine: a list of questions, and histories.
type world struct {
	back     crm.Millis
	newest   int64
	open     []crm.NewsQuestion
	answered map[int64]crm.NewsAnswer
	asked    [][]crm.RemoteID
	at       []time.Time
	history  map[crm.RemoteID]map[string][]crm.Version
	err      error
	told     int
}

func (w *world) Online(context.Context, crm.Millis, time.Duration) (crm.Millis, int64, error) {
	return w.back, w.newest, nil
}

func (w *world) NewsQuestions(_ context.Context, limit int) ([]crm.NewsQuestion, error) {
	return w.open[:min(limit, len(w.open))], nil
}

func (w *world) AnswerNews(_ context.Context, as []crm.NewsAnswer) error {
	for _, a := range as {
		w.answered[a.ID] = a
		w.open = slices.DeleteFunc(slices.Clone(w.open), func(q crm.NewsQuestion) bool { return q.ID == a.ID })
	}
	return nil
}

func (*world) Properties(context.Context, crm.ObjectType) ([]crm.Property, error) {
	return []crm.Property{{Name: "amount", Type: crm.TypeNumber}}, nil
}

func (*world) Owners(context.Context) ([]crm.Owner, error) {
	return []crm.Owner{{ID: "502", UserID: "7"}, {ID: "503", UserID: "8"}}, nil
}

func (w *world) History(ctx context.Context, _ crm.ObjectType, ids []crm.RemoteID, props []string) (map[crm.RemoteID]map[string][]crm.Version, error) {
	if crm.LaneOf(ctx) == crm.Interactive || len(props) == 0 {
		return nil, errors.New("not in the background, or without properties")
	}
	w.asked, w.at = append(w.asked, ids), append(w.at, time.Now())
	return w.history, w.err
}

func (w *world) ask(id int64, t crm.ObjectType, record crm.RemoteID, prop, value string) {
	w.open = append(w.open, crm.NewsQuestion{ID: id, Type: t, Record: record, Prop: prop, Value: value})
}

func begin(w *world) *news.Engine {
	w.answered = map[int64]crm.NewsAnswer{}
	return news.New(news.Options{
		Store: w, Directory: w, Remote: w, Owner: func() crm.OwnerID { return "502" },
		Notify: func(...crm.Topic) { w.told++ },
	})
}

func after(t *testing.T, e *news.Engine) error {
	t.Helper()
	return e.After(crm.WithLane(t.Context(), crm.Delta))
}

func TestAfter_SaysWhoChangedWhat(t *testing.T) {
	w := &world{newest: 4, history: map[crm.RemoteID]map[string][]crm.Version{
		"1": {
			"amount": {
				{Value: "30", By: "userId:7", Source: "CRM_UI", At: 400},
				{Value: "20.0", By: "userId:8", Source: "CRM_UI", At: 300},
				{Value: "20", By: "4711", Source: "INTEGRATION", At: 100},
			},
			"dealstage":      {{Value: "won", By: "userId:7", Source: "MOBILE_IOS", At: 200}},
			"closedate":      {{Value: "", By: "enrolment", Source: "AUTOMATION_PLATFORM", At: 250}, {Value: "x"}},
			"hs_timestamp":   {{Value: "2", By: "userId:7", Source: "CRM_UI"}, {Value: "1", By: "userId:8", Source: "CRM_UI", At: 50}},
			"hs_other_thing": {{Value: "nothing like it", By: "userId:8"}},
		},
	}}
	e := begin(w)
	w.ask(1, crm.Deals, "1", "amount", "20")
	w.ask(2, crm.Deals, "1", "dealstage", "won")
	w.ask(3, crm.Deals, "1", "closedate", "")
	w.ask(4, crm.Deals, "1", "hs_timestamp", "")
	w.open[3].First = true
	w.ask(5, crm.Deals, "1", "hs_other_thing", "c")
	require.NoError(t, after(t, e))
	require.Equal(t, map[int64]crm.NewsAnswer{
		1: {ID: 1, Who: "userId:8", Source: "CRM_UI", At: 300},
		2: {ID: 2, Who: "userId:7", Source: "MOBILE_IOS", At: 200, Own: true},
		3: {ID: 3, Who: "enrolment", Source: "AUTOMATION_PLATFORM", At: 250},
		4: {ID: 4, Who: "userId:8", Source: "CRM_UI", At: 50},
		5: {ID: 5},
	}, w.answered)
	require.Equal(t, 2, w.told, "of the news, and of who")
	require.NoError(t, after(t, e))
	require.Equal(t, 2, w.told, "nothing is new")
}

// Fifty records a call and two calls a minute, but for some more after an absence.
func TestAfter_KeepsToFewCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{}
		e := begin(w)
		for i := range int64(700) {
			typ := crm.Deals
			if i%2 == 0 {
				typ = crm.Contacts
			}
			w.ask(i+1, typ, crm.RemoteID(strconv.FormatInt(i, 10)), "amount", "1")
		}
		for range 29 { // a delta every ten seconds
			require.NoError(t, after(t, e))
			time.Sleep(10 * time.Second)
		}
		require.Len(t, w.asked, 10)
		for _, ids := range w.asked {
			require.LessOrEqual(t, len(ids), 50)
		}
		w.back = crm.At(time.Now())
		time.Sleep(time.Minute)
		require.NoError(t, after(t, e))
		require.NoError(t, after(t, e))
		require.Empty(t, w.open)
		require.Len(t, w.asked, 14, "200 records were left, of two types")
	})
}

func TestAfter_WhatHubSpotDoesNotTellIsNoError(t *testing.T) {
	w := &world{err: &crm.Error{Kind: crm.Forbidden}}
	e := begin(w)
	w.ask(1, crm.Deals, "1", "amount", "2")
	require.NoError(t, after(t, e))
	require.Equal(t, map[int64]crm.NewsAnswer{1: {ID: 1}}, w.answered, "it is not asked again")

	w = &world{err: &crm.Error{Kind: crm.RateLimited}}
	e = begin(w)
	w.ask(1, crm.Deals, "1", "amount", "2")
	require.Equal(t, crm.RateLimited, crm.KindOf(after(t, e)))
	require.Empty(t, w.answered)
}
