//go:build race

package cli

// racing says that the race detector is on.
const racing = true
