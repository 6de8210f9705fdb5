package wire

// Info describes the program for the about box and for reports.
type Info struct {
	Version  string `json:"version"`
	DataDir  string `json:"dataDir"`
	LogFile  string `json:"logFile"`
	Platform string `json:"platform"` // GOOS/GOARCH
	Window   bool   `json:"window"`   // false when served to a browser
	Disk     string `json:"disk"`     // encrypted | plain | unknown: the disk that the data directory lies on
}

// Settings are the rep's choices; unknown values fall back to the first named.
type Settings struct {
	Theme      string `json:"theme"`      // system | light | dark
	Density    string `json:"density"`    // regular | compact | relaxed
	SingleKeys bool   `json:"singleKeys"` // single-letter shortcuts are on
	Started    bool   `json:"started"`    // the first-pull page was left with "start"
	DiskSeen   bool   `json:"diskSeen"`   // that the disk is not encrypted was told, and put away
}

// Link asks the system to open something outside of the window. Kind is
// "record" (Type and ID) or "url" (https, mailto or tel only).
type Link struct {
	Kind string `json:"kind"`
	Type string `json:"type"`
	ID   string `json:"id"`
	URL  string `json:"url" max:"2048"`
}

// Report is an error that the UI caught, for the log: no values, no names.
type Report struct {
	Where   string `json:"where"`
	Message string `json:"message" max:"2048"`
}
