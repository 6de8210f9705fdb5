package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// shownRequests is how many of the last requests the page lists.
const shownRequests = 10

// homeView is what the portal's own page shows.
type homeView struct {
	Portal   int64
	Now      string
	Plan     string
	Plans    []string
	Use      []homeUse
	Records  []homeRecords
	Buckets  []homeBucket
	Requests []homeRequest
	Faults   []Fault
	Webhooks *Webhooks // nil while the app wants none
	Buttons  []pageButton
	Clock    []pageButton
	Done     string // what the last button did
	Pressed  string // which one it was
	Offline  bool
}

type homeUse struct {
	Name, Window string
	Used, Limit  int
}

type homeRecords struct {
	Name  string
	Count int64
}

type homeBucket struct {
	Name                     string
	Requests, Rejected, Peak int64
}

type homeRequest struct {
	Request
	Time string // of the day
	Bad  bool
}

// pageButton is something that the page does in one click.
type pageButton struct {
	Do, Label string
	Done      string // what was done, in a sentence
	fault     Fault
	advance   time.Duration
}

// faultButtons are the faults that one wants most often.
func faultButtons() []pageButton {
	return []pageButton{
		{Do: "drop", Label: "Lose the next answer", Done: "The next call will be done, and its answer lost.", fault: Fault{Kind: "drop_after_apply", Count: 1}},
		{Do: "502", Label: "502 three times", Done: "The next three calls will answer 502.", fault: Fault{Kind: "status", Status: http.StatusBadGateway, Count: 3}},
		{Do: "429", Label: "429 three times", Done: "The next three calls will answer 429.", fault: Fault{Kind: "status", Status: http.StatusTooManyRequests, Count: 3}},
		{Do: "latency", Label: "2 s slower", Done: "Every answer will take 2 s longer, until cleared.", fault: Fault{Kind: "latency", LatencyMS: 2000}},
		{Do: "offline", Label: "Offline", Done: "The portal cannot be reached any more, until cleared.", fault: Fault{Kind: "unreachable"}},
	}
}

func clockButtons() []pageButton {
	return []pageButton{
		{Do: "10s", Label: "+10 s", Done: "The portal's clock went on by 10 s.", advance: burstSpan},
		{Do: "1m", Label: "+1 min", Done: "The portal's clock went on by a minute.", advance: time.Minute},
		{Do: "30m", Label: "+30 min: tokens expire", Done: "The portal's clock went on by 30 minutes: access tokens have expired.", advance: accessLife},
		{Do: "1d", Label: "+1 day", Done: "The portal's clock went on by a day.", advance: 24 * time.Hour},
	}
}

// pageRoutes mounts the portal's page, so that a person can watch what an app
// does to it and make its life harder.
func (p *Portal) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("POST /{$}", p.press)
	asset := func(path, kind, text string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind+"; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write([]byte(text)) // the caller may be gone; there is nobody to tell
		})
	}
	asset("/sandbox.css", "text/css", stylesheet)
	asset("/sandbox.js", "text/javascript", script)
}

func (p *Portal) home(w http.ResponseWriter, r *http.Request) {
	stats, limits := p.Stats(), p.Limits()
	view := homeView{
		Portal: p.portalID, Now: stamp(p.nowMS()), Plan: limits.Plan, Plans: []string{"oauth", "free", "pro", "pro+", "enterprise", "enterprise+", "off"},
		Faults: p.Faults(), Buttons: faultButtons(), Clock: clockButtons(), Offline: p.Settings().Unreachable, Pressed: r.URL.Query().Get("done"),
	}
	for _, b := range slices.Concat(view.Buttons, view.Clock, otherButtons()) {
		if b.Do == view.Pressed {
			view.Done = b.Done
		}
	}
	if hooks := p.Webhooks(); hooks.Target != "" {
		view.Webhooks = &hooks
	}
	p.mu.RLock()
	types := slices.Clone(p.tables)
	p.mu.RUnlock()
	for _, t := range types {
		view.Records = append(view.Records, homeRecords{t.kind.plural, stats.Records[t.kind.plural]})
	}
	for _, u := range limits.Use {
		if u.Bucket != oauth {
			view.Use = append(view.Use, homeUse{u.title(), u.window(), u.Used, u.Limit})
		}
	}
	for _, name := range []string{burst, search, associations, oauth} {
		view.Buckets = append(view.Buckets, homeBucket{name, stats.Requests[name], stats.Rejected[name], stats.MaxInWindow[name]})
	}
	for _, req := range p.Requests(shownRequests) {
		row := homeRequest{Request: req, Bad: req.Status == 0 || req.Status >= http.StatusBadRequest}
		if at, err := time.Parse(time.RFC3339Nano, req.At); err == nil {
			row.Time = at.Format(time.TimeOnly)
		}
		view.Requests = append(view.Requests, row)
	}
	p.write(w, http.StatusOK, homeTemplate, view,
		"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
}

// otherButtons do what has no list of its own on the page.
func otherButtons() []pageButton {
	return []pageButton{
		{Do: "clear", Done: "All faults are cleared."},
		{Do: "plan", Done: "The limits were changed."},
	}
}

// press does what a button of the page says and shows the page again. Like the
// control endpoints it is for this machine, and for no page of another site.
func (p *Portal) press(w http.ResponseWriter, r *http.Request) {
	if !loopback(r.Host) || http.NewCrossOriginProtection().Check(r) != nil {
		p.complain(w, http.StatusForbidden, "This form was sent from another site.")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		p.complain(w, http.StatusBadRequest, "This form could not be read.")
		return
	}
	do := r.PostForm.Get("do")
	if err := p.perform(do, r.PostForm); err != nil {
		p.complain(w, http.StatusBadRequest, err.Error())
		return
	}
	http.Redirect(w, r, "/?done="+url.QueryEscape(do), http.StatusSeeOther)
}

func (p *Portal) perform(do string, form url.Values) error {
	switch do {
	case "clear":
		p.ClearFaults()
		return nil
	case "plan":
		name := form.Get("plan")
		return p.SetLimits(LimitChange{Plan: &name})
	}
	for _, b := range slices.Concat(faultButtons(), clockButtons()) {
		switch {
		case b.Do != do:
			continue
		case b.advance > 0:
			p.Advance(b.advance)
			return nil
		default:
			_, err := p.Fault(b.fault)
			return err
		}
	}
	return invalid("There is no button %s on this page.", strconv.Quote(do))
}

// title names a bucket for people.
func (u BucketUse) title() string {
	switch u.Bucket {
	case burst:
		return u.App
	case "daily":
		return "all static tokens"
	case "associations_daily":
		return associations
	default:
		return u.Bucket
	}
}
