package pull

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"satchel/internal/crm"
)

// idProperty is the property that holds a record's id; search sorts and
// filters by it as a number.
const idProperty = "hs_object_id"

// mergedProperty lists the ids that were merged into a record: by it the store
// finds the one that it knew by another id.
const mergedProperty = "hs_merged_object_ids"

// Schema pulls the properties and pipelines of the given types, and the
// owners along with the first type of crm.Specs; without types it pulls all.
// Activities have properties that Satchel knows, and cost no call. A
// missing permission is not an error: the type goes on with the schema that is
// here and says so in its Progress, and Notes says so for the owners. Types
// that a missing permission had stopped are tried again by the next Backfill. One
// that HubSpot does not know is set aside, and says so.
func (e *Engine) Schema(ctx context.Context, types ...crm.ObjectType) error {
	ctx = crm.Unhurried(ctx)
	if err := e.meet(ctx); err != nil {
		return err
	}
	if err := e.customTypes(ctx); err != nil {
		return err
	}
	specs, err := e.chosen(ctx, types)
	if err != nil {
		return err
	}
	errs := make([]error, len(specs)+1)
	changed := make([]bool, len(specs)+1)
	var wg sync.WaitGroup
	for i, s := range specs {
		wg.Go(func() {
			if changed[i], errs[i] = e.schemaOf(ctx, s); aside(errs[i]) {
				e.stop(ctx, s.Type, errs[i])
				errs[i] = nil
			}
		})
	}
	if len(specs) > 0 && specs[0].Type == crm.Contacts {
		wg.Go(func() { changed[len(specs)], errs[len(specs)] = e.owners(ctx) })
	}
	wg.Wait()
	if slices.Contains(changed, true) {
		e.notify(crm.TopicSchema)
	}
	return worst(errs)
}

func (e *Engine) chosen(ctx context.Context, types []crm.ObjectType) ([]crm.Spec, error) {
	specs, err := e.types(ctx)
	if err != nil || len(types) == 0 {
		return specs, err
	}
	var out []crm.Spec
	for _, s := range specs {
		if slices.Contains(types, s.Type) {
			out = append(out, s)
		}
	}
	return out, nil
}

// customTypes brings the descriptions of the portal's own types up to date that the
// rep picked. One that the portal does not have any more, or does not show to this
// sign-in, stays as it is.
func (e *Engine) customTypes(ctx context.Context) error {
	specs, err := e.types(ctx)
	if err != nil || !slices.ContainsFunc(specs, func(s crm.Spec) bool { return s.Custom }) {
		return err
	}
	there, err := e.remote.CustomTypes(ctx)
	if crm.KindOf(err) == crm.Forbidden {
		return nil
	}
	if err != nil {
		return fmt.Errorf("custom types: %w", err)
	}
	return e.store.Redescribe(ctx, there)
}

func (e *Engine) schemaOf(ctx context.Context, s crm.Spec) (changed bool, err error) {
	e.allow(s.Type)
	if s.Activity { // its properties are the same in every portal
		return false, nil
	}
	ps, err := e.remote.Properties(ctx, s.Type)
	if crm.KindOf(err) == crm.Forbidden {
		e.remark(s.Type, fmt.Sprintf("HubSpot does not show the properties of %s%s. They are pulled with the usual ones only.", s.Type, scopesOf(err)))
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("properties of %s: %w", s.Type, err)
	}
	e.remark(s.Type, "")
	if changed, err = e.saveProperties(ctx, s.Type, ps); err != nil {
		return false, fmt.Errorf("save properties of %s: %w", s.Type, err)
	}
	if s.Pipeline == "" {
		return changed, nil
	}
	pipes, err := e.remote.Pipelines(ctx, s.Type)
	if crm.KindOf(err) == crm.Forbidden {
		e.remark(s.Type, fmt.Sprintf("HubSpot does not show the pipelines of %s%s.", s.Type, scopesOf(err)))
		return changed, nil
	}
	if err != nil {
		return changed, fmt.Errorf("pipelines of %s: %w", s.Type, err)
	}
	c, err := e.store.SavePipelines(ctx, s.Type, pipes)
	if err != nil {
		return changed, fmt.Errorf("save pipelines of %s: %w", s.Type, err)
	}
	return changed || c, nil
}

// saveProperties saves the definitions, and erases the values of properties that
// are not among them any more: they were archived, or are sensitive now. An edit
// of one that was archived stays, for the rep to see; what is sensitive does not.
func (e *Engine) saveProperties(ctx context.Context, t crm.ObjectType, ps []crm.Property) (bool, error) {
	had, err := e.store.Properties(ctx, t)
	if err != nil {
		return false, err
	}
	if err := e.plan(ctx, t, gainedOf(had, ps)); err != nil {
		return false, err
	}
	lost := lostOf(had, ps)
	if len(lost) == 0 || len(ps) == 0 { // without any, something is wrong with the answer
		return e.store.SaveProperties(ctx, t, ps)
	}
	sensitive, err := e.remote.Sensitive(ctx, t)
	if err != nil {
		return false, err
	}
	secret := slices.DeleteFunc(slices.Clone(lost), func(n string) bool { return !slices.Contains(sensitive, n) })
	erase := func() (bool, error) {
		if _, err := e.store.Erase(ctx, t, lost, false); err != nil || len(secret) == 0 {
			return err == nil, err
		}
		return e.store.Erase(ctx, t, secret, true)
	}
	// The definitions come after it, so that a crash in between repeats it, and it
	// comes once more for what a page has brought meanwhile.
	if done, err := erase(); err != nil || !done {
		return false, err
	}
	changed, err := e.store.SaveProperties(ctx, t, ps)
	if err != nil {
		return changed, err
	}
	_, err = erase()
	return changed, err
}

// lostOf are the names of properties that were there and are not any more.
func lostOf(had, have []crm.Property) []string {
	var out []string
	for _, p := range had {
		if !slices.ContainsFunc(have, func(q crm.Property) bool { return q.Name == p.Name }) {
			out = append(out, p.Name)
		}
	}
	return out
}

func (e *Engine) owners(ctx context.Context) (changed bool, err error) {
	os, err := e.remote.Owners(ctx)
	if crm.KindOf(err) == crm.Forbidden {
		e.setOwnersNote("HubSpot does not show who the owners are" + scopesOf(err) + ". Records show the owner's number.")
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("owners: %w", err)
	}
	e.setOwnersNote("")
	if changed, err = e.store.SaveOwners(ctx, os); err != nil {
		return false, fmt.Errorf("save owners: %w", err)
	}
	return changed, nil
}

// props are the names to ask for: every property of the schema that is not
// hidden, and those that the program cannot do without.
func (e *Engine) props(ctx context.Context, s crm.Spec) ([]string, error) {
	ps, err := e.store.Properties(ctx, s.Type)
	if err == nil && len(ps) == 0 {
		if _, err = e.schemaOf(ctx, s); err == nil {
			ps, err = e.store.Properties(ctx, s.Type)
		}
	}
	if err != nil {
		return nil, err
	}
	names := slices.Concat(
		[]string{idProperty, mergedProperty, s.Modified, crm.KeyProperty, s.Fallback, "createdate"},
		s.Title, s.Search, s.Text, s.Numeric, s.Required, s.RequiredAny,
	)
	if s.Activity {
		names = append(names, "hs_createdate")
	}
	for _, p := range ps {
		if !p.Hidden {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// scopesOf names the permissions that HubSpot missed, as part of a sentence.
func scopesOf(err error) string {
	if e, ok := crm.AsError(err); ok && len(e.Scopes) > 0 {
		return ": the permission " + strings.Join(e.Scopes, ", ") + " is missing"
	}
	return " to this sign-in"
}

// worst picks the error that says most about what to do next.
func worst(errs []error) error {
	rank := func(k crm.Kind) int {
		return slices.Index([]crm.Kind{crm.Canceled, crm.Upstream, crm.RateLimited, crm.Offline, crm.Unauthorized, crm.Corrupt, crm.Storage}, k)
	}
	var out error
	for _, err := range errs {
		if err == nil {
			continue
		}
		k := crm.KindOf(err)
		if out == nil || rank(k) > rank(crm.KindOf(out)) || crm.KindOf(out) == crm.Canceled {
			out = err
		}
	}
	return out
}
