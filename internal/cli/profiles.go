package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/profile"
	"satchel/internal/wire"
)

// profileLine is how a profile is printed for programs.
type profileLine struct {
	Name       string `json:"name"` // "" for the one without
	DataDir    string `json:"data_dir"`
	Colour     string `json:"colour"`
	PortalID   string `json:"portal_id"`
	PortalName string `json:"portal_name"`
	Kind       string `json:"kind"`
	Running    bool   `json:"running"`
	Unsent     *int   `json:"unsent"` // null when it is not known
}

func (a *app) profilesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "profiles",
		Short: "List the portals of this computer, each in a profile of its own",
		Long: `A profile is a place of its own for one portal: its copy, its edits, its sign-in
and its window, which no other profile sees. Without --profile Satchel uses the
one that is called Main. Every other command takes --profile NAME.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listProfiles(cmd) },
	}
	c.AddCommand(a.addProfileCommand(), a.colourProfileCommand(), a.removeProfileCommand())
	return c
}

func (a *app) listProfiles(cmd *cobra.Command) error {
	cfg, err := a.config(cmd, nil)
	if err != nil {
		return err
	}
	all, err := boot.Profiles(cfg.DataDir)
	if err != nil {
		return err
	}
	t := newTable(a.io.Out)
	for _, p := range all {
		if a.json {
			l := profileLine{p.Name, p.Dir, p.Colour, p.PortalID, p.PortalName, p.Kind, p.Running, &p.Unsent}
			if p.Unsent < 0 {
				l.Unsent = nil
			}
			if err := a.print(l); err != nil {
				return err
			}
			continue
		}
		t.row(labelOf(p), p.Colour, portalWords(p), runningWords(p), unsentWords(p))
	}
	if a.json {
		return nil
	}
	return t.flush()
}

func labelOf(p wire.Profile) string { return profile.Profile{Name: p.Name}.Label() }

func portalWords(p wire.Profile) string {
	if p.PortalID == "" {
		return "not connected"
	}
	return fmt.Sprintf("%s (portal %s)", p.PortalName, p.PortalID)
}

func runningWords(p wire.Profile) string {
	if p.Running {
		return "runs"
	}
	return "closed"
}

func unsentWords(p wire.Profile) string {
	switch p.Unsent {
	case 0:
		return "nothing waits"
	case -1:
		return "it is not known what waits"
	}
	if p.Unsent == 1 {
		return "one edit waits"
	}
	return strconv.Itoa(p.Unsent) + " edits wait"
}

func (a *app) addProfileCommand() *cobra.Command {
	var colour string
	c := &cobra.Command{
		Use: "add NAME", Short: "Make a profile, for another portal", Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.changeProfile(cmd, func(root string) (profile.Profile, error) { return profile.Add(root, in[0], profile.Colour(colour)) },
				func(p profile.Profile) error {
					return a.say("Made the profile %s, in %s. Connect it with satchel --profile %s connect.", p.Name, p.Colour, p.Name)
				})
		},
	}
	c.Flags().StringVar(&colour, "colour", "", "its colour; without it the first that is free")
	return c
}

func (a *app) colourProfileCommand() *cobra.Command {
	return &cobra.Command{
		Use: "colour NAME COLOUR", Short: "Give a profile another colour", Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, in []string) error {
			return a.changeProfile(cmd, func(root string) (profile.Profile, error) {
				return profile.SetColour(root, in[0], profile.Colour(in[1]))
			}, func(p profile.Profile) error { return a.say("The profile %s is %s now.", p.Label(), p.Colour) })
		},
	}
}

func (a *app) changeProfile(cmd *cobra.Command, change func(root string) (profile.Profile, error), tell func(profile.Profile) error) error {
	cfg, err := a.config(cmd, nil)
	if err != nil {
		return err
	}
	p, err := change(cfg.DataDir)
	if err != nil {
		return err
	}
	if a.json {
		return a.print(map[string]string{"name": p.Name, "data_dir": p.Dir, "colour": string(p.Colour)})
	}
	return tell(p)
}

func (a *app) removeProfileCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "remove NAME",
		Short: "Sign a profile out, wipe its data and take it away",
		Long: `Signs out, wipes the copy and takes the profile's folder away. It is refused
while the profile runs, and while edits wait there that HubSpot does not have:
send them, or drop them with satchel --profile NAME disconnect --discard-edits.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, in []string) error {
			cfg, err := a.config(cmd, nil)
			if err != nil {
				return err
			}
			p, err := profile.Find(cfg.DataDir, in[0])
			if err != nil {
				return err
			}
			if p.Name == "" {
				return boot.RemoveProfile(p) // which says why not
			}
			cfg.Profile = p.Name
			o, err := openWith(cmd.Context(), cfg, false)
			if wire.FromError(err).Code == "in_use" {
				return profile.Busy(p.Label())
			}
			if err != nil {
				return err
			}
			if err := errors.Join(a.wipeProfile(cmd.Context(), o, p, yes), o.Close()); err != nil {
				return err
			}
			if err := boot.RemoveProfile(p); err != nil {
				return err
			}
			if a.json {
				return a.print(map[string]bool{"removed": true})
			}
			return a.say("Removed. Nothing of the profile %s is kept here any more.", p.Label())
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// wipeProfile signs a profile out and wipes its data, when nothing waits there and
// the rep says yes.
func (a *app) wipeProfile(ctx context.Context, o *opened, p profile.Profile, yes bool) error {
	counts, err := o.records.Counts()
	if err != nil {
		return err
	}
	if counts.Outbox > 0 {
		return &exit{exitWaiting, fmt.Sprintf("There are %d changes in the profile %s that HubSpot does not have yet, so nothing was removed. "+
			"Send them with satchel --profile %s sync --once, or drop them with satchel --profile %s disconnect --discard-edits.", counts.Outbox, p.Name, p.Name, p.Name)}
	}
	if !yes {
		a.note("This signs the profile %s out and deletes everything that is kept in it on this computer, for good; HubSpot is not touched. Type yes to go on.", p.Name)
		line, _ := bufio.NewReader(a.io.In).ReadString('\n') // no answer is no
		if strings.TrimSpace(line) != "yes" {
			return &exit{exitFailed, "Nothing was removed."}
		}
	}
	if err := a.unlock(ctx, o); err != nil { // to tell HubSpot
		a.note("%s", wire.FromError(err).Message)
	}
	failed := o.account.Disconnect(wire.DisconnectRequest{})
	acc, err := o.account.State()
	if err != nil || failed != nil && acc.PortalID != "" {
		return errors.Join(failed, err)
	}
	if failed != nil { // it is wiped, and HubSpot or the keychain could not be told
		a.note("%s", wire.FromError(failed).Message)
	}
	return nil
}
