package outbox

import (
	"context"

	"satchel/internal/crm"
)

// Queue is the local store's half of the outbox. Every call is one
// transaction.
type Queue interface {
	// Unfinished returns all operations that are not done, in the order in
	// which the rep acted, with the ids that HubSpot has given their records
	// by now.
	Unfinished(ctx context.Context) ([]crm.Op, error)
	// Begin commits operations as sending, with their Keyed, and returns those
	// that may be sent: one that has changed since it was read is left out. When
	// it fails, nothing may be sent.
	Begin(ctx context.Context, ops []crm.Op, now crm.Millis) ([]crm.Op, error)
	// Settle commits what became of operations, and returns the records whose
	// view or badge changed.
	Settle(ctx context.Context, out []crm.Outcome) ([]crm.LocalID, error)
	// Unchecked returns operations of one type whose written values, which are
	// their fields, have not been compared with the history.
	Unchecked(ctx context.Context, limit int) ([]crm.Op, error)
	// Checked commits what the history said: the values of others that were
	// replaced unseen.
	Checked(ctx context.Context, ops []crm.OpID, found map[crm.OpID][]crm.Dispute) error
	// Made returns those of the records that are known to be of creates of ours.
	Made(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) ([]crm.RemoteID, error)
	// Properties are the definitions of a type's properties.
	Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error)
}

// Reader looks up what HubSpot holds now. Its errors mean that nothing was
// learned, and nothing else.
type Reader interface {
	BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error)
	ReadByKey(ctx context.Context, t crm.ObjectType, key string, values, props []string) (map[string]crm.RemoteRecord, error)
	Get(ctx context.Context, t crm.ObjectType, id crm.RemoteID, props []string) (crm.RemoteRecord, error)
	History(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (map[crm.RemoteID]map[string][]crm.Version, error)
	Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error)
}

// Writer changes records. A returned error of kind Uncertain means that
// HubSpot may have acted; of any other kind, that it has not. Otherwise every
// row has its own answer.
type Writer interface {
	Upsert(ctx context.Context, t crm.ObjectType, key string, rows []crm.Write) ([]crm.Written, error)
	Create(ctx context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error)
	Update(ctx context.Context, t crm.ObjectType, rows []crm.Write) ([]crm.Written, error)
	Archive(ctx context.Context, t crm.ObjectType, id crm.RemoteID) error
}

// Linker changes associations; both calls have set semantics and may be
// repeated freely.
type Linker interface {
	Associate(ctx context.Context, from, to crm.ObjectType, pairs []crm.Pair) error
	Detach(ctx context.Context, from, to crm.ObjectType, pairs []crm.Pair) error
}

// Remote is HubSpot.
type Remote interface {
	Reader
	Writer
	Linker
}
