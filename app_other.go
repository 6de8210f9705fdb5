//go:build !linux && !headless

package main

// guardNavigation is done by the page alone here: see frontend/src/app/stay.ts.
func guardNavigation() error { return nil }
