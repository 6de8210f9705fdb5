package profile

import (
	"regexp"
	"slices"
	"strings"

	"satchel/internal/crm"
)

// Main is how the profile without a name is called; no other may have the name.
const Main = "Main"

// longest is how long a name may be.
const longest = 32

// Check says in words why a name cannot be a profile's: a name has to be safe,
// and the same, on every file system. Errors are of kind Invalid.
func Check(name string) error {
	refuse := func(why string) error {
		return &crm.Error{
			Kind: crm.Invalid, Op: "name a profile", Fields: map[string]string{"name": why},
			Msg: why + " Nothing was changed.",
		}
	}
	switch {
	case name == "":
		return refuse("A profile needs a name.")
	case len(name) > longest:
		return refuse("A profile's name has at most 32 characters.")
	case !regexp.MustCompile(`^[A-Za-z0-9_-]+$`).MatchString(name):
		return refuse("A profile's name has only the letters A to Z, digits, - and _.")
	case name[0] == '-':
		return refuse("A profile's name cannot begin with a -.")
	case isMain(name):
		return refuse("The profile without a name is called Main, so no other can be.")
	case device(name):
		return refuse("“" + name + "” is the name of a device on Windows. Choose another.")
	}
	return nil
}

func isMain(name string) bool { return name == "" || strings.EqualFold(name, Main) }

// device says whether Windows takes the name for a device in every folder.
func device(name string) bool {
	name = strings.ToUpper(name)
	if len(name) == 4 && (strings.HasPrefix(name, "COM") || strings.HasPrefix(name, "LPT")) {
		return name[3] >= '0' && name[3] <= '9'
	}
	return slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, name)
}

// Colour is one of the few by which profiles are told apart; the UI has a token
// of each name.
type Colour string

// Colours are all, in the order in which they are given out.
func Colours() []Colour {
	return []Colour{"blue", "orange", "green", "purple", "teal", "red", "olive", "slate"}
}

// CheckColour refuses a colour that there is not; Invalid.
func CheckColour(c Colour) error {
	if slices.Contains(Colours(), c) {
		return nil
	}
	all := make([]string, len(Colours()))
	for i, x := range Colours() {
		all[i] = string(x)
	}
	msg := "There is no such colour. Choose one of " + strings.Join(all, ", ") + ". Nothing was changed."
	return &crm.Error{Kind: crm.Invalid, Op: "colour a profile", Msg: msg, Fields: map[string]string{"colour": msg}}
}

// free is the first colour that none of the profiles has; with all of them taken,
// the one that fewest have.
func free(taken []Profile) Colour {
	times := map[Colour]int{}
	for _, p := range taken {
		times[p.Colour]++
	}
	return slices.MinFunc(Colours(), func(a, b Colour) int { return times[a] - times[b] })
}
