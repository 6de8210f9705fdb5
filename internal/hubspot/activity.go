package hubspot

import "satchel/internal/crm"

// link is an association made with the record itself.
type link struct {
	To    idInput    `json:"to"`
	Types []linkType `json:"types"`
}

type linkType struct {
	Category string `json:"associationCategory"`
	ID       int    `json:"associationTypeId"`
}

// linkOf is the association of an activity with the record it is made on: the
// pair's default type, which is the same in every portal.
func linkOf(t crm.ObjectType, w crm.Write) []link {
	onContact := map[crm.ObjectType]int{crm.Notes: 202, crm.Tasks: 204, crm.Calls: 194, crm.Emails: 198, crm.Meetings: 200}[t]
	off, ok := map[crm.ObjectType]int{crm.Contacts: 0, crm.Companies: -12, crm.Deals: 12, crm.Tickets: 26}[w.OnType]
	if onContact == 0 || !ok || w.On == "" {
		return nil
	}
	return []link{{To: idInput{string(w.On)}, Types: []linkType{{"HUBSPOT_DEFINED", onContact + off}}}}
}
