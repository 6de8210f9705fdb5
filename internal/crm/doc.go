// Package crm is the domain of Satchel: records and their properties, edits
// and the operations that carry them to HubSpot, conflicts, cursors and the
// one error type that crosses rooms.
//
// It does no I/O, keeps no state and imports nothing of ours, so that every
// other package may stand on it. Times are integer milliseconds since the Unix
// epoch in UTC, as in the store; property values are HubSpot's strings, and an
// unset value and an empty one are the same thing ("" clears a property).
package crm
