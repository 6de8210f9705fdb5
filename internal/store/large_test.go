//go:build unix

package store_test

import "testing"

func BenchmarkLarge(b *testing.B) {
	p := largePortal(b)
	_ = p.open(b)
}
