package sandbox

import "strings"

// plan is what an account may call; 0 is unlimited. App, Static and
// Associations are per 10 seconds, Search per second; fact sheet 2.1.
type plan struct {
	app, static, search, associations, daily, assocDaily int
}

// planNames are the values of Options.Limits, for people.
func planNames() string { return "oauth, free, pro, pro+, enterprise, enterprise+ or off" }

// planOf returns a plan of fact sheet 2.1 by its name in Options.Limits. Under
// "oauth" a static token has the limits of a Professional account. A + is the
// API limit increase, bought once: an OAuth app has nothing of it.
func planOf(name string) (plan, bool) {
	name, increased := strings.CutSuffix(name, "+")
	pl := plan{app: 110, static: 190, search: 5, associations: 150, daily: 625_000, assocDaily: 500_000}
	switch name {
	case "", "oauth":
		return pl, !increased
	case "free":
		pl.static, pl.associations, pl.daily = 100, 100, 250_000
		return pl, !increased // the increase is for Professional and Enterprise
	case "pro":
	case "enterprise":
		pl.daily = 1_000_000
	case "off":
		return plan{}, !increased
	default:
		return plan{}, false
	}
	if increased {
		pl.static, pl.associations, pl.assocDaily = 250, 200, 1_000_000
		pl.daily += 1_000_000
	}
	return pl, true
}

// secondly is the deprecated limit per second that the headers still name: 15
// beside 100 was captured (fact sheet 2.2), else a tenth.
func secondly(limit int) int {
	if limit == 100 {
		return 15
	}
	return limit / 10
}
