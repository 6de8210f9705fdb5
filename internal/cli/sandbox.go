package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"satchel/internal/boot"
	"satchel/internal/sandbox"
)

// sandboxFlags are the flags of satchel sandbox that are not options as such.
type sandboxFlags struct {
	listen string
	scopes string // of the static token
}

func (a *app) sandboxCommand() *cobra.Command {
	var opt sandbox.Options
	var flags sandboxFlags
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run a HubSpot portal on this computer",
		Long: `Runs a model of a HubSpot portal: its API, sign-in pages, limits and errors.
Anything that speaks HubSpot's API can be pointed at it. Its address shows in a
browser what is called and has buttons for faults, the clock and the limits; the
same and more is under /_sandbox. Ends with Ctrl+C.`,
		Example: `  satchel sandbox --limits free --index-lag 5s
  satchel sandbox --token-scopes "crm.objects.contacts.read crm.objects.owners.read"
  satchel sandbox --redirect http://localhost:3000/callback --pkce enforce`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.into(cmd, &opt); err != nil {
				return &usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
			}
			return a.runSandbox(cmd.Context(), opt, flags.listen)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&flags.listen, "listen", "127.0.0.1:0", "the address to listen on")
	f.IntVar(&opt.Contacts, "contacts", 0, "how many contacts a self-made portal has (default 2000)")
	f.StringVar(&opt.SeedDir, "seed", "", "a folder with owners.csv, companies.csv, contacts.csv and\ndeals.csv in place of a self-made portal")
	f.BoolVar(&opt.ShiftDates, "shift-dates", false, "move the seed's dates so that the newest close date is today")
	f.StringVar(&opt.StateFile, "state", "", "a file that keeps the portal between runs; once it is there,\n--contacts and --seed mean nothing")
	f.StringVar(&opt.Limits, "limits", "oauth", "how many calls are allowed: oauth, free, pro, pro+, enterprise,\nenterprise+ or off; + is the API limit increase")
	f.BoolVar(&opt.RetryAfter, "retry-after", false, "send Retry-After with every 429")
	f.DurationVar(&opt.Latency, "latency", 0, "how much later every answer comes, as in 150ms")
	f.DurationVar(&opt.IndexLag, "index-lag", 0, "how long a change takes to reach search, up to an hour")
	f.BoolVar(&opt.RefuseUniqueProperties, "refuse-unique", false, "refuse new properties with unique values, as an account\nwithout the right to them")
	f.StringVar(&opt.PKCE, "pkce", "ignore", "ignore, as HubSpot does, or enforce: a code needs its verifier")
	f.BoolVar(&opt.RotateRefresh, "rotate-refresh-tokens", false, "give a new refresh token with every refresh and end the old one")
	f.StringArrayVar(&opt.Redirects, "redirect", nil, "a redirect URL of the OAuth app in place of Satchel's: https, or\nhttp on localhost; may be repeated")
	f.Int64Var(&opt.Seed, "portal", 0, "which portal it is: every number has ids, values and tokens of its own")
	f.StringVar(&flags.scopes, "token-scopes", "", "the scopes that the static token has, between spaces (default all)")
	return c
}

// into puts the flags into the options and says what does not go together.
func (f *sandboxFlags) into(cmd *cobra.Command, opt *sandbox.Options) error {
	given := cmd.Flags().Changed
	switch {
	case opt.SeedDir != "" && given("contacts"):
		return errors.New("--seed and --contacts exclude each other: the seed says how many there are")
	case opt.ShiftDates && opt.SeedDir == "":
		return errors.New("--shift-dates needs --seed")
	case opt.RetryAfter && opt.Limits == "off":
		return errors.New("--retry-after and --limits off exclude each other: nothing is refused")
	case given("token-scopes") && strings.TrimSpace(f.scopes) == "":
		return errors.New("--token-scopes is empty; leave it out for all scopes")
	}
	if given("token-scopes") {
		opt.Tokens = []sandbox.StaticToken{{Name: "Satchel sandbox token", Scopes: strings.Fields(f.scopes)}}
	}
	return opt.Check()
}

func (a *app) runSandbox(ctx context.Context, opt sandbox.Options, listen string) (err error) {
	p, err := sandbox.Open(opt) //nolint:contextcheck // its background work ends with Close
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
		err = a.print(sandboxLine{url, strconv.FormatInt(cred.PortalID, 10), cred.Token, cred.ClientID, cred.ClientSecret, strconv.FormatInt(cred.AppID, 10)})
	} else {
		err = a.say("Sandbox portal %d at %s\n  token:         %s\n  client id:     %s\n  client secret: %s\n  app id:        %d\n\nConnect to it with: satchel connect --sandbox --base-url %s",
			cred.PortalID, url, cred.Token, cred.ClientID, cred.ClientSecret, cred.AppID, url)
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
	AppID        string `json:"app_id"` // in the paths of its webhooks
}
