// Package frontend carries the built web UI inside the program. It holds no
// logic: what the UI may ask is internal/desktop, how it is served is
// internal/web.
package frontend

import (
	"embed"
	"io/fs"
)

// dist is the output of `npm run build`. A clean clone has only
// placeholder.html in it, which keeps the Go build working without Node.
//
//go:embed all:dist
var dist embed.FS

//go:embed policy.json
var policy []byte

// Policy is the content policy of the page, as policy.json has it: "page" is
// what holds everywhere and stands in the page itself, "header" what only a
// header can say, "window" what the window's header says instead, "frame" the
// policy of the frame for foreign bodies. internal/csp reads it.
func Policy() []byte { return policy }

// Dist gives the built UI with index.html at its root. Before the first
// `npm run build` there is no index.html, only placeholder.html.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil { // the embedded folder exists, or this file would not compile
		return dist
	}
	return sub
}
