//go:build !headless

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	goruntime "runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"satchel/internal/boot"
	"satchel/internal/crm"
	"satchel/internal/csp"
	"satchel/internal/desktop"
	"satchel/internal/wire"
)

// The window's size at the first start, and the least one that can be used.
const (
	firstWidth, firstHeight = 1280, 800
	leastWidth, leastHeight = 720, 480
)

// app is the window. Wails calls its methods on goroutines of its own.
type app struct {
	node    *boot.Node
	log     *slog.Logger
	dir     string // the data directory
	dark    bool
	place   place // where the window is to be
	opened  sync.Once
	raise   chan struct{} // another start asks for the window
	leaving atomic.Bool   // what waits is being sent before the end, or was
	workers sync.WaitGroup
}

// place is where the window was when it was closed.
type place struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised"`
}

// window shows the UI until it is closed or ctx is done. It must run on the
// main goroutine. The node has to be running already.
func window(ctx context.Context, node *boot.Node, assets fs.FS) error {
	if _, err := fs.Stat(assets, "index.html"); err != nil {
		return unable("This build has no user interface in it. Build it with “make build”.", err)
	}
	if goruntime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return unable(noDisplay, nil)
	}
	if err := nameLanguage(); err != nil {
		return unable("The window's language could not be set.", err)
	}
	if err := refuseInspector(); err != nil {
		return unable("The window could not be closed to inspectors.", err)
	}
	open, closed := context.WithCancel(context.WithoutCancel(ctx))
	defer closed()
	a, err := newApp(node)
	if err != nil {
		return err
	}
	err = runWails(a.options(ctx, open, assets))
	closed()
	a.workers.Wait()
	return err
}

// nameLanguage keeps WebKitGTK from taking the locale C.UTF-8, which is usual
// where nobody chose one, for a language called C: the page's Intl functions
// refuse that. It goes by the locale of characters alone; one that is not
// installed names the language all the same.
func nameLanguage() error {
	if !strings.HasPrefix(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")), "C.") {
		return nil
	}
	return errors.Join(os.Unsetenv("LC_ALL"), os.Setenv("LC_CTYPE", "en_US.UTF-8"))
}

func newApp(node *boot.Node) (*app, error) {
	a := &app{node: node, log: node.Logger(), raise: make(chan struct{}, 1)}
	for _, facade := range node.Facades() {
		about, ok := facade.(*desktop.App)
		if !ok {
			continue
		}
		info, err := about.Info()
		if err != nil {
			return nil, err
		}
		settings, err := about.Settings()
		if err != nil {
			return nil, err
		}
		a.dir, a.dark = info.DataDir, dark(settings.Theme, os.Getenv("GTK_THEME"))
	}
	a.place = readPlace(a.placeFile())
	return a, nil
}

// dark tells the colour to begin with. The page follows the system by itself;
// this only guesses what it will find.
func dark(theme, gtk string) bool {
	return theme == "dark" || theme != "light" && strings.HasSuffix(strings.ToLower(gtk), "dark")
}

func (a *app) placeFile() string { return filepath.Join(a.dir, "window.json") }

const noDisplay = "There is no display to open a window on. Run “satchel serve” and open the address that it prints in a browser."

func unable(msg string, err error) error {
	return &crm.Error{Kind: crm.NotFound, Op: "open window", Msg: msg, Err: err}
}

// runWails is wails.Run with its panics, one of which says that GTK found no
// display, turned into errors.
func runWails(opts *options.App) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unable(noDisplay, fmt.Errorf("wails: %v", p))
		}
	}()
	if err := wails.Run(opts); err != nil {
		return unable("The window could not be opened. This may be a build without the tags that “make build” sets.", err)
	}
	return nil
}

// generateBindings writes frontend/wailsjs when this is the build that does
// so: `go build -tags bindings`. It binds empty facades and opens no store.
func generateBindings() (code int, done bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok || !slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool {
		return s.Key == "-tags" && slices.Contains(strings.Split(s.Value, ","), "bindings")
	}) {
		return 0, false
	}
	facades := []any{&desktop.Account{}, &desktop.Records{}, &desktop.Looks{}, &desktop.Activities{}, &desktop.Board{}, &desktop.Outbox{}, &desktop.Sync{}, &desktop.Data{}, &desktop.Profiles{}, &desktop.Types{}, &desktop.News{}, &desktop.App{}}
	err := wails.Run(&options.App{Bind: facades, Logger: logger.NewDefaultLogger(), LogLevel: logger.ERROR})
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate bindings:", err)
		return 1, true
	}
	return 0, true
}

// options are the window's. It is asked to close when ctx is done; open is done
// when it is closed.
func (a *app) options(ctx, open context.Context, assets fs.FS) *options.App {
	return &options.App{
		Title:              a.node.Title(ctx),
		Width:              a.place.Width,
		Height:             a.place.Height,
		MinWidth:           leastWidth,
		MinHeight:          leastHeight,
		StartHidden:        true, // until there is something to see
		BackgroundColour:   a.background(),
		AssetServer:        &assetserver.Options{Assets: assets, Middleware: func(next http.Handler) http.Handler { return csp.Guard(csp.Window, next) }},
		Logger:             wailsLog{a.log},
		LogLevelProduction: logger.ERROR,
		OnStartup:          func(wails context.Context) { a.startup(ctx, open, wails) },
		OnDomReady:         func(wails context.Context) { a.domReady(open, wails) },
		OnBeforeClose:      func(wails context.Context) bool { return a.beforeClose(open, wails) },
		Bind:               a.node.Facades(),
		ErrorFormatter:     func(err error) any { return wire.FromError(err).Text() },
		SingleInstanceLock: &options.SingleInstanceLock{UniqueId: instance(a.dir), OnSecondInstanceLaunch: a.secondInstance},
		DragAndDrop:        &options.DragAndDrop{DisableWebViewDrop: true}, // a link that is dropped would be followed
		// Leave Linux set: Wails takes nil for "no acceleration".
		Linux:   &linux.Options{ProgramName: "satchel", WebviewGpuPolicy: gpuPolicy(os.Getenv("SATCHEL_GPU"))},
		Mac:     &mac.Options{Preferences: &mac.Preferences{TabFocusesLinks: mac.Enabled}},
		Windows: &windows.Options{WebviewUserDataPath: filepath.Join(a.dir, "webview"), DisablePinchZoom: true},
	}
}

// gpuPolicy is how WebKitGTK may draw. Without a graphics card "accelerated"
// means emulated, which is four times slower than software. Wails's C side
// takes OnDemand and Always for each other (window.c, SetupWebview); only Never
// is what it says.
func gpuPolicy(choice string) linux.WebviewGpuPolicy {
	cards, err := filepath.Glob("/dev/dri/renderD*")
	switch {
	case choice == "never", choice != "always" && (err != nil || len(cards) == 0):
		return linux.WebviewGpuPolicyNever
	case choice == "always":
		return linux.WebviewGpuPolicyOnDemand
	default:
		return linux.WebviewGpuPolicyAlways
	}
}

// background is the colour of the window before the page has painted: the
// page's own, from frontend/src/ui/tokens.json.
func (a *app) background() *options.RGBA {
	if a.dark {
		return options.NewRGB(0x16, 0x16, 0x1a)
	}
	return options.NewRGB(0xff, 0xff, 0xff)
}

// instance names the lock that lets one window a data directory open.
func instance(dataDir string) string {
	sum := sha256.Sum256([]byte(dataDir))
	return "satchel_" + hex.EncodeToString(sum[:8])
}

// raise asks the window of another process on the data directory to come to the
// front, and ends this process when there is one: that is how Wails does it. Where
// there is none it returns, without having shown anything.
func raise(dataDir string) {
	if goruntime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return
	}
	_ = runWails(&options.App{ // whatever goes wrong, the caller has an error to tell already
		StartHidden:        true,
		AssetServer:        &assetserver.Options{Handler: http.NotFoundHandler()},
		Logger:             wailsLog{slog.New(slog.DiscardHandler)},
		OnStartup:          func(wails context.Context) { runtime.Quit(wails) },
		SingleInstanceLock: &options.SingleInstanceLock{UniqueId: instance(dataDir)},
		Linux:              &linux.Options{ProgramName: "satchel"},
	})
}

// startup is called before the page is loaded. Every call of Wails's runtime
// takes Wails's own context, and may crash when the window is gone.
//
// Wails has a handler of signals that writes to the terminal and closes the
// window beside ours, so it is taken off. Whoever else waits for a signal is
// told by window coming back.
func (a *app) startup(ctx, open, wails context.Context) {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	asked, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	a.workers.Go(func() {
		defer stop()
		select {
		case <-open.Done():
		case <-asked.Done():
			runtime.Quit(wails)
		}
	})
}

// domReady is called for every load of the page; a reload finds the window
// open and the changes flowing.
func (a *app) domReady(open, wails context.Context) {
	a.opened.Do(func() {
		if err := guardNavigation(); err != nil { // the page's own guard and its policy still hold
			a.log.ErrorContext(wails, "the window is not guarded", slog.Any("err", err))
		}
		if a.place.Maximised {
			runtime.WindowMaximise(wails)
		} else if a.place.X != 0 || a.place.Y != 0 {
			runtime.WindowSetPosition(wails, a.place.X, a.place.Y)
		}
		runtime.WindowShow(wails)
		a.workers.Go(func() {
			changes := a.node.Changes(open)
			for {
				select {
				case <-open.Done():
					return
				case change, ok := <-changes:
					if !ok {
						return
					}
					runtime.EventsEmit(wails, "changed", change)
					if slices.Contains(change.Topics, string(crm.TopicAccount)) || slices.Contains(change.Topics, string(crm.TopicProfiles)) {
						runtime.WindowSetTitle(wails, a.node.Title(wails))
					}
				case <-a.raise:
					runtime.WindowUnminimise(wails)
					runtime.WindowShow(wails)
				}
			}
		})
	})
}

// beforeClose keeps the window's place. While changes wait that could be sent, the
// window stays for that, shows it, and closes by itself; it prevents nothing for
// longer, since edits are kept anyway.
func (a *app) beforeClose(open, wails context.Context) (prevent bool) {
	a.keepPlace(wails)
	if !a.leaving.CompareAndSwap(false, true) || a.node.Due(open) == 0 {
		return false // asked twice, or nothing to wait for
	}
	a.workers.Go(func() {
		if a.node.Leave(open) {
			a.leaving.Store(false)
			return
		}
		runtime.Quit(wails)
	})
	return true
}

func (a *app) keepPlace(wails context.Context) {
	now := place{Maximised: runtime.WindowIsMaximised(wails)}
	now.Width, now.Height = runtime.WindowGetSize(wails)
	now.X, now.Y = runtime.WindowGetPosition(wails)
	if now.Maximised { // keep the size that it goes back to
		now.X, now.Y, now.Width, now.Height = a.place.X, a.place.Y, a.place.Width, a.place.Height
	}
	if err := now.write(a.placeFile()); err != nil {
		a.log.WarnContext(wails, "window's place not kept", slog.Any("err", err))
	}
}

// secondInstance answers another start on the same data. What that was given
// on its command line is not looked at: any local process can send it.
func (a *app) secondInstance(options.SecondInstanceData) {
	select {
	case a.raise <- struct{}{}:
	default:
	}
}

// readPlace gives the first start's place when there is no usable other.
func readPlace(file string) place {
	p := place{Width: firstWidth, Height: firstHeight}
	b, err := os.ReadFile(file)
	if err != nil {
		return p
	}
	var kept place
	if err := json.Unmarshal(b, &kept); err != nil || kept.Width < leastWidth || kept.Height < leastHeight {
		return p
	}
	return kept
}

func (p place) write(file string) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// wailsLog lets Wails log what went wrong, but not with what: after a colon or a
// bracket its messages hold the arguments of calls.
type wailsLog struct{ log *slog.Logger }

func (l wailsLog) write(level slog.Level, message string) {
	if i := strings.IndexAny(message, ":{[\"'`"); i >= 0 {
		message = message[:i] + "…"
	}
	l.log.Log(context.Background(), level, "wails", slog.String("text", message))
}

func (l wailsLog) Print(message string)   { l.write(slog.LevelInfo, message) }
func (l wailsLog) Trace(message string)   { l.write(slog.LevelDebug, message) }
func (l wailsLog) Debug(message string)   { l.write(slog.LevelDebug, message) }
func (l wailsLog) Info(message string)    { l.write(slog.LevelInfo, message) }
func (l wailsLog) Warning(message string) { l.write(slog.LevelWarn, message) }
func (l wailsLog) Error(message string)   { l.write(slog.LevelError, message) }
func (l wailsLog) Fatal(message string)   { l.write(slog.LevelError, message) }
