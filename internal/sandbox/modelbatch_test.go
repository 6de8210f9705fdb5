package sandbox

import (
	"slices"
	"strconv"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// refInput is one input of a batch with what the model expects of it.
type refInput struct {
	body  map[string]any
	props map[string]string
	rec   *refRecord // nil for a create
	other *refRecord // the contact in the way
	twice bool       // an input before it wants the same address
}

func (in refInput) bad() bool { return in.other != nil || in.twice }

// weigh finds the inputs that meet a taken address: of a record as it was
// before the batch, or of an earlier input.
func (m *modelRun) weigh(list []refInput) []refInput {
	var wanted []string
	for i, in := range list {
		mail := refMail(in.props["email"])
		list[i].other = m.conflict(in.rec, in.props)
		list[i].twice = list[i].other == nil && mail != "" && slices.Contains(wanted, mail)
		if mail != "" && !list[i].bad() {
			wanted = append(wanted, mail)
		}
	}
	return list
}

// writes sends a batch of writes. With trace ids every input stands for itself;
// without, one bad input refuses all; fact sheet 3.3.
func (m *modelRun) writes(t *rapid.T, typ, op string, done int, list []refInput, lost []string) {
	traced := rapid.Bool().Draw(t, "traced")
	inputs := []any{}
	bad := slices.IndexFunc(list, refInput.bad)
	for i, in := range list {
		if traced {
			in.body["objectWriteTraceId"] = "t" + strconv.Itoa(i)
		}
		inputs = append(inputs, in.body)
	}
	for _, id := range lost {
		inputs = append(inputs, map[string]any{"id": id, "properties": map[string]any{}})
	}
	code, r := m.call("POST", v+typ+"/batch/"+op, toJSON(map[string]any{"inputs": inputs}))
	if bad >= 0 && !traced {
		require.Equal(t, 409, code, "%v", r)
		if list[bad].other != nil {
			m.conflicts(r, list[bad].other)
		} else {
			require.Equal(t, "Contact already exists", text1(r, "message"))
		}
		return
	}
	if bad >= 0 || len(lost) > 0 {
		done = 207
	}
	require.Equal(t, done, code, "%v", r)
	answers := map[string]any{} // by trace id, or by record id
	for _, item := range items(r, "results") {
		if traced {
			answers[text1(item, "objectWriteTraceId")] = item
		} else {
			answers[text1(item, "id")] = item
		}
	}
	troubles := map[string]any{}
	for _, item := range items(r, "errors") {
		if text1(item, "category") == "OBJECT_NOT_FOUND" {
			require.Equal(t, lost, strs(items(item, "context", "ids")))
			continue
		}
		troubles[text1(item, "context", "objectWriteTraceId", 0)] = item
	}
	for i, in := range list {
		trace := "t" + strconv.Itoa(i)
		if in.bad() {
			require.Equal(t, "CONFLICT", text1(troubles[trace], "category"), "%v", r)
			if in.other != nil {
				require.Equal(t, in.other.end.id, text1(troubles[trace], "context", "existingId", 0))
			}
			delete(troubles, trace)
			continue
		}
		m.written(t, typ, op, in, trace, traced, answers)
	}
	require.Empty(t, troubles)
	require.Empty(t, answers, "nothing but what was asked for")
}

// written takes one input's result over into the model.
func (m *modelRun) written(t *rapid.T, typ, op string, in refInput, trace string, traced bool, answers map[string]any) {
	key := trace
	if !traced {
		if in.rec == nil { // found by what it holds; equal ones are alike
			for id, item := range answers {
				if m.recs[refEnd{typ, id}] == nil && fits(item, typ, in.props) {
					key = id
				}
			}
		} else {
			key = in.rec.end.id
		}
	}
	item := answers[key]
	require.NotNil(t, item, "%s of %v is not among %v", op, in.props, answers)
	delete(answers, key)
	if op == "upsert" {
		require.Equal(t, in.rec == nil, dig(item, "new"))
	}
	if in.rec == nil {
		e := refEnd{typ, text1(item, "id")}
		require.Nil(t, m.find(e))
		m.refModel.create(e, in.props, m.app)
		return
	}
	require.Equal(t, in.rec.end.id, text1(item, "id"))
	m.write(in.rec, in.props, m.app)
}

// fits reports whether a new record was made of the given values: its answer
// shows what was sent.
func fits(item any, typ string, props map[string]string) bool {
	shown, _ := dig(item, "properties").(map[string]any)
	for _, name := range refProps(typ) {
		_, was := shown[name]
		val, sent := props[name]
		if was != sent || text1(shown, name) != refStored(name, val) {
			return false
		}
	}
	return true
}

func strs(list []any) []string {
	var out []string
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

func (m *modelRun) batchCreate(t *rapid.T) {
	typ := drawType(t)
	var list []refInput
	for range rapid.IntRange(1, 4).Draw(t, "inputs") {
		props := drawProps(t, typ, true)
		list = append(list, refInput{body: map[string]any{"properties": propsBody(typ, props, true)}, props: props})
	}
	m.writes(t, typ, "create", 201, m.weigh(list), nil)
}

// batchUpdate leaves merged-away ids out without a word; fact sheet 3.3, 10.6.
func (m *modelRun) batchUpdate(t *rapid.T) {
	typ := drawType(t)
	var list []refInput
	var lost []string
	for _, e := range m.ids(t, typ) {
		rec := m.live(e)
		switch {
		case rec == nil:
			lost = append(lost, e.id)
			continue
		case rec.end != e:
			continue
		}
		props := drawProps(t, typ, false)
		list = append(list, refInput{body: map[string]any{"id": e.id, "properties": propsBody(typ, props, false)}, props: props, rec: rec})
	}
	if len(list) > 0 && len(lost) > 0 && rapid.Bool().Draw(t, "drop lost") {
		lost = nil
	}
	if len(list) == 0 {
		t.Skip("nothing to update")
	}
	m.writes(t, typ, "update", 200, m.weigh(list), lost)
}

func (m *modelRun) batchUpsert(t *rapid.T) {
	var list []refInput
	var used []string
	for range rapid.IntRange(1, 4).Draw(t, "inputs") {
		mail := rapid.SampledFrom(mails()).Draw(t, "key")
		rec := m.holder(mail)
		if slices.Contains(used, refMail(mail)) || rec != nil && slices.ContainsFunc(list, func(in refInput) bool { return in.rec == rec }) {
			continue // one record twice is refused
		}
		used = append(used, refMail(mail))
		props := drawProps(t, "contacts", false)
		delete(props, "email")
		if rec == nil {
			props["email"] = mail
		}
		body := propsBody("contacts", props, false)
		list = append(list, refInput{body: map[string]any{"idProperty": "email", "id": mail, "properties": body}, props: props, rec: rec})
	}
	m.writes(t, "contacts", "upsert", 200, m.weigh(list), nil)
}

// batchArchive ignores what it does not find, old ids of merged records too.
func (m *modelRun) batchArchive(t *rapid.T) {
	typ := drawType(t)
	inputs := []any{}
	ids := m.ids(t, typ)
	for _, e := range ids {
		inputs = append(inputs, map[string]any{"id": e.id})
	}
	m.expect(204, "POST", v+typ+"/batch/archive", toJSON(map[string]any{"inputs": inputs}))
	for _, e := range ids {
		if r := m.recs[e]; r != nil {
			r.archived = true
		}
	}
}

func (m *modelRun) batchRead(t *rapid.T) {
	typ := drawType(t)
	archived := rapid.Bool().Draw(t, "archived")
	inputs := []any{}
	var want, lost []string
	for _, e := range m.ids(t, typ) {
		inputs = append(inputs, map[string]any{"id": e.id})
		switch r := m.find(e); {
		case r == nil || r.archived != archived:
			lost = append(lost, e.id)
		case r.end == e:
			want = append(want, e.id)
		}
	}
	code := 200
	if lost != nil {
		code = 207
	}
	r := m.expect(code, "POST", v+typ+"/batch/read?archived="+strconv.FormatBool(archived), toJSON(map[string]any{"inputs": inputs, "properties": refProps(typ)}))
	var got []string
	for _, item := range items(r, "results") {
		rec := m.recs[refEnd{typ, text1(item, "id")}]
		require.NotNil(t, rec)
		m.sameValues(item, rec)
		got = append(got, rec.end.id)
	}
	slices.Sort(got)
	slices.Sort(want)
	require.Equal(t, want, got)
	require.Equal(t, lost, strs(items(r, "errors", 0, "context", "ids")))
}
