package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

// newsReport is the news for programs, and what became of --seen.
type newsReport struct {
	wire.News
	Seen int    `json:"seen,omitempty"` // how many were marked
	Undo string `json:"undo,omitempty"` // takes that back
}

func (a *app) newsCommand() *cobra.Command {
	var limit int
	var seen bool
	var undo string
	c := &cobra.Command{
		Use:   "news",
		Short: "Show what changed in HubSpot on your records, and by whom",
		Long: `Shows what others changed in HubSpot on the records that you own and that you
have not seen yet: values, owners, what was archived or merged, new activities
and associations. It stays until you say that you have seen it, for thirty days
at most. It says what the last sync brought; see satchel sync.`,
		Example: `  satchel news
  satchel news --seen --json
  satchel news --undo 1764240000000`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				if undo != "" {
					if err := o.news.Unseen(undo); err != nil {
						return err
					}
				}
				return a.news(o, limit, seen)
			})
		},
	}
	f := c.Flags()
	f.IntVar(&limit, "limit", 50, "how many records at most, up to 500")
	f.BoolVar(&seen, "seen", false, "mark all of it as seen")
	f.StringVar(&undo, "undo", "", "take a --seen back, by the number that it gave")
	c.MarkFlagsMutuallyExclusive("seen", "undo")
	return c
}

func (a *app) news(o *opened, limit int, seen bool) error {
	n, err := o.news.List(limit)
	if err != nil {
		return err
	}
	r := newsReport{News: n}
	if seen {
		s, err := o.news.Seen(wire.SeenRequest{Mark: n.Mark})
		if err != nil {
			return err
		}
		r.Seen, r.Undo = s.Count, s.Undo
	}
	if a.json {
		return a.print(r)
	}
	if n.Total == 0 {
		a.note("Nothing changed on your records that you have not seen.")
		return nil
	}
	t := newTable(a.io.Out)
	for _, g := range n.Groups {
		t.row(g.Title, g.Type+" "+cmpID(g.RemoteID, g.ID))
		for _, l := range g.Lines {
			t.row("  "+newsText(l), newsBy(l), clockText(l.At))
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	if n.Since > 0 {
		a.note("%d changes on %d records since %s", n.Total, n.Records, clockText(n.Since))
	}
	if len(n.Groups) < n.Records {
		a.note("%d of %d records; --limit shows more", len(n.Groups), n.Records)
	}
	if r.Seen > 0 {
		a.note("%d marked as seen; satchel news --undo %s takes that back", r.Seen, r.Undo)
	}
	return nil
}

func clockText(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).Format("2006-01-02 15:04")
}

// newsText is a change in words.
func newsText(l wire.NewsLine) string {
	about := l.About.Title
	if about == "" {
		about = cmpID(l.About.RemoteID, "a record that is not here")
	}
	switch l.Kind {
	case "new":
		return "New, and assigned to you"
	case "archived":
		return "Archived"
	case "restored":
		return "Came back from the archive"
	case "merged":
		return "Merged with " + cmpID(l.From, "another record")
	case "activity":
		return "New " + strings.TrimSuffix(l.About.Type, "s") + ": " + about
	case "linked":
		return "Associated with " + about
	case "unlinked":
		return "No longer associated with " + about
	}
	text := l.Label + ": " + cmpID(l.Was, "nothing") + " -> " + cmpID(l.Is, "nothing")
	switch l.Kind {
	case "assigned":
		text += " (assigned to you)"
	case "taken":
		text += " (taken from you)"
	}
	return text
}

// newsBy is who changed something, or what did.
func newsBy(l wire.NewsLine) string {
	if l.Who != "" {
		return l.Who
	}
	switch l.Source {
	case "WORKFLOWS", "AUTOMATION_PLATFORM":
		return "Workflow"
	case "INTEGRATION", "API":
		return "Integration"
	case "IMPORT":
		return "Import"
	case "FORM":
		return "Form"
	case "CALCULATED":
		return "HubSpot (calculated)"
	case "MERGE_OBJECTS", "MERGE":
		return "Merge"
	}
	if l.Kind == "merged" {
		return "Merge"
	}
	return "in HubSpot"
}
