// Package journal is HubSpot's webhooks journal: what happened in a portal, as
// files that an app fetches when it likes; fact sheet 7.3.
//
// It serves no HTTP and knows no portal: the portal says what happened with
// [Journal.Append], answers reads with the [Entry] they get, serves the bytes
// that [Journal.Open] gives for an entry's token, and maps an [Error] to
// HubSpot's envelope. "Nothing newer" is HubSpot's 204 and no error. One journal
// is one portal's, so an installPortalId of another portal has nothing here.
//
// # Files
//
// Events that a subscription asks for are gathered and published as a file of
// at most 10,000 events and 5,000,000 bytes: when it is full, when its first
// event is a second old, or before that when somebody reads. With Options.Lag
// only the first and that time count. A file is kept for three days. All time is Options.Now, the
// portal's clock, which can be moved; nothing runs in the background.
//
// # Where HubSpot's behaviour is not known
//
// The journal decides these. An event is journaled once, however many
// subscriptions ask for it, with the properties that any of them names; an empty
// list of properties, objects, associated types or lists means all of them. A
// subscription to what is subscribed already (type and object type) replaces
// that one and keeps its id. Conditions of one filter all have to hold, and one
// of a subscription's filters has to; texts are compared with their case, and
// GT to LTE as numbers where both are. An offset that is unknown and one whose
// file is older than three days are both 404, even when nothing came after it.
// Links live for five minutes. A snapshot is PENDING for one second, IN_PROGRESS
// for another, then it is journaled as a crmObject event with the action
// SNAPSHOT, whatever is subscribed; it is FAILED when there is no such record,
// EXPIRED after three days and forgotten after six. propertyChanges maps names
// to new values and is {} where nothing changed. The types of list and privacy
// events are called listMembership and gdprPrivacyDeletion.
package journal
