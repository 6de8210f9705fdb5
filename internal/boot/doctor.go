package boot

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"satchel/internal/account"
	"satchel/internal/budget"
	"satchel/internal/config"
	"satchel/internal/crm"
	"satchel/internal/diskcrypt"
	"satchel/internal/diskspace"
	"satchel/internal/doctor"
	"satchel/internal/hubspot"
)

// DoctorReport is what doctor finds, for the faces.
type DoctorReport = doctor.Report

// Thousands writes a number with separators: 84,112.
func Thousands(n int) string { return doctor.Thousands(n) }

// DoctorOptions say what is compared.
type DoctorOptions struct {
	Types  []string // plural, singular or HubSpot's id; none means all
	All    bool
	Sample int // records of each type; 0 is the usual number
	Seed   uint64
	Repair bool
	// Progress is told how far it is; may be nil.
	Progress func(done, total int)
}

// Doctor brings the copy up to date, compares it with HubSpot and looks at the
// machine; what it compares with is read in the background. The report is good even with an error,
// which says why the comparison, or the repair, did not come to its end; nothing
// may pull at the same time.
func (n *Node) Doctor(ctx context.Context, o DoctorOptions) (doctor.Report, error) {
	n.base.Store(&ctx)
	types, err := n.doctorTypes(ctx, o.Types)
	if err != nil {
		return doctor.Report{}, err
	}
	var m doctor.Machine
	last, err := n.store.LastSync(ctx) // before this one
	if err != nil {
		return doctor.Report{}, err
	}
	var looking sync.WaitGroup
	var damage error
	looking.Go(func() { damage = n.store.Inspect(ctx, o.All) })
	r, compareErr := n.compare(ctx, o, types)
	looking.Wait()
	m.LastSync, m.Network.Err = last, compareErr
	if err := n.examine(context.WithoutCancel(ctx), &m); err != nil {
		return r, errors.Join(compareErr, err)
	}
	if crm.KindOf(damage) == crm.Canceled && damage != nil {
		m.Database.Stopped = true
	} else {
		m.Database.Damage = damage
	}
	r.Checks = m.Checks()
	return r, compareErr
}

func (n *Node) doctorTypes(ctx context.Context, names []string) ([]crm.ObjectType, error) {
	specs, err := n.store.Types(ctx)
	if err != nil {
		return nil, err
	}
	var out []crm.ObjectType
	for _, name := range names {
		spec, ok := crm.FindSpec(specs, name)
		if !ok {
			return nil, &crm.Error{Kind: crm.Invalid, Op: "doctor", Msg: "There is no record type " + name + " that is pulled. Nothing was compared."}
		}
		out = append(out, spec.Type)
	}
	return out, nil
}

// compare compares the copy with HubSpot, after what changed was pulled.
func (n *Node) compare(ctx context.Context, o DoctorOptions, types []crm.ObjectType) (doctor.Report, error) {
	none := func(err error) (doctor.Report, error) {
		return doctor.Report{
			Note: crm.Message(err), All: o.All, Seed: o.Seed, Types: []doctor.Row{}, Differences: []doctor.Difference{}, Schema: []doctor.SchemaDiff{},
		}, err
	}
	if _, err := n.remote.checked(ctx); err != nil {
		return none(err)
	}
	complete, err := n.pull.Complete(ctx)
	if err != nil {
		return none(err)
	}
	if !complete {
		return none(&crm.Error{Kind: crm.Conflict, Op: "compare", Msg: "The first pull is not complete yet; satchel sync --once goes on with it."})
	}
	if err := n.pull.Delta(crm.WithLane(ctx, crm.Interactive), types...); err != nil { // few calls, which the rest waits for
		return none(err)
	}
	ctx = crm.WithLane(ctx, crm.Backfill) // somebody waits, and edits go first
	kept, err := n.store.Types(ctx)
	if err != nil {
		return none(err)
	}
	c := doctor.Options{
		Kept: kept, Remote: n.remote, Local: n.store, Asked: n.pull.Asked, Types: types, All: o.All, Sample: o.Sample, Seed: o.Seed, Clock: n.watch.now,
	}
	if o.Progress != nil {
		c.Progress = func(p doctor.Progress) { o.Progress(p.Done, p.Total) }
	}
	r, err := doctor.Compare(ctx, c)
	if err != nil || !o.Repair || r.Equal() {
		return r, err
	}
	r, err = doctor.Repair(ctx, c, n.pull, r)
	if err != nil {
		return r, err
	}
	_, err = n.store.CatchUp(ctx, false)
	return r, err
}

// examine gathers what is known of the machine.
func (n *Node) examine(ctx context.Context, m *doctor.Machine) error {
	m.Now = crm.At(time.Now())
	examineDisk(ctx, m, n.cfg.DataDir)
	m.Versions = versions(n.version)
	facts, err := n.store.Facts(ctx)
	if err != nil {
		return err
	}
	m.Versions.SQLite = facts.SQLite
	m.Database.Bytes, m.Database.Schema, m.Database.Program = facts.PageSize*facts.Pages+facts.LogBytes, facts.Schema, facts.Newest
	if m.Database.Repaired, err = n.Healed(ctx); err != nil {
		return err
	}
	if m.Outbox.Ops, err = n.store.Unfinished(ctx); err != nil {
		return err
	}
	if _, m.Outbox.Timed, err = n.outbox.Next(ctx); err != nil {
		return err
	}
	m.LastSync = max(m.LastSync, n.syncer.Status().LastSync)
	if err := n.examineSignIn(ctx, m); err != nil {
		return err
	}
	if ahead := n.watch.ahead.Load(); ahead != nil {
		m.Network.Ahead, m.Network.Known = *ahead, true
	}
	if s, err := n.remote.client(); err == nil {
		m.Limits, m.Daily, m.DailyLeft = limitsOf(s.budget.Stats())
	}
	return nil
}

func (n *Node) examineSignIn(ctx context.Context, m *doctor.Machine) error {
	s, err := n.account.State(ctx)
	if err != nil {
		return err
	}
	m.Network.Connected = s.Portal.ID != ""
	m.Secrets.Place = s.KeptIn
	switch {
	case s.Kind == account.Environment:
		m.Secrets.Place = "environment"
	case s.KeepProblem != "":
		m.Secrets.Err = &crm.Error{Kind: crm.Storage, Op: "look at the sign-in", Msg: s.KeepProblem}
	case s.KeptIn == account.InKeychain || s.KeptIn == account.InFile:
		m.Secrets.Err = told("look at the sign-in", n.keeper.Keeper.Place(), n.keeper.Check(ctx))
	}
	return nil
}

func limitsOf(s budget.Stats) (out []doctor.Limit, daily, left int) {
	for _, b := range []struct {
		name string
		budget.BucketStats
	}{{"burst", s.Burst}, {"search", s.Search}, {"associations", s.Associations}} {
		out = append(out, doctor.Limit{
			Name: b.name, Calls: b.Limit, Window: b.Window, Used: b.Held, Others: b.Peers, Until: crm.At(b.PausedUntil), Policy: b.Policy,
		})
	}
	return out, s.Day.Limit, s.Day.Left
}

// Unwell is the report of a program that could not open its data; cause is why.
func Unwell(ctx context.Context, c config.Config, version string, cause error) doctor.Report {
	m := doctor.Machine{Now: crm.At(time.Now()), Database: doctor.Database{Open: cause}, Versions: versions(version)}
	examineDisk(ctx, &m, c.DataDir)
	return doctor.Report{
		Note: "The local data could not be opened.", Types: []doctor.Row{}, Differences: []doctor.Difference{}, Schema: []doctor.SchemaDiff{}, Checks: m.Checks(),
	}
}

func examineDisk(ctx context.Context, m *doctor.Machine, dir string) {
	free, err := diskspace.Free(dir)
	m.Disk = doctor.Disk{Free: free, Encrypted: string(diskcrypt.Of(ctx, dir))}
	if err != nil {
		m.Disk.Err = errors.New(plain(err))
	}
	m.Log.Path = filepath.Join(dir, "logs")
	if err := writable(m.Log.Path); err != nil {
		m.Log.Err = errors.New(plain(err))
	}
}

// writable tries to write a file.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, "check-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("check\n")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func versions(satchel string) doctor.Versions {
	return doctor.Versions{Satchel: satchel, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, API: hubspot.APIVersion}
}
