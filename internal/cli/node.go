package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/profile"
	"satchel/internal/wire"
)

// version is what this build calls itself.
const version = "0.1.0"

// The facades, as far as the command line calls them.
type (
	accountFace interface {
		State() (wire.Account, error)
		Connect(r wire.ConnectRequest) (wire.ConnectFlow, error)
		Flow(id string) (wire.ConnectFlow, error)
		Cancel(id string) error
		Paste(r wire.PasteRequest) (wire.ConnectFlow, error)
		Keep(r wire.KeepRequest) (wire.Account, error)
		ConnectToken(token string) (wire.Account, error)
		ConnectSample() (wire.Account, error)
		Disconnect(r wire.DisconnectRequest) error
	}
	recordsFace interface {
		Schema(typ string) (wire.Schema, error)
		List(q wire.ListQuery) (wire.ListPage, error)
		Get(typ, id string) (wire.Record, error)
		Create(r wire.CreateRequest) (wire.EditResult, error)
		Edit(r wire.EditRequest) (wire.EditResult, error)
		Archive(typ, id string) (wire.EditResult, error)
		Associate(r wire.LinkRequest) (wire.EditResult, error)
		Detach(r wire.LinkRequest) (wire.EditResult, error)
		Search(q wire.SearchQuery) (wire.SearchPage, error)
		Counts() (wire.Counts, error)
	}
	looksFace interface {
		Progress(name string) (wire.LookProgress, error)
		Stop(name string) error
	}
	activitiesFace interface {
		Timeline(typ, id string) (wire.Timeline, error)
		Search(q wire.SearchQuery) (wire.FoundActivities, error)
		Log(r wire.ActivityRequest) (wire.EditResult, error)
	}
	outboxFace interface {
		View() (wire.Outbox, error)
		Flush() (wire.FlushResult, error)
		Retry(id string) error
		Discard(id string) error
		Resolve(r wire.ResolveRequest) error
		Policies() ([]wire.Policy, error)
		SetPolicy(p wire.Policy) error
	}
	typesFace interface {
		List() (wire.TypeChoices, error)
		Pick(types []string) (wire.TypeChoices, error)
	}
	newsFace interface {
		List(records int) (wire.News, error)
		Seen(r wire.SeenRequest) (wire.SeenResult, error)
		Unseen(undo string) error
	}
	syncFace interface {
		Status() (wire.SyncStatus, error)
		Budget() (wire.Budget, error)
	}
)

// faces are a node's facades by what they can do.
type faces struct {
	account    accountFace
	records    recordsFace
	looks      looksFace
	activities activitiesFace
	outbox     outboxFace
	news       newsFace
	sync       syncFace
	types      typesFace
}

func facesOf(n *boot.Node) faces {
	var f faces
	for _, x := range n.Facades() {
		if v, ok := x.(accountFace); ok {
			f.account = v
		}
		if v, ok := x.(recordsFace); ok {
			f.records = v
		}
		if v, ok := x.(looksFace); ok {
			f.looks = v
		}
		if v, ok := x.(activitiesFace); ok {
			f.activities = v
		}
		if v, ok := x.(typesFace); ok {
			f.types = v
		}
		if v, ok := x.(outboxFace); ok {
			f.outbox = v
		}
		if v, ok := x.(newsFace); ok {
			f.news = v
		}
		if v, ok := x.(syncFace); ok {
			f.sync = v
		}
	}
	return f
}

// opened is a node that a command works on.
type opened struct {
	*boot.Node
	faces
	cfg    config.Config // with the profile's directory
	sample *sample
}

// open opens the node of a command that does not show the UI.
func (a *app) open(cmd *cobra.Command) (*opened, error) {
	cfg, err := a.config(cmd, commandFlags(cmd))
	if err != nil {
		return nil, err
	}
	return openWith(cmd.Context(), cfg, false)
}

// commandFlags are the settings that some commands have as flags.
func commandFlags(cmd *cobra.Command) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"listen", "client-id", "client-secret-file", "keep-in"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			out[name] = f.Value.String()
		}
	}
	if f := cmd.Flags().Lookup("no-browser"); f != nil && f.Changed {
		out["browser"] = config.NoBrowser
	}
	return out
}

func openWith(ctx context.Context, cfg config.Config, window bool) (*opened, error) {
	root := cfg.DataDir
	p, err := profile.Find(root, cfg.Profile)
	if err != nil {
		return nil, err
	}
	cfg.DataDir = p.Dir
	s := newSample(cfg)
	n, err := boot.Open(ctx, boot.Options{Config: cfg, Root: root, Profile: p.Name, Version: version, Window: window, Sample: s.offer()})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return &opened{Node: n, faces: facesOf(n), cfg: cfg, sample: s}, nil
}

// Close ends the node, and the sample portal after it.
func (o *opened) Close() error { return errors.Join(o.Node.Close(), o.sample.close()) }

// with runs f on an opened node and closes it.
func (a *app) with(cmd *cobra.Command, f func(context.Context, *opened) error) (err error) {
	o, err := a.open(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if err := a.tellHealed(cmd, o); err != nil {
		return err
	}
	return f(cmd.Context(), o)
}

// print writes v as one line of JSON.
func (a *app) print(v any) error { return json.NewEncoder(a.io.Out).Encode(v) }

func (a *app) say(format string, args ...any) error {
	_, err := fmt.Fprintf(a.io.Out, format+"\n", args...)
	return err
}

// note tells people something beside the answer.
func (a *app) note(format string, args ...any) {
	_, _ = fmt.Fprintf(a.io.Err, format+"\n", args...) // a closed standard error is nobody's loss
}
