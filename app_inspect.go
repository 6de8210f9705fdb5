//go:build !headless && !devtools

package main

import (
	"errors"
	"os"
)

// refuseInspector keeps WebKit from offering the page to an inspector, which
// WebKitGTK does when one of these is set, whatever else was said.
func refuseInspector() error {
	return errors.Join(os.Unsetenv("WEBKIT_INSPECTOR_SERVER"), os.Unsetenv("WEBKIT_INSPECTOR_HTTP_SERVER"))
}
