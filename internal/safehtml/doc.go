// Package safehtml makes the HTML of notes and emails harmless. Strangers write
// it: whoever knows a rep's address can put a body into the rep's CRM.
//
// What is let through is a list of elements that hold text, and of few
// attributes; everything else is left out. No style survives, no script, no
// handler, no name or id, no form, no frame. A picture survives only when it is
// inside of the body; one that would have to be fetched tells its sender that
// the body was read. A link leads nowhere by itself: its address stands in
// data-href, for whoever opens it outside of the window.
//
// This is the first of two cleanings, and not the only defence: the window
// cleans once more and shows the body in a frame without scripts, origin and
// network.
package safehtml
