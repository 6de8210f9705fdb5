package pull

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"satchel/internal/crm"
)

// Lister reads a type's records page by page.
type Lister interface {
	// List reads in id order from HubSpot's own tables: fresh and complete.
	List(ctx context.Context, t crm.ObjectType, c crm.ListCall) (crm.Page, error)
	// Search reads from the index, which lags.
	Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error)
}

// Reader reads what is known by id.
type Reader interface {
	BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error)
	Get(ctx context.Context, t crm.ObjectType, id crm.RemoteID, props []string) (crm.RemoteRecord, error)
	// Associations takes at most 1,000 ids. An error says nothing about any of
	// them; an id without a link in the answer has none.
	Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error)
}

// Catalog reads what the records are made of.
type Catalog interface {
	// Properties are all but those that HubSpot marks as sensitive, which Sensitive
	// names.
	Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error)
	Sensitive(ctx context.Context, t crm.ObjectType) ([]string, error)
	Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error)
	Owners(ctx context.Context) ([]crm.Owner, error)
	// CustomTypes are those that the portal made for itself.
	CustomTypes(ctx context.Context) ([]crm.CustomType, error)
}

// Remote is HubSpot. Its calls wait for their rate budget and repeat reads that
// failed in passing; an error that comes back is final for this run.
type Remote interface {
	Lister
	Reader
	Catalog
}

// Copy is the local copy of the records.
type Copy interface {
	// Apply is one transaction: rows, links and cursors together. It never lets
	// a record go back to an older version.
	Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error)
	// RemoteIDs gives the ids of live records above after, in numeric order.
	RemoteIDs(ctx context.Context, t crm.ObjectType, after crm.RemoteID, limit int) ([]crm.RemoteID, error)
	// Stamps are the modified stamps of at most limit live records.
	Stamps(ctx context.Context, t crm.ObjectType, limit int) (map[crm.RemoteID]crm.Millis, error)
	Count(ctx context.Context, t crm.ObjectType) (int, error)
	// GoneIDs are those of the ids whose records are archived, as far as is known
	// here.
	GoneIDs(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) ([]crm.RemoteID, error)
}

// Ledger answers what a sweep asks of the copy. Stretches of ids are above after
// and at most until; an empty until has no bound.
type Ledger interface {
	// OwnIDs gives the ids of an owner's live records, in numeric order.
	OwnIDs(ctx context.Context, t crm.ObjectType, owner crm.OwnerID) ([]crm.RemoteID, error)
	CountIDs(ctx context.Context, t crm.ObjectType, after, until crm.RemoteID) (int, error)
	// MiddleID gives the live id with skip others before it in the stretch, "" for
	// none.
	MiddleID(ctx context.Context, t crm.ObjectType, after, until crm.RemoteID, skip int) (crm.RemoteID, error)
}

// Kinds are the record types that are kept.
type Kinds interface {
	Types(ctx context.Context) ([]crm.Spec, error)
	// Redescribe brings the descriptions of those types up to date that are kept and
	// that the portal made for itself.
	Redescribe(ctx context.Context, there []crm.CustomType) error
}

// Schemas keeps what Catalog read. Each Save says whether anything changed.
type Schemas interface {
	SaveProperties(ctx context.Context, t crm.ObjectType, ps []crm.Property) (bool, error)
	SavePipelines(ctx context.Context, t crm.ObjectType, ps []crm.Pipeline) (bool, error)
	SaveOwners(ctx context.Context, os []crm.Owner) (bool, error)
	Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error)
	// Erase takes the values of properties out of the copy for good, and with edits
	// out of edits that wait, too. false: one is being sent, so it has to be done
	// again.
	Erase(ctx context.Context, t crm.ObjectType, props []string, edits bool) (bool, error)
}

// Portals knows which portal the copy is of.
type Portals interface {
	Portal(ctx context.Context) (p crm.Portal, ok bool, err error)
}

// Cursors keeps the places at which a pull goes on.
type Cursors interface {
	Cursor(ctx context.Context, name string) (crm.Cursor, bool, error)
	Cursors(ctx context.Context, prefix string) ([]crm.Cursor, error)
	SetCursor(ctx context.Context, c crm.Cursor) error
	DropCursors(ctx context.Context, prefix string) error
}

// Store is the local copy with its schema and cursors.
type Store interface {
	Copy
	Kinds
	Ledger
	Schemas
	Portals
	Cursors
}

// Options are what an Engine stands on.
type Options struct {
	Remote Remote
	Store  Store
	// Clock is our own clock; nil means time.Now.
	Clock func() time.Time
	// Owner is the rep, whose records are pulled first, and of whose records changes
	// are news; nil or "" means unknown.
	Owner func() crm.OwnerID
	// Notify is told what changed in the local copy; nil means nobody listens.
	Notify func(...crm.Topic)
	// Log is where the engine writes what it decided; nil discards.
	Log *slog.Logger
}

// Engine pulls. Its reports (Progress, Pulled, Usable) may be asked for at any
// time; of the pulling methods one runs at a time.
type Engine struct {
	remote Remote
	store  Store
	clock  func() time.Time
	owner  func() crm.OwnerID
	notify func(...crm.Topic)
	log    *slog.Logger

	size sizes

	mu         sync.Mutex
	specs      []crm.Spec // what is pulled, in the order of the navigation; see types
	tally      map[crm.ObjectType]*tally
	usable     bool
	ownersNote string
	portal     string // of which all this is known
	hub        hubClock
	recent     map[crm.ObjectType]map[crm.RemoteID]crm.Millis

	fresh freshness

	swept  string // which round the last step of a sweep was of
	spares bool   // it said that the next step costs no search
	mine   own    // the sweeps'; not guarded, since one pulling method runs at a time
}

// New makes an engine. It calls nothing.
func New(o Options) *Engine {
	e := &Engine{
		remote: o.Remote, store: o.Store, clock: o.Clock, owner: o.Owner,
		notify: o.Notify, log: o.Log, specs: crm.AllSpecs(),
		size:   usual(),
		tally:  map[crm.ObjectType]*tally{},
		recent: map[crm.ObjectType]map[crm.RemoteID]crm.Millis{},
	}
	if e.clock == nil {
		e.clock = time.Now
	}
	if e.owner == nil {
		e.owner = func() crm.OwnerID { return "" }
	}
	e.store = owned{e.store, e.owner}
	if e.notify == nil {
		e.notify = func(...crm.Topic) {}
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	for _, s := range e.specs {
		e.tally[s.Type] = &tally{total: -1}
	}
	return e
}

// known are the types as they were when last asked for.
func (e *Engine) known() []crm.Spec {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.specs
}

// types are those that are pulled now, the portal's own among them that the rep
// picked.
func (e *Engine) types(ctx context.Context) ([]crm.Spec, error) {
	specs, err := e.store.Types(ctx)
	if err != nil {
		return nil, fmt.Errorf("types: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.specs = specs
	for _, s := range specs {
		if e.tally[s.Type] == nil {
			e.tally[s.Type] = &tally{total: -1}
		}
	}
	return specs, nil
}

// owned says with everything that is applied whose records are the rep's.
type owned struct {
	Store
	owner func() crm.OwnerID
}

func (o owned) Apply(ctx context.Context, p crm.Pulled) (crm.Applied, error) {
	p.Owner = o.owner()
	return o.Store.Apply(ctx, p)
}
