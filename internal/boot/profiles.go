package boot

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"satchel/internal/account"
	"satchel/internal/crm"
	"satchel/internal/profile"
	"satchel/internal/store"
	"satchel/internal/wire"
)

// Profiles tells what there is below a data directory, without opening any of
// it.
func Profiles(root string) ([]wire.Profile, error) {
	all, err := profile.List(root)
	if err != nil {
		return nil, err
	}
	out := make([]wire.Profile, len(all))
	for i, p := range all {
		held, err := store.Held(p.Dir)
		if err != nil {
			return nil, err
		}
		n, err := profile.ReadNote(p.Dir)
		if err != nil {
			return nil, err
		}
		out[i] = wire.Profile{
			Name: p.Name, Dir: p.Dir, Colour: string(p.Colour), PortalID: n.PortalID, PortalName: n.PortalName, Kind: n.Kind,
			Running: held, Unsent: n.Unsent,
		}
		if n.Open && !held { // it came to a sudden end
			out[i].Unsent = -1
		}
	}
	return out, nil
}

// RemoveProfile takes a profile's folder away, whose data must have been wiped.
func RemoveProfile(p profile.Profile) error { return profile.Remove(p, store.Held) }

// profiles are all of them as seen from the one of a node.
type profiles struct {
	n       *Node
	dir     string
	root    string
	name    string
	windows bool // another one can be opened
}

// List gives all profiles. Of its own it knows better than what was noted.
func (s *profiles) List(ctx context.Context) (wire.Profiles, error) {
	out := wire.Profiles{CanOpen: s.windows}
	for _, c := range profile.Colours() {
		out.Colours = append(out.Colours, string(c))
	}
	s.n.takeNote(ctx)
	var err error
	if out.Items, err = Profiles(s.root); err != nil {
		return out, err
	}
	i := slices.IndexFunc(out.Items, func(p wire.Profile) bool { return p.Name == s.name })
	if i < 0 {
		return out, &crm.Error{Kind: crm.NotFound, Op: "list profiles", Msg: "The folder of this profile is not there any more. Close Satchel and look at what became of it."}
	}
	out.Here = out.Items[i]
	out.Marked = len(out.Items) > 1
	return out, nil
}

// Add makes a profile.
func (s *profiles) Add(_ context.Context, name string, c profile.Colour) error {
	_, err := profile.Add(s.root, name, c)
	s.n.bus.Publish(crm.TopicProfiles)
	return err
}

// SetColour gives a profile another colour.
func (s *profiles) SetColour(_ context.Context, name string, c profile.Colour) error {
	_, err := profile.SetColour(s.root, name, c)
	s.n.bus.Publish(crm.TopicProfiles)
	return err
}

// Open starts this program once more, on another profile. Where that one runs
// already, the second start brings its window to the front and ends.
func (s *profiles) Open(ctx context.Context, name string) error {
	p, err := profile.Find(s.root, name)
	if err != nil {
		return err
	}
	if !s.windows {
		return &crm.Error{Kind: crm.Invalid, Op: "open profile", Msg: "A browser cannot open another window of Satchel. Run satchel serve --profile " + p.Label() + ", and open the address that it prints."}
	}
	self, err := os.Executable()
	if err != nil {
		return cannotStart(err)
	}
	// It outlives this program.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), self, "--data-dir", s.root, "--profile", p.Label()) //nolint:gosec // our own program, on a name that was checked
	cmd.Env = apart(os.Environ())
	if err := cmd.Start(); err != nil {
		return cannotStart(err)
	}
	go func() { _ = cmd.Wait() }() // it tells the rep itself what goes wrong; this only lets it go
	return nil
}

// apart is an environment without what belongs to one portal: a token would
// connect a new profile to the portal of this one.
func apart(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(strings.ToUpper(v), "SATCHEL_TOKEN=") })
}

func cannotStart(err error) error {
	return &crm.Error{Kind: crm.Internal, Op: "open profile", Err: err, Msg: "Another window could not be opened: " + plain(err) + ". Start Satchel with --profile yourself."}
}

// Title is what stands in the window's title bar: the portal and the profile,
// where there is more than one place that it could be.
func (n *Node) Title(ctx context.Context) string {
	p, _, err := n.store.Portal(ctx)
	if err != nil {
		return "Satchel"
	}
	parts := []string{}
	all, err := profile.List(n.profiles.root)
	if n.profiles.name != "" || err == nil && len(all) > 1 || n.account.Kind() == account.Sample {
		if p.Name != "" {
			parts = append(parts, p.Name)
		}
		if n.profiles.name != "" || len(all) > 1 {
			parts = append(parts, profile.Profile{Name: n.profiles.name}.Label())
		}
	}
	return strings.Join(append(parts, "Satchel"), " – ")
}

// notePace is how often edits are counted at most.
const notePace = time.Second

// keepNoted notes what other programs may want to know, as it changes, until ctx
// ends.
func (n *Node) keepNoted(ctx context.Context) {
	for range n.bus.Subscribe(ctx) {
		n.takeNote(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(notePace):
		}
	}
}

// accountChanged tells of another sign-in, which is noted before anybody asks.
func (n *Node) accountChanged(topics ...crm.Topic) {
	if n.account != nil { // else it is being opened, and noted when it is
		n.takeNote(*n.base.Load())
	}
	n.bus.Publish(topics...)
}

// lastNote notes that this program has ended.
func (n *Node) lastNote() {
	end, cancel := context.WithTimeout(context.Background(), 5*time.Second) //nolint:forbidigo // closing outlives every caller's context
	defer cancel()
	n.noting.Lock()
	defer n.noting.Unlock()
	n.writeNote(end, false)
}

func (n *Node) takeNote(ctx context.Context) {
	n.noting.Lock()
	defer n.noting.Unlock()
	n.writeNote(ctx, true)
}

// writeNote notes the portal and what waits, when it has changed. That it could
// not is no reason to stop: only a list elsewhere is wrong then.
func (n *Node) writeNote(ctx context.Context, open bool) {
	now := profile.Note{Open: open}
	p, _, err := n.store.Portal(ctx)
	if err == nil {
		now.PortalID, now.PortalName = p.ID, p.Name
		now.Kind = string(n.account.Kind())
		now.Unsent, err = n.store.CountUnfinished(ctx)
	}
	if err == nil && n.noted != nil && *n.noted == now {
		return
	}
	if err == nil {
		err = profile.WriteNote(n.profiles.dir, now)
	}
	if err == nil {
		n.noted = &now
	} else if ctx.Err() == nil {
		n.logger.WarnContext(ctx, "the portal was not noted", slog.String("error", err.Error()))
	}
}
