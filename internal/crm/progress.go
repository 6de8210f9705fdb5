package crm

import "context"

type progressKey struct{}

// WithProgress has long work under ctx say how far it is: fn is called with how
// much is done, of how much, from the goroutine that works, and must be quick.
// Work that is short says nothing.
func WithProgress(ctx context.Context, fn func(done, of int)) context.Context {
	return context.WithValue(ctx, progressKey{}, fn)
}

// Report tells whoever listens how far the work under ctx is.
func Report(ctx context.Context, done, of int) {
	if fn, ok := ctx.Value(progressKey{}).(func(done, of int)); ok {
		fn(done, of)
	}
}
