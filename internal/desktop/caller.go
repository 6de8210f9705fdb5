package desktop

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"satchel/internal/crm"
	"satchel/internal/wire"
)

// callTime bounds a call that works on the local copy; netTime one that asks
// HubSpot.
const (
	callTime = 15 * time.Second
	netTime  = 60 * time.Second
)

// Caller runs the methods of all facades.
type Caller struct {
	// Base gives the context under which calls run; when it ends, so do they.
	Base func() context.Context
	Log  *slog.Logger

	refusal error // of the arguments; see given
}

func run[T any](c *Caller, name string, limit time.Duration, f func(context.Context) (T, error)) (out T, err error) {
	if c.refusal != nil {
		return out, c.refusal
	}
	ctx, cancel := context.WithTimeout(c.Base(), limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			c.Log.ErrorContext(ctx, "panic in a call", slog.String("call", name), slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
			err = &crm.Error{Kind: crm.Internal, Op: name}
		}
	}()
	out, err = f(ctx)
	if err != nil && crm.KindOf(err) == crm.Internal {
		c.Log.ErrorContext(ctx, "call failed", slog.String("call", name), slog.String("error", err.Error()))
	}
	return out, err
}

func do(c *Caller, name string, limit time.Duration, f func(context.Context) error) error {
	_, err := run(c, name, limit, func(ctx context.Context) (struct{}, error) { return struct{}{}, f(ctx) })
	return err
}

// ErrorText is the wire form of an error, for channels that carry text.
func ErrorText(err error) string { return wire.FromError(err).Text() }
