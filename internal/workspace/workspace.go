package workspace

import (
	"context"
	"time"

	"satchel/internal/bus"
	"satchel/internal/crm"
)

// Records reads the local copy.
type Records interface {
	List(ctx context.Context, q crm.ListQuery) (crm.ListPage, error)
	Record(ctx context.Context, t crm.ObjectType, id string) (crm.Record, error)
	Links(ctx context.Context, t crm.ObjectType, id crm.LocalID, props map[crm.ObjectType][]string) ([]crm.Linked, map[crm.ObjectType]bool, error)
	PrimaryCompanies(ctx context.Context, t crm.ObjectType, ids []crm.LocalID) (map[crm.LocalID]crm.Brief, error)
	Search(ctx context.Context, text string, types []crm.ObjectType, mine crm.OwnerID, limit int, props map[crm.ObjectType][]string) ([]crm.Brief, error)
	Briefs(ctx context.Context, ids []crm.LocalID) (map[crm.LocalID]crm.Brief, error)
	Counts(ctx context.Context) (map[crm.ObjectType]int, error)
	Holder(ctx context.Context, t crm.ObjectType, prop, value string, except crm.LocalID) (crm.Brief, bool, error)
	Timeline(ctx context.Context, t crm.ObjectType, id crm.LocalID, limit int) ([]crm.Record, error)
}

// Deals reads what the board shows.
type Deals interface {
	StageSums(ctx context.Context, pipeline string, owner crm.OwnerID, text string) ([]crm.StageSum, error)
	StageCards(ctx context.Context, pipeline, stage string, owner crm.OwnerID, text string, offset, limit int) ([]crm.Record, error)
}

// Definitions reads how the portal is set up.
type Definitions interface {
	// Types are all that are kept.
	Types(ctx context.Context) ([]crm.Spec, error)
	// PickTypes makes the portal's own types that are kept exactly these.
	PickTypes(ctx context.Context, types []crm.CustomType) (bool, error)
	Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error)
	Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error)
	Owners(ctx context.Context) ([]crm.Owner, error)
	Portal(ctx context.Context) (crm.Portal, bool, error)
}

// Acts writes the rep's acts, each in one transaction. seen holds what was on
// screen when the rep began, per record; fields that are not in it count as
// seen at their present value.
type Acts interface {
	Enqueue(ctx context.Context, ops []crm.Op, seen map[crm.LocalID]crm.Values) ([]crm.Op, error)
	Undo(ctx context.Context, group crm.OpID, now crm.Millis) (crm.Undone, error)
	Retry(ctx context.Context, id crm.OpID, now crm.Millis) error
	Discard(ctx context.Context, id crm.OpID, now crm.Millis) error
	Resolve(ctx context.Context, id crm.OpID, choices map[string]string, now crm.Millis) error
	AdoptExisting(ctx context.Context, id crm.OpID, remote crm.RemoteRecord, now crm.Millis) error
}

// Queue reads the outbox.
type Queue interface {
	Unfinished(ctx context.Context) ([]crm.Op, error)
	UnfinishedOf(ctx context.Context, id crm.LocalID) ([]crm.Op, error)
	Badges(ctx context.Context) (waiting, conflicts, parked int, err error)
	Receipts(ctx context.Context, limit int) ([]crm.Op, error)
	// Overwritten are finished operations that replaced values of others unseen.
	Overwritten(ctx context.Context) ([]crm.Op, error)
	ResolveOverwrite(ctx context.Context, id crm.OpID, choices map[string]string, at crm.Millis) (crm.Op, error)
	Op(ctx context.Context, id crm.OpID) (crm.Op, error)
	OpsOf(ctx context.Context, group crm.OpID) ([]crm.Op, error)
}

// Policies are what becomes of conflicts without asking.
type Policies interface {
	Policies(ctx context.Context) ([]crm.PropertyPolicy, error)
	SetPolicy(ctx context.Context, p crm.PropertyPolicy) error
}

// Noticed is what changed in HubSpot on the rep's records, until it is seen.
type Noticed interface {
	News(ctx context.Context, records int) (crm.NewsPage, error)
	SeenNews(ctx context.Context, mark int64, record crm.LocalID) (act int64, n int, err error)
	UnseenNews(ctx context.Context, act int64) (n int, err error)
}

// Store is the local copy.
type Store interface {
	Noticed
	Policies
	Records
	Deals
	Definitions
	Acts
	Queue
}

// Getter reads from HubSpot, for the few acts that need to know what it holds right
// now.
type Getter interface {
	Get(ctx context.Context, t crm.ObjectType, id crm.RemoteID, props []string) (crm.RemoteRecord, error)
	// CustomTypes are the object types that the portal made for itself.
	CustomTypes(ctx context.Context) ([]crm.CustomType, error)
}

// Options are what a Workspace works with. All are required.
type Options struct {
	Store  Store
	Bus    *bus.Bus
	Remote func() (Getter, error) // HubSpot as connected now
	Owner  func(ctx context.Context) crm.OwnerID
	Wake   func() // tells the syncer that something waits
	Again  func() // tells the syncer that there are other types to pull
	// Complete says that all associations have been pulled once. Each pair of
	// types is read in one direction only, so a record that nothing points to
	// has no mark of its own.
	Complete func(ctx context.Context) (bool, error)
	Clock    func() time.Time
}

// Workspace is the set of use cases.
type Workspace struct{ o Options }

// New makes a workspace.
func New(o Options) *Workspace { return &Workspace{o: o} }

func (w *Workspace) now() crm.Millis { return crm.At(w.o.Clock()) }

// acted publishes what an act changed and wakes the syncer.
func (w *Workspace) acted(ops []crm.Op) {
	topics := []crm.Topic{crm.TopicOutbox, crm.TopicSync}
	for _, op := range ops {
		topics = append(topics, crm.ListTopic(op.Type), crm.RecordTopic(op.Record))
		if op.ToRecord != "" {
			topics = append(topics, crm.RecordTopic(op.ToRecord))
		}
	}
	w.o.Bus.Publish(topics...)
	w.o.Wake()
}

func (w *Workspace) typeOf(ctx context.Context, name string) (crm.Spec, error) {
	specs, err := w.o.Store.Types(ctx)
	if err != nil {
		return crm.Spec{}, err
	}
	s, ok := crm.FindSpec(specs, name)
	if ok {
		return s, nil
	}
	return s, &crm.Error{Kind: crm.Invalid, Msg: "There is no record type " + quote(name) + " here. Satchel knows contacts, companies, deals, tickets, line items, products, the activities on them, and custom objects that were picked."}
}

func invalid(msg string) error { return &crm.Error{Kind: crm.Invalid, Msg: msg} }

func quote(s string) string { return "“" + s + "”" }
