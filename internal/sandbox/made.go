package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultContacts = 2_000
	maxCompanies    = 20_000
	maxDeals        = 30_000
	dayMS           = int64(24 * time.Hour / time.Millisecond)
)

// name is a word in its own script and in ASCII.
type name struct{ native, ascii string }

// people is a culture that contacts and companies come from.
type people struct {
	lang, country, city, prefix, currency string

	weight      int
	first, last []name
	trades      []string
}

// parsePeople reads cultureList.
func parsePeople(list string) ([]people, error) {
	lines := strings.Split(strings.TrimSpace(list), "\n")
	var out []people
	for four := range slices.Chunk(lines, 4) {
		head := strings.Split(four[0], "|")
		if len(four) < 4 || len(head) != 6 {
			return nil, fmt.Errorf("culture list: %q: want six fields and three more lines", four[0])
		}
		weight, err := strconv.Atoi(head[5])
		if err != nil {
			return nil, fmt.Errorf("culture list: %w", err)
		}
		out = append(out, people{
			lang: head[0], country: head[1], city: head[2], prefix: head[3], currency: head[4], weight: weight,
			first: splitNames(four[1]), last: splitNames(four[2]), trades: strings.Fields(four[3]),
		})
	}
	return out, nil
}

// maker makes up a believable portal: the same one for the same seed and clock.
type maker struct {
	p         *Portal
	rand      *rand.Rand
	now       int64
	people    []people
	pick      []int // culture indexes, each as often as its weight
	owners    []string
	companies []madeCompany
	lists     map[string][]string // those that oneOf took apart
}

// madeCompany is what contacts and deals need to know of their company.
type madeCompany struct {
	rec      *record
	name     string
	domain   string
	culture  int
	contacts []*record // the first few
}

// make fills an empty portal.
func (p *Portal) make(contacts int) error {
	if contacts == 0 {
		contacts = defaultContacts
	}
	m := &maker{p: p, rand: rand.New(rand.NewPCG(p.salt, 2026)), now: p.nowMS(), lists: map[string][]string{}}
	var err error
	if m.people, err = parsePeople(cultureList); err != nil {
		return err
	}
	for i, c := range m.people {
		for range c.weight {
			m.pick = append(m.pick, i)
		}
	}
	m.makeOwners()
	if err := m.makeCompanies(min(max(contacts/8, 1), maxCompanies)); err != nil {
		return err
	}
	if err := m.makeContacts(contacts); err != nil {
		return err
	}
	if err := m.makeDeals(min(max(contacts/4, 1), maxDeals)); err != nil {
		return err
	}
	if err := p.makeUsers(); err != nil {
		return err
	}
	if err := m.makeProducts(); err != nil {
		return err
	}
	if err := m.makeTickets(min(max(contacts/20, 1), maxTickets)); err != nil {
		return err
	}
	return m.makeActivities(min(max(contacts/8, 1), maxActivities))
}

func splitNames(list string) []name {
	var out []name
	for pair := range strings.FieldsSeq(list) {
		native, ascii, ok := strings.Cut(pair, "=")
		if !ok {
			ascii = strings.ToLower(native)
		}
		out = append(out, name{strings.ReplaceAll(native, "_", " "), ascii})
	}
	return out
}

// chance is true in percent of all cases.
func (m *maker) chance(percent int) bool { return m.rand.IntN(100) < percent }

// oneOf picks from a list separated by "|".
func (m *maker) oneOf(list string) string {
	words, known := m.lists[list]
	if !known {
		words = strings.Split(list, "|")
		m.lists[list] = words
	}
	return pickOf(m.rand, words)
}

func pickOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// makeOwners makes twelve owners in four teams.
func (m *maker) makeOwners() {
	teams := []string{"EMEA", "Americas", "APAC", "Key accounts"}
	list := "Rosa Lindgren|Tomás Ferreira|Amélie Brandt|Daniel Osei|Yuki Tanaka|Priya Raman|Jonas Weber|Nadia Haddad|Elif Kaya|Marek Zieliński|Grace Mbeki|Oliver Stone"
	ascii := strings.NewReplacer("á", "a", "é", "e", "ń", "n")
	for i, full := range strings.Split(list, "|") {
		first, last, _ := strings.Cut(full, " ")
		born := m.now - int64(1200-40*i)*dayMS
		o := m.p.addOwner(owner{
			Email:     ascii.Replace(strings.ToLower(first + "." + last + "@" + hubDomain)),
			FirstName: first, LastName: last, Team: teams[i%len(teams)], Created: born, Updated: born,
		})
		m.owners = append(m.owners, strconv.FormatInt(o.ID, 10))
	}
}

// times gives the i-th of n records its stamps: created in the order of the
// ids over three years, changed mostly lately.
func (m *maker) times(i, n int) (created, modified int64) {
	start := m.now - 3*365*dayMS
	created = start + int64(float64(i)/float64(n)*float64(m.now-start-dayMS)) + m.rand.Int64N(3_600_000)
	age := m.now - created
	modified = created + m.rand.Int64N(max(age, 1))
	if m.chance(40) {
		modified = max(created, m.now-m.rand.Int64N(min(age, 60*dayMS)+1))
	}
	return created, modified
}

func (m *maker) makeCompanies(n int) error {
	t, err := m.p.kindOf("companies")
	if err != nil {
		return err
	}
	l := m.p.loader(t, "IMPORT")
	var industries []string
	for _, o := range t.props[l.prop("industry")].Options {
		industries = append(industries, o.Value)
	}
	for i := range n {
		ci := pickOf(m.rand, m.pick)
		c := &m.people[ci]
		last := pickOf(m.rand, c.last)
		full := last.native + " " + strings.ReplaceAll(pickOf(m.rand, c.trades), "_", " ") + m.oneOf("|| GmbH| Ltd| & Co.| Group| S.A.")
		domain := last.ascii + "-" + strconv.Itoa(i+1) + ".example"
		l.set(l.prop("name"), full)
		l.set(l.prop("domain"), domain)
		l.set(l.prop("website"), "https://www."+domain)
		l.set(l.prop("city"), c.city)
		l.set(l.prop("country"), c.country)
		l.set(l.prop("lifecyclestage"), m.oneOf("lead|opportunity|customer|customer"))
		if m.chance(90) {
			l.set(l.prop("industry"), pickOf(m.rand, industries))
			l.set(l.prop("numberofemployees"), strconv.Itoa(m.rand.IntN(40)*m.rand.IntN(300)+1))
			l.set(l.prop("hubspot_owner_id"), pickOf(m.rand, m.owners))
		}
		if m.chance(60) {
			l.set(l.prop("annualrevenue"), strconv.Itoa((m.rand.IntN(900)+1)*50_000))
			l.set(l.prop("founded_year"), strconv.Itoa(1890+m.rand.IntN(134)))
			l.set(l.prop("phone"), m.phone(c))
		}
		if m.chance(25) {
			l.set(l.prop("type"), m.oneOf("PROSPECT|PARTNER|RESELLER|VENDOR"))
			l.set(l.prop("description"), m.prose(1+m.rand.IntN(6)))
		}
		r := l.add(m.times(i, n))
		m.companies = append(m.companies, madeCompany{rec: r, name: full, domain: domain, culture: ci})
	}
	return nil
}

func (m *maker) phone(c *people) string {
	return c.prefix + " " + strconv.Itoa(100+m.rand.IntN(900)) + " " + strconv.Itoa(1000+m.rand.IntN(9000))
}

// prose is text of some sentences, for descriptions and messages.
func (m *maker) prose(sentences int) string {
	var b strings.Builder
	for i := range sentences {
		if i > 0 {
			b.WriteString(m.oneOf(" | |\n"))
		}
		b.WriteString(m.oneOf("Met at the fair in Hannover and asked for a quote.|Wants a demo before the quarter ends; budget is with Élodie.|" +
			"Prefers e-mail — \"no calls before 10:00\".|Uses a competitor's product <v2> today & is unhappy with support.|" +
			"会议定于下周二上午。|Der Vertrag läuft am 31.12. aus, bitte früh melden.|Позвонить после праздников.|" +
			"يرجى إرسال العرض باللغة العربية.|Two sites, 140 seats, single sign-on is a must.|Renewal risk: the sponsor has left 😕."))
	}
	return b.String()
}

// contactEmail makes an address that nobody has yet.
func contactEmail(t *table, email uint16, first, last, domain string, i int) string {
	mail := first + "." + last + "@" + domain
	if t.findBy(email, mail) != nil {
		mail = fmt.Sprintf("%s.%s%d@%s", first, last, i, domain)
	}
	return mail
}
