package doctor

import (
	"time"

	"satchel/internal/crm"
)

// Machine is what somebody found out about the computer and the program, for
// Checks to judge.
type Machine struct {
	Now       crm.Millis
	Database  Database
	Disk      Disk
	Log       Place
	Secrets   Secrets
	Network   Network
	Limits    []Limit
	Daily     int // HubSpot's limit of calls a day; 0 where it has none, or none is known
	DailyLeft int
	Outbox    Outbox
	LastSync  crm.Millis
	Versions  Versions
}

// Database is the file with the local copy.
type Database struct {
	Open     error // it could not be opened; nothing else is known then
	Damage   error // what a look through the whole file found
	Stopped  bool  // nobody waited for that look
	Bytes    int64
	Schema   int64
	Program  int64 // the schema that the program knows
	Repaired string
}

// Disk is the one that the data directory lies on.
type Disk struct {
	Free      int64
	Err       error
	Encrypted string // encrypted, plain or unknown
}

// Place is a folder that is written to.
type Place struct {
	Path string
	Err  error
}

// Outbox is what HubSpot does not have yet.
type Outbox struct {
	Ops   []crm.Op // those that are not finished
	Timed bool     // there is a time at which the next of them is tried
}

// Secrets is where the sign-in is kept.
type Secrets struct {
	Place string // keychain, file, memory, environment or ""
	Err   error  // it does not answer
}

// Network is what calls have shown.
type Network struct {
	Connected bool
	Err       error // HubSpot was not reached, or refused
	// Ahead is how far our clock is ahead of HubSpot's; Known says whether an answer
	// has told.
	Ahead time.Duration
	Known bool
}

// Limit is one of HubSpot's limits, as far as it is used.
type Limit struct {
	Name   string
	Calls  int
	Window time.Duration
	Used   int
	Others int // calls of other programs
	Until  crm.Millis
	Policy string // why it is paused until then
}

// Versions are what runs on what.
type Versions struct {
	Satchel string
	Go      string
	SQLite  string
	System  string
	API     string
}

// Checks judges all of it.
func (m Machine) Checks() []Check {
	out := []Check{m.database()}
	if m.Database.Open == nil {
		out = append(out, m.schema())
	}
	out = append(out, m.space(), m.encryption(), m.log())
	if m.Database.Open == nil {
		out = append(out, m.secrets(), m.network(), m.clock(), m.limits(), m.outbox(), m.lastSync())
	}
	return append(out, m.versions())
}
