package sandbox

import (
	"strconv"
	"strings"
)

// derive gives the computed properties of a type their functions. Such values
// are not stored, have no history, and are always those of the moment.
func (p *Portal) derive(t *table) {
	on := func(name string, f func(*doc) (string, bool)) {
		if i, ok := t.byName[name]; ok {
			t.props[i].derive = f
		}
	}
	constant := func(val string) func(*doc) (string, bool) {
		return func(*doc) (string, bool) { return val, true }
	}
	on("hs_object_id", func(d *doc) (string, bool) { return strconv.FormatInt(d.id, 10), true })
	on(t.kind.created, func(d *doc) (string, bool) { return stamp(d.created), true })
	on(t.kind.modified, func(d *doc) (string, bool) { return stamp(d.modified), true })
	on("hs_object_source", func(d *doc) (string, bool) { return d.rec.origin.Type, true })
	on("hs_object_source_label", func(d *doc) (string, bool) { return d.rec.origin.Type, true })
	on("hs_object_source_id", func(d *doc) (string, bool) { return d.rec.origin.ID, d.rec.origin.ID != "" })
	on("hs_merged_object_ids", func(d *doc) (string, bool) {
		ids := make([]string, 0, len(d.rec.merged))
		for _, id := range d.rec.merged {
			ids = append(ids, strconv.FormatInt(id, 10))
		}
		return strings.Join(ids, ";"), len(ids) > 0
	})
	on("num_associated_contacts", p.linkCount("contacts"))
	on("num_associated_deals", p.linkCount("deals"))
	switch t.kind.plural {
	case "contacts":
		p.deriveContact(t, on)
		on("hs_is_contact", constant("true"))
		on("hs_marketable_status", constant("false"))
		on("hs_marketable_until_renewal", constant("false"))
		on("hs_pipeline", constant("contacts-lifecycle-pipeline"))
	case "companies":
		on("hs_pipeline", constant("companies-lifecycle-pipeline"))
		on("hs_num_child_companies", constant("0"))
	case "deals":
		p.deriveDeal(t, on)
	case "tickets":
		on("hs_ticket_id", func(d *doc) (string, bool) { return strconv.FormatInt(d.id, 10), true })
		on("hs_num_associated_companies", p.linkCount("companies"))
	case "line_items":
		deriveLineItem(t, on)
	case "emails":
		deriveEmail(t, on)
	case "tasks":
		status := t.byName["hs_task_status"]
		on("hs_task_is_completed", func(d *doc) (string, bool) {
			if val, _ := d.get(status); val == "COMPLETED" {
				return "1", true
			}
			return "0", true
		})
	}
}

// linkCount counts a record's live associates of a type, nothing when there is
// none.
func (p *Portal) linkCount(plural string) func(*doc) (string, bool) {
	return func(d *doc) (string, bool) {
		n, last := 0, int64(-1)
		for _, l := range d.rec.links {
			if p.tables[l.table].kind.plural == plural && l.to != last && p.tables[l.table].shows(l.to) {
				n, last = n+1, l.to
			}
		}
		return strconv.Itoa(n), n > 0
	}
}

// deriveLineItem makes the net price: quantity times price less the discounts.
func deriveLineItem(t *table, on func(string, func(*doc) (string, bool))) {
	quantity, price := t.byName["quantity"], t.byName["price"]
	less, percent := t.byName["discount"], t.byName["hs_discount_percentage"]
	number := func(d *doc, prop uint16) float64 {
		val, _ := d.get(prop)
		f, err := strconv.ParseFloat(val, 64)
		if err != nil {
			return 0
		}
		return f
	}
	on("amount", func(d *doc) (string, bool) {
		if _, has := d.get(price); !has {
			return "", false
		}
		each := (number(d, price) - number(d, less)) * (1 - number(d, percent)/100)
		return strconv.FormatFloat(each*number(d, quantity), 'f', -1, 64), true
	})
}

func (p *Portal) deriveContact(t *table, on func(string, func(*doc) (string, bool))) {
	email := t.byName["email"]
	on("hs_email_domain", func(d *doc) (string, bool) {
		mail, _ := d.get(email)
		_, domain, ok := strings.Cut(mail, "@")
		return domain, ok
	})
	on("hs_all_contact_vids", func(d *doc) (string, bool) {
		ids := []string{strconv.FormatInt(d.id, 10)}
		for _, id := range d.rec.merged {
			ids = append(ids, strconv.FormatInt(id, 10))
		}
		return strings.Join(ids, ";"), true
	})
	status := t.byName["hs_lead_status"]
	on("hs_is_unworked", func(d *doc) (string, bool) {
		_, worked := d.get(status)
		return strconv.FormatBool(!worked), true
	})
	on("associatedcompanyid", func(d *doc) (string, bool) {
		for _, l := range d.rec.links {
			if p.linkTypes[l.kind].primary && p.tables[l.table].shows(l.to) {
				return strconv.FormatInt(l.to, 10), true
			}
		}
		return "", false
	})
}

func (p *Portal) deriveDeal(t *table, on func(string, func(*doc) (string, bool))) {
	stageProp, amount := t.byName["dealstage"], t.byName["amount"]
	stageOf := func(d *doc) *stage {
		id, _ := d.get(stageProp)
		_, s := p.stageOf("deals", id)
		return s
	}
	closed := func(want func(*stage) bool) func(*doc) (string, bool) {
		return func(d *doc) (string, bool) {
			s := stageOf(d)
			return strconv.FormatBool(s != nil && want(s)), true
		}
	}
	on("hs_is_closed", closed(func(s *stage) bool { return s.Closed }))
	on("hs_is_closed_won", closed(func(s *stage) bool { return s.Closed && s.Probability == 1 }))
	on("hs_is_closed_lost", closed(func(s *stage) bool { return s.Closed && s.Probability == 0 }))
	on("hs_deal_stage_probability", func(d *doc) (string, bool) {
		s := stageOf(d)
		if s == nil {
			return "", false
		}
		return strconv.FormatFloat(s.Probability, 'f', -1, 64), true
	})
	on("amount_in_home_currency", func(d *doc) (string, bool) { return d.get(amount) })
	on("hs_projected_amount", func(d *doc) (string, bool) {
		val, has := d.get(amount)
		f, err := strconv.ParseFloat(val, 64)
		s := stageOf(d)
		if !has || err != nil || s == nil {
			return "", false
		}
		return strconv.FormatFloat(f*s.Probability, 'f', -1, 64), true
	})
}
