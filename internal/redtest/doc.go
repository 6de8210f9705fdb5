// Package redtest takes guards out of copies of the product, one at a time, and
// looks whether the tests that are named for what the guard protects fail. A
// test that nobody has seen fail proves nothing.
//
// A file of testdata is one guard that is taken out. Its name begins with the
// requirement; its first line says what is so without the guard; then come the
// tests that must fail, and the changes:
//
//	Whoever needs a token renews it by himself.
//	go: internal/oauth TestR07_OneRefreshForAll
//	internal/oauth/tokens.go
//	<<<<
//	the text as it is, which must be there exactly once
//	====
//	the text without the guard
//	>>>>
//
// After "go:" stand a package, the tests, and flags of the test program; after
// "vitest:" a file of the frontend and the beginning of the tests' names. Bugs
// that are planted for the simulation are files of the same shape, without tests.
package redtest
