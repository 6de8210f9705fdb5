package wire

// Account says who is connected to what.
type Account struct {
	Connected   bool     `json:"connected"`
	Kind        string   `json:"kind"` // "" | oauth | token | environment | sample
	PortalID    string   `json:"portalId"`
	PortalName  string   `json:"portalName"`
	UIDomain    string   `json:"uiDomain"`
	Currency    string   `json:"currency"` // the company currency, ISO 4217
	TimeZone    string   `json:"timeZone"`
	UserEmail   string   `json:"userEmail"` // "" with a static token
	OwnerID     string   `json:"ownerId"`   // the rep's own owner id, "" when not known
	OwnerName   string   `json:"ownerName"`
	NeedsOwner  bool     `json:"needsOwner"`  // a static token has no user: the rep chooses an owner once
	NeedsSignIn bool     `json:"needsSignIn"` // the sign-in was revoked or has expired; edits are kept
	KeptIn      string   `json:"keptIn"`      // keychain | memory | environment | "": where the sign-in is kept
	Missing     []string `json:"missing"`     // scopes the sign-in lacks
	HasApp      bool     `json:"hasApp"`      // an OAuth app's id and secret are known: Connect needs no form
	Sample      bool     `json:"sample"`      // sample data can be offered
	BaseURL     string   `json:"baseUrl"`     // "" for HubSpot itself
}

// ConnectRequest starts a sign-in in the system browser. The app's id and
// secret are only needed when Account.HasApp is false.
type ConnectRequest struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}

// ConnectFlow is a sign-in under way.
type ConnectFlow struct {
	ID        string `json:"id"`
	URL       string `json:"url"`   // what the browser was sent to; for "copy link"
	Phase     string `json:"phase"` // waiting | finishing | connected | denied | expired | canceled | failed
	Message   string `json:"message"`
	ExpiresAt int64  `json:"expiresAt"`
}

// DisconnectRequest ends the connection and wipes the local copy. With edits
// waiting it is refused unless DiscardEdits is set.
type DisconnectRequest struct {
	DiscardEdits bool `json:"discardEdits"`
}

// Owner is somebody records can belong to.
type Owner struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Archived bool   `json:"archived"`
}
