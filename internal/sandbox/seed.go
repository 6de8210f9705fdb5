package sandbox

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// seeder reads a folder of CSV files into an empty portal. Columns that are
// HubSpot properties have their names; owner_email names the owner,
// company_name the company to associate, and every other column becomes a
// custom property.
type seeder struct {
	p         *Portal
	dir       string
	shift     time.Duration
	companies map[string]*record
}

// sheet is one CSV file.
type sheet struct {
	name string
	head []string
	rows [][]string
	line []int // where each row begins in the file
}

func (p *Portal) seed(dir string, shiftDates bool) error {
	if info, err := os.Stat(dir); err != nil {
		return fmt.Errorf("seed: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("seed: %s is not a folder", dir)
	}
	s := &seeder{p: p, dir: dir, companies: map[string]*record{}}
	if err := s.owners(); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	sheets := map[string]*sheet{}
	for _, typ := range []string{"companies", "contacts", "deals"} {
		sh, err := s.read(typ + ".csv")
		if err != nil {
			return fmt.Errorf("seed: %w", err)
		}
		sheets[typ] = sh
	}
	if shiftDates {
		s.shift = s.sinceNewest(sheets["deals"])
	}
	for _, typ := range []string{"companies", "contacts", "deals"} {
		if err := s.records(typ, sheets[typ]); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	return nil
}

// read reads a file, nil when it is not there.
func (s *seeder) read(name string) (*sheet, error) {
	raw, err := os.ReadFile(filepath.Join(s.dir, name))
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	sh := &sheet{name: name}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		if sh.head == nil {
			sh.head = row
			continue
		}
		sh.rows = append(sh.rows, row)
		sh.line = append(sh.line, line)
	}
	if sh.head == nil {
		return nil, fmt.Errorf("%s: line 1: no column names", name)
	}
	return sh, nil
}

// at names a row in an error.
func (sh *sheet) at(row int, format string, args ...any) error {
	return fmt.Errorf("%s: line %d: %s", sh.name, sh.line[row], fmt.Sprintf(format, args...))
}

func (s *seeder) owners() error {
	sh, err := s.read("owners.csv")
	if err != nil {
		return err
	}
	now := s.p.nowMS()
	if sh == nil {
		s.p.addOwner(owner{Email: "owner@satchel.example", FirstName: "Sandbox", LastName: "Owner", Created: now, Updated: now})
		return nil
	}
	for i, row := range sh.rows {
		o := owner{Created: now, Updated: now}
		for c, name := range sh.head {
			switch name {
			case "email":
				o.Email = strings.TrimSpace(row[c])
			case "firstname":
				o.FirstName = row[c]
			case "lastname":
				o.LastName = row[c]
			case "team":
				o.Team = row[c]
			}
		}
		if !isEmail(foldKey(o.Email)) {
			return sh.at(i, "column email: %q is not an e-mail address", o.Email)
		}
		if s.p.user(o.Email) != nil {
			return sh.at(i, "column email: %s is there twice", o.Email)
		}
		s.p.addOwner(o)
	}
	if len(s.p.owners) == 0 {
		return fmt.Errorf("%s: no owners", sh.name)
	}
	return nil
}

// sinceNewest is the time from the newest close date to today.
func (s *seeder) sinceNewest(deals *sheet) time.Duration {
	var newest time.Time
	if deals == nil {
		return 0
	}
	for c, name := range deals.head {
		for _, row := range deals.rows {
			if name != "closedate" {
				break
			}
			if day, ok := parseDay(row[c]); ok && day.After(newest) {
				newest = day
			}
		}
	}
	if newest.IsZero() {
		return 0
	}
	return s.p.Now().UTC().Truncate(24 * time.Hour).Sub(newest.Truncate(24 * time.Hour))
}

// parseDay reads a date or a time.
func parseDay(raw string) (time.Time, bool) {
	if day, err := time.Parse(time.DateOnly, raw); err == nil {
		return day, true
	}
	return parseTime(raw)
}

// seedColumn is how a CSV column is used.
type seedColumn struct {
	name string
	prop uint16
	date bool
}

const (
	ownerColumn   = "owner_email"
	companyColumn = "company_name"
)

// columns matches a sheet's columns with properties, and makes the custom ones.
func (s *seeder) columns(t *table, sh *sheet) ([]seedColumn, error) {
	out := make([]seedColumn, 0, len(sh.head))
	seen := map[string]bool{}
	for _, name := range sh.head {
		if seen[name] {
			return nil, fmt.Errorf("%s: line 1: column %q is there twice", sh.name, name)
		}
		seen[name] = true
		col := seedColumn{name: name}
		if name == ownerColumn {
			col.prop = t.byName["hubspot_owner_id"]
			out = append(out, col)
			continue
		}
		i, known := t.byName[name]
		if !known && name != companyColumn {
			if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,99}$`).MatchString(name) {
				return nil, fmt.Errorf("%s: line 1: column %q cannot be a property name", sh.name, name)
			}
			now := s.p.nowMS()
			label := strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
			i = t.addProperty(&property{Name: name, Label: label, Group: t.groups[0].Name, Type: "string", FieldType: "text", Order: -1, Created: now, Updated: now})
		}
		if name != companyColumn {
			kind := t.props[i].Type
			col.prop, col.date = i, kind == "date" || kind == "datetime"
		}
		out = append(out, col)
	}
	return out, nil
}

// records makes a type's records, in the order of the file.
func (s *seeder) records(typ string, sh *sheet) error {
	if sh == nil {
		return nil
	}
	t, err := s.p.kindOf(typ)
	if err != nil {
		return err
	}
	cols, err := s.columns(t, sh)
	if err != nil {
		return err
	}
	l := s.p.loader(t, "IMPORT")
	for i, row := range sh.rows {
		if err := s.record(l, sh, i, row, cols); err != nil {
			return err
		}
	}
	return nil
}

// seedRow is one row on its way to a record.
type seedRow struct {
	sh               *sheet
	i                int
	created, changed int64
	sent             values
	company          *record
}

func (s *seeder) record(l *loader, sh *sheet, i int, row []string, cols []seedColumn) error {
	sr := &seedRow{sh: sh, i: i, created: s.p.nowMS(), sent: values{}}
	for c, col := range cols {
		if val := strings.TrimSpace(row[c]); val != "" {
			if err := s.cell(l, sr, col, val); err != nil {
				return err
			}
		}
	}
	if missing := l.t.lacking(s.p.withDefaults(l.t, sr.sent)); len(missing) > 0 {
		return sh.at(i, "no value for %s", strings.Join(missing, ", "))
	}
	if l.t.kind.piped() && sr.sent["pipeline"] == "" {
		l.set(l.prop("pipeline"), "default")
	}
	r := l.add(sr.created, sr.changed)
	if sr.company != nil {
		companies, err := s.p.kindOf("companies")
		if err != nil {
			return err
		}
		s.p.linkDefault(l.t, r, companies, sr.company)
	}
	if l.t.kind.plural == "companies" {
		s.companies[foldKey(string(sr.sent["name"]))] = r
	}
	return nil
}

// cell takes one value of a row in.
func (s *seeder) cell(l *loader, sr *seedRow, col seedColumn, val string) error {
	switch col.name {
	case ownerColumn:
		o := s.p.user(val)
		if o == nil {
			return sr.sh.at(sr.i, "column %s: no owner %s in owners.csv", col.name, val)
		}
		l.set(col.prop, strconv.FormatInt(o.ID, 10))
		return nil
	case companyColumn:
		if sr.company = s.companies[foldKey(val)]; sr.company == nil {
			return sr.sh.at(sr.i, "column %s: no company %q in companies.csv", col.name, val)
		}
		return nil
	}
	if col.date {
		day, isDay := parseDay(val)
		if !isDay {
			return sr.sh.at(sr.i, "column %s: %q is not a date", col.name, val)
		}
		day = day.Add(s.shift)
		at := day.UnixMilli()
		if at <= s.p.nowMS() {
			sr.changed = max(sr.changed, at)
		}
		if col.name == l.t.kind.created {
			sr.created = at
			return nil
		}
		if val = stamp(at); l.t.props[col.prop].Type == "date" {
			val = day.Format(time.DateOnly)
		}
	}
	stored, err := s.value(l.t, col.prop, val)
	if err != nil {
		return sr.sh.at(sr.i, "column %s: %s", col.name, err)
	}
	sr.sent[col.name] = text(stored)
	l.set(col.prop, stored)
	return nil
}

// value brings a cell into stored form. An enumeration learns new options, as
// it would from an import; a unique value must be new.
func (s *seeder) value(t *table, prop uint16, val string) (string, error) {
	def := t.props[prop]
	if def.Type == "enumeration" && def.References == "" && def.Name != "dealstage" && def.Name != "pipeline" && !def.allows(val) {
		def.Options = append(def.Options, option{Label: val, Value: val, DisplayOrder: len(def.Options)})
	}
	if t.kind.system(def.Name) || def.derive != nil {
		return "", errors.New("this property is computed and cannot be seeded")
	}
	got, wrong := s.p.check(t, prop, val, "", true)
	if wrong != nil {
		return "", errors.New(wrong.Message)
	}
	if def.HasUniqueValue && t.findBy(prop, got.val) != nil {
		return "", fmt.Errorf("%q is there twice", val)
	}
	return got.val, nil
}
