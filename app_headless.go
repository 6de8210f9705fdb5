//go:build headless

package main

import (
	"context"
	"io/fs"

	"satchel/internal/boot"
	"satchel/internal/crm"
)

// window says that this build has none.
func window(context.Context, *boot.Node, fs.FS) error {
	return &crm.Error{
		Kind: crm.NotFound,
		Op:   "open window",
		Msg:  "This build of Satchel has no window. Run “satchel serve” and open the address that it prints in a browser, or see “satchel help” for the command line.",
	}
}

// raise finds no window: this build makes none.
func raise(string) {}

// generateBindings is for the build with a window.
func generateBindings() (code int, done bool) { return 0, false }
