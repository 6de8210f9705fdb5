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

// Dist gives the built UI with index.html at its root. Before the first
// `npm run build` there is no index.html, only placeholder.html.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil { // the embedded folder exists, or this file would not compile
		return dist
	}
	return sub
}
