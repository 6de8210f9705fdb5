package sandbox

import (
	"slices"
	"strings"
)

// validationRoutes mounts the operations of HubSpot's propertyValidations file.
func validationRoutes(on mount) {
	at := func(op operation, method, rest string) {
		on(op, method, "/crm/property-validations/{v}/{type}"+rest, "/crm/v3/property-validations/{type}"+rest)
	}
	at(listValidations, "GET", "")
	at(propertyValidations, "GET", "/{name}")
	at(getValidation, "GET", "/{name}/rule-type/{rule}")
	at(putValidation, "PUT", "/{name}/rule-type/{rule}")
}

// validation is a rule that a property's values must satisfy.
type validation struct {
	Args      []string `json:"ruleArguments"`
	Type      string   `json:"ruleType"`
	Normalize bool     `json:"shouldApplyNormalization"`
}

// validatedJSON is a property with its rules.
type validatedJSON struct {
	Name  string       `json:"propertyName"`
	Rules []validation `json:"propertyValidationRules"`
}

// listValidations is GET /crm/property-validations/{v}/{type}: the properties
// that have rules.
func listValidations(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	out := []validatedJSON{}
	for _, def := range t.props {
		if rules := t.checks[def.Name]; len(rules) > 0 && def.Archived == 0 {
			out = append(out, validatedJSON{def.Name, rules})
		}
	}
	return ok(map[string][]validatedJSON{"results": out}), nil
}

// propertyValidations is GET …/{name}.
func propertyValidations(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	def, err := t.definition(c.r.PathValue("name"), false)
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]validation{"results": append([]validation{}, t.checks[def.Name]...)}), nil
}

// getValidation is GET …/{name}/rule-type/{rule}.
func getValidation(c *call) (answer, error) {
	t, err := c.schema()
	if err != nil {
		return answer{}, err
	}
	kind, err := c.ruleType()
	if err != nil {
		return answer{}, err
	}
	c.p.mu.RLock()
	defer c.p.mu.RUnlock()
	def, err := t.definition(c.r.PathValue("name"), false)
	if err != nil {
		return answer{}, err
	}
	rules := t.checks[def.Name]
	i := slices.IndexFunc(rules, func(v validation) bool { return v.Type == kind })
	if i < 0 {
		return answer{}, notFound()
	}
	return ok(rules[i]), nil
}

func (c *call) ruleType() (string, error) {
	kind := c.r.PathValue("rule")
	if _, known := ruleChecks()[kind]; !known {
		return "", invalid("Unknown validation rule type: %s", kind)
	}
	return kind, nil
}

// putValidation is PUT …/{name}/rule-type/{rule}: 204. The rule takes the place
// of one of its type. HubSpot's files have no way to remove a rule; here a rule
// that needs arguments goes when it gets none, and one that needs none goes
// with the argument "false".
func putValidation(c *call) (answer, error) {
	t, err := c.table("type")
	if err != nil {
		return answer{}, err
	}
	if err := c.need(t.kind.schemaScopes("write")...); err != nil {
		return answer{}, err
	}
	kind, err := c.ruleType()
	if err != nil {
		return answer{}, err
	}
	v := validation{}
	if err := decode(c.body, &v); err != nil {
		return answer{}, err
	}
	if v.Args == nil {
		return answer{}, notSet("ruleArguments")
	}
	v.Type = kind
	check := ruleChecks()[kind]
	gone := check.args && len(v.Args) == 0 || !check.args && slices.Contains(v.Args, "false")
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	def, err := t.definition(c.r.PathValue("name"), false)
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(check.types, def.Type) {
		return answer{}, invalid("Validation rule %s is not for properties of type %s", kind, def.Type)
	}
	if !gone && !check.sound(v.Args) {
		return answer{}, invalid("Validation rule %s cannot have the arguments [%s]", kind, strings.Join(v.Args, ", "))
	}
	rules := slices.DeleteFunc(slices.Clone(t.checks[def.Name]), func(other validation) bool { return other.Type == kind })
	if !gone {
		rules = append(rules, v)
		slices.SortFunc(rules, func(a, b validation) int { return strings.Compare(a.Type, b.Type) })
	}
	t.checks[def.Name] = rules
	c.p.saver.touch(c.p)
	return noContent(), nil
}

// brokenRule checks a value against its property's rules. HubSpot's code and
// wording are not known; the first broken rule is told.
func (p *Portal) brokenRule(t *table, name, val string) *problem {
	if val == "" {
		return nil
	}
	for _, rule := range t.checks[name] {
		tested := val
		if rule.Normalize {
			tested = strings.TrimSpace(val)
		}
		if !ruleChecks()[rule.Type].passes(tested, rule.Args, p.Now()) {
			return p.bad(name, val, "PROPERTY_VALIDATION_FAILED", val+" does not satisfy the validation rule "+rule.Type+" ["+strings.Join(rule.Args, ", ")+"]")
		}
	}
	return nil
}
