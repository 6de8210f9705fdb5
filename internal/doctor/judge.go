package doctor

import (
	"fmt"
	"strings"
	"time"

	"satchel/internal/crm"
)

// What is too little, too much or too long.
const (
	leastFree  = 500 << 20
	clockOff   = 2 * time.Minute
	sendingFor = 5 * time.Minute // a call takes half a minute at most
	syncOld    = 24 * time.Hour
	dailyLow   = 10 // percent
)

func ok(name, says string) Check { return Check{Name: name, State: OK, Says: says} }

func (m Machine) database() Check {
	c := Check{Name: "database"}
	switch d := m.Database; {
	case d.Open != nil:
		c.State, c.Says = Failed, crm.Message(d.Open)
		c.Do = "satchel support collects what is needed to find out why."
	case d.Damage != nil && crm.KindOf(d.Damage) == crm.Corrupt:
		c.State, c.Says = Failed, crm.Message(d.Damage)
		c.Do = "Start Satchel again: it puts the damaged file aside, takes your edits over into a new one and pulls the rest."
	case d.Damage != nil:
		c.State, c.Says = Warning, "It could not be looked through: "+crm.Message(d.Damage)
		c.Do = "Run satchel doctor again."
	case d.Stopped:
		c.State, c.Says = Skipped, "It was not looked through."
	case d.Repaired != "":
		c.State, c.Says, c.Do = Warning, d.Repaired, "satchel doctor --all --repair makes certain that the copy is whole again."
	default:
		return ok(c.Name, "No damage; "+size(d.Bytes)+".")
	}
	return c
}

func (m Machine) schema() Check {
	d := m.Database
	if d.Schema != d.Program {
		return Check{
			Name: "schema", State: Failed, Says: fmt.Sprintf("The database has schema %d, and this program knows %d.", d.Schema, d.Program),
			Do: "Install the newest version of Satchel.",
		}
	}
	return ok("schema", fmt.Sprintf("Schema %d, as this program knows it.", d.Schema))
}

func (m Machine) space() Check {
	d := m.Disk
	if d.Err != nil {
		return Check{Name: "disk space", State: Warning, Says: "How much room the disk has could not be found out: " + d.Err.Error() + ".", Do: "Look at it yourself."}
	}
	c := ok("disk space", size(d.Free)+" free.")
	if need := 2 * m.Database.Bytes; d.Free < leastFree || d.Free < need {
		c.State = Warning
		c.Says = size(d.Free) + " free; a pull, a backup or a repair may need " + size(max(need, leastFree)) + "."
		c.Do = "Make room on the disk that the data directory lies on."
	}
	return c
}

func (m Machine) encryption() Check {
	switch m.Disk.Encrypted {
	case "encrypted":
		return ok("encryption", "The disk is encrypted.")
	case "plain":
		return Check{
			Name: "encryption", State: Warning, Says: "The disk is not encrypted: whoever has the computer can read the copy of the portal.",
			Do: "Let the system encrypt it (LUKS, FileVault, BitLocker).",
		}
	}
	return Check{Name: "encryption", State: Skipped, Says: "The system does not tell whether the disk is encrypted."}
}

func (m Machine) log() Check {
	if m.Log.Err != nil {
		return Check{
			Name: "log", State: Failed, Says: "The log cannot be written in " + m.Log.Path + ": " + m.Log.Err.Error() + ".",
			Do: "Look at who may write there, and whether the disk is full.",
		}
	}
	return ok("log", "Can be written.")
}

func (m Machine) secrets() Check {
	s := m.Secrets
	words := map[string]string{
		"keychain": "in the keychain, which answers", "file": "in an encrypted file, which is open", "memory": "in memory, until Satchel quits",
		"environment": "in the environment",
	}[s.Place]
	switch {
	case s.Err != nil:
		return Check{Name: "sign-in", State: Failed, Says: crm.Message(s.Err), Do: "Unlock it, or choose another place: satchel connect --keep-in."}
	case words == "":
		return ok("sign-in", "Nothing is kept.")
	}
	return ok("sign-in", "Kept "+words+".")
}

func (m Machine) network() Check {
	c := Check{Name: "HubSpot"}
	switch n := m.Network; {
	case !n.Connected:
		c.State, c.Says, c.Do = Warning, "No portal is connected.", "satchel connect signs in."
	case crm.KindOf(n.Err) == crm.Unauthorized && n.Err != nil:
		c.State, c.Says, c.Do = Failed, crm.Message(n.Err), "satchel connect signs in again."
	case n.Err != nil:
		c.State, c.Says, c.Do = Warning, crm.Message(n.Err), "Try again when there is a network."
	default:
		return ok(c.Name, "Reached.")
	}
	return c
}

func (m Machine) clock() Check {
	n := m.Network
	off := n.Ahead.Abs().Round(time.Second)
	switch {
	case !n.Known:
		return Check{Name: "clock", State: Skipped, Says: "HubSpot was not reached, so nothing is known of its clock."}
	case off <= clockOff:
		return ok("clock", "Within two minutes of HubSpot's.")
	}
	way := "behind"
	if n.Ahead > 0 {
		way = "ahead of"
	}
	return Check{
		Name: "clock", State: Warning, Says: fmt.Sprintf("This computer's clock is %v %s HubSpot's. Nothing is lost by it, but times are shown wrongly and sign-ins may fail.", off, way),
		Do: "Let the system set the clock.",
	}
}

func (m Machine) limits() Check {
	var parts []string
	c := ok("rate limits", "")
	for _, l := range m.Limits {
		if l.Calls <= 0 {
			continue
		}
		text := fmt.Sprintf("%s %d of %d in %v", l.Name, l.Used, l.Calls, l.Window)
		if l.Others > 0 {
			text += fmt.Sprintf(" and %d by other programs", l.Others)
		}
		if l.Until > m.Now {
			text += fmt.Sprintf(", paused by %s for %v", l.Policy, time.Duration(l.Until-m.Now)*time.Millisecond)
			c.State, c.Do = Warning, "Nothing: Satchel goes on by itself then."
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return Check{Name: c.Name, State: Skipped, Says: "No portal is connected."}
	}
	if m.Daily > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s calls left today", Thousands(m.DailyLeft), Thousands(m.Daily)))
		if m.DailyLeft*100 < m.Daily*dailyLow {
			c.State, c.Do = Warning, "Look for what else uses the portal's calls: HubSpot's settings list them by app."
		}
	}
	c.Says = strings.Join(parts, "; ") + "."
	return c
}

// outbox looks for operations that wait for nothing: each has a time at which it
// is tried, or a reason that the rep can see.
func (m Machine) outbox() Check {
	stuck, mute, told := 0, 0, 0
	for _, o := range m.Outbox.Ops {
		switch {
		case o.State == crm.Sending && m.Now-o.SentAt > crm.Millis(sendingFor.Milliseconds()):
			stuck++
		case o.State != crm.Parked && o.State != crm.InDispute:
		case o.Reason == "" && len(o.Disputes) == 0:
			mute++
		default:
			told++
		}
	}
	n := len(m.Outbox.Ops)
	if told == 0 && !m.Outbox.Timed {
		mute = n // nothing happens that could let them go
	}
	switch {
	case stuck > 0:
		return Check{
			Name: "outbox", State: Failed, Says: plural(stuck, "change has", "changes have") + " been on the way for more than five minutes.",
			Do: "Start Satchel again: it asks HubSpot what became of them before anything is sent.",
		}
	case mute > 0:
		return Check{
			Name: "outbox", State: Failed, Says: plural(mute, "change waits", "changes wait") + " without a time or a reason. It is kept.",
			Do: "satchel outbox shows them; satchel outbox retry ID tries one again. satchel support collects what is needed to find out why.",
		}
	}
	return ok("outbox", plural(n, "change is not at HubSpot yet; it has", "changes are not at HubSpot yet; each has")+" a time or a reason.")
}

func (m Machine) lastSync() Check {
	age := time.Duration(m.Now-m.LastSync) * time.Millisecond
	switch {
	case m.LastSync == 0:
		return Check{Name: "last sync", State: Warning, Says: "Nothing is known of a sync.", Do: "satchel sync --once makes one."}
	case age > syncOld:
		return Check{
			Name: "last sync", State: Warning, Says: "The last complete sync was " + plural(int(age.Hours()/24), "day", "days") + " ago.",
			Do: "satchel sync --once makes one.",
		}
	}
	return ok("last sync", "The last complete sync was "+max(age, 0).Round(time.Second).String()+" ago.")
}

func (m Machine) versions() Check {
	v := m.Versions
	parts := []string{"Satchel " + v.Satchel, v.Go, v.System}
	if v.SQLite != "" {
		parts = append(parts, "SQLite "+v.SQLite)
	}
	return ok("versions", strings.Join(append(parts, "HubSpot's API "+v.API), ", ")+".")
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
}
