package cli

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/wire"
)

func (a *app) disconnectCommand() *cobra.Command {
	var discard bool
	c := &cobra.Command{
		Use: "disconnect", Short: "Sign out and wipe the local copy", Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, o *opened) error {
				if err := a.unlock(ctx, o); err != nil { // to tell HubSpot
					a.note("%s", wire.FromError(err).Message)
				}
				if err := o.account.Disconnect(wire.DisconnectRequest{DiscardEdits: discard}); err != nil {
					if e := wire.FromError(err); e.Code == "conflict" {
						return &exit{exitWaiting, e.Message}
					}
					return err
				}
				if a.json {
					return a.print(map[string]bool{"connected": false})
				}
				return a.say("Disconnected. The local copy is gone.")
			})
		},
	}
	c.Flags().BoolVar(&discard, "discard-edits", false, "drop edits that HubSpot does not have yet")
	return c
}

type statusLine struct {
	Account wire.Account    `json:"account"`
	Sync    wire.SyncStatus `json:"sync"`
	Budget  wire.Budget     `json:"budget"`
	Records map[string]int  `json:"records"`
	Outbox  int             `json:"outbox"`
	DataDir string          `json:"data_dir"`
}

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say who is connected, what is here and what waits",
		Long: `Says who is connected, what is here, what waits, and how HubSpot's limits are
used and by whom: what you wait for (interactive), edits (flush), keeping the
copy fresh (delta), the first pull (backfill), looking for what is gone (sweep).
The limits' figures are those of the run that made the last call.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(_ context.Context, o *opened) error { return a.status(o) })
		},
	}
}

func (a *app) status(o *opened) error {
	acc, err := o.account.State()
	if err != nil {
		return err
	}
	st, err := o.sync.Status()
	if err != nil {
		return err
	}
	counts, err := o.records.Counts()
	if err != nil {
		return err
	}
	limits, err := o.sync.Budget()
	if err != nil {
		return err
	}
	if a.json {
		err = a.print(statusLine{acc, st, limits, counts.Types, counts.Outbox, o.cfg.DataDir})
	} else if err = a.sayStatus(acc, st, counts); err == nil && acc.Connected {
		err = a.sayBudget(limits, time.Now())
	}
	switch {
	case err != nil:
		return err
	case !acc.Connected || acc.NeedsSignIn || acc.KeepState != "":
		return &exit{code: exitSignIn}
	case counts.Outbox > 0:
		return &exit{code: exitWaiting}
	}
	return nil
}

func (a *app) sayStatus(acc wire.Account, st wire.SyncStatus, counts wire.Counts) error {
	switch {
	case !acc.Connected:
		return a.say("Not connected. Run satchel connect.")
	case acc.KeepState != "":
		a.note("%s", acc.KeepProblem)
	case acc.NeedsSignIn:
		a.note("The sign-in has expired; run satchel connect. Data and edits are kept.")
	}
	who := acc.UserEmail
	if who == "" {
		who = "a static token"
	}
	if err := a.say("Connected to %s (portal %s) as %s.", acc.PortalName, acc.PortalID, who); err != nil {
		return err
	}
	if acc.Kind != "sample" {
		if err := a.say("The sign-in is kept %s.", keptWords(acc.KeptIn)); err != nil {
			return err
		}
	}
	for _, l := range acc.Missing {
		a.note("Not allowed: %s. %s", l.Scope, l.Off)
	}
	here := maps.Clone(counts.Types) // without activities: nothing else shows how many there are
	for _, p := range st.Progress {
		if _, counted := here[p.Type]; !counted {
			here[p.Type] = p.Here
		}
	}
	for _, k := range kindsOf(here) {
		if err := a.say("%10s  %d", k.word, k.n); err != nil {
			return err
		}
	}
	if st.FirstPull {
		a.note("The first pull is not complete yet; satchel sync goes on with it.")
	}
	return a.say("%d edits wait, %d are in conflict, %d need you.", st.Waiting, st.Conflicts, st.Needs)
}

func (a *app) syncCommand() *cobra.Command {
	var once, full bool
	c := &cobra.Command{
		Use:   "sync",
		Short: "Send what waits and pull what changed",
		Long: `Sends the edits that wait, pulls what changed in HubSpot, and sends again.
Without --once it goes on until Ctrl+C. In a terminal it says how far it is; Ctrl+C
stops it, and the next run goes on where it was.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, o *opened) error {
				if err := a.unlock(ctx, o); err != nil {
					return err
				}
				var r boot.Report
				err := a.follow(o, func() (err error) {
					r, err = o.Sync(ctx, full)
					return err
				})
				if printErr := a.syncReport(r, err); printErr != nil {
					return printErr
				}
				if err == nil && !once {
					return o.Run(ctx)
				}
				if err == nil && r.Left > 0 {
					return &exit{code: exitWaiting}
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&once, "once", false, "make one complete round and stop")
	c.Flags().BoolVar(&full, "full", false, "pull everything again and look for what is gone")
	return c
}

func (a *app) syncReport(r boot.Report, err error) error {
	if a.json {
		return a.print(r)
	}
	if err != nil {
		return nil //nolint:nilerr // the caller tells the error; there is no report without a round
	}
	var pulled []string
	for _, k := range kindsOf(r.Pulled) {
		pulled = append(pulled, fmt.Sprintf("%d %s", k.n, k.word))
	}
	return a.say("Sent %d, %d in conflict, %d need you. Pulled %s with %d calls in %.1f s.",
		r.Pushed.Acked, r.Pushed.Conflicts, r.Pushed.Parked, strings.Join(pulled, ", "), r.Requests, r.Seconds)
}

// kind is a number of records under the word that people read.
type kind struct {
	word string
	n    int
}

// kindsOf are numbers per type as people read them, in the order of the
// navigation: the types of activities are one.
func kindsOf(types map[string]int) []kind {
	words := []kind{
		{"contacts", types["contacts"]},
		{"companies", types["companies"]},
		{"deals", types["deals"]},
		{"tickets", types["tickets"]},
		{"line items", types["line_items"]},
		{"products", types["products"]},
	}
	activities := kind{word: "activities"}
	for _, t := range []string{"notes", "calls", "emails", "meetings", "tasks"} {
		activities.n += types[t]
	}
	return append(words, activities)
}
