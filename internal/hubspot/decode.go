package hubspot

import (
	"bytes"
	"encoding/json"
	"time"

	"satchel/internal/crm"
)

// id is an id in HubSpot's JSON: a string or a number.
type id string

// UnmarshalJSON takes both forms; null is "".
func (i *id) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*i = id(s)
		return nil
	}
	if string(b) == "null" {
		*i = ""
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*i = id(n.String())
	return nil
}

// stringList is a list of strings in an error's context, where HubSpot also
// writes numbers, or one value in place of a list.
type stringList []string

// UnmarshalJSON never fails: an error's error helps nobody.
func (l *stringList) UnmarshalJSON(b []byte) error {
	var many []json.RawMessage
	if json.Unmarshal(b, &many) != nil {
		many = []json.RawMessage{b}
	}
	for _, raw := range many {
		var one id
		if one.UnmarshalJSON(raw) == nil && one != "" {
			*l = append(*l, string(one))
		}
	}
	return nil
}

// text is a property's value: a string, or what HubSpot sometimes writes in
// its place. set is false for null.
type text struct {
	value string
	set   bool
}

// UnmarshalJSON takes strings, numbers, booleans and null.
func (t *text) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case string(b) == "null":
		return nil
	case len(b) > 0 && b[0] == '"':
		t.set = true
		return json.Unmarshal(b, &t.value)
	}
	t.value, t.set = string(b), true
	return nil
}

// object is a record in HubSpot's JSON.
type object struct {
	ID         id                 `json:"id"`
	Properties map[string]text    `json:"properties"`
	History    map[string][]entry `json:"propertiesWithHistory"`
	Created    string             `json:"createdAt"`
	Updated    string             `json:"updatedAt"`
	Archived   bool               `json:"archived"`
	Trace      string             `json:"objectWriteTraceId"`
	New        bool               `json:"new"`
}

func (o object) whole() bool { return o.ID != "" }

// results is the body of an answer that lists things and is not paged, or is.
type results[T any] struct {
	Results []T    `json:"results"`
	Paging  paging `json:"paging"`
}

func (r results[T]) whole() bool { return r.Results != nil }

// entry is one version of a property's value.
type entry struct {
	Value      text   `json:"value"`
	Timestamp  string `json:"timestamp"`
	SourceType string `json:"sourceType"`
	SourceID   string `json:"sourceId"`
	User       id     `json:"updatedByUserId"`
}

type paging struct {
	Next struct {
		After id `json:"after"`
	} `json:"next"`
}

// record translates an object. Unset properties are left out. The modified
// stamp is updatedAt, or the property that carries it.
func (o object) record(t crm.ObjectType) crm.RemoteRecord {
	r := crm.RemoteRecord{
		Type: t, ID: crm.RemoteID(o.ID), Archived: o.Archived,
		Values:  make(crm.Values, len(o.Properties)),
		Created: millis(o.Created), Modified: millis(o.Updated),
	}
	for name, v := range o.Properties {
		if v.set {
			r.Values[name] = v.value
		}
	}
	spec, _ := crm.SpecOf(string(t))
	if r.Modified == 0 && spec.Modified != "" {
		r.Modified = millis(r.Values[spec.Modified])
	}
	if r.Created == 0 {
		r.Created = millis(r.Values["createdate"])
	}
	if r.ID == "" {
		r.ID = crm.RemoteID(r.Values["hs_object_id"])
	}
	return r
}

func records(t crm.ObjectType, in []object) []crm.RemoteRecord {
	out := make([]crm.RemoteRecord, len(in))
	for i, o := range in {
		out[i] = o.record(t)
	}
	return out
}

func versions(in []entry) []crm.Version {
	out := make([]crm.Version, len(in))
	for i, e := range in {
		by := e.SourceID
		if by == "" {
			by = string(e.User)
		}
		out[i] = crm.Version{Value: e.Value.value, At: millis(e.Timestamp), Source: e.SourceType, By: by}
	}
	return out
}

// millis reads HubSpot's times: ISO 8601, or milliseconds. 0 when it is none.
func millis(s string) crm.Millis {
	if s == "" {
		return 0
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return crm.At(t)
	}
	if ms, ok := crm.Number(crm.TypeDateTime, s); ok {
		return crm.Millis(ms)
	}
	return 0
}
