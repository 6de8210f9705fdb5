package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Rules are what an account's administrator asks of the records of a type, in
// HubSpot's settings. HubSpot enforces them on API writes since 2026-09; fact
// sheet 4.6.
type Rules struct {
	// Required are the properties that the create form requires.
	Required []string
	// Conditional are the properties that another one's value makes required.
	Conditional []Conditional
}

// Conditional requires a value of Property when When has one of Values.
type Conditional struct {
	Property string
	When     string
	Values   []string
}

// SetRules gives a type its rules, in place of those it had. An unknown type or
// property is an error.
func (p *Portal) SetRules(typ string, r Rules) error {
	t, err := p.kindOf(typ)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	names := slices.Clone(r.Required)
	for _, c := range r.Conditional {
		names = append(names, c.Property, c.When)
	}
	for _, name := range names {
		if _, err := t.definition(name, false); err != nil {
			return fmt.Errorf("rules of %s: %w", typ, err)
		}
	}
	t.rules = r
	p.saver.touch(p)
	return nil
}

// unfilled lists what the create form requires and a new record does not have,
// except for what is already known to be missing.
func (t *table) unfilled(sent values, known []string) []string {
	var names []string
	for _, name := range t.rules.Required {
		if sent[name] == "" && !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

// conditions checks the conditional rules that an edit has to do with: a create
// with all of them, an update with those whose properties it sets.
func (t *table) conditions(old *doc, e edit) error {
	value := func(name string) (string, bool) {
		i := t.byName[name]
		for _, c := range e.props {
			if c.prop == i {
				return c.val, true
			}
		}
		if old == nil {
			return "", true
		}
		val, _ := t.value(old, i)
		return val, false
	}
	broken := invalid("The property values provided are invalid")
	for _, rule := range t.rules.Conditional {
		when, whenSent := value(rule.When)
		val, sent := value(rule.Property)
		if val != "" || !whenSent && !sent || !rule.holds(when) {
			continue
		}
		broken.Errors = append(broken.Errors, errorDetail{
			Code:    "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
			Message: rule.Property + " is required because of a conditional property rule based on [" + rule.When + "]",
			Context: map[string][]string{"propertyName": {rule.Property}},
		})
	}
	if len(broken.Errors) == 0 {
		return nil
	}
	return broken
}

// holds reports whether a value, or one of a checkbox list, is among the rule's.
func (c Conditional) holds(val string) bool {
	for part := range strings.SplitSeq(val, ";") {
		if part != "" && slices.Contains(c.Values, part) {
			return true
		}
	}
	return false
}

// inUse reports whether a rule or the type itself needs a property.
func (t *table) inUse(name string) bool {
	ruled := slices.ContainsFunc(t.rules.Conditional, func(c Conditional) bool { return c.Property == name || c.When == name })
	return ruled || slices.Contains(t.rules.Required, name) || len(t.checks[name]) > 0 ||
		t.kind.custom != nil && t.kind.custom.uses(name)
}
