//go:build !race

package powertest

const (
	racing      = false
	defaultCuts = 6
)
