package boot

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"satchel/internal/account"
	"satchel/internal/applog"
	"satchel/internal/bus"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/desktop"
	"satchel/internal/hubspot"
	"satchel/internal/news"
	"satchel/internal/outbox"
	"satchel/internal/profile"
	"satchel/internal/pull"
	"satchel/internal/secret"
	"satchel/internal/store"
	"satchel/internal/syncer"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// Options are what a Node is made from.
type Options struct {
	Config config.Config
	// Root is the data directory that the profiles lie below, and Profile the name
	// of the one whose directory Config names. Without a Root that is the one
	// without a name.
	Root    string
	Profile string
	Version string
	// Window says that the UI has a window of its own.
	Window bool
	// Sample offers the portal on this computer; nil offers none.
	Sample *Sample
	// Copy puts text on the clipboard; nil where there is none.
	Copy func(text string) error
	// Transport carries calls to HubSpot; nil is the usual one. Simulations set
	// it.
	Transport http.RoundTripper
}

// Sample is the portal on this computer.
type Sample struct {
	// Grant signs the sample user in and says where the portal is: at baseURL, or,
	// when that is empty, built in and started when it does not run yet.
	Grant func(ctx context.Context, baseURL string) (SampleGrant, error)
	// Drop removes the built-in one and what was written there.
	Drop func() error
}

// SampleGrant is a sign-in to the sample portal.
type SampleGrant struct {
	BaseURL      string
	BuiltIn      bool
	ClientID     string
	ClientSecret string
	Refresh      string
}

// Node is a running Satchel without a face: everything that window, web and
// command line have in common. It is safe for concurrent use.
type Node struct {
	log      *applog.Log
	logger   *slog.Logger
	store    *store.Store
	bus      *bus.Bus
	account  *account.Account
	remote   *remote
	keeper   *keeper
	watch    *clockWatch
	pull     *pull.Engine
	outbox   *outbox.Engine
	syncer   *syncer.Syncer
	work     *workspace.Workspace
	profiles *profiles
	reserve  *reserving
	started  time.Time

	noting sync.Mutex // held while the portal is noted
	noted  *profile.Note

	cfg      config.Config
	version  string
	leave    leaving
	shown    bundled
	base     atomic.Pointer[context.Context] // calls of the facades run under it
	facades  []any
	once     sync.Once
	closeErr error
}

// Open opens the data directory and wires everything. It does not touch the
// network, except to sign in to the sample portal on this computer.
func Open(ctx context.Context, o Options) (*Node, error) {
	log, err := applog.Open(o.Config.DataDir, o.Config.LogLevel)
	if err != nil {
		return nil, &crm.Error{
			Kind: crm.Storage, Op: "open log", Err: err,
			Msg: "The data directory " + o.Config.DataDir + " cannot be written: " + plain(err) + ". Nothing was changed. Give Satchel a directory of yours with --data-dir.",
		}
	}
	n := &Node{log: log, logger: log.Logger, bus: bus.New(), cfg: o.Config, version: o.Version, started: time.Now()}
	n.profiles = &profiles{n: n, dir: o.Config.DataDir, root: cmp.Or(o.Root, o.Config.DataDir), name: o.Profile, windows: o.Window}
	if n.store, err = store.Open(ctx, o.Config.DataDir, n.logger); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	if err := n.wire(ctx, o); err != nil {
		return nil, errors.Join(err, n.store.Close(), log.Close()) //nolint:contextcheck // closing must not be cut short by ctx
	}
	n.takeNote(ctx)
	return n, nil
}

// wire makes the rooms above the store.
func (n *Node) wire(ctx context.Context, o Options) error {
	secretText, err := o.Config.ReadClientSecret()
	if err != nil {
		return &crm.Error{Kind: crm.Invalid, Op: "read client secret", Msg: err.Error(), Err: err}
	}
	passphrase, err := o.Config.ReadPassphrase()
	if err != nil {
		return &crm.Error{Kind: crm.Invalid, Op: "read passphrase", Msg: err.Error(), Err: err}
	}
	transport, err := transportOf(o)
	if err != nil {
		return err
	}
	n.watch = &clockWatch{next: transport}
	transport = n.watch
	n.remote, n.reserve = &remote{}, newReserving(o.Config)
	if err := n.loadReserve(ctx); err != nil {
		return err
	}
	keeper := &keeper{Keeper: secret.Open("satchel", profileName(o.Config.DataDir), filepath.Join(o.Config.DataDir, signInFile))}
	n.keeper = keeper
	d := &dialer{log: n.logger, transport: transport, keeper: keeper, agent: "Satchel/" + o.Version, sample: o.Sample, reserve: n.reserve, spent: n.spent(ctx)}
	browse := browser(o.Config.Browser)
	n.account, err = account.Open(ctx, account.Options{
		Store: n.store, Secrets: keeper, Dial: d.dial, SignIn: d.signIn, Browse: browse,
		Connected: n.connected, Notify: n.accountChanged, Clock: time.Now,
		BaseURL: o.Config.BaseURL, ClientID: o.Config.ClientID, ClientSecret: secretText.Reveal(),
		EnvToken: o.Config.Token.Reveal(), Sample: samplePortal(o.Sample),
		Baked: o.Config.Gateway(), KeepIn: o.Config.KeepIn, Passphrase: passphrase.Reveal(), Scopes: scopes(),
	})
	if err != nil {
		return err
	}
	keeper.failed = n.account.KeepFailed
	n.remote.account = n.account
	n.setZone(ctx)
	n.pull = pull.New(pull.Options{
		Remote: n.remote, Store: n.store, Clock: time.Now, Notify: n.bus.Publish, Log: n.logger,
		Owner: func() crm.OwnerID { return n.account.Owner(ctx) },
	})
	n.outbox = outbox.New(outbox.Options{
		Queue: n.store, Remote: n.remote, Keyed: n.account.Keyed, Policies: n.store.PoliciesOf, Clock: time.Now, Notify: n.bus.Publish, Log: n.logger,
	})
	_, noHub := n.account.Hub()
	told := news.New(news.Options{
		Store: n.store, Directory: n.store, Remote: n.remote, Owner: func() crm.OwnerID { return n.account.Owner(ctx) },
		Notify: n.bus.Publish, Clock: time.Now, Log: n.logger,
	})
	n.syncer = syncer.New(syncer.Options{
		Puller: n.pull, Pusher: n.outbox, Bus: n.bus, Probe: n.remote.probe, Connected: noHub == nil, Crowded: n.remote.crowded, After: told.After,
		Clock: time.Now, Log: n.logger,
	})
	n.work = workspace.New(workspace.Options{
		Store: n.store, Bus: n.bus, Owner: n.account.Owner, Wake: n.syncer.Wake, Again: n.syncer.Again, Clock: time.Now,
		Complete: n.pull.Complete,
		Remote: func() (workspace.Getter, error) {
			if _, err := n.account.Hub(); err != nil {
				return nil, err
			}
			return n.remote, nil
		},
	})
	n.faces(o, browse) //nolint:contextcheck // calls of the facades outlive Open
	return nil
}

// signInFile is the encrypted file, in the data directory.
const signInFile = "sign-in.age"

// transportOf carries calls to HubSpot and to its token endpoint.
func transportOf(o Options) (http.RoundTripper, error) {
	if o.Transport != nil {
		return o.Transport, nil
	}
	roots, err := o.Config.Roots()
	if err != nil {
		return nil, &crm.Error{Kind: crm.Invalid, Op: "read ca file", Msg: err.Error(), Err: err}
	}
	return hubspot.NewTransport(roots), nil
}

// setZone tells the budget when the portal's day ends; the daily limit starts
// anew then. An unknown zone is left for the first answer of the portal.
func (n *Node) setZone(ctx context.Context) {
	p, ok, err := n.store.Portal(ctx)
	if err != nil || !ok {
		return
	}
	zone, err := time.LoadLocation(p.TimeZone)
	if s, hubErr := n.remote.client(); err == nil && hubErr == nil {
		s.budget.SetZone(zone)
	}
}

// faces makes the facades.
func (n *Node) faces(o Options, browse func(context.Context, string) error) {
	start := context.Background() //nolint:forbidigo // calls before Run, as the command line makes them, have no other
	n.base.Store(&start)
	c := &desktop.Caller{Base: func() context.Context { return *n.base.Load() }, Log: n.logger}
	info := wire.Info{
		Version: o.Version, DataDir: o.Config.DataDir, LogFile: n.log.File(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH, Window: o.Window,
	}
	currency := func(ctx context.Context) string {
		p, _, err := n.store.Portal(ctx)
		if err != nil {
			return ""
		}
		return p.Currency
	}
	s := (*syncing)(n)
	looks := desktop.NewLooks(c)
	n.facades = []any{
		desktop.NewAccount(c, n.account),
		desktop.NewRecords(c, n.work, looks, screen{n.syncer, n.pull}),
		looks,
		desktop.NewActivities(c, n.work),
		desktop.NewBoard(c, n.work, currency, n.syncer.SetFocus, time.Now),
		desktop.NewOutbox(c, n.work, s),
		desktop.NewSync(c, s),
		desktop.NewData(c, (*keeping)(n)),
		desktop.NewProfiles(c, n.profiles),
		desktop.NewTypes(c, n.work),
		desktop.NewNews(c, n.work),
		desktop.NewApp(c, n.work, n.store, desktop.System{Info: info, Disk: diskOf(o.Config.DataDir), Browse: browse, Copy: o.Copy}),
	}
}

// Facades are the window's facades: Account, Records, Looks, Activities, Board,
// Outbox, Sync, Data, Profiles, Types, News, App.
func (n *Node) Facades() []any { return n.facades }

// Logger is the log of this node.
func (n *Node) Logger() *slog.Logger { return n.logger }

// Changes delivers what changed until ctx ends.
func (n *Node) Changes(ctx context.Context) <-chan wire.Change {
	out := make(chan wire.Change)
	in := n.bus.Subscribe(ctx)
	go func() {
		defer close(out)
		for c := range in {
			w := wire.Change{Seq: c.Seq, Topics: make([]string, len(c.Topics))}
			for i, t := range c.Topics {
				w.Topics[i] = string(t)
			}
			select {
			case out <- w:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Run pulls and pushes until ctx ends, which is not an error.
func (n *Node) Run(ctx context.Context) error {
	n.base.Store(&ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { n.warm(ctx) })
	beside.Go(func() { n.store.KeepIndexed(ctx) })
	beside.Go(func() { n.store.KeepSafe(ctx) })
	beside.Go(func() { n.keepNoted(ctx) })
	return n.syncer.Run(ctx)
}

// warmAfter leaves the disk to what the window shows first.
const warmAfter = 700 * time.Millisecond

// warm reads ahead what the first search will need.
func (n *Node) warm(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(warmAfter):
	}
	records, blocks, err := n.store.Warm(ctx)
	switch {
	case err == nil:
		n.logger.DebugContext(ctx, "read ahead for search", slog.Int("records", records), slog.Int("blocks", blocks))
	case ctx.Err() == nil:
		n.logger.WarnContext(ctx, "reading ahead for search failed", slog.String("error", err.Error()))
	}
}

// connected is called after every change of who is connected.
func (n *Node) connected() {
	if n.syncer == nil {
		return // still being wired
	}
	if _, err := n.account.Hub(); err == nil {
		n.syncer.Resume()
		return
	}
	end, cancel := context.WithTimeout(*n.base.Load(), 10*time.Second)
	defer cancel()
	if err := n.syncer.Disconnect(end); err != nil {
		n.logger.WarnContext(end, "syncing did not stop in time", slog.String("error", err.Error()))
	}
}

// Close ends everything and closes the store. It may be called twice.
func (n *Node) Close() error {
	n.once.Do(func() {
		end, cancel := context.WithTimeout(context.Background(), time.Second) //nolint:forbidigo // it must not be cut short by what ended the program
		defer cancel()
		if err := n.keepCount(end); err != nil { // it is only told
			n.logger.WarnContext(end, "what was counted is not kept", slog.String("error", err.Error()))
		}
		n.account.Close()
		n.lastNote()
		n.noteSync()
		n.closeErr = errors.Join(n.store.Close(), n.log.Close())
	})
	return n.closeErr
}

// Export writes all live records of a type to out; see workspace.Export.
func (n *Node) Export(ctx context.Context, typ, format string, raw bool, out io.Writer) (int, error) {
	return n.work.Export(ctx, typ, format, raw, out)
}

// ParseFilter reads a condition as people write it: amount>1000.
func ParseFilter(text string) (wire.Filter, error) {
	f, err := workspace.ParseFilter(text)
	return wire.Filter{Prop: f.Prop, Op: string(f.Op), Value: f.Value}, err
}
