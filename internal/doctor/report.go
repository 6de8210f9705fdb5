package doctor

import (
	"fmt"
	"strconv"
	"strings"

	"satchel/internal/crm"
)

// Kind says how a record differs.
type Kind string

// The kinds of differences. Differs is about properties, associations or both.
const (
	Missing Kind = "missing" // in HubSpot, and not here
	Gone    Kind = "gone"    // here, and archived or deleted in HubSpot
	Merged  Kind = "merged"  // here, and part of another record in HubSpot
	Differs Kind = "differs"
)

// Difference is one record that is not what HubSpot has. It names properties and
// ids, and no values.
type Difference struct {
	Type       crm.ObjectType `json:"type"`
	ID         crm.RemoteID   `json:"id"` // HubSpot's
	Kind       Kind           `json:"kind"`
	Into       crm.RemoteID   `json:"into,omitempty"` // of a merged record: the one that took its place
	Properties []string       `json:"properties,omitempty"`
	Links      []LinkDiff     `json:"associations,omitempty"`
	Why        string         `json:"why,omitempty"` // for people, where there is more to say
	Repaired   bool           `json:"repaired,omitempty"`
}

// LinkDiff is one association that is held differently.
type LinkDiff struct {
	Type crm.ObjectType `json:"type"`
	ID   crm.RemoteID   `json:"id"`
	How  string         `json:"how"` // missing: not here; extra: here only; label: of another type
}

// How an association differs.
const (
	LinkMissing = "missing"
	LinkExtra   = "extra"
	LinkLabel   = "label"
)

// String is a line for people.
func (d Difference) String() string {
	text := string(d.Type) + " " + string(d.ID) + ": "
	switch d.Kind {
	case Missing:
		text += "is in HubSpot and not here"
	case Gone:
		text += "is here, and archived or deleted in HubSpot"
	case Merged:
		text += "was merged into " + string(d.Into) + " in HubSpot"
	case Differs:
		var parts []string
		if len(d.Properties) > 0 {
			parts = append(parts, "differs in "+strings.Join(d.Properties, ", "))
		}
		for _, l := range d.Links {
			how := map[string]string{LinkMissing: "is not here", LinkExtra: "is here only", LinkLabel: "has another label"}[l.How]
			parts = append(parts, "the association with "+string(l.Type)+" "+string(l.ID)+" "+how)
		}
		text += strings.Join(parts, "; ")
	}
	if d.Why != "" {
		text += " (" + d.Why + ")"
	}
	if d.Repaired {
		text += ": repaired"
	}
	return text
}

// SchemaDiff is a definition that is not what HubSpot has.
type SchemaDiff struct {
	Type     crm.ObjectType `json:"type,omitempty"` // "" for owners
	What     string         `json:"what"`           // property, pipeline or owner
	Name     string         `json:"name"`
	How      string         `json:"how"` // missing, extra or differs
	Repaired bool           `json:"repaired,omitempty"`
}

// String is a line for people.
func (d SchemaDiff) String() string {
	text := d.What + " " + d.Name
	if d.Type != "" {
		text = string(d.Type) + ": " + text
	}
	text += map[string]string{LinkMissing: " is in HubSpot and not here", LinkExtra: " is here and not in HubSpot any more", schemaDiffers: " is defined differently in HubSpot"}[d.How]
	if d.Repaired {
		text += ": repaired"
	}
	return text
}

// Row is one type. Here counts what the copy takes to be in HubSpot, There what
// HubSpot's search counts, which lags; -1 when it does not say.
type Row struct {
	Type      crm.ObjectType `json:"type"`
	Here      int            `json:"here"`
	There     int            `json:"there"`
	Compared  int            `json:"compared"`
	Divergent int            `json:"divergent"`
	// Behind are records that HubSpot changed a moment ago, or that an operation
	// on its way is about: the next pull brings them.
	Behind int `json:"behind"`
	// Calculated are records of which only properties differ that HubSpot sets by
	// itself: these move without the record's stamp.
	Calculated int    `json:"calculated"`
	Note       string `json:"note,omitempty"`
}

// Report is what Compare found. Divergent and the rows are what is left after a
// Repair; Differences keeps what was repaired, too.
type Report struct {
	// Done says that the comparison came to its end. Otherwise Note says why not,
	// and what stands here is only what was certain by then.
	Done        bool         `json:"done"`
	Note        string       `json:"note,omitempty"`
	All         bool         `json:"all"`
	Sample      int          `json:"sample"` // records of each type; 0 with All
	Seed        uint64       `json:"seed"`
	Compared    int          `json:"compared"`
	Divergent   int          `json:"divergent"`
	Behind      int          `json:"behind"`
	Repaired    int          `json:"repaired"`
	Types       []Row        `json:"types"`
	Differences []Difference `json:"differences"`
	Schema      []SchemaDiff `json:"schema"`
	Checks      []Check      `json:"checks"`
}

// Equal says that nothing was found that is not repaired.
func (r Report) Equal() bool { return r.Done && r.Divergent == 0 && r.schemaLeft() == 0 }

func (r Report) schemaLeft() (n int) {
	for _, d := range r.Schema {
		if !d.Repaired {
			n++
		}
	}
	return n
}

// Well says that no check of the machine has failed.
func (r Report) Well() bool {
	for _, c := range r.Checks {
		if c.State == Failed {
			return false
		}
	}
	return true
}

// Sentence is the answer.
func (r Report) Sentence() string {
	switch {
	case !r.Done && r.Compared == 0:
		return "Nothing was compared. " + r.Note
	case !r.Done:
		return fmt.Sprintf("Not finished: %s divergent of %s so far. %s", Thousands(r.Divergent), Thousands(r.Compared), r.Note)
	}
	text := Thousands(r.Divergent) + " divergent of " + Thousands(r.Compared)
	if n := r.schemaLeft(); n > 0 {
		text += ", and " + plural(n, "definition differs", "definitions differ")
	}
	if r.Repaired > 0 {
		text += ", " + Thousands(r.Repaired) + " repaired"
	}
	return text + "."
}

// Thousands writes a number with separators: 84,112.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}
