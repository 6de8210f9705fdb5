package sandbox

import (
	"strings"
	"sync"
)

// objectType is what the API needs to know of one CRM object type. A type is
// served as soon as it is in Portal.tables and has property definitions; what
// every account has stands in objecttypes.go, the account's own types come from
// the schemas endpoint.
type objectType struct {
	id       string   // objectTypeId, "0-1"
	plural   string   // path name, "contacts"
	singular string   // "contact"; also the stem of association type names
	aliases  []string // more names that stand for it in a path
	upper    string   // name in batch error messages, "CONTACT"
	title    string   // name in sentences, "Contact"
	created  string   // property that holds the create stamp
	modified string   // property that holds the modify stamp; fact sheet 3.5
	defaults []string
	searched []string // fields that the search's query looks at
	required []string
	oneOf    []string // at least one of these on create
	timed    string   // property that hs_timestamp is taken from when it is missing
	key      string   // built-in unique property whose clash is a conflict, "" for none
	scope    string   // middle part of crm.objects.<scope>.read
	more     string   // one more scope that reads and writes it
	merges   bool     // two records can be made one
	forgets  bool     // gdpr-delete is there
	burns    bool     // a delete is for good: no recycle bin
	activity bool     // a new one counts for the records it is associated with; fact sheet 5.4
	pipeline string   // properties that hold pipeline and stage, "" for none
	stage    string
	firstID  int64
	gap      int64 // ids grow by 1..gap
	history  int   // versions kept per property
	defs     string
	custom   *custom // of a type that the account made, else nil
}

// piped reports whether records of the type stand in pipelines.
func (k *objectType) piped() bool { return k.stage != "" }

// system reports whether a property is one of the three that every record has
// and that are kept in the record itself, not among its values.
func (k *objectType) system(name string) bool {
	return name == "hs_object_id" || name == k.created || name == k.modified
}

// names holds every name that stands for the type in a path or a body.
func (k *objectType) names() []string {
	return append([]string{k.id, k.plural, k.singular}, k.aliases...)
}

// objectScopes are the scopes of which one allows an access ("read" or "write")
// to the records; fact sheet 1.8.
func (k *objectType) objectScopes(access string) []string {
	switch {
	case k.scope == "tickets":
		return []string{"tickets"}
	case k.scope == "products" || k.scope == "line_items":
		return []string{"crm.objects." + k.scope + "." + access, "e-commerce"}
	case k.more != "":
		return []string{"crm.objects." + k.scope + "." + access, k.more}
	default:
		return []string{"crm.objects." + k.scope + "." + access}
	}
}

// schemaScopes are the scopes of which one allows an access to the type's
// properties and pipelines.
func (k *objectType) schemaScopes(access string) []string {
	scopes := k.objectScopes(access)
	if k.scope != "tickets" && k.scope != "users" {
		scopes = append([]string{"crm.schemas." + k.scope + "." + access}, scopes...)
	}
	if access == "write" && k.scope != "tickets" && k.scope != "users" {
		return scopes[:1]
	}
	return scopes
}

// kinds finds types by their names. It has a lock of its own, since a path is
// read before the portal's is taken and a type may be added at any time.
type kinds struct {
	mu     sync.RWMutex
	byName map[string]*table
}

func (k *kinds) add(t *table) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.byName == nil {
		k.byName = map[string]*table{}
	}
	for _, name := range t.kind.names() {
		k.byName[strings.ToLower(name)] = t
	}
}

func (k *kinds) drop(t *table) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, name := range t.kind.names() {
		if low := strings.ToLower(name); k.byName[low] == t {
			delete(k.byName, low)
		}
	}
}

// kindOf finds a type by name, singular or id, as all paths accept it.
func (p *Portal) kindOf(name string) (*table, error) {
	p.kinds.mu.RLock()
	defer p.kinds.mu.RUnlock()
	if t := p.kinds.byName[strings.ToLower(name)]; t != nil {
		return t, nil
	}
	return nil, &apiError{code: 400, Message: "Unable to infer object type from: " + name}
}

// addTable enters a type with its properties.
func (p *Portal) addTable(kind *objectType) (*table, error) {
	t, err := p.makeTable(kind)
	if err != nil {
		return nil, err
	}
	p.enter(t)
	return t, nil
}

// makeTable makes a type's table, which nobody finds until it is entered.
func (p *Portal) makeTable(kind *objectType) (*table, error) {
	n := len(p.tables)
	t := newTable(kind, n, mix(p.salt+uint64(n)))
	groups, defs, err := parseDefs(kind.defs)
	if err != nil {
		return nil, err
	}
	t.groups = groups
	for _, def := range defs {
		t.addProperty(def)
	}
	p.derive(t)
	return t, nil
}

// enter makes the table that was made last known. The caller holds the portal's
// lock; the table is complete, since a path finds it from now on.
func (p *Portal) enter(t *table) {
	p.tables = append(p.tables, t)
	p.kinds.add(t)
}
