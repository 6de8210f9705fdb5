//go:build race

package store_test

// Under the race detector SQLite is ten times slower.
const racing = true
