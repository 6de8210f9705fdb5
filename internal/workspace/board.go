package workspace

import (
	"context"

	"satchel/internal/crm"
)

// Column is one stage of a board.
type Column struct {
	Stage crm.Stage
	Count int
	Sums  []crm.StageSum // one per currency
	Cards []Card
}

// Card is a deal with its company.
type Card struct {
	crm.Record
	Company crm.Brief
}

// Board is a pipeline's columns with their first cards.
type Board struct {
	Pipeline crm.Pipeline
	Columns  []Column
	Total    int
}

// BoardQuery narrows a board. Pipeline "" is the first.
type BoardQuery struct {
	Pipeline string
	Mine     bool
	Text     string
	Cards    int
}

// Pipelines are the deal pipelines in the portal's order.
func (w *Workspace) Pipelines(ctx context.Context) ([]crm.Pipeline, error) {
	return w.o.Store.Pipelines(ctx, crm.Deals)
}

// Board counts and sums a pipeline's deals per stage and currency, and reads
// the first cards of each stage.
func (w *Workspace) Board(ctx context.Context, q BoardQuery) (Board, error) {
	p, err := w.pipeline(ctx, q.Pipeline)
	if err != nil {
		return Board{}, err
	}
	owner := w.boardOwner(ctx, q.Mine)
	sums, err := w.o.Store.StageSums(ctx, p.ID, owner, q.Text)
	if err != nil {
		return Board{}, err
	}
	b := Board{Pipeline: p}
	for _, s := range p.Stages {
		c := Column{Stage: s}
		for _, sum := range sums {
			if sum.Stage == s.ID {
				c.Count += sum.Count
				c.Sums = append(c.Sums, sum)
			}
		}
		if c.Count > 0 && q.Cards > 0 {
			if c.Cards, err = w.cards(ctx, p.ID, s.ID, owner, q.Text, 0, min(q.Cards, maxWindow)); err != nil {
				return Board{}, err
			}
		}
		b.Total += c.Count
		b.Columns = append(b.Columns, c)
	}
	return b, nil
}

// Cards reads more cards of one stage.
func (w *Workspace) Cards(ctx context.Context, q BoardQuery, stage string, offset, limit int) ([]Card, error) {
	p, err := w.pipeline(ctx, q.Pipeline)
	if err != nil {
		return nil, err
	}
	if offset < 0 || limit < 0 {
		return nil, invalid("Offset and limit of a column cannot be negative.")
	}
	return w.cards(ctx, p.ID, stage, w.boardOwner(ctx, q.Mine), q.Text, offset, min(limit, maxWindow))
}

func (w *Workspace) cards(ctx context.Context, pipeline, stage string, owner crm.OwnerID, text string, offset, limit int) ([]Card, error) {
	deals, err := w.o.Store.StageCards(ctx, pipeline, stage, owner, text, offset, limit)
	if err != nil || len(deals) == 0 {
		return nil, err
	}
	companies, err := w.o.Store.PrimaryCompanies(ctx, crm.Deals, idsOf(deals))
	if err != nil {
		return nil, err
	}
	out := make([]Card, len(deals))
	for i, d := range deals {
		out[i] = Card{Record: d, Company: companies[d.ID]}
	}
	return out, nil
}

func (w *Workspace) boardOwner(ctx context.Context, mine bool) crm.OwnerID {
	if !mine {
		return ""
	}
	return w.o.Owner(ctx)
}

func (w *Workspace) pipeline(ctx context.Context, id string) (crm.Pipeline, error) {
	pipes, err := w.o.Store.Pipelines(ctx, crm.Deals)
	if err != nil {
		return crm.Pipeline{}, err
	}
	for _, p := range pipes {
		if id == "" || p.ID == id {
			return p, nil
		}
	}
	if len(pipes) == 0 {
		return crm.Pipeline{}, nil
	}
	return crm.Pipeline{}, invalid("There is no pipeline " + quote(id) + " in this portal.")
}
