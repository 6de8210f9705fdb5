package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// How many of a type a self-made portal has at most.
const (
	maxTickets    = 5_000
	maxActivities = 20_000 // of each of the five types
)

// makeUsers makes the user records that stand behind the owners.
func (p *Portal) makeUsers() error {
	t, err := p.kindOf("users")
	if err != nil {
		return err
	}
	l := p.loader(t, "INTERNAL_PROCESSING")
	for _, o := range p.owners {
		l.set(l.prop("hs_given_name"), o.FirstName)
		l.set(l.prop("hs_family_name"), o.LastName)
		l.set(l.prop("hs_email"), o.Email)
		l.set(l.prop("hs_internal_user_id"), strconv.FormatInt(o.UserID, 10))
		l.set(l.prop("hubspot_owner_id"), strconv.FormatInt(o.ID, 10))
		l.add(o.Created, o.Updated)
	}
	return nil
}

// makeProducts makes a price list, and line items on some of the deals.
func (m *maker) makeProducts() error {
	products, err := m.p.kindOf("products")
	if err != nil {
		return err
	}
	items, err := m.p.kindOf("line_items")
	if err != nil {
		return err
	}
	deals, err := m.p.kindOf("deals")
	if err != nil {
		return err
	}
	type priced struct{ id, name, price string }
	var list []priced
	l := m.p.loader(products, "IMPORT")
	for i, name := range strings.Split("Starter kit|Rollout|Support plan|Pilot|Lizenzen|保守契約|Spare parts|Workshop|Training day|On-site visit", "|") {
		price := strconv.Itoa((m.rand.IntN(60) + 1) * 25)
		l.set(l.prop("name"), name)
		l.set(l.prop("price"), price)
		l.set(l.prop("hs_sku"), "SK-"+strconv.Itoa(1001+i))
		l.set(l.prop("description"), m.prose(1))
		r := l.add(m.times(i, 10))
		list = append(list, priced{strconv.FormatInt(r.cur.id, 10), name, price})
	}
	l = m.p.loader(items, "IMPORT")
	n := deals.live.len()
	i := 0
	for deal := range deals.live.ascend(0, n) {
		i++
		if !m.chance(30) {
			continue
		}
		for range 1 + m.rand.IntN(3) {
			of := pickOf(m.rand, list)
			l.set(l.prop("name"), of.name)
			l.set(l.prop("price"), of.price)
			l.set(l.prop("hs_product_id"), of.id)
			l.set(l.prop("quantity"), strconv.Itoa(1+m.rand.IntN(20)))
			m.p.linkDefault(items, l.add(m.times(i, n)), deals, deal)
		}
	}
	return nil
}

// makeTickets makes what customers have asked for.
func (m *maker) makeTickets(n int) error {
	t, err := m.p.kindOf("tickets")
	if err != nil {
		return err
	}
	contacts, err := m.p.kindOf("contacts")
	if err != nil {
		return err
	}
	l := m.p.loader(t, "FORM")
	for i := range n {
		l.set(l.prop("subject"), m.oneOf("Cannot log in|Rechnung fehlt|Machine stops after an hour|Demande de devis|Feature: export to Excel|配送が遅れています|Wrong address on invoice"))
		l.set(l.prop("content"), m.prose(1+m.rand.IntN(4)))
		l.set(l.prop("hs_pipeline"), "0")
		l.set(l.prop("hs_pipeline_stage"), m.oneOf("1|2|3|4|4|4"))
		l.set(l.prop("hs_ticket_priority"), m.oneOf("LOW|MEDIUM|HIGH"))
		l.set(l.prop("hubspot_owner_id"), pickOf(m.rand, m.owners))
		r := l.add(m.times(i, n))
		if of := m.someContact(); of != nil {
			m.p.linkDefault(t, r, contacts, of)
		}
	}
	return nil
}

func (m *maker) someContact() *record {
	company := &m.companies[m.rand.IntN(len(m.companies))]
	if len(company.contacts) == 0 {
		return nil
	}
	return pickOf(m.rand, company.contacts)
}

// makeActivities makes n notes, tasks, calls, e-mails and meetings each, around
// the contacts.
func (m *maker) makeActivities(n int) error {
	contacts, err := m.p.kindOf("contacts")
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		typ  string
		fill func(*loader, int64)
	}{
		{"notes", m.note}, {"tasks", m.task}, {"calls", m.call}, {"emails", m.email}, {"meetings", m.meeting},
	} {
		t, err := m.p.kindOf(kind.typ)
		if err != nil {
			return err
		}
		l := m.p.loader(t, "CRM_UI")
		for i := range n {
			created, modified := m.times(i, n)
			kind.fill(l, created)
			l.set(l.prop("hubspot_owner_id"), pickOf(m.rand, m.owners))
			r := l.add(created, modified)
			if of := m.someContact(); of != nil {
				m.p.linkDefault(t, r, contacts, of)
				contacts.counted(of, created)
			}
		}
	}
	return nil
}

// counted notes an activity on a record that is still being made.
func (t *table) counted(r *record, at int64) {
	count, last := t.byName["num_notes"], t.byName["notes_last_updated"]
	val, _ := r.cur.get(count)
	n, _ := strconv.Atoi(val) // none yet is 0
	r.cur.cells = setCell(r.cur.cells, count, strconv.Itoa(n+1))
	if before, has := r.cur.get(last); !has || before < stamp(at) {
		r.cur.cells = setCell(r.cur.cells, last, stamp(at))
	}
}

func (m *maker) note(l *loader, at int64) {
	l.set(l.prop("hs_timestamp"), stamp(at))
	l.set(l.prop("hs_note_body"), "<p>"+m.prose(1+m.rand.IntN(5))+"</p>")
}

func (m *maker) task(l *loader, at int64) {
	due := at + m.rand.Int64N(14)*dayMS
	l.set(l.prop("hs_timestamp"), stamp(due))
	l.set(l.prop("hs_task_subject"), m.oneOf("Call back|Angebot senden|Prepare demo|Envoyer le contrat|契約書を確認|Check references"))
	l.set(l.prop("hs_task_body"), m.prose(1))
	l.set(l.prop("hs_task_type"), m.oneOf("TODO|CALL|EMAIL"))
	l.set(l.prop("hs_task_priority"), m.oneOf("LOW|MEDIUM|HIGH"))
	status := "COMPLETED"
	if due > m.now || m.chance(15) {
		status = "NOT_STARTED"
	}
	l.set(l.prop("hs_task_status"), status)
}

func (m *maker) call(l *loader, at int64) {
	l.set(l.prop("hs_timestamp"), stamp(at))
	l.set(l.prop("hs_call_title"), m.oneOf("First call|Follow-up|Rückruf|Discovery call|電話"))
	l.set(l.prop("hs_call_body"), m.prose(1+m.rand.IntN(3)))
	l.set(l.prop("hs_call_direction"), m.oneOf("INBOUND|OUTBOUND|OUTBOUND"))
	l.set(l.prop("hs_call_status"), m.oneOf("COMPLETED|COMPLETED|NO_ANSWER"))
	l.set(l.prop("hs_call_duration"), strconv.Itoa(m.rand.IntN(1_800)*1000))
}

func (m *maker) email(l *loader, at int64) {
	l.set(l.prop("hs_timestamp"), stamp(at))
	l.set(l.prop("hs_email_subject"), m.oneOf("Your quote|Re: Your quote|Terminvorschlag|Documents|ご提案の件"))
	l.set(l.prop("hs_email_text"), m.prose(1+m.rand.IntN(6)))
	l.set(l.prop("hs_email_direction"), m.oneOf("EMAIL|EMAIL|INCOMING_EMAIL"))
	l.set(l.prop("hs_email_status"), "SENT")
}

func (m *maker) meeting(l *loader, at int64) {
	start := time.UnixMilli(at).UTC().Truncate(30 * time.Minute).UnixMilli()
	l.set(l.prop("hs_timestamp"), stamp(start))
	l.set(l.prop("hs_meeting_start_time"), stamp(start))
	l.set(l.prop("hs_meeting_end_time"), stamp(start+int64(time.Hour/time.Millisecond)))
	l.set(l.prop("hs_meeting_title"), m.oneOf("Kick-off|Quarterly review|Vor-Ort-Termin|Product demo|打ち合わせ"))
	l.set(l.prop("hs_meeting_body"), m.prose(1+m.rand.IntN(3)))
	outcome := m.oneOf("COMPLETED|COMPLETED|COMPLETED|NO_SHOW|RESCHEDULED")
	if start > m.now {
		outcome = "SCHEDULED"
	}
	l.set(l.prop("hs_meeting_outcome"), outcome)
}
