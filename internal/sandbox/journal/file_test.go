package journal

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFile_Section7_3_ExactBytes(t *testing.T) {
	b := newBench(t)
	b.subscribe(Request{Type: Object, ObjectTypeID: "0-1", Actions: []Action{Update, Delete}})
	b.subscribe(Request{Type: Associations, ObjectTypeID: "0-1", Actions: []Action{AssociationRemoved}})
	b.subscribe(Request{Type: AppLifecycle, EventTypeID: UninstallEvent})
	b.subscribe(Request{Type: ListMembership, Actions: []Action{AddedToList}})
	b.subscribe(Request{Type: GDPRPrivacyDeletion, ObjectTypeID: "0-1", Actions: []Action{GDPRDelete}})
	at := b.clk.Now().Add(-time.Second)
	b.Append(
		Event{Action: Update, OccurredAt: at, ObjectTypeID: "0-1", ObjectID: 1, Changes: map[string]string{"email": "<a@b>", "city": ""}},
		Event{Action: Delete, OccurredAt: at, ObjectTypeID: "0-1", ObjectID: 2},
		Event{Action: AssociationRemoved, OccurredAt: at, ObjectTypeID: "0-1", ObjectID: 1, Association: Association{ToTypeID: "0-2", ToID: 5, TypeID: 279, Category: "HUBSPOT_DEFINED"}},
		Event{Action: AppUninstall, OccurredAt: at},
		Event{Action: AppInstall, OccurredAt: at},
		Event{Action: AddedToList, OccurredAt: at, ObjectTypeID: "0-1", ObjectID: 1, ListID: 4},
		Event{Action: GDPRDelete, OccurredAt: at, ObjectTypeID: "0-1", ObjectID: 3},
	)
	e, ok := b.Earliest()
	require.True(t, ok)
	raw, err := b.Open(e.Token)
	require.NoError(t, err)
	const head = `"portalId":33,"occurredAt":"2026-10-05T09:29:59.250Z",`
	require.Equal(t, `{"offset":"`+e.CurrentOffset+`","journalEvents":[`+
		`{"type":"crmObject",`+head+`"action":"UPDATE","objectTypeId":"0-1","objectId":1,"propertyChanges":{"city":"","email":"<a@b>"}},`+
		`{"type":"crmObject",`+head+`"action":"DELETE","objectTypeId":"0-1","objectId":2,"propertyChanges":{}},`+
		`{"type":"association",`+head+`"action":"ASSOCIATION_REMOVED","fromObjectTypeId":"0-1","fromObjectId":1,"toObjectTypeId":"0-2","toObjectId":5,"associationTypeId":279,"associationCategory":"HUBSPOT_DEFINED","isPrimary":false},`+
		`{"type":"app_lifecycle_event",`+head+`"eventTypeId":"4-1916193","appId":7},`+
		`{"type":"listMembership",`+head+`"action":"ADDED_TO_LIST","objectTypeId":"0-1","objectId":1,"listId":4},`+
		`{"type":"gdprPrivacyDeletion",`+head+`"action":"GDPR_DELETE","objectTypeId":"0-1","objectId":3}`+
		`],"publishedAt":"2026-10-05T09:30:00.250Z"}`, string(raw))
	require.Regexp(t, regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`), e.CurrentOffset)
	e.URL = "http://localhost/x"
	shown, err := json.Marshal(e)
	require.NoError(t, err)
	require.JSONEq(t, `{"url":"http://localhost/x","expiresAt":"2026-10-05T09:35:00.250Z","currentOffset":"`+e.CurrentOffset+`"}`, string(shown))
}

func TestJournal_Section7_3_NothingNewer(t *testing.T) {
	b := newBench(t)
	b.contacts()
	_, ok := b.Earliest()
	require.False(t, ok)
	_, ok = b.Latest()
	require.False(t, ok)

	b.Append(made(1))
	e, ok := b.Earliest()
	require.True(t, ok)
	_, ok, err := b.Next(e.CurrentOffset)
	require.NoError(t, err)
	require.False(t, ok, "204 and no error")
	b.Append(made(2))
	next, ok, err := b.Next(e.CurrentOffset)
	require.NoError(t, err)
	require.True(t, ok)
	require.InEpsilon(t, 2.0, b.read(next).Events[0]["objectId"], 0)
	_, _, err = b.Next("6f9c5d0a-0000-4000-8000-000000000000")
	require.Equal(t, 404, code(t, err))
	require.Equal(t, []int64{1, 2}, b.ids())
}

func TestJournal_Section7_3_KeptForThreeDays(t *testing.T) {
	b := newBench(t)
	b.contacts()
	b.Append(made(1))
	old, _ := b.latest()
	b.clk.Add(24 * time.Hour)
	b.Append(made(2))
	mid, _ := b.latest()

	b.clk.Add(48*time.Hour - time.Millisecond)
	require.Equal(t, []int64{1, 2}, b.ids())
	b.clk.Add(time.Millisecond)
	require.Equal(t, []int64{2}, b.ids())
	_, _, err := b.Next(old.CurrentOffset)
	require.Equal(t, 404, code(t, err), "its reader has missed events")
	_, ok, err := b.Next(mid.CurrentOffset)
	require.NoError(t, err)
	require.False(t, ok)
	found, missing := b.BatchRead([]string{mid.CurrentOffset, old.CurrentOffset, "x"})
	require.Len(t, found, 1)
	require.Equal(t, []string{old.CurrentOffset, "x"}, missing)

	b.Append(made(3))
	b.clk.Add(72*time.Hour + time.Second)
	_, ok = b.Latest()
	require.False(t, ok, "what nobody read is three days old as well")
	require.Equal(t, Stats{}, b.Stats())
}

func TestJournal_Section7_3_FilesAreBounded(t *testing.T) {
	b := newBench(t)
	b.contacts()
	var events []Event
	for i := range MaxEvents + 3 {
		events = append(events, made(int64(i+1)))
	}
	b.Append(events...)
	list, err := b.EarliestBatch(10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Len(t, b.read(list[0]).Events, MaxEvents)
	require.Len(t, b.read(list[1]).Events, 3)

	for i := range 60 {
		big := made(int64(i))
		big.Changes = map[string]string{"notes": strings.Repeat("x", 100_000)}
		b.Append(big)
	}
	list, err = b.NextBatch(list[1].CurrentOffset, 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	raw, err := b.Open(list[0].Token)
	require.NoError(t, err)
	require.LessOrEqual(t, len(raw), MaxFileBytes)
	require.Greater(t, len(raw), MaxFileBytes-200_000)

	huge := made(1)
	huge.Changes = map[string]string{"notes": strings.Repeat("x", MaxFileBytes)}
	b.Append(huge, made(2))
	rest, err := b.NextBatch(list[1].CurrentOffset, 10)
	require.NoError(t, err)
	require.Len(t, rest, 2)
	for _, e := range rest {
		require.Len(t, b.read(e).Events, 1, "an event that is too large stands alone")
	}
}

func TestJournal_MaxBytesDropsTheOldest(t *testing.T) {
	b := newBench(t, func(o *Options) { o.MaxBytes = 1000 })
	b.contacts()
	for i := range 20 {
		b.Append(made(int64(i + 1)))
		b.latest()
	}
	ids := b.ids()
	require.Equal(t, int64(20), ids[len(ids)-1])
	require.Less(t, len(ids), 6)
	require.LessOrEqual(t, b.Stats().Bytes, 1000)
}

func TestJournal_GathersForASecond(t *testing.T) {
	b := newBench(t)
	b.contacts()
	for i := range 4 {
		b.Append(made(int64(i + 1)))
		b.clk.Add(400 * time.Millisecond)
	}
	require.Equal(t, []int64{1, 2, 3, 4}, b.ids())
	list, err := b.EarliestBatch(9)
	require.NoError(t, err)
	require.Len(t, list, 2)
	first := b.read(list[0])
	require.Len(t, first.Events, 3)
	require.Equal(t, "2026-10-05T09:30:01.250Z", first.PublishedAt)
	require.Equal(t, "2026-10-05T09:30:01.850Z", b.read(list[1]).PublishedAt)
}

func TestJournal_LagHidesWhatIsNew(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Lag = 10 * time.Second })
	b.contacts()
	b.Append(made(1))
	b.clk.Add(9 * time.Second)
	b.Append(made(2))
	_, ok := b.Latest()
	require.False(t, ok)
	b.clk.Add(time.Second)
	require.Equal(t, []int64{1, 2}, b.ids())
}

func TestJournal_Section7_3_Batches(t *testing.T) {
	b := newBench(t)
	b.contacts()
	var offsets []string
	for i := range 5 {
		b.Append(made(int64(i + 1)))
		e, _ := b.latest()
		offsets = append(offsets, e.CurrentOffset)
	}
	names := func(list []Entry, err error) []string {
		require.NoError(t, err)
		out := []string{}
		for _, e := range list {
			out = append(out, e.CurrentOffset)
			b.read(e)
		}
		return out
	}
	require.Equal(t, offsets[:2], names(b.EarliestBatch(2)))
	require.Equal(t, offsets, names(b.EarliestBatch(99)))
	require.Equal(t, offsets[3:], names(b.LatestBatch(2)))
	require.Equal(t, offsets, names(b.LatestBatch(99)))
	require.Equal(t, offsets[2:4], names(b.NextBatch(offsets[1], 2)))
	require.Equal(t, offsets[2:], names(b.NextBatch(offsets[1], 99)))
	require.Empty(t, names(b.NextBatch(offsets[4], 1)))
	found, missing := b.BatchRead([]string{offsets[3], offsets[0]})
	require.Equal(t, []string{offsets[3], offsets[0]}, names(found, nil))
	require.Empty(t, missing)
	for _, count := range []int{0, -1} {
		_, err := b.EarliestBatch(count)
		require.Equal(t, 400, code(t, err))
		_, err = b.LatestBatch(count)
		require.Equal(t, 400, code(t, err))
		_, err = b.NextBatch(offsets[0], count)
		require.Equal(t, 400, code(t, err))
	}
	_, err := b.NextBatch("x", 1)
	require.Equal(t, 404, code(t, err))
}

// A link works without a login over HTTP, for five minutes, and only as it was
// made.
func TestOpen_LinksEndAndCannotBeForged(t *testing.T) {
	b := newBench(t)
	b.contacts()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := b.Open(strings.TrimPrefix(r.URL.Path, "/files/"))
		if err != nil {
			w.WriteHeader(code(t, err))
			return
		}
		_, _ = w.Write(raw)
	}))
	defer srv.Close()
	get := func(token string) (int, string) {
		t.Helper()
		res, err := srv.Client().Get(srv.URL + "/files/" + token)
		require.NoError(t, err)
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body)
	}
	b.Append(made(1))
	e, _ := b.latest()
	status, body := get(e.Token)
	require.Equal(t, 200, status)
	require.Contains(t, body, e.CurrentOffset)

	other := newBench(t, func(o *Options) { o.Secret = "another" })
	parts := strings.Split(e.Token, ".")
	for _, token := range []string{
		"", "x", e.Token + "x", e.Token[1:], parts[0] + "." + parts[1], parts[0] + ".9" + parts[1] + "." + parts[2],
		parts[0] + ".+" + parts[1] + "." + parts[2], other.token(e.CurrentOffset, e.ExpiresAt),
	} {
		status, _ = get(token)
		require.Equal(t, 403, status, token)
	}
	b.clk.Add(5*time.Minute - time.Millisecond)
	status, _ = get(e.Token)
	require.Equal(t, 200, status)
	b.clk.Add(time.Millisecond)
	status, _ = get(e.Token)
	require.Equal(t, 403, status)
	status, _ = get(b.token("6f9c5d0a-0000-4000-8000-000000000000", b.stamp()+1))
	require.Equal(t, 404, status)
}

// Fact sheet 3.7: a merge names the records that it was made of.
func TestFile_Section3_7_Merge(t *testing.T) {
	b := newBench(t)
	b.contacts()
	b.Append(Event{Action: Merge, ObjectTypeID: "0-1", ObjectID: 9, Merged: Merged{PrimaryID: 1, IDs: []int64{2}}})
	_, file := b.latest()
	require.Len(t, file.Events, 1)
	e := file.Events[0]
	require.Equal(t, []any{1.0, []any{2.0}, 9.0, 9.0, 0.0},
		[]any{e["primaryObjectId"], e["mergedObjectIds"], e["newObjectId"], e["objectId"], e["numberOfPropertiesMoved"]})
}

// Fact sheet 7.3: an offset is persisted by its reader. A journal that was
// killed and restored as it was before must not give it to other events, which
// the reader would never see.
func TestFile_Section7_3_AnOffsetStandsForItsEvents(t *testing.T) {
	b := newBench(t)
	b.contacts()
	before := b.State()
	b.Append(made(1))
	seen, _ := b.latest()
	require.NoError(t, b.Restore(before))
	b.Append(made(2))
	_, _, err := b.Next(seen.CurrentOffset)
	require.Equal(t, 404, code(t, err), "its reader has to begin anew")
	require.Equal(t, []int64{2}, b.ids())
	require.NoError(t, b.Restore(before))
	b.Append(made(1))
	again, _ := b.latest()
	require.Equal(t, seen.CurrentOffset, again.CurrentOffset, "equal events have equal offsets")
}
