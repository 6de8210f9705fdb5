package cli

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"satchel/frontend"
	"satchel/internal/boot"
	"satchel/internal/config"
	"satchel/internal/profile"
	"satchel/internal/web"
	"satchel/internal/wire"
)

// runWindow opens the window and keeps the node going until it is closed.
func (a *app) runWindow(ctx context.Context) (err error) {
	cfg, err := a.config(nil, nil)
	if err != nil {
		return err
	}
	o, err := openWith(ctx, cfg, true)
	if err != nil {
		return a.orRaise(cfg, err)
	}
	defer func() { err = errors.Join(err, o.Close()) }() //nolint:contextcheck // closing must not be cut short
	// The node outlives the signal: the window sends what waits before it closes.
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g, run := errgroup.WithContext(run)
	g.Go(func() error { return o.Run(run) })
	open, closeWindow := context.WithCancel(ctx)
	defer closeWindow()
	context.AfterFunc(run, closeWindow)
	// The window needs the main thread, which this is.
	err = a.window(open, o.Node, frontend.Dist())
	stop()
	return errors.Join(err, g.Wait())
}

// orRaise brings the window that has the data directory open to the front. What has
// it open may also be a command, which has none; then the error stands.
func (a *app) orRaise(cfg config.Config, err error) error {
	if wire.FromError(err).Code != "in_use" {
		return err
	}
	if p, found := profile.Find(cfg.DataDir, cfg.Profile); found == nil {
		a.raise(p.Dir)
	}
	return err
}

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Show the same window in a browser on this computer",
		Long:  "Serves the UI on loopback and prints its address. Ends with Ctrl+C.",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, o *opened) error { return a.serve(ctx, o) })
		},
	}
	c.Flags().String("listen", "127.0.0.1:0", "the loopback address to listen on")
	return c
}

func (a *app) serve(ctx context.Context, o *opened) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.cfg.ListenAddr)
	if err != nil {
		return boot.Busy(o.cfg.ListenAddr, err)
	}
	s := web.New(web.Options{Facades: o.Facades(), Changes: o.Changes, Assets: frontend.Dist(), Log: o.Logger(), Used: func(url string) {
		if !a.json {
			a.note("A browser has opened it. For another one: %s", url)
		}
	}})
	if a.json {
		err = a.print(map[string]string{"url": s.URL(l.Addr())})
	} else {
		err = a.say("UI: %s", s.URL(l.Addr()))
	}
	if err != nil {
		return err
	}
	// The node outlives the server, so that calls which are running when it is
	// told to stop still get their answers; and the server outlives the signal, so
	// that its page shows what is sent before the end.
	node, stop := context.WithCancel(context.WithoutCancel(ctx))
	server, end := context.WithCancel(node)
	g, failed := errgroup.WithContext(ctx)
	g.Go(func() error { return o.Run(node) })
	g.Go(func() error {
		defer stop()
		return s.Serve(server, l)
	})
	g.Go(func() error {
		defer end()
		<-failed.Done()
		if ctx.Err() != nil {
			a.leave(node, o)
		}
		return nil
	})
	return g.Wait()
}

// leave sends what waits before the program ends.
func (a *app) leave(ctx context.Context, o *opened) {
	n := o.Due(ctx)
	if n == 0 {
		return
	}
	a.note("Sending %s to HubSpot before the end, for at most ten seconds. Ctrl+C ends it at once; what is not sent is kept and sent the next time.", changes(n))
	o.Leave(ctx)
	if s, err := o.sync.Status(); err == nil && s.Waiting > 0 {
		a.note("%s not sent yet, kept here and sent the next time.", wait(s.Waiting))
	}
}

func changes(n int) string {
	if n == 1 {
		return "one change"
	}
	return fmt.Sprintf("%d changes", n)
}

func wait(n int) string {
	if n == 1 {
		return "One change is"
	}
	return fmt.Sprintf("%d changes are", n)
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which version this is", Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.print(map[string]string{"version": version})
			}
			return a.say("satchel %s", version)
		},
	}
}
