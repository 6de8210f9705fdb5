// Package outbox carries the rep's operations to HubSpot: in what order, in
// which batches, what to compare before and what to make of every answer.
//
// HubSpot's CRM API has no ETags and no idempotency keys, so the rules are:
// an operation is committed as sending before its first byte leaves; only an
// answer that was read to its end acknowledges it; an answer that was lost
// makes it ambiguous, and an ambiguous operation is looked up before it is sent
// again; an update reads and compares each field before it writes; a create
// carries a key by which it can be found again, and where the portal has no
// place for one, what cannot be told apart is parked and not guessed; and what
// was written is compared with the history afterwards, since somebody may have
// written between the comparison and the write.
//
// The package holds policy only. Its two ports are below; it does no SQL and
// no HTTP, and has no goroutine of its own.
package outbox
