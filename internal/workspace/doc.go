// Package workspace is what the rep does with records: list, search, open,
// create, edit, associate, archive, undo, see and decide what waits, export.
//
// It checks input against the portal's own definitions, turns each act into
// operations, and leaves the rest to the store and the syncer: nothing here
// waits for a network. Everything is safe for concurrent use.
package workspace
