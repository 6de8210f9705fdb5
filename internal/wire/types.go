package wire

// TypeChoices are the object types that the portal made for itself.
type TypeChoices struct {
	Types []TypeChoice `json:"types"`
	Note  string       `json:"note"` // why there are no others; "" when there is nothing to say
}

// TypeChoice is one of them.
type TypeChoice struct {
	Type   string `json:"type"` // HubSpot's id of it
	Name   string `json:"name"` // the portal's own name; "" when HubSpot was not asked
	One    string `json:"one"`
	Many   string `json:"many"`
	Picked bool   `json:"picked"` // it is kept here
	Here   int    `json:"here"`   // its records
}
