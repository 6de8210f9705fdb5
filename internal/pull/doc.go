// Package pull brings HubSpot's records into the local copy: the schema, the
// first pull of everything (backfill), what changed since (delta), and the
// full pull that also finds what HubSpot no longer has.
//
// It decides what to ask for and in which order, and where to go on after a
// stop: every page is one transaction with the cursor that covers it, so that
// a process that dies repeats at most one page, harmlessly. It does not decide
// when (package syncer), how fast (the remote waits for its budget), or which
// of two versions of a record is newer (the store never lets a base go
// backwards). It holds no SQL and no HTTP.
package pull
