package sandbox

import "time"

// NewProperty is a property of the account's own, of text, or of one of several
// options.
type NewProperty struct {
	Name    string
	Label   string
	Group   string
	Options []string // none for text; each is its own label
}

// DefineProperty makes a property as an administrator would, in HubSpot's
// settings. The name of an archived one brings that back as it was.
func (p *Portal) DefineProperty(typ string, n NewProperty) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, err := p.kindOf(typ)
	if err != nil {
		return err
	}
	kind, field := "string", "text"
	if len(n.Options) > 0 {
		kind, field = "enumeration", "select"
	}
	in := propertyBody{Name: n.Name, Label: &n.Label, Group: &n.Group, Type: &kind, FieldType: &field, Options: optionsOf(n.Options)}
	_, err = p.define(t, in, 0)
	return err
}

// ArchiveProperty deletes a property of the account's own. Records keep its
// values, unseen, until DefineProperty brings it back.
func (p *Portal) ArchiveProperty(typ, name string) error {
	return p.administer(typ, name, func(t *table, def *property) error {
		if err := t.mayArchive(def); err != nil {
			return err
		}
		def.Archived = p.nowMS()
		return nil
	})
}

// MarkSensitive marks what a property holds as non_sensitive, sensitive or
// highly_sensitive. By API that is settled when the property is made.
func (p *Portal) MarkSensitive(typ, name, level string) error {
	return p.administer(typ, name, func(_ *table, def *property) (err error) {
		def.Sensitivity, err = sensitivity(level)
		return err
	})
}

// SetOptions leaves a property these options. Records keep values that are not
// among them.
func (p *Portal) SetOptions(typ, name string, options []string) error {
	return p.administer(typ, name, func(t *table, def *property) error {
		in := propertyBody{Options: optionsOf(options)}
		if err := t.mayUpdate(def, in); err != nil {
			return err
		}
		in.apply(def)
		return nil
	})
}

// SetReadOnly says whether a property's value may be set by API.
func (p *Portal) SetReadOnly(typ, name string, on bool) error {
	return p.administer(typ, name, func(_ *table, def *property) error {
		def.ReadOnly = on
		return nil
	})
}

func (p *Portal) administer(typ, name string, change func(*table, *property) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, err := p.kindOf(typ)
	if err != nil {
		return err
	}
	def, err := t.definition(name, false)
	if err != nil {
		return err
	}
	if err := change(t, def); err != nil {
		return err
	}
	def.Updated = p.nowMS()
	p.saver.touch(p)
	return nil
}

func optionsOf(values []string) []option {
	out := make([]option, len(values))
	for i, v := range values {
		out[i] = option{Label: v, Value: v, DisplayOrder: i}
	}
	return out
}

// ExpireTokens ends the life of every access token now. The grants hold: each
// app gets another one by its refresh token.
func (p *Portal) ExpireTokens() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for token, a := range p.auth.Access {
		a.Expires = min(a.Expires, p.Now().Add(-time.Second).UnixMilli())
		p.auth.Access[token] = a
	}
	p.saver.touch(p)
}
