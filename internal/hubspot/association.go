package hubspot

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"satchel/internal/budget"
	"satchel/internal/crm"
)

type linkInput struct {
	ID    string `json:"id"`
	After string `json:"after,omitempty"`
}

type linkAnswer struct {
	Results []struct {
		From struct {
			ID id `json:"id"`
		} `json:"from"`
		To []struct {
			ID    id `json:"toObjectId"`
			Types []struct {
				TypeID int    `json:"typeId"`
				Label  string `json:"label"`
			} `json:"associationTypes"`
		} `json:"to"`
		Paging paging `json:"paging"`
	} `json:"results"`
	NumErrors int        `json:"numErrors"`
	Errors    []envelope `json:"errors"`
}

func (a linkAnswer) whole() bool { return a.Results != nil || len(a.Errors) > 0 }

// Associations reads what the given records are associated with, 1,000 in one
// call and in a bucket of its own. A record with many is read in several
// calls. An id without a link in the answer has none: HubSpot said so, by an
// answer without an error for it. Any error but that one fails the whole, so
// that a failure never looks like "none".
func (c *Client) Associations(ctx context.Context, from, to crm.ObjectType, ids []crm.RemoteID) ([]crm.Link, error) {
	var links []crm.Link
	for chunk := range slices.Chunk(distinct(ids), maxLinks) {
		next := make([]linkInput, len(chunk))
		for i, rid := range chunk {
			next[i] = linkInput{ID: string(rid)}
		}
		for len(next) > 0 {
			q := read("read associations of "+name(from), http.MethodPost, associations(from, to, "batch", "read"))
			q.bucket = budget.Associations
			q.body = map[string]any{"inputs": next}
			var a linkAnswer
			if err := c.do(ctx, q, &a); err != nil {
				return nil, err
			}
			if err := a.failed(q); err != nil {
				return nil, err
			}
			links, next = a.links(from, to, links)
		}
	}
	return links, nil
}

func (a linkAnswer) failed(q call) error {
	for _, e := range a.Errors {
		if sub, _ := e.SubCategory.(string); strings.HasSuffix(sub, "NO_ASSOCIATIONS_FOUND") {
			continue
		}
		return explain(q, statusFor(e), e, nil)
	}
	if a.NumErrors > 0 && len(a.Errors) == 0 {
		return unreadable(q, fmt.Errorf("%d errors counted, none given", a.NumErrors))
	}
	return nil
}

func (a linkAnswer) links(from, to crm.ObjectType, links []crm.Link) (all []crm.Link, next []linkInput) {
	for _, r := range a.Results {
		for _, t := range r.To {
			l := crm.Link{From: from, FromID: crm.RemoteID(r.From.ID), To: to, ToID: crm.RemoteID(t.ID)}
			if len(t.Types) == 0 {
				links = append(links, l)
			}
			for _, ty := range t.Types {
				l.TypeID, l.Label = ty.TypeID, ty.Label
				links = append(links, l)
			}
		}
		if after := string(r.Paging.Next.After); after != "" {
			next = append(next, linkInput{ID: string(r.From.ID), After: after})
		}
	}
	return links, next
}

type pairInput struct {
	From idInput `json:"from"`
	To   idInput `json:"to"`
}

type partInput struct {
	From idInput   `json:"from"`
	To   []idInput `json:"to"`
}

// pairAnswer is what both batches answer with, if with anything.
type pairAnswer struct {
	Errors []envelope `json:"errors"`
}

// Associate makes the default (unlabelled) association of each pair. It may be
// repeated. An error says that at least one pair was refused, and not which:
// send them singly to find out.
func (c *Client) Associate(ctx context.Context, from, to crm.ObjectType, pairs []crm.Pair) error {
	for chunk := range slices.Chunk(pairs, maxLinks) {
		in := make([]pairInput, len(chunk))
		for i, p := range chunk {
			in[i] = pairInput{idInput{string(p.FromID)}, idInput{string(p.ToID)}}
		}
		q := write("associate "+name(from), http.MethodPost, associations(from, to, "batch", "associate", "default"))
		if err := c.pair(ctx, q, in); err != nil {
			return err
		}
	}
	return nil
}

// Detach removes all associations of each pair, labelled ones included. It may
// be repeated; its errors are as Associate's.
func (c *Client) Detach(ctx context.Context, from, to crm.ObjectType, pairs []crm.Pair) error {
	for chunk := range slices.Chunk(pairs, maxLinks) {
		var in []partInput
		at := map[crm.RemoteID]int{}
		for _, p := range chunk {
			i, ok := at[p.FromID]
			if !ok {
				i = len(in)
				at[p.FromID] = i
				in = append(in, partInput{From: idInput{string(p.FromID)}})
			}
			in[i].To = append(in[i].To, idInput{string(p.ToID)})
		}
		q := write("detach "+name(from), http.MethodPost, associations(from, to, "batch", "archive"))
		if err := c.pair(ctx, q, in); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) pair(ctx context.Context, q call, in any) error {
	q.bucket = budget.Associations
	q.body = map[string]any{"inputs": in}
	var a pairAnswer
	if err := c.do(ctx, q, &a); err != nil {
		return err
	}
	if len(a.Errors) > 0 {
		return explain(q, statusFor(a.Errors[0]), a.Errors[0], nil)
	}
	return nil
}
