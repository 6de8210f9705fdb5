package sandbox

// objectTypes is the table of the types that every account has. Ids, names and
// required properties: fact sheet 3.1, 3.2 and 5.4.
func objectTypes() []*objectType {
	const (
		created, modified = "createdate", "hs_lastmodifieddate"
		activity          = "hs_createdate"
	)
	defaults := func(more ...string) []string { return append(more, created, modified, "hs_object_id") }
	activities := []string{activity, modified, "hs_object_id"}
	return []*objectType{
		{
			id: "0-1", plural: "contacts", singular: "contact", upper: "CONTACT", title: "Contact",
			created: created, modified: "lastmodifieddate",
			defaults: []string{created, "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"},
			searched: []string{"firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"},
			key:      "email", scope: "contacts", merges: true, forgets: true,
			firstID: 171_591_000_198, gap: 97, history: 45, defs: contactDefs,
		},
		{
			id: "0-2", plural: "companies", singular: "company", upper: "COMPANY", title: "Company",
			created: created, modified: modified, defaults: defaults("domain", "name"),
			searched: []string{"website", "phone", "name", "domain"},
			oneOf:    []string{"name", "domain"}, scope: "companies", merges: true,
			firstID: 35_220_140_871, gap: 211, history: 20, defs: companyDefs,
		},
		{
			id: "0-3", plural: "deals", singular: "deal", upper: "DEAL", title: "Deal",
			created: created, modified: modified,
			defaults: defaults("amount", "closedate", "dealname", "dealstage", "pipeline"),
			searched: []string{"dealname", "pipeline", "dealstage", "description", "dealtype"},
			required: []string{"dealname", "dealstage", "pipeline"}, scope: "deals", merges: true,
			pipeline: "pipeline", stage: "dealstage",
			firstID: 48_104_772_310, gap: 133, history: 20, defs: dealDefs,
		},
		{
			id: "0-5", plural: "tickets", singular: "ticket", upper: "TICKET", title: "Ticket",
			created: created, modified: modified,
			defaults: defaults("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"),
			searched: []string{"subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"},
			required: []string{"subject", "hs_pipeline_stage", "hs_pipeline"}, scope: "tickets", merges: true,
			pipeline: "hs_pipeline", stage: "hs_pipeline_stage",
			firstID: 29_411_880_104, gap: 59, history: 20, defs: ticketDefs,
		},
		{
			id: "0-7", plural: "products", singular: "product", upper: "PRODUCT", title: "Product",
			created: created, modified: modified, defaults: defaults("description", "name", "price"),
			searched: []string{"name", "description", "price", "hs_sku"}, scope: "products",
			firstID: 18_220_305_511, gap: 41, history: 20, defs: productDefs,
		},
		{
			id: "0-8", plural: "line_items", singular: "line_item", upper: "LINE_ITEM", title: "Line item",
			created: created, modified: modified, defaults: defaults("amount", "quantity"), scope: "line_items",
			firstID: 30_017_443_902, gap: 73, history: 20, defs: lineItemDefs,
		},
		{
			id: "0-46", plural: "notes", singular: "note", upper: "NOTE", title: "Note",
			created: activity, modified: modified, defaults: activities, searched: []string{"hs_note_body"},
			required: []string{"hs_timestamp"}, scope: "contacts", activity: true,
			firstID: 80_120_664_031, gap: 151, history: 20, defs: noteDefs,
		},
		{
			id: "0-27", plural: "tasks", singular: "task", upper: "TASK", title: "Task",
			created: activity, modified: modified, defaults: activities, searched: []string{"hs_task_body", "hs_task_subject"},
			required: []string{"hs_timestamp"}, scope: "contacts", activity: true,
			firstID: 81_903_214_780, gap: 127, history: 20, defs: taskDefs,
		},
		{
			id: "0-48", plural: "calls", singular: "call", upper: "CALL", title: "Call",
			created: activity, modified: modified, defaults: activities, searched: []string{"hs_call_title", "hs_body_preview"},
			required: []string{"hs_timestamp"}, scope: "contacts", activity: true,
			firstID: 82_440_017_655, gap: 113, history: 20, defs: callDefs,
		},
		{
			id: "0-49", plural: "emails", singular: "email", upper: "EMAIL", title: "Email",
			created: activity, modified: modified, defaults: activities, searched: []string{"hs_email_subject"},
			required: []string{"hs_timestamp", "hs_email_direction"}, scope: "contacts", more: "sales-email-read", activity: true, burns: true,
			firstID: 83_515_902_246, gap: 109, history: 20, defs: emailDefs,
		},
		{
			id: "0-47", plural: "meetings", singular: "meeting", upper: "MEETING", title: "Meeting",
			created: activity, modified: modified, defaults: activities, searched: []string{"hs_meeting_title", "hs_meeting_body"},
			required: []string{"hs_timestamp"}, timed: "hs_meeting_start_time", scope: "contacts", activity: true,
			firstID: 84_777_310_093, gap: 131, history: 20, defs: meetingDefs,
		},
		{
			id: "0-115", plural: "users", singular: "user", upper: "USER", title: "User",
			created: activity, modified: modified, defaults: activities, scope: "users",
			firstID: 207_838_490, gap: 37, history: 20, defs: userDefs,
		},
	}
}
