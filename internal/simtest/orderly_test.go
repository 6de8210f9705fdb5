package simtest

import (
	"context"
	"hash/fnv"
	"io"
	"time"

	"satchel/internal/crm"
	"satchel/internal/hubspot"
)

// orderly is the client of the pull, whose calls are made side by side. Each
// waits a while that only what it asks for decides: since the fake clock stands
// until all of them wait, they go on one after the other, in an order that is
// the same in every run.
type orderly struct {
	*hubspot.Client
	lists *lists // nil for a portal whose pages are whole
}

func turn(parts ...string) {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = io.WriteString(h, p+" ") // a hash takes everything
	}
	time.Sleep(time.Duration(1+h.Sum64()%1_000_000) * time.Nanosecond)
}

func (o orderly) List(ctx context.Context, t crm.ObjectType, c crm.ListCall) (crm.Page, error) {
	turn("list", string(t), c.After)
	return o.Client.List(ctx, t, o.lists.page(c))
}

func (o orderly) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	turn("search", string(t), c.Sort)
	page, err := o.Client.Search(ctx, t, c)
	return o.lists.shown(c, page), err
}

func (o orderly) BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error) {
	turn("read", string(t))
	return o.Client.BatchRead(ctx, t, ids, props)
}

func (o orderly) Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error) {
	turn("associations", string(from), string(to))
	return o.Client.Associations(ctx, from, to, ids)
}

func (o orderly) Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error) {
	turn("properties", string(t))
	return o.Client.Properties(ctx, t)
}

func (o orderly) Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error) {
	turn("pipelines", string(t))
	return o.Client.Pipelines(ctx, t)
}

func (o orderly) Owners(ctx context.Context) ([]crm.Owner, error) {
	turn("owners")
	return o.Client.Owners(ctx)
}
