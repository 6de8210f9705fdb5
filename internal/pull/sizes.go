package pull

// sizes are the numbers of things in one call or transaction, and from which
// number on a backfill does more than to read a list.
type sizes struct {
	list   int // records of a list call
	search int // records of a search
	read   int // ids of a batch read
	link   int // ids of an association read
	own    int // the rep's own records that are pulled before all others
	rows   int // that make a transaction full
	dig    int // above this total search helps the list
	count  int // of records that are compared by their number at once
	split  int // above this one the list is read in several stretches at once
}

// usual are HubSpot's limits (CRM API: list, search, batch read, associations
// batch read), and totals below which the extra calls would cost more than they
// save. Tests have smaller ones, so that they need no large portals.
func usual() sizes {
	return sizes{list: 100, search: 200, read: 100, link: 1_000, own: 1_000, rows: 300, dig: 2_000, count: 5_000, split: 50_000}
}

const (
	ownShare  = 10 // of how many times the own records a type must have for them to come first
	stretches = 4  // of a type that is split
	diggers   = 2  // searches at a time, each in a stretch of its own
)
