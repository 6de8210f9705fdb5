package crm

import (
	"html"
	"slices"
	"strings"
)

// HubSpot's activities. They are records like any other, made on a contact, a
// company, a deal or a ticket, and shown in its timeline.
const (
	Notes    ObjectType = "notes"
	Calls    ObjectType = "calls"
	Emails   ObjectType = "emails"
	Meetings ObjectType = "meetings"
	Tasks    ObjectType = "tasks"
)

// TimestampProperty is when an activity took place, or is to: a task's due date.
const TimestampProperty = "hs_timestamp"

// ActivityNumbers are the first and the last of the activities' Spec.Number; no
// other type has one between them.
func ActivityNumbers() (first, last int64) { return 4, 8 }

// Activities returns the types of activities. HubSpot documents no unique
// property on them: a create whose answer was lost is recognised among the
// activities of the record that it was made on.
func Activities() []Spec {
	spec := func(t ObjectType, id, one string, number int64, title, body string, required ...string) Spec {
		rich := body
		if t == Emails {
			rich = "hs_email_html"
		}
		return Spec{
			Type: t, ID: id, One: one, Number: number, Activity: true, Body: body, HTML: rich,
			Title: []string{title}, Fallback: body, Modified: "hs_lastmodifieddate",
			Search:   slices.Compact([]string{title, body}),
			Text:     []string{"hubspot_owner_id"},
			Numeric:  []string{"hs_lastmodifieddate", TimestampProperty},
			Required: append([]string{TimestampProperty}, required...),
			Links:    []ObjectType{Contacts, Companies, Deals, Tickets},
		}
	}
	return []Spec{
		spec(Notes, "0-46", "note", 4, "hs_note_body", "hs_note_body", "hs_note_body"),
		spec(Calls, "0-48", "call", 5, "hs_call_title", "hs_call_body"),
		spec(Emails, "0-49", "email", 6, "hs_email_subject", "hs_email_text", "hs_email_direction"),
		spec(Meetings, "0-47", "meeting", 7, "hs_meeting_title", "hs_meeting_body", "hs_meeting_start_time", "hs_meeting_end_time"),
		spec(Tasks, "0-27", "task", 8, "hs_task_subject", "hs_task_body", "hs_task_subject"),
	}
}

// ActivityProperties are the properties of a type of activity that Satchel
// reads and writes, as HubSpot defines them: they are the same in every portal. nil for
// any other type.
func ActivityProperties(t ObjectType) []Property {
	text := func(name, label string) Property {
		return Property{Name: name, Label: label, Type: TypeString, Field: "text"}
	}
	long := func(name, label string) Property {
		return Property{Name: name, Label: label, Type: TypeString, Field: "textarea"}
	}
	at := func(name, label string) Property {
		return Property{Name: name, Label: label, Type: TypeDateTime, Field: "date"}
	}
	choice := func(name, label string, options ...string) Property {
		p := Property{Name: name, Label: label, Type: TypeEnumeration, Field: "select"}
		for _, o := range options {
			words := strings.ToLower(strings.ReplaceAll(o, "_", " "))
			p.Options = append(p.Options, Option{Value: o, Label: strings.ToUpper(words[:1]) + words[1:]})
		}
		return p
	}
	owner := Property{Name: "hubspot_owner_id", Label: "Assigned to", Type: TypeEnumeration, Field: "select", External: true, Refers: "OWNER"}
	switch t {
	case Notes:
		return []Property{at(TimestampProperty, "Date"), long("hs_note_body", "Note"), owner}
	case Calls:
		return []Property{
			at(TimestampProperty, "Date"), text("hs_call_title", "Title"), long("hs_call_body", "Notes"),
			{Name: "hs_call_duration", Label: "Duration in ms", Type: TypeNumber, Field: "number"},
			choice("hs_call_direction", "Direction", "OUTBOUND", "INBOUND"),
			choice("hs_call_status", "Outcome", "COMPLETED", "NO_ANSWER", "BUSY", "FAILED", "CANCELED"), owner,
		}
	case Emails:
		return []Property{
			at(TimestampProperty, "Date"), text("hs_email_subject", "Subject"), long("hs_email_text", "Text"),
			{Name: "hs_email_html", Label: "Text as HTML", Type: TypeString, Field: "html"},
			choice("hs_email_direction", "Direction", "EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"),
			choice("hs_email_status", "Status", "SENT", "SENDING", "SCHEDULED", "BOUNCED", "FAILED"), owner,
		}
	case Meetings:
		return []Property{
			at(TimestampProperty, "Date"), text("hs_meeting_title", "Title"), long("hs_meeting_body", "Notes"),
			at("hs_meeting_start_time", "Starts"), at("hs_meeting_end_time", "Ends"), text("hs_meeting_location", "Place"),
			choice("hs_meeting_outcome", "Outcome", "SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"), owner,
		}
	case Tasks:
		return []Property{
			at(TimestampProperty, "Due"), text("hs_task_subject", "Task"), long("hs_task_body", "Notes"),
			choice("hs_task_status", "Status", "NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"),
			choice("hs_task_priority", "Priority", "LOW", "MEDIUM", "HIGH"),
			choice("hs_task_type", "Type", "TODO", "CALL", "EMAIL"), owner,
		}
	case Contacts, Companies, Deals, Tickets, LineItems, Products:
	}
	return nil
}

// RichText turns what a person typed into the HTML that HubSpot keeps in an
// activity's body.
func RichText(text string) string {
	return strings.ReplaceAll(html.EscapeString(strings.ReplaceAll(text, "\r\n", "\n")), "\n", "<br>")
}

// PlainText is the text of an activity's body, for reading: its tags are left
// out, and those that end a line become one. It is text and never HTML.
func PlainText(body string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(body, '<')
		if i < 0 {
			break
		}
		b.WriteString(body[:i])
		tag, rest, closed := strings.Cut(body[i+1:], ">")
		if !closed {
			b.WriteString(body[i:])
			body = ""
			break
		}
		name := strings.ToLower(strings.TrimRight(strings.TrimSpace(tag), " /"))
		if name == "br" || name == "/p" || name == "/div" || name == "/li" {
			b.WriteByte('\n')
		}
		body = rest
	}
	b.WriteString(body)
	return strings.TrimSpace(html.UnescapeString(b.String()))
}
