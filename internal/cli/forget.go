package cli

import (
	"bufio"
	"context"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) forgetCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "forget TYPE ID",
		Short: "Erase a person, or another record, from this computer without a trace",
		Long: `Erases a record and everything kept about it: its values, its changes and their
receipts, the activities logged on it here, backups and damaged databases that
were put aside. A new backup is made without it. This cannot be undone, and
changes of it that wait are never sent.

HubSpot is not touched: delete the record there first, or the next sync brings
it back.`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.with(cmd, func(ctx context.Context, o *opened) error {
				r, err := o.records.Get(in[0], in[1])
				if err != nil {
					return err
				}
				if !yes {
					a.note("This erases %s and everything kept about it here, for good. Type yes to go on.", r.Title)
					line, _ := bufio.NewReader(a.io.In).ReadString('\n') // no answer is no
					if strings.TrimSpace(line) != "yes" {
						return &exit{exitFailed, "Nothing was erased."}
					}
				}
				if err := o.Forget(ctx, in[0], r.ID); err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]bool{"forgotten": true})
				}
				return a.say("Erased. Nothing about this record is kept here any more.")
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// tellHealed says once that the database was damaged and has been repaired. Where
// there is a page, that one says it.
func (a *app) tellHealed(cmd *cobra.Command, o *opened) error {
	if cmd.Name() == "serve" {
		return nil
	}
	told, err := o.Healed(cmd.Context())
	if err != nil || told == "" {
		return err
	}
	a.note("%s", told)
	return o.HealedSeen(cmd.Context())
}
