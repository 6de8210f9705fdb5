package simtest

import (
	"context"
	"fmt"
	"hash/fnv"
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

func turn(asked ...any) {
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, asked...) // a hash takes everything
	time.Sleep(time.Duration(1+h.Sum64()%1_000_000) * time.Nanosecond)
}

func (o orderly) List(ctx context.Context, t crm.ObjectType, c crm.ListCall) (crm.Page, error) {
	turn("list", t, c)
	return o.Client.List(ctx, t, o.lists.page(c))
}

func (o orderly) Search(ctx context.Context, t crm.ObjectType, c crm.SearchCall) (crm.Page, error) {
	turn("search", t, c)
	page, err := o.Client.Search(ctx, t, c)
	return o.lists.shown(c, page), err
}

func (o orderly) BatchRead(ctx context.Context, t crm.ObjectType, ids []crm.RemoteID, props []string) (crm.BatchRead, error) {
	turn("read", t, ids, props)
	return o.Client.BatchRead(ctx, t, ids, props)
}

func (o orderly) Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error) {
	turn("associations", from, to, ids)
	return o.Client.Associations(ctx, from, to, ids)
}

func (o orderly) Properties(ctx context.Context, t crm.ObjectType) ([]crm.Property, error) {
	turn("properties", t)
	return o.Client.Properties(ctx, t)
}

func (o orderly) Pipelines(ctx context.Context, t crm.ObjectType) ([]crm.Pipeline, error) {
	turn("pipelines", t)
	return o.Client.Pipelines(ctx, t)
}

func (o orderly) Owners(ctx context.Context) ([]crm.Owner, error) {
	turn("owners")
	return o.Client.Owners(ctx)
}
