package sandbox

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// stamp writes a time as HubSpot does: UTC, milliseconds trimmed when zero.
func stamp(ms int64) string { return string(appendStamp(nil, ms)) }

func appendStamp(b []byte, ms int64) []byte {
	t := time.UnixMilli(ms).UTC()
	if ms%1000 == 0 {
		return t.AppendFormat(b, "2006-01-02T15:04:05Z")
	}
	return t.AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// appendString writes a JSON string without escaping HTML.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

// column is one property of an answer, with its JSON key made once per request.
type column struct {
	prop uint16
	key  []byte
}

// projection says what of a record an answer shows.
type projection struct {
	columns []column // sorted by name
	history []column
	links   []linkColumn
}

// linkColumn asks for a record's associations to one type.
type linkColumn struct {
	to   *table
	name string
	key  []byte
}

// appendRecord writes a record, or an older version of it, as an object; fact
// sheet 3.2. The caller holds the portal's lock.
func (p *Portal) appendRecord(b []byte, t *table, d *doc, show *projection, extra func([]byte) []byte) []byte {
	b = append(b, `{"id":"`...)
	b = strconv.AppendInt(b, d.id, 10)
	b = append(b, `","properties":{`...)
	for i, col := range show.columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, col.key...)
		if val, ok := t.value(d, col.prop); ok {
			b = appendString(b, val)
		} else {
			b = append(b, "null"...)
		}
	}
	b = append(b, '}')
	if len(show.history) > 0 {
		b = appendHistories(b, t, d, show.history)
	}
	b = appendStamp(append(b, `,"createdAt":"`...), d.created)
	b = appendStamp(append(b, `","updatedAt":"`...), d.modified)
	if d.archived != 0 {
		b = appendStamp(append(b, `","archived":true,"archivedAt":"`...), d.archived)
		b = append(b, '"')
	} else {
		b = append(b, `","archived":false`...)
	}
	b = append(b, `,"url":"https://`+uiDomain+`/contacts/`...)
	b = strconv.AppendInt(b, p.portalID, 10)
	b = append(b, `/record/`...)
	b = append(append(b, t.kind.id...), '/')
	b = append(strconv.AppendInt(b, d.id, 10), '"')
	if len(show.links) > 0 {
		b = p.appendLinks(b, t, d, show.links)
	}
	if extra != nil {
		b = extra(b)
	}
	return append(b, '}')
}

// appendHistories writes propertiesWithHistory; fact sheet 4.7.
func appendHistories(b []byte, t *table, d *doc, cols []column) []byte {
	b = append(b, `,"propertiesWithHistory":{`...)
	for i, col := range cols {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, col.key...), '[')
		for j, v := range t.versions(d, col.prop) {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendVersion(b, v)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendVersion(b []byte, v version) []byte {
	b = appendString(append(b, `{"value":`...), v.Val)
	b = appendStamp(append(b, `,"timestamp":"`...), v.At)
	b = append(b, `","sourceType":`...)
	b = appendString(b, v.Src.Type)
	if v.Src.ID != "" {
		b = appendString(append(b, `,"sourceId":`...), v.Src.ID)
	}
	if v.Src.Label != "" {
		b = appendString(append(b, `,"sourceLabel":`...), v.Src.Label)
	}
	if v.Src.UserID != 0 {
		b = strconv.AppendInt(append(b, `,"updatedByUserId":`...), v.Src.UserID, 10)
	}
	return append(b, '}')
}

// versions is a property's history, also for values that are not stored as
// such: stamps and computed values have the one version that is shown.
func (t *table) versions(d *doc, prop uint16) []version {
	if t.props[prop].derive == nil {
		return d.rec.history(prop)
	}
	val, ok := t.value(d, prop)
	if !ok {
		return nil
	}
	at, kind := d.rec.born, "CALCULATED"
	if t.props[prop].Name == t.kind.modified {
		at = d.modified
	}
	return []version{{val, at, &source{Type: kind}}}
}

// appendJSON writes any value.
func appendJSON(b []byte, v any) []byte { return append(b, encodeJSON(v)...) }

// rawList joins encoded items to a JSON array.
func rawList(items [][]byte) json.RawMessage {
	b := []byte{'['}
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, item...)
	}
	return append(b, ']')
}
