package store

import (
	"context"
	"strings"

	"satchel/internal/crm"
)

const policyPrefix = "policy."

// Policies returns the policies that the rep has set, by type and property.
func (s *Store) Policies(ctx context.Context) ([]crm.PropertyPolicy, error) {
	var out []crm.PropertyPolicy
	err := s.read(ctx, "read policies", func(ctx context.Context, q querier) error {
		var key string
		var p crm.PropertyPolicy
		return each(ctx, q, func() error {
			typ, prop, _ := strings.Cut(strings.TrimPrefix(key, policyPrefix), ".")
			p.Type, p.Property = crm.ObjectType(typ), prop
			out = append(out, p)
			return nil
		}, []any{&key, &p.Policy}, `SELECT key, value FROM setting WHERE key GLOB 'policy.*' ORDER BY key`)
	})
	return out, err
}

// PoliciesOf returns the policies of a type's properties.
func (s *Store) PoliciesOf(ctx context.Context, t crm.ObjectType) (map[string]crm.Policy, error) {
	all, err := s.Policies(ctx)
	out := map[string]crm.Policy{}
	for _, p := range all {
		if p.Type == t {
			out[p.Property] = p.Policy
		}
	}
	return out, err
}

// SetPolicy keeps a policy; Ask is what every property has by itself.
func (s *Store) SetPolicy(ctx context.Context, p crm.PropertyPolicy) error {
	value := string(p.Policy)
	if p.Policy == crm.Ask {
		value = ""
	}
	return s.SetSetting(ctx, policyPrefix+string(p.Type)+"."+p.Property, value)
}
