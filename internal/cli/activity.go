package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/wire"
)

func (a *app) logCommand() *cobra.Command {
	var text string
	var also []string
	c := &cobra.Command{
		Use:   "log KIND TYPE ID [property=value...]",
		Short: "Log a note, call, email, meeting or task on a record",
		Long: `Logs an activity on a contact, a company, a deal or a ticket. It is kept here
and sent with the next sync, after the record itself. Its time is now and its
owner is you, unless hs_timestamp and hubspot_owner_id say otherwise.`,
		Example: `  satchel log note contact 501 --text "Met at the fair"
  satchel log call deal 48211 hs_call_title="Price" hs_call_duration=180000 --also contact:501
  satchel log task company 77 hs_task_subject="Send the offer" hs_timestamp=2026-12-01T09:00:00Z`,
		Args: args(cobra.MinimumNArgs(3)),
		RunE: func(cmd *cobra.Command, in []string) error {
			v, err := pairs(in[3:])
			if err != nil {
				return err
			}
			req := wire.ActivityRequest{Kind: in[0], Type: in[1], ID: in[2], Text: text, Values: v}
			for _, s := range also {
				typ, id, ok := strings.Cut(s, ":")
				if !ok {
					return &usageError{fmt.Errorf("--also %q is not of the form TYPE:ID", s)}
				}
				req.Also = append(req.Also, wire.Ref{Type: typ, ID: id})
			}
			return a.with(cmd, func(_ context.Context, o *opened) error {
				return a.wrote(o.activities.Log(req))
			})
		},
	}
	c.Flags().StringVar(&text, "text", "", "what it says")
	c.Flags().StringArrayVar(&also, "also", nil, "another record that it is about, as TYPE:ID; may be repeated")
	return c
}

func (a *app) timelineCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "timeline TYPE ID",
		Short: "Show the activities of a record that are on this computer",
		Args:  args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error {
				t, err := o.activities.Timeline(in[0], in[1])
				if err != nil {
					return err
				}
				if a.json {
					return a.print(t)
				}
				if len(t.Items) == 0 {
					return a.say("No activity of this record is on this computer. satchel log adds one.")
				}
				for _, x := range t.Items {
					state := "in HubSpot"
					if x.Badge != "" {
						state = x.Badge
					}
					err := a.say("%s  %-9s %-10s %s", time.UnixMilli(x.At).Local().Format("2006-01-02 15:04"), x.Type, state, x.Title)
					if err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
