package workspace

import (
	"cmp"
	"context"
	"strings"

	"satchel/internal/crm"
)

// newsShown is how many records a list of news shows when nobody says, and at
// most.
const (
	newsShown = 50
	newsMost  = 500
)

// News is what changed in HubSpot on the rep's records and was not seen, record
// by record.
type News struct {
	crm.NewsPage
	Records []NewsOf
}

// NewsOf is the news of one record, the latest first.
type NewsOf struct {
	crm.Brief
	Archived bool
	Currency string // of a deal's amount; "" when the deal names none
	Lines    []NewsLine
}

// NewsLine is one piece of news in the rep's own words.
type NewsLine struct {
	crm.News
	Label string // of the property
	Was   string // Before as people say it: the label of an option, a stage, an owner
	Is    string // After
	By    string // the person's name; "" when it was none, or is not known
}

// News reads what the rep has not seen, of at most so many records, 0 for the
// usual.
func (w *Workspace) News(ctx context.Context, records int) (News, error) {
	if records < 0 {
		return News{}, invalid("The number of records cannot be negative.")
	}
	page, err := w.o.Store.News(ctx, min(cmp.Or(records, newsShown), newsMost))
	if err != nil {
		return News{}, err
	}
	owners, err := w.o.Store.Owners(ctx)
	if err != nil {
		return News{}, err
	}
	specs, err := w.o.Store.Types(ctx)
	if err != nil {
		return News{}, err
	}
	out := News{NewsPage: page}
	words := teller{w: w, specs: specs, named: people(owners), owners: owners, props: map[crm.ObjectType]map[string]crm.Property{}}
	for _, n := range page.News {
		if last := len(out.Records) - 1; last < 0 || out.Records[last].ID != n.Record {
			r, err := w.o.Store.Record(ctx, n.Type, string(n.Record))
			if crm.KindOf(err) == crm.NotFound {
				continue // forgotten in between
			}
			if err != nil {
				return News{}, err
			}
			view := r.View()
			spec, _ := crm.FindSpec(specs, string(r.Type))
			out.Records = append(out.Records, NewsOf{
				Brief:    crm.Brief{Type: r.Type, ID: n.Record, RemoteID: r.RemoteID, Title: spec.TitleOf(view), Badge: r.Badge, Values: crm.Values{}},
				Archived: r.Archived, Currency: view["deal_currency_code"],
			})
		}
		line, err := words.line(ctx, n)
		if err != nil {
			return News{}, err
		}
		of := &out.Records[len(out.Records)-1]
		of.Lines = append(of.Lines, line)
	}
	return out, nil
}

// SeenNews marks news as seen, of one record or of all (""): what is not newer
// than mark. The answer takes it back; 0 when there was nothing to see.
func (w *Workspace) SeenNews(ctx context.Context, mark int64, record string) (act int64, n int, err error) {
	act, n, err = w.o.Store.SeenNews(ctx, mark, crm.LocalID(strings.TrimSpace(record)))
	if n > 0 {
		w.o.Bus.Publish(crm.TopicNews)
	}
	return act, n, err
}

// UnseenNews takes a SeenNews back.
func (w *Workspace) UnseenNews(ctx context.Context, act int64) error {
	_, err := w.o.Store.UnseenNews(ctx, act)
	if err == nil {
		w.o.Bus.Publish(crm.TopicNews)
	}
	return err
}

// teller puts news into words.
type teller struct {
	w      *Workspace
	specs  []crm.Spec
	named  map[string]string // people by user id
	owners []crm.Owner
	props  map[crm.ObjectType]map[string]crm.Property
	stages map[string]string // and pipelines, by id
}

func (t *teller) line(ctx context.Context, n crm.News) (NewsLine, error) {
	out := NewsLine{News: n, Was: n.Before, Is: n.After}
	if crm.ByPerson(n.Source) {
		out.By = whoIs(t.named, n.Who, n.Source)
	}
	if n.Kind != crm.NewsProperty {
		return out, nil
	}
	p, err := t.property(ctx, n.Type, n.Name)
	if err != nil {
		return out, err
	}
	out.Label = cmp.Or(p.Label, n.Name)
	if out.Was, err = t.say(ctx, n.Type, p, n.Before); err == nil {
		out.Is, err = t.say(ctx, n.Type, p, n.After)
	}
	return out, err
}

func (t *teller) property(ctx context.Context, typ crm.ObjectType, name string) (crm.Property, error) {
	if t.props[typ] == nil {
		all, err := t.w.o.Store.Properties(ctx, typ)
		if err != nil {
			return crm.Property{}, err
		}
		t.props[typ] = make(map[string]crm.Property, len(all))
		for _, p := range all {
			t.props[typ][p.Name] = p
		}
	}
	if p, ok := t.props[typ][name]; ok {
		return p, nil
	}
	return crm.Property{Name: name}, nil
}

// say is a value as people call it; what has no name is said as it is.
func (t *teller) say(ctx context.Context, typ crm.ObjectType, p crm.Property, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	if p.Refers == "OWNER" || p.Name == "hubspot_owner_id" {
		for _, o := range t.owners {
			if string(o.ID) == value {
				return o.Name(), nil
			}
		}
		return value, nil
	}
	if spec, ok := crm.FindSpec(t.specs, string(typ)); ok && spec.Pipeline != "" && (p.Name == spec.Stage || p.Name == spec.Pipeline) {
		if err := t.pipelines(ctx); err != nil {
			return "", err
		}
		return cmp.Or(t.stages[string(typ)+"/"+value], value), nil
	}
	if p.Type != crm.TypeEnumeration {
		return value, nil
	}
	parts := []string{value}
	if p.Multiple() {
		parts = strings.Split(strings.Trim(value, ";"), ";")
	}
	for i, part := range parts {
		for _, o := range p.Options {
			if o.Value == strings.TrimSpace(part) {
				parts[i] = cmp.Or(o.Label, o.Value)
			}
		}
	}
	return strings.Join(parts, ", "), nil
}

func (t *teller) pipelines(ctx context.Context) error {
	if t.stages != nil {
		return nil
	}
	t.stages = map[string]string{}
	for _, spec := range t.specs {
		if spec.Pipeline == "" {
			continue
		}
		pipes, err := t.w.o.Store.Pipelines(ctx, spec.Type)
		if err != nil {
			return err
		}
		for _, p := range pipes {
			t.stages[string(spec.Type)+"/"+p.ID] = p.Label
			for _, s := range p.Stages {
				t.stages[string(spec.Type)+"/"+s.ID] = s.Label
			}
		}
	}
	return nil
}
