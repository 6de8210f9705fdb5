//go:build !unix

package cli

// noCore is for systems that write such a file.
func noCore() {}
