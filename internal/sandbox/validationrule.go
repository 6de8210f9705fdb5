package sandbox

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ruleCheck is what is known of a type of validation rules.
type ruleCheck struct {
	types  []string // of properties that may have it
	args   bool     // it needs arguments
	sound  func(args []string) bool
	passes func(val string, args []string, now time.Time) bool
}

// ruleChecks are the rule types of HubSpot's propertyValidations file. What the
// arguments mean is partly a guess: BEFORE_… wants a time at least so long ago,
// AFTER_… one at least so far ahead, FORMAT is kept and not enforced.
func ruleChecks() map[string]ruleCheck {
	texts, numbers := []string{"string", "phone_number"}, []string{"number"}
	dates, times := []string{"date"}, []string{"datetime"}
	checks := map[string]ruleCheck{}
	plain := func(name string, passes func(string) bool) {
		checks[name] = ruleCheck{types: texts, sound: func([]string) bool { return true }, passes: func(val string, _ []string, _ time.Time) bool { return passes(val) }}
	}
	number := func(name string, types []string, passes func(val string, bound float64) bool) {
		checks[name] = ruleCheck{types: types, args: true, sound: allOf(isNumber), passes: func(val string, args []string, _ time.Time) bool {
			bound, err := strconv.ParseFloat(args[0], 64)
			return err != nil || passes(val, bound)
		}}
	}
	list := func(name string, types []string, sound func(string) bool, passes func(val string, args []string, now time.Time) bool) {
		checks[name] = ruleCheck{types: types, args: true, sound: allOf(sound), passes: passes}
	}
	anything := func(string) bool { return true }

	plain("EMAIL", isEmail)
	plain("DOMAIN", hostPattern.MatchString)
	plain("URL", func(val string) bool { return hostOf(val) != "" })
	plain("WHITESPACE", func(val string) bool { return !strings.ContainsFunc(val, unicode.IsSpace) })
	plain("SPECIAL_CHARACTERS", func(val string) bool {
		return !strings.ContainsFunc(val, func(r rune) bool { return !isAlphanumeric(r) && !unicode.IsSpace(r) })
	})
	plain("PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", func(val string) bool { return len(val) > 1 && val[0] == '+' && val[1] >= '1' && val[1] <= '9' })

	number("MIN_LENGTH", texts, func(val string, bound float64) bool { return float64(utf8.RuneCountInString(val)) >= bound })
	number("MAX_LENGTH", texts, func(val string, bound float64) bool { return float64(utf8.RuneCountInString(val)) <= bound })
	number("MIN_NUMBER", numbers, func(val string, bound float64) bool {
		f, err := strconv.ParseFloat(val, 64)
		return err == nil && f >= bound
	})
	number("MAX_NUMBER", numbers, func(val string, bound float64) bool {
		f, err := strconv.ParseFloat(val, 64)
		return err == nil && f <= bound
	})
	number("DECIMAL", numbers, func(val string, bound float64) bool {
		_, decimals, _ := strings.Cut(val, ".")
		return float64(len(decimals)) <= bound
	})

	list("ALPHANUMERIC", texts, anything, func(val string, args []string, _ time.Time) bool {
		allowed := isAlphanumeric
		if args[0] == "NUMERIC_ONLY" {
			allowed = unicode.IsDigit
		}
		return !strings.ContainsFunc(val, func(r rune) bool { return !allowed(r) })
	})
	list("REGEX", texts, func(arg string) bool { _, err := regexp.Compile(arg); return err == nil }, func(val string, args []string, _ time.Time) bool {
		re, err := regexp.Compile("^(?:" + args[0] + ")$")
		return err != nil || re.MatchString(val)
	})
	list("FORMAT", texts, anything, func(string, []string, time.Time) bool { return true })
	for name, want := range map[string]bool{"ALLOWED": true, "BLOCKED": false} {
		list("EMAIL_"+name+"_DOMAINS", texts, anything, func(val string, args []string, _ time.Time) bool {
			_, host, _ := strings.Cut(val, "@")
			return slices.ContainsFunc(args, func(arg string) bool { return strings.EqualFold(arg, host) }) == want
		})
		list("URL_"+name+"_DOMAINS", texts, anything, func(val string, args []string, _ time.Time) bool {
			host := hostOf(val)
			return slices.ContainsFunc(args, func(arg string) bool { return strings.EqualFold(arg, host) }) == want
		})
	}
	for suffix, types := range map[string][]string{"DATE": dates, "DATETIME": times} {
		list("START_"+suffix, types, isTime, func(val string, args []string, _ time.Time) bool { return !timeOf(val).Before(timeOf(args[0])) })
		list("END_"+suffix, types, isTime, func(val string, args []string, _ time.Time) bool { return !timeOf(val).After(timeOf(args[0])) })
	}
	for middle, types := range map[string][]string{"": dates, "DATETIME_": times} {
		list("AFTER_"+middle+"DURATION", types, isDuration, func(val string, args []string, now time.Time) bool {
			return !timeOf(val).Before(shift(now, args[0], 1, types[0]))
		})
		list("BEFORE_"+middle+"DURATION", types, isDuration, func(val string, args []string, now time.Time) bool {
			return !timeOf(val).After(shift(now, args[0], -1, types[0]))
		})
	}
	list("DAYS_OF_WEEK", append(dates, times...), isDay, func(val string, args []string, _ time.Time) bool {
		return slices.Contains(args, strings.ToUpper(timeOf(val).Weekday().String()))
	})
	return checks
}

func allOf(sound func(string) bool) func([]string) bool {
	return func(args []string) bool {
		return !slices.ContainsFunc(args, func(arg string) bool { return !sound(arg) })
	}
}

func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isNumber(arg string) bool { _, err := strconv.ParseFloat(arg, 64); return err == nil }

func isTime(arg string) bool { return !timeOf(arg).IsZero() }

func isDay(arg string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if arg == strings.ToUpper(day.String()) {
			return true
		}
	}
	return false
}

// hostOf is the host of a web address, "" when it is none.
func hostOf(val string) string {
	u, err := url.Parse(val)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !hostPattern.MatchString(u.Hostname()) {
		return ""
	}
	return u.Hostname()
}

// timeOf reads a stored date or time, or an argument like them.
func timeOf(val string) time.Time {
	if day, err := time.Parse(time.DateOnly, val); err == nil {
		return day
	}
	t, _ := parseTime(val) // the zero time stands for none
	return t
}

// isoDuration is P1Y2M3DT4H5M6S, with at least one part.
var isoDuration = regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

func isDuration(arg string) bool {
	return isoDuration.MatchString(arg) && strings.ContainsAny(arg, "0123456789")
}

// shift moves the time by a duration; dates count in whole days.
func shift(now time.Time, arg string, sign int, kind string) time.Time {
	n := make([]int, 8)
	for i, part := range isoDuration.FindStringSubmatch(arg) {
		n[i], _ = strconv.Atoi(part) // a part that is not there is 0
	}
	now = now.UTC()
	if kind == "date" {
		now = now.Truncate(24 * time.Hour)
	}
	now = now.AddDate(sign*n[1], sign*n[2], sign*(7*n[3]+n[4]))
	return now.Add(time.Duration(sign) * time.Duration(n[5]*3600+n[6]*60+n[7]) * time.Second)
}
