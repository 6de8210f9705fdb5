package sandbox

import (
	"strconv"
)

// inlineLinks is how many associates a record shows inline before it pages.
const inlineLinks = 100

// appendLinks writes a record's "associations" object; fact sheet 3.2. Types
// without links have no key, and no types have no object.
func (p *Portal) appendLinks(b []byte, t *table, d *doc, cols []linkColumn) []byte {
	open := false
	for _, col := range cols {
		list := linksTo(d.rec, col.to, 0)
		if len(list) == 0 {
			continue
		}
		if open {
			b = append(b, ',')
		} else {
			b = append(b, `,"associations":{`...)
		}
		open = true
		b = append(append(b, col.key...), `{"results":[`...)
		var next int64
		if len(list) > inlineLinks {
			next, list = list[inlineLinks].id, list[:inlineLinks]
		}
		b = p.appendInline(b, t, col.to, list)
		b = append(b, ']')
		if next != 0 {
			after := strconv.FormatInt(next, 10)
			b = append(b, `,"paging":{"next":{"after":"`+after+`","link":"https://api.hubapi.com/crm/v4/objects/`+
				t.kind.plural+`/`+strconv.FormatInt(d.id, 10)+`/associations/`+col.to.kind.plural+`?after=`+after+`"}}`...)
		}
		b = append(b, '}')
	}
	if open {
		b = append(b, '}')
	}
	return b
}

// appendInline writes {"id","type"} once per type of every associate.
func (p *Portal) appendInline(b []byte, from, to *table, list []linked) []byte {
	first := true
	for _, l := range list {
		for _, kind := range l.kinds {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = strconv.AppendInt(append(b, `{"id":"`...), l.id, 10)
			b = appendString(append(b, `","type":`...), p.inlineName(from, to, p.linkTypes[kind]))
			b = append(b, '}')
		}
	}
	return b
}

// inlineName is the type's name in inline associations: contact_to_company for
// the primary one, contact_to_company_unlabeled for the unlabeled one of a pair
// that has a primary, contact_to_deal otherwise, and a label's own name.
func (p *Portal) inlineName(from, to *table, lt *linkType) string {
	stem := from.kind.singular + "_to_" + to.kind.singular
	switch {
	case lt.primary:
		return stem
	case lt.Label != "" && lt.Name != "":
		return lt.Name
	case lt.Label != "":
		return stem + "_" + strconv.Itoa(lt.ID)
	case p.hasPrimary(from, to):
		return stem + "_unlabeled"
	default:
		return stem
	}
}

func (p *Portal) hasPrimary(from, to *table) bool {
	for _, lt := range p.linkTypes {
		if lt.primary && lt.From == from.kind.id && lt.To == to.kind.id {
			return true
		}
	}
	return false
}
