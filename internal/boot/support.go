package boot

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/support"
	"satchel/internal/wire"
)

// BundlePart is one file of a support bundle.
type BundlePart = support.Part

// bundled is the last support bundle that was shown.
type bundled struct {
	mu    sync.Mutex
	id    string
	parts []support.Part
}

// Bundle collects a support bundle from a program that could not open its data;
// cause is why. Nothing is written.
func Bundle(ctx context.Context, c config.Config, version string, cause error) []support.Part {
	return support.Collect(ctx, support.Sources{
		DataDir: c.DataDir, Home: home(),
		Facts: append(common(c, version, time.Time{}), support.Fact{Name: "problem", Get: func(context.Context) (any, error) {
			return map[string]string{"kind": crm.KindOf(cause).String(), "cause": cause.Error()}, nil
		}}),
	})
}

// SaveBundle writes a bundle to the rep's downloads and says where.
func SaveBundle(parts []support.Part) (string, error) {
	dir := config.Downloads()
	name, err := support.Save(dir, parts, time.Now())
	if err != nil {
		return "", &crm.Error{
			Kind: crm.Storage, Op: "save bundle", Err: err,
			Msg: "The support bundle could not be written to " + dir + ": " + plain(err) + ". Nothing was left there. Make room, or look at who may write there.",
		}
	}
	return name, nil
}

// Bundle collects a support bundle of this node. Nothing is written.
func (n *Node) Bundle(ctx context.Context) []support.Part {
	return support.Collect(ctx, support.Sources{DataDir: n.cfg.DataDir, Home: home(), Facts: append(common(n.cfg, n.version, n.started),
		support.Fact{Name: "connection", Get: n.connectionFacts},
		support.Fact{Name: "sync", Get: func(ctx context.Context) (any, error) { return (*syncing)(n).Status(ctx) }},
		support.Fact{Name: "budget", Get: n.budgetFacts},
		support.Fact{Name: "database", Get: func(ctx context.Context) (any, error) { return n.store.Facts(ctx) }},
		support.Fact{Name: "properties", Get: n.propertyFacts},
	)})
}

// WriteBundle writes a bundle as a zip file.
func WriteBundle(to io.Writer, parts []support.Part) error {
	return support.Write(to, parts, time.Now())
}

// common are the facts that need no open data.
func common(c config.Config, version string, started time.Time) []support.Fact {
	about := func(context.Context) (any, error) {
		out := map[string]any{
			"version": version, "platform": runtime.GOOS + "/" + runtime.GOARCH, "go": runtime.Version(),
			"cpus": runtime.NumCPU(), "goroutines": runtime.NumGoroutine(), "zone": time.Now().Format("-07:00"),
		}
		if !started.IsZero() {
			out["up_seconds"] = int(time.Since(started).Seconds())
		}
		if info, ok := debug.ReadBuildInfo(); ok {
			for _, s := range info.Settings {
				if slices.Contains([]string{"-tags", "CGO_ENABLED", "vcs.revision", "vcs.modified"}, s.Key) {
					out[s.Key] = s.Value
				}
			}
		}
		return out, nil
	}
	settings := func(context.Context) (any, error) {
		out := map[string]any{
			"data_dir": c.DataDir, "log_level": c.LogLevel, "keep_in": c.KeepIn,
			"own_app": c.ClientID != "", "token_in_environment": c.Token.Reveal() != "", "ca_file": c.CAFile != "",
			"proxy": os.Getenv("HTTPS_PROXY") != "" || os.Getenv("https_proxy") != "", "server": "HubSpot",
		}
		if c.BaseURL != "" {
			out["server"] = "another"
			if u, err := url.Parse(c.BaseURL); err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1") {
				out["server"] = "this computer"
			}
		}
		return out, nil
	}
	return []support.Fact{{Name: "about", Get: about}, {Name: "settings", Get: settings}}
}

func (n *Node) connectionFacts(ctx context.Context) (any, error) {
	s, err := n.account.State(ctx)
	if err != nil {
		return nil, err
	}
	lacks := []string{}
	for _, l := range s.Lacks {
		lacks = append(lacks, l.Scope)
	}
	return map[string]any{
		"kind": s.Kind, "needs_sign_in": s.NeedsSignIn, "needs_owner": s.NeedsOwner, "kept_in": s.KeptIn, "keep_in": s.KeepIn,
		"keep_state": s.KeepState, "scopes": s.Scopes, "missing": lacks, "currency": s.Portal.Currency, "time_zone": s.Portal.TimeZone,
	}, nil
}

func (n *Node) budgetFacts(context.Context) (any, error) {
	s, err := n.remote.client()
	if err != nil {
		return nil, err
	}
	return s.budget.Stats(), nil
}

// propertyFacts counts the definitions of properties: names of a portal's own may
// tell what it is about.
func (n *Node) propertyFacts(ctx context.Context) (any, error) {
	out := map[string]int{}
	specs, err := n.store.Types(ctx)
	if err != nil {
		return nil, err
	}
	for _, spec := range specs {
		ps, err := n.store.Properties(ctx, spec.Type)
		if err != nil {
			return nil, err
		}
		out[string(spec.Type)] = len(ps)
	}
	return out, nil
}

func home() string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return dir
}

// keeping is the node as the facade of the local copy sees it.
type keeping Node

// noticeHealed is the notice of a repaired database.
const noticeHealed = "healed"

// Notices are what the rep has to be told.
func (k *keeping) Notices(ctx context.Context) ([]wire.Notice, error) {
	text, err := (*Node)(k).Healed(ctx)
	if err != nil || text == "" {
		return []wire.Notice{}, err
	}
	return []wire.Notice{{ID: noticeHealed, Text: text}}, nil
}

// DismissNotice says that the rep has read one.
func (k *keeping) DismissNotice(ctx context.Context, id string) error {
	if id != noticeHealed {
		return &crm.Error{Kind: crm.NotFound, Op: "dismiss notice", Msg: "There is no such notice any more."}
	}
	return (*Node)(k).HealedSeen(ctx)
}

// Bundle collects a support bundle, and keeps it for SaveBundle.
func (k *keeping) Bundle(ctx context.Context) (wire.Bundle, error) {
	parts := (*Node)(k).Bundle(ctx)
	out := wire.Bundle{ID: uuid.NewString(), Parts: make([]wire.BundlePart, len(parts))}
	for i, p := range parts {
		out.Parts[i] = wire.BundlePart(p)
	}
	k.shown.mu.Lock()
	defer k.shown.mu.Unlock()
	k.shown.id, k.shown.parts = out.ID, parts
	return out, ctx.Err()
}

// SaveBundle writes what was shown, and nothing else.
func (k *keeping) SaveBundle(_ context.Context, id string) (wire.Saved, error) {
	k.shown.mu.Lock()
	defer k.shown.mu.Unlock()
	if id == "" || id != k.shown.id {
		return wire.Saved{}, &crm.Error{
			Kind: crm.NotFound, Op: "save bundle", Err: errors.New("another bundle was made since"),
			Msg: "This is not what was last shown. Open the support bundle again, look at it, and save it then.",
		}
	}
	path, err := SaveBundle(k.shown.parts)
	return wire.Saved{Path: path}, err
}

// Forget erases a record; see Node.Forget.
func (k *keeping) Forget(ctx context.Context, typ, id string) error {
	return (*Node)(k).Forget(ctx, typ, id)
}
