package desktop

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"

	"satchel/internal/crm"
	"satchel/internal/wire"
	"satchel/internal/workspace"
)

// settingsKey is where the rep's choices are kept.
const settingsKey = "settings"

// SettingStore keeps settings by name; "" for one that was never set.
type SettingStore interface {
	Setting(ctx context.Context, key string) (string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// System is what lies outside of the window.
type System struct {
	Info wire.Info
	// Disk says whether the disk that the data lies on is encrypted.
	Disk func(ctx context.Context) string
	// Browse opens an address with the system's own program.
	Browse func(ctx context.Context, url string) error
	// Copy puts text on the clipboard; nil where there is none.
	Copy func(text string) error
}

// App is the program itself: about, settings, the way out.
type App struct {
	c     *Caller
	w     *workspace.Workspace
	store SettingStore
	sys   System
}

// NewApp makes the facade.
func NewApp(c *Caller, w *workspace.Workspace, store SettingStore, sys System) *App {
	return &App{c, w, store, sys}
}

// Info describes the program.
func (f *App) Info() (wire.Info, error) {
	return run(f.c, "App.Info", callTime, func(ctx context.Context) (wire.Info, error) {
		info := f.sys.Info
		info.Disk = f.sys.Disk(ctx)
		return info, nil
	})
}

// Settings are the rep's choices.
func (f *App) Settings() (wire.Settings, error) {
	return run(f.c, "App.Settings", callTime, func(ctx context.Context) (wire.Settings, error) {
		s := wire.Settings{SingleKeys: true}
		saved, err := f.store.Setting(ctx, settingsKey)
		if err != nil {
			return s, err
		}
		if saved != "" {
			if err := json.Unmarshal([]byte(saved), &s); err != nil {
				f.c.Log.WarnContext(ctx, "settings cannot be read; using the defaults", slog.String("error", err.Error()))
			}
		}
		return sane(s), nil
	})
}

// SaveSettings keeps the rep's choices and answers what was kept.
func (f *App) SaveSettings(s wire.Settings) (wire.Settings, error) {
	return run(f.c.given(s), "App.SaveSettings", callTime, func(ctx context.Context) (wire.Settings, error) {
		s = sane(s)
		b, err := json.Marshal(s)
		if err != nil {
			return s, err
		}
		return s, f.store.SetSetting(ctx, settingsKey, string(b))
	})
}

func sane(s wire.Settings) wire.Settings {
	pick := func(v string, known ...string) string {
		if slices.Contains(known, v) {
			return v
		}
		return known[0]
	}
	s.Theme = pick(s.Theme, "system", "light", "dark")
	s.Density = pick(s.Density, "regular", "compact", "relaxed")
	return s
}

// Open opens a record's page in HubSpot, or a link, outside of the window.
func (f *App) Open(l wire.Link) error {
	return do(f.c.given(l), "App.Open", callTime, func(ctx context.Context) error {
		target := l.URL
		if l.Kind == "record" {
			v, err := f.w.Open(ctx, l.Type, l.ID)
			if err != nil {
				return err
			}
			if target = URLOf(v); target == "" {
				return &crm.Error{Kind: crm.NotFound, Msg: "This record is not in HubSpot yet, so it has no page there."}
			}
		}
		if err := allowed(target); err != nil {
			return err
		}
		return f.sys.Browse(ctx, target)
	})
}

// Copy puts text on the clipboard.
func (f *App) Copy(s string) error {
	return do(f.c.given(sized{"text", s, crm.MaxText}), "App.Copy", callTime, func(context.Context) error {
		if f.sys.Copy == nil {
			return &crm.Error{Kind: crm.Invalid, Msg: "There is no clipboard here; select the text and copy it yourself."}
		}
		return f.sys.Copy(s)
	})
}

// Report writes an error that the UI caught to the log.
func (f *App) Report(r wire.Report) error {
	return do(f.c.given(r), "App.Report", callTime, func(ctx context.Context) error {
		f.c.Log.LogAttrs(ctx, slog.LevelError, "error in the UI", slog.String("where", r.Where), slog.String("message", r.Message))
		return nil
	})
}
