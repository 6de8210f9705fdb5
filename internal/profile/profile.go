package profile

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"satchel/internal/crm"
)

const (
	folder     = "profiles"     // below the data directory
	chosenFile = "profile.json" // what the rep chose
	removedDir = ".removed-"    // a profile that is on its way out
)

// Profile is one of the places that a portal's copy lies in.
type Profile struct {
	Name   string // "" for the one without
	Dir    string
	Colour Colour
	// Chosen says that the colour was given to it for good; else it is the first
	// that the others leave.
	Chosen bool
}

// Label is what people call it.
func (p Profile) Label() string { return cmp.Or(p.Name, Main) }

// chosen is what profile.json holds.
type chosen struct {
	Colour Colour `json:"colour"`
}

// List gives the profiles of a data directory: first the one without a name,
// which is always there, then the others by name.
func List(root string) ([]Profile, error) {
	out := []Profile{{Dir: root}}
	entries, err := os.ReadDir(filepath.Join(root, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unusable(root, err)
	}
	for _, e := range entries {
		if e.IsDir() && Check(e.Name()) == nil {
			out = append(out, Profile{Name: e.Name(), Dir: filepath.Join(root, folder, e.Name())})
		}
	}
	slices.SortFunc(out[1:], func(a, b Profile) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	for i := range out {
		var c chosen
		if err := read(filepath.Join(out[i].Dir, chosenFile), &c); err != nil {
			return nil, unusable(out[i].Dir, err)
		}
		if CheckColour(c.Colour) == nil {
			out[i].Colour, out[i].Chosen = c.Colour, true
		}
	}
	for i := range out {
		if !out[i].Chosen {
			out[i].Colour = free(out)
		}
	}
	return out, nil
}

// Find gives the profile of a name, not minding its case: "" and Main for the one
// without. One that is not there is not made: a name that was mistyped must not
// look like an empty portal. Errors: Invalid for what is no name, NotFound.
func Find(root, name string) (Profile, error) {
	if !isMain(name) {
		if err := Check(name); err != nil {
			return Profile{}, err
		}
	}
	all, err := List(root)
	if err != nil {
		return Profile{}, err
	}
	if isMain(name) {
		return all[0], nil
	}
	if i := slices.IndexFunc(all, func(p Profile) bool { return strings.EqualFold(p.Name, name) }); i >= 0 {
		return all[i], nil
	}
	return Profile{}, &crm.Error{
		Kind: crm.NotFound, Op: "find a profile",
		Msg: "There is no profile called " + name + ". Nothing was changed. See satchel profiles for those that are there, or make it with satchel profiles add " + name + ".",
	}
}

// Add makes a profile. Without a colour it gets the first that no other has.
// Errors: Invalid for a name or a colour that cannot be, Conflict when there is
// one of the name, in whatever case.
func Add(root, name string, c Colour) (Profile, error) {
	if err := Check(name); err != nil {
		return Profile{}, err
	}
	if c != "" {
		if err := CheckColour(c); err != nil {
			return Profile{}, err
		}
	}
	all, err := List(root)
	if err != nil {
		return Profile{}, err
	}
	taken := "There is a profile called " + name + " already. Nothing was changed."
	conflict := &crm.Error{Kind: crm.Conflict, Op: "add a profile", Msg: taken, Fields: map[string]string{"name": taken}}
	if slices.ContainsFunc(all, func(p Profile) bool { return strings.EqualFold(p.Name, name) }) {
		return Profile{}, conflict
	}
	p := Profile{Name: name, Dir: filepath.Join(root, folder, name), Colour: cmp.Or(c, free(all)), Chosen: true}
	for _, dir := range []string{root, filepath.Dir(p.Dir)} {
		if err := makeDir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
			return Profile{}, unusable(root, err)
		}
	}
	err = makeDir(p.Dir)
	if errors.Is(err, fs.ErrExist) {
		return Profile{}, conflict
	}
	if err == nil {
		err = write(filepath.Join(p.Dir, chosenFile), chosen{p.Colour})
	}
	if err != nil {
		return Profile{}, unusable(root, err)
	}
	return p, nil
}

// SetColour gives a profile another colour. Errors as of Find, and Invalid for a
// colour that there is not.
func SetColour(root, name string, c Colour) (Profile, error) {
	p, err := Find(root, name)
	if err != nil {
		return p, err
	}
	if err := CheckColour(c); err != nil {
		return p, err
	}
	p.Colour, p.Chosen = c, true
	if err := makeDir(p.Dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return p, unusable(p.Dir, err)
	}
	if err := write(filepath.Join(p.Dir, chosenFile), chosen{c}); err != nil {
		return p, unusable(p.Dir, err)
	}
	return p, nil
}

// Remove takes a profile's folder away with all that is in it. What was in its
// database has to be wiped before. held says whether a program has a folder open:
// then it is refused (InUse), also when that program came in the last moment.
func Remove(p Profile, held func(dir string) (bool, error)) error {
	if p.Name == "" {
		return &crm.Error{
			Kind: crm.Invalid, Op: "remove a profile",
			Msg: "The profile without a name cannot be removed, since the others lie in its folder. Nothing was changed. satchel disconnect wipes its data.",
		}
	}
	gone := filepath.Join(filepath.Dir(p.Dir), removedDir+p.Name)
	if err := os.RemoveAll(gone); err != nil { // left by a removal that was cut off
		return unusable(gone, err)
	}
	if err := os.Rename(p.Dir, gone); err != nil {
		return unusable(p.Dir, err)
	}
	busy, err := held(gone)
	if err == nil && !busy {
		if err = os.RemoveAll(gone); err == nil {
			return nil
		}
		return unusable(gone, err)
	}
	if back := os.Rename(gone, p.Dir); back != nil {
		return unusable(gone, errors.Join(err, back))
	}
	if err != nil {
		return unusable(p.Dir, err)
	}
	return Busy(p.Label())
}

// Busy is the error of a profile that a program has open.
func Busy(label string) error {
	return &crm.Error{Kind: crm.InUse, Op: "remove a profile", Msg: "Satchel runs on the profile " + label + ", so nothing was removed. Close it first."}
}

func unusable(where string, err error) error {
	return &crm.Error{
		Kind: crm.Storage, Op: "profiles", Err: err,
		Msg: "The folder " + where + " cannot be used. Check that it is there and that you may read and write it. Nothing was changed.",
	}
}

// read fills v from a small JSON file. One that is not there leaves v as it is,
// and so does one that is no JSON: what these files say can be chosen or noted
// again, and nothing rests on it.
func read(file string, v any) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	if err := json.Unmarshal(b, v); err != nil && !errors.As(err, &syntax) && !errors.As(err, &shape) {
		return err
	}
	return nil
}
