// Package doctor answers two questions: is the local copy equal to HubSpot, and
// is the machine well.
//
// Compare reads HubSpot's own tables beside the bases that are here: records,
// their associations and what they are made of. Nothing is taken for a difference
// that was seen once: whatever looks different is read again on both sides, by
// ids and never from the search index, which lags. What HubSpot changed a moment
// ago is behind, not divergent, and what an operation on its way explains is
// neither. Edits that wait are no difference: they are not in the base.
//
// It changes nothing. Repair has what differs pulled again, through a port, and
// compares that once more.
//
// The checks of the machine are judgements over plain facts (Machine), which
// somebody else gathers. It holds no SQL, no HTTP and no system calls.
package doctor
