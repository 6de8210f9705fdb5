// Package simtest runs a whole Satchel node against the sandbox under a fake
// clock and checks that nothing the rep did is lost, doubled or silently
// overwritten.
//
// Everything in it is the real thing: the store with SQLite on a file, the
// outbox, the pull, the client, the budget, and a portal without sockets. What
// happens is drawn from a seed: what the rep and colleagues do, when the network
// fails and how, when the process dies. A run of TestR20_TheInvariantsHold is one
// goroutine in a testing/synctest bubble, so that a seed run twice has the same
// history; in TestLive the node's own loops run beside it, and in TestPull they pull
// a portal that changes and fails in every way, from the first page on.
//
// The invariants are those of docs/reliability.md. The check reads what HubSpot
// holds from the portal's own journal, which lists every change in order, and
// what it was told from the calls that arrived, and never from Satchel; that of the
// copy (I10) reads the portal's own tables and the database.
package simtest
