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
	KeptIn      string   `json:"keptIn"`      // keychain | file | memory | environment | "": where the sign-in is kept
	KeepIn      string   `json:"keepIn"`      // keychain | file | memory: where one is put, as the rep chose
	KeepState   string   `json:"keepState"`   // "" | unavailable | locked: whether that place can be used
	KeepProblem string   `json:"keepProblem"` // why not, for people
	HasFile     bool     `json:"hasFile"`     // there is an encrypted file: its passphrase opens it, else a new one makes it
	Scopes      []string `json:"scopes"`      // what the sign-in may do; none with a static token
	Missing     []Lack   `json:"missing"`     // scopes the sign-in lacks
	HasApp      bool     `json:"hasApp"`      // an OAuth app's id and secret are known: Connect needs no form
	ClientID    string   `json:"clientId"`    // of the app, where one is known
	Sample      bool     `json:"sample"`      // sample data can be offered
	BaseURL     string   `json:"baseUrl"`     // "" for HubSpot itself
}

// Lack is a permission that the sign-in does not have, and what does not work
// without it.
type Lack struct {
	Scope string `json:"scope"`
	Off   string `json:"off"`
}

// KeepRequest says where the sign-in is kept: keychain, file or memory. The place
// in use is tried again. Anew gives up a file whose passphrase was forgotten.
type KeepRequest struct {
	Place      string `json:"place"`
	Passphrase string `json:"passphrase" max:"2048"`
	Anew       bool   `json:"anew"`
}

// PasteRequest is the address on which the browser landed.
type PasteRequest struct {
	ID      string `json:"id"`
	Address string `json:"address" max:"2048"`
}

// ConnectRequest starts a sign-in in the system browser. The app's id and
// secret are only needed when Account.HasApp is false.
type ConnectRequest struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
}

// ConnectFlow is a sign-in under way.
type ConnectFlow struct {
	ID    string `json:"id"`
	URL   string `json:"url"`   // what the browser was sent to; for "copy link"
	Phase string `json:"phase"` // waiting | finishing | connected | denied | expired | canceled | failed
	// "" while it is under way, then connected | user_denied | expired | canceled |
	// wrong_portal | missing_scopes | not_permitted | blocked | wrong_app |
	// hubspot_down | offline | not_kept | failed
	Outcome   string   `json:"outcome"`
	Message   string   `json:"message"`
	Scopes    []string `json:"scopes"`    // that are missing
	MustPaste bool     `json:"mustPaste"` // the ports are taken: the browser's last address has to be pasted
	Admin     string   `json:"admin"`     // a text to send to somebody who may connect apps
	ExpiresAt int64    `json:"expiresAt"`
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
	Team     string `json:"team"` // the name of the main one; "" without
}
