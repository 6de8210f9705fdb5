package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

func (a *app) searchCommand() *cobra.Command {
	var limit int
	var typ string
	c := &cobra.Command{
		Use:   "search TEXT",
		Short: "Find records by the words they begin with",
		Args:  args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				if typ == "activities" {
					return a.searchActivities(o, wire.SearchQuery{Text: strings.Join(in, " "), Limit: limit})
				}
				page, err := o.records.Search(wire.SearchQuery{Text: strings.Join(in, " "), Type: typ, Limit: limit})
				if err != nil {
					return err
				}
				return printFound(a, page.Hits, func(h wire.Ref) []string {
					return []string{h.Type, cmpID(h.RemoteID, h.ID), h.Title, h.Note}
				})
			})
		},
	}
	c.Flags().IntVar(&limit, "limit", 20, "how many at most")
	c.Flags().StringVar(&typ, "type", "", "only this type; activities for notes, calls, e-mails, meetings and tasks, of words of two letters and more")
	return c
}

func (a *app) searchActivities(o *opened, q wire.SearchQuery) error {
	page, err := o.activities.Search(q)
	if err != nil {
		return err
	}
	return printFound(a, page.Hits, func(h wire.FoundActivity) []string {
		on := cmp.Or(h.On.Title, h.On.RemoteID, h.On.ID)
		return []string{h.Type, cmpID(h.RemoteID, h.ID), dayOf(h.At), on, saidOf(h)}
	})
}

// printFound prints a row for each hit, or each as it is for programs.
func printFound[T any](a *app, hits []T, row func(T) []string) error {
	t := newTable(a.io.Out)
	for _, h := range hits {
		if a.json {
			if err := a.print(h); err != nil {
				return err
			}
			continue
		}
		t.row(row(h)...)
	}
	if !a.json && len(hits) == 0 {
		a.note("Nothing found.")
	}
	return t.flush()
}

func dayOf(at int64) string {
	if at == 0 {
		return ""
	}
	return time.UnixMilli(at).Local().Format("2006-01-02")
}

// saidOf is an activity's title, and after it the part of its text that was
// found, when that is not the same.
func saidOf(h wire.FoundActivity) string {
	if h.Text == "" || h.Text == h.Title || strings.HasPrefix(h.Text, strings.TrimSuffix(h.Title, "…")) {
		return cmp.Or(h.Text, h.Title)
	}
	return h.Title + ": " + h.Text
}
