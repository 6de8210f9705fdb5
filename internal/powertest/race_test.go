//go:build race

package powertest

// Under the race detector SQLite is ten times slower.
const (
	racing      = true
	defaultCuts = 2
)
