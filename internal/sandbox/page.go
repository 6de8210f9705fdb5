package sandbox

import "net/http"

// homeView is what the portal's own page shows.
type homeView struct {
	Portal  int64
	Now     string
	Limits  string
	Records []homeRecords
	Buckets []homeBucket
	Faults  []Fault
}

type homeRecords struct {
	Name  string
	Count int64
}

type homeBucket struct {
	Name                     string
	Requests, Rejected, Peak int64
	Limit                    int
}

// pageRoutes mounts the portal's page, so that a person can watch what an app
// does to it.
func (p *Portal) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /sandbox.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write([]byte(stylesheet)) // the caller may be gone; there is nobody to tell
	})
}

func (p *Portal) home(w http.ResponseWriter, _ *http.Request) {
	stats := p.Stats()
	limits := p.Limits()
	view := homeView{Portal: p.portalID, Now: stamp(p.nowMS()), Limits: limits.Plan, Faults: p.Faults()}
	for _, t := range p.tables {
		view.Records = append(view.Records, homeRecords{t.kind.plural, stats.Records[t.kind.plural]})
	}
	caps := map[string]int{burst: limits.App, search: limits.Search, associations: limits.Associations}
	for _, name := range []string{burst, search, associations, oauth} {
		view.Buckets = append(view.Buckets, homeBucket{name, stats.Requests[name], stats.Rejected[name], stats.MaxInWindow[name], caps[name]})
	}
	p.html(w, http.StatusOK, homeTemplate, view)
}
