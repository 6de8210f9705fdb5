package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// makeContacts makes people of all cultures, most of them with a company.
func (m *maker) makeContacts(n int) error {
	t, err := m.p.kindOf("contacts")
	if err != nil {
		return err
	}
	companies, err := m.p.kindOf("companies")
	if err != nil {
		return err
	}
	l := m.p.loader(t, "IMPORT")
	for i := range n {
		company := &m.companies[m.rand.IntN(len(m.companies))]
		with := m.chance(85)
		ci := company.culture
		domain := company.domain
		if !with {
			ci, domain = pickOf(m.rand, m.pick), "mail.example"
		}
		c := &m.people[ci]
		first, last := pickOf(m.rand, c.first), pickOf(m.rand, c.last)
		m.person(l, c, first, last)
		if m.chance(95) {
			l.set(l.prop("email"), contactEmail(t, l.prop("email"), first.ascii, last.ascii, domain, i))
		}
		if with {
			l.set(l.prop("company"), company.name)
		}
		r := l.add(m.times(i, n))
		if with {
			m.p.linkDefault(t, r, companies, company.rec)
			if len(company.contacts) < 6 {
				company.contacts = append(company.contacts, r)
			}
		}
	}
	return nil
}

// person sets what does not depend on the company.
func (m *maker) person(l *loader, c *people, first, last name) {
	if m.chance(97) {
		l.set(l.prop("firstname"), first.native)
	}
	if m.chance(98) {
		l.set(l.prop("lastname"), last.native)
	}
	l.set(l.prop("lifecyclestage"), m.oneOf("subscriber|lead|lead|lead|marketingqualifiedlead|salesqualifiedlead|opportunity|customer|customer|other"))
	if m.chance(92) {
		l.set(l.prop("hubspot_owner_id"), pickOf(m.rand, m.owners))
	}
	if m.chance(80) {
		l.set(l.prop("jobtitle"), m.oneOf("Buyer|Head of Purchasing|CEO|Owner|Plant Manager|IT Lead|Einkaufsleiterin|Directrice des achats|営業部長|Office Manager|VP Operations|Research Assistant"))
		l.set(l.prop("city"), c.city)
		l.set(l.prop("country"), c.country)
		l.set(l.prop("hs_language"), c.lang)
	}
	if m.chance(70) {
		l.set(l.prop("phone"), m.phone(c))
	}
	if m.chance(30) {
		l.set(l.prop("mobilephone"), m.phone(c))
	}
	if m.chance(60) {
		l.set(l.prop("hs_lead_status"), m.oneOf("NEW|OPEN|IN_PROGRESS|OPEN_DEAL|UNQUALIFIED|ATTEMPTED_TO_CONTACT|CONNECTED|BAD_TIMING"))
		l.set(l.prop("hs_analytics_source"), m.oneOf("ORGANIC_SEARCH|EMAIL_MARKETING|REFERRALS|DIRECT_TRAFFIC|OFFLINE|PAID_SEARCH"))
	}
	if m.chance(10) {
		l.set(l.prop("hs_buying_role"), m.oneOf("DECISION_MAKER|BUDGET_HOLDER;DECISION_MAKER|CHAMPION|END_USER|INFLUENCER;CHAMPION"))
		l.set(l.prop("address"), strconv.Itoa(1+m.rand.IntN(200))+" "+m.oneOf("High Street|Hauptstraße|rue de l'Église|ul. Długa|Calle Mayor"))
	}
	switch roll := m.rand.IntN(1000); {
	case roll < 3: // a long value: an e-mail thread somebody pasted
		l.set(l.prop("message"), m.prose(60+m.rand.IntN(120)))
	case roll < 40:
		l.set(l.prop("message"), m.prose(1+m.rand.IntN(4)))
	}
}

// makeDeals makes deals, most of them open, with company and contacts.
func (m *maker) makeDeals(n int) error {
	t, err := m.p.kindOf("deals")
	if err != nil {
		return err
	}
	companies, err := m.p.kindOf("companies")
	if err != nil {
		return err
	}
	contacts, err := m.p.kindOf("contacts")
	if err != nil {
		return err
	}
	l := m.p.loader(t, "IMPORT")
	for i := range n {
		company := &m.companies[m.rand.IntN(len(m.companies))]
		created, modified := m.times(i, n)
		m.deal(l, company, created)
		r := l.add(created, modified)
		if !m.chance(92) {
			continue
		}
		m.p.linkDefault(t, r, companies, company.rec)
		for range m.rand.IntN(4) {
			if len(company.contacts) > 0 {
				m.p.linkDefault(t, r, contacts, pickOf(m.rand, company.contacts))
			}
		}
	}
	return nil
}

// deal sets a deal's values: closed ones in the past, open ones around today.
func (m *maker) deal(l *loader, company *madeCompany, created int64) {
	stages := "appointmentscheduled|appointmentscheduled|appointmentscheduled|qualifiedtobuy|qualifiedtobuy|qualifiedtobuy|" +
		"presentationscheduled|presentationscheduled|decisionmakerboughtin|contractsent|closedwon|closedwon|closedlost"
	stage := m.oneOf(stages)
	product := m.oneOf("Starter kit|Rollout|Renewal|Support plan|Pilot|Erweiterung|Licences|保守契約|Spare parts|Workshop")
	l.set(l.prop("dealname"), product+" – "+company.name)
	l.set(l.prop("pipeline"), "default")
	l.set(l.prop("dealstage"), stage)
	if m.chance(93) {
		l.set(l.prop("amount"), m.amount())
		currency := homeCurrency
		if m.chance(35) {
			currency = m.people[company.culture].currency
		}
		l.set(l.prop("deal_currency_code"), currency)
	}
	if close := m.now + (m.rand.Int64N(150)-30)*dayMS; m.chance(88) {
		if strings.HasPrefix(stage, "closed") {
			close = created + m.rand.Int64N(max(m.now-created, 1))
		}
		day := time.UnixMilli(close).UTC().Truncate(24 * time.Hour)
		l.set(l.prop("closedate"), stamp(day.UnixMilli()+16*int64(time.Hour/time.Millisecond)))
	}
	if m.chance(94) {
		l.set(l.prop("hubspot_owner_id"), pickOf(m.rand, m.owners))
	}
	if m.chance(70) {
		l.set(l.prop("dealtype"), m.oneOf("newbusiness|existingbusiness"))
	}
	if m.chance(40) {
		l.set(l.prop("hs_priority"), m.oneOf("low|medium|high"))
		l.set(l.prop("hs_next_step"), m.oneOf("Send the contract|Call back on Monday|Wait for legal|Demo for the board|Angebot nachfassen"))
	}
	if m.chance(15) {
		l.set(l.prop("description"), m.prose(1+m.rand.IntN(5)))
	}
}

// amount is mostly some thousands, at times with cents, at times large.
func (m *maker) amount() string {
	whole := strconv.Itoa((m.rand.IntN(400) + 1) * 50)
	switch m.rand.IntN(12) {
	case 0:
		return whole + "." + strconv.Itoa(10+m.rand.IntN(90))
	case 1:
		return whole + "00"
	case 2:
		return "0"
	default:
		return whole
	}
}
