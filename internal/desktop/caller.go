package desktop

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
	"unicode/utf8"

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
}

func run[T any](c *Caller, name string, limit time.Duration, f func(context.Context) (T, error)) (out T, err error) {
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

// Limits of what the UI may send. They bound memory and time, not the rep:
// every one is far above what a form or a list asks for.
const (
	maxName   = 256
	maxText   = 2048
	maxFields = 500
	maxList   = 100
)

// text refuses what is longer than its place allows, or is no text.
func text(what, s string, limit int) error {
	if len(s) <= limit && utf8.ValidString(s) {
		return nil
	}
	return &crm.Error{Kind: crm.Invalid, Msg: fmt.Sprintf("The %s is too long or is not text (%d bytes, at most %d are taken). Nothing was changed.", what, len(s), limit)}
}

func values(v map[string]string) error {
	if len(v) > maxFields {
		return &crm.Error{Kind: crm.Invalid, Msg: fmt.Sprintf("At most %d properties are taken at once. Nothing was changed.", maxFields)}
	}
	for name, value := range v {
		if err := text("name of a property", name, maxName); err != nil {
			return err
		}
		if err := text("value of "+name, value, 4*crm.MaxText); err != nil {
			return err
		}
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// ErrorText is the wire form of an error, for channels that carry text.
func ErrorText(err error) string { return wire.FromError(err).Text() }
