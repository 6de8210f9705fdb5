package desktop

import (
	"context"
	"strconv"

	"satchel/internal/crm"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// News is what changed in HubSpot on the rep's records.
type News struct {
	c *Caller
	w *workspace.Workspace
}

// NewNews makes the facade.
func NewNews(c *Caller, w *workspace.Workspace) *News { return &News{c, w} }

// List is what was not seen yet, of at most so many records; 0 for the usual.
func (f *News) List(records int) (wire.News, error) {
	return run(f.c.given(records), "News.List", callTime, func(ctx context.Context) (wire.News, error) {
		n, err := f.w.News(ctx, records)
		if err != nil {
			return wire.News{}, err
		}
		out := wire.News{
			Total: n.Total, Records: n.NewsPage.Records, Mark: n.Mark, Since: millis(n.Since), Away: n.Away, Back: millis(n.Back),
			Groups: make([]wire.NewsGroup, len(n.Records)),
		}
		for i, r := range n.Records {
			g := wire.NewsGroup{
				Type: string(r.Type), ID: string(r.ID), RemoteID: string(r.RemoteID), Title: r.Title, Badge: string(r.Badge),
				Archived: r.Archived, Currency: r.Currency, Lines: make([]wire.NewsLine, len(r.Lines)),
			}
			for j, l := range r.Lines {
				g.Lines[j] = wireNews(l)
			}
			out.Groups[i] = g
		}
		return out, nil
	})
}

// Seen marks news as seen.
func (f *News) Seen(r wire.SeenRequest) (wire.SeenResult, error) {
	return run(f.c.given(r), "News.Seen", callTime, func(ctx context.Context) (wire.SeenResult, error) {
		act, n, err := f.w.SeenNews(ctx, r.Mark, r.ID)
		if err != nil || n == 0 {
			return wire.SeenResult{}, err
		}
		return wire.SeenResult{Undo: strconv.FormatInt(act, 10), Count: n}, nil
	})
}

// Unseen takes a Seen back.
func (f *News) Unseen(undo string) error {
	return do(f.c.given(undo), "News.Unseen", callTime, func(ctx context.Context) error {
		act, err := strconv.ParseInt(undo, 10, 64)
		if err != nil {
			return &crm.Error{Kind: crm.Invalid, Op: "read undo", Msg: "There is no such act to take back. Nothing was changed.", Err: err}
		}
		return f.w.UnseenNews(ctx, act)
	})
}

func wireNews(l workspace.NewsLine) wire.NewsLine {
	return wire.NewsLine{
		ID: l.ID, Kind: newsKind(l.News), Name: l.Name, Label: l.Label, From: l.Before, To: l.After, Was: l.Was, Is: l.Is,
		Cut: crm.NewsCut(l.Before) || crm.NewsCut(l.After), About: wireRef(l.About), Who: l.By, Source: l.Source, At: millis(l.At),
	}
}

func newsKind(n crm.News) string {
	gone := n.After == ""
	switch n.Kind {
	case crm.NewsProperty:
		switch {
		case n.Assigned:
			return "assigned"
		case n.Taken:
			return "taken"
		}
		return "changed"
	case crm.NewsArchived:
		if gone {
			return "restored"
		}
	case crm.NewsLink:
		if gone {
			return "unlinked"
		}
		return "linked"
	case crm.NewsNew, crm.NewsMerged, crm.NewsActivity:
	}
	return string(n.Kind)
}
