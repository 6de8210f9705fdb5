package wire

// Profile is one of the places that a portal's copy lies in.
type Profile struct {
	Name       string `json:"name"` // "" for the one without
	Dir        string `json:"dir"`
	Colour     string `json:"colour"` // blue | orange | green | purple | teal | red | olive | slate
	PortalID   string `json:"portalId"`
	PortalName string `json:"portalName"`
	Kind       string `json:"kind"`    // of the sign-in, as in Account
	Running    bool   `json:"running"` // a program has it open
	Unsent     int    `json:"unsent"`  // edits that HubSpot does not have; -1 when that is not known
}

// Profiles are all there are, the one without a name first.
type Profiles struct {
	Items   []Profile `json:"items"`
	Here    Profile   `json:"here"`    // the one this program runs on
	Marked  bool      `json:"marked"`  // there is more than one, so this one shows its colour
	CanOpen bool      `json:"canOpen"` // another one can be opened in a window of its own
	Colours []string  `json:"colours"` // that can be chosen
}

// ProfileRequest names a profile, "" for the one without, and a colour; when one
// is made, "" for the first that is free.
type ProfileRequest struct {
	Name   string `json:"name"`
	Colour string `json:"colour"`
}
