package doctor

import (
	"context"

	"satchel/internal/crm"
)

// Remote is HubSpot's records. Its calls wait for their budget and repeat what
// failed in passing; an error that comes back ends the comparison.
type Remote interface {
	// List reads in id order, fresh and complete.
	List(ctx context.Context, t crm.ObjectType, c crm.ListCall) (crm.Page, error)
	// Search is asked for totals only: the index lags.
	Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error)
	BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error)
	// Get answers under another id when the record was merged; NotFound when it is
	// archived or gone.
	Get(ctx context.Context, t crm.ObjectType, id crm.RemoteID, props []string) (crm.RemoteRecord, error)
}

// Links is HubSpot's associations, at most 1,000 ids in a call. An id without a
// link in the answer has none.
type Links interface {
	Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error)
}

// Schema is what records are made of: HubSpot's, or as it is kept here.
type Schema interface {
	Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error)
	Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error)
	Owners(ctx context.Context) ([]crm.Owner, error)
}

// HubSpot is all of it.
type HubSpot interface {
	Remote
	Links
	Schema
}

// Records are the bases that are here.
type Records interface {
	// HeldCount counts the records that HubSpot has, as far as is known here.
	HeldCount(ctx context.Context, t crm.ObjectType) (int, error)
	// RemoteIDs are the ids of those above after, in numeric order.
	RemoteIDs(ctx context.Context, t crm.ObjectType, after crm.RemoteID, limit int) ([]crm.RemoteID, error)
	Held(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) (map[crm.RemoteID]crm.Held, error)
	// HeldLinks also says which of the ids were read from this end.
	HeldLinks(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.HeldLink, []crm.RemoteID, error)
}

// Copy is the local copy.
type Copy interface {
	Records
	Schema
}

// Mender pulls again what differs.
type Mender interface {
	// Reread reads records with their associations and applies what it finds:
	// values, archives, merges, and ids that are not here yet.
	Reread(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID) error
	// Schema reads what records are made of.
	Schema(ctx context.Context, types ...crm.ObjectType) error
}
