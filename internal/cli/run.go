package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"satchel/frontend"
	"satchel/internal/boot"
	"satchel/internal/sandbox"
	"satchel/internal/web"
)

// runWindow opens the window and keeps the node going until it is closed.
func (a *app) runWindow(ctx context.Context) (err error) {
	cfg, err := a.config(nil, nil)
	if err != nil {
		return err
	}
	o, err := openWith(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }() //nolint:contextcheck // closing must not be cut short
	run, stop := context.WithCancel(ctx)
	g, run := errgroup.WithContext(run)
	g.Go(func() error { return o.Run(run) })
	// The window needs the main thread, which this is.
	err = a.window(run, o.Node, frontend.Dist())
	stop()
	return errors.Join(err, g.Wait())
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
	s := web.New(web.Options{Facades: o.Facades(), Changes: o.Changes, Assets: frontend.Dist(), Log: o.Logger()})
	if a.json {
		err = a.print(map[string]string{"url": s.URL(l.Addr())})
	} else {
		err = a.say("UI: %s", s.URL(l.Addr()))
	}
	if err != nil {
		return err
	}
	// The node outlives the server, so that calls which are running when it is
	// told to stop still get their answers.
	node, stop := context.WithCancel(context.WithoutCancel(ctx))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return o.Run(node) })
	g.Go(func() error {
		defer stop()
		return s.Serve(ctx, l)
	})
	return g.Wait()
}

func (a *app) sandboxCommand() *cobra.Command {
	var opt sandbox.Options
	var listen string
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a HubSpot portal on this computer",
		Long: `Runs a model of a HubSpot portal: its API, sign-in pages, limits and errors.
Anything that speaks HubSpot's API can be pointed at it. Ends with Ctrl+C.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runSandbox(cmd.Context(), opt, listen) },
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:0", "the address to listen on")
	f.StringVar(&opt.SeedDir, "seed", "", "a folder with owners.csv, companies.csv, contacts.csv and deals.csv")
	f.BoolVar(&opt.ShiftDates, "shift-dates", false, "move the seed's dates so that the newest close date is today")
	f.IntVar(&opt.Contacts, "contacts", 0, "how many contacts a self-made portal has (default 2000)")
	f.DurationVar(&opt.Latency, "latency", 0, "how much later every answer comes, as in 150ms")
	f.StringVar(&opt.Limits, "limits", "oauth", "oauth, free, pro, enterprise or off")
	f.StringVar(&opt.StateFile, "state", "", "a file that keeps the portal between runs")
	f.DurationVar(&opt.IndexLag, "index-lag", 0, "how long a change takes to reach the search index")
	return c
}

func (a *app) runSandbox(ctx context.Context, opt sandbox.Options, listen string) (err error) {
	if opt.Contacts < 0 || opt.Latency < 0 || opt.IndexLag < 0 {
		return &usageError{errors.New("--contacts, --latency and --index-lag cannot be negative")}
	}
	p, err := sandbox.Open(opt)
	if err != nil {
		return &exit{exitFailed, err.Error()}
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return boot.Busy(listen, err)
	}
	url := "http://" + l.Addr().String()
	cred := p.Credentials()
	if a.json {
		err = a.print(sandboxLine{url, strconv.FormatInt(cred.PortalID, 10), cred.Token, cred.ClientID, cred.ClientSecret})
	} else {
		err = a.say("Sandbox portal %d at %s\n  token:         %s\n  client id:     %s\n  client secret: %s\n\nConnect to it with: satchel connect --sandbox --base-url %s",
			cred.PortalID, url, cred.Token, cred.ClientID, cred.ClientSecret, url)
	}
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return srv.Close()
	}
}

type sandboxLine struct {
	URL          string `json:"url"`
	PortalID     string `json:"portal_id"`
	Token        string `json:"token"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
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
