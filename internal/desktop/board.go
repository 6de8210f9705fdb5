package desktop

import (
	"context"
	"time"

	"satchel/internal/crm"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// Board is the pipeline board.
type Board struct {
	c        *Caller
	w        *workspace.Workspace
	currency func(context.Context) string
	focus    func(crm.ObjectType)
	now      func() time.Time
}

// NewBoard makes the facade. currency is the portal's own, for deals that name
// none.
func NewBoard(c *Caller, w *workspace.Workspace, currency func(context.Context) string, focus func(crm.ObjectType), now func() time.Time) *Board {
	return &Board{c, w, currency, focus, now}
}

// Pipelines are the deal pipelines.
func (f *Board) Pipelines() ([]wire.Pipeline, error) {
	return run(f.c, "Board.Pipelines", callTime, func(ctx context.Context) ([]wire.Pipeline, error) {
		pipes, err := f.w.Pipelines(ctx)
		return wirePipelines(pipes), err
	})
}

// Board is a pipeline's columns.
func (f *Board) Board(q wire.BoardQuery) (wire.Board, error) {
	return run(f.c.given(q), "Board.Board", callTime, func(ctx context.Context) (wire.Board, error) {
		b, err := f.w.Board(ctx, workspace.BoardQuery{Pipeline: q.Pipeline, Mine: q.Mine, Text: q.Text, Cards: min(max(q.Cards, 0), 200)})
		if err != nil {
			return wire.Board{}, err
		}
		f.focus(crm.Deals)
		own := f.currency(ctx)
		out := wire.Board{Token: q.Token, Pipeline: b.Pipeline.ID, Total: b.Total, Columns: make([]wire.Column, len(b.Columns))}
		for i, c := range b.Columns {
			out.Columns[i] = wire.Column{Stage: wireStage(c.Stage), Count: c.Count, Sums: wireSums(c, own), Cards: f.cards(c.Cards, c.Stage.Closed, own)}
		}
		return out, nil
	})
}

// Cards are more cards of one column.
func (f *Board) Cards(q wire.CardQuery) (wire.CardPage, error) {
	return run(f.c.given(q), "Board.Cards", callTime, func(ctx context.Context) (wire.CardPage, error) {
		pipes, err := f.w.Pipelines(ctx)
		if err != nil {
			return wire.CardPage{}, err
		}
		closed := false
		for _, p := range pipes {
			for _, s := range p.Stages {
				closed = closed || s.ID == q.Stage && s.Closed
			}
		}
		cards, err := f.w.Cards(ctx, workspace.BoardQuery{Pipeline: q.Pipeline, Mine: q.Mine, Text: q.Text}, q.Stage, q.Offset, q.Limit)
		return wire.CardPage{Token: q.Token, Stage: q.Stage, Offset: q.Offset, Cards: f.cards(cards, closed, f.currency(ctx))}, err
	})
}

func wireStage(s crm.Stage) wire.Stage {
	return wire.Stage{ID: s.ID, Label: s.Label, Probability: s.Probability, Closed: s.Closed, Won: s.Won()}
}

// wireSums folds deals without a currency into the portal's own.
func wireSums(c workspace.Column, own string) []wire.Sum {
	out := []wire.Sum{}
	at := map[string]int{}
	for _, s := range c.Sums {
		cur := s.Currency
		if cur == "" {
			cur = own
		}
		i, ok := at[cur]
		if !ok {
			i = len(out)
			at[cur] = i
			out = append(out, wire.Sum{Currency: cur})
		}
		out[i].Amount += s.Amount
		out[i].Weighted += s.Amount * c.Stage.Probability
	}
	return out
}

func (f *Board) cards(in []workspace.Card, closed bool, own string) []wire.Card {
	out := make([]wire.Card, len(in))
	now := f.now()
	spec, _ := crm.SpecOf(string(crm.Deals))
	for i, c := range in {
		v := c.View()
		card := wire.Card{
			ID: string(c.ID), RemoteID: string(c.RemoteID), Title: spec.TitleOf(v), Badge: string(c.Badge),
			Amount: v["amount"], Currency: v["deal_currency_code"], OwnerID: v["hubspot_owner_id"],
			Company: wireRef(c.Company), NextStep: v["hs_next_step"], StageDays: -1,
		}
		if card.Currency == "" {
			card.Currency = own
		}
		if at, ok := crm.Number(crm.TypeDateTime, v["closedate"]); ok {
			card.CloseDate = int64(at)
			card.Late = !closed && time.UnixMilli(card.CloseDate).Before(now.Truncate(24*time.Hour))
		}
		if at, ok := crm.Number(crm.TypeDateTime, v["hs_v2_date_entered_current_stage"]); ok {
			card.StageDays = int(now.Sub(time.UnixMilli(int64(at))).Hours() / 24)
		}
		out[i] = card
	}
	return out
}
