// Package store keeps the local copy in one SQLite file: records, associations,
// definitions, cursors and the outbox. It decides nothing about when or what to
// pull or send; it makes each step of the others one transaction that either
// happened or did not.
//
// A record has a base, which is what HubSpot last said, and an overlay, which
// is the fold of its unfinished operations. Apply and Settle write bases,
// Enqueue and its relatives write operations, and both recompute the overlay
// and everything that is derived from the two (title, sort keys, search text,
// badge) in the same transaction; nothing else ever writes them.
//
// Every write goes through one connection, one transaction at a time; reads
// run beside it on their own. A transaction that has begun is finished even
// when its context ends meanwhile. Returned errors carry a crm.Kind: Storage
// when the disk refuses, Corrupt when the file is damaged, InUse when another
// process has it, Invalid, NotFound and Conflict for what was asked.
//
// No code, here or elsewhere, may open the database, its -wal or its -shm file
// other than through SQLite: closing such a handle drops the locks of the whole
// process, and a commit can vanish.
package store
