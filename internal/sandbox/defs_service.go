package sandbox

// recordDefs are what the definitions of most types end with; format: parseDefs.
const recordDefs = `
hubspot_owner_id|Owner|enumeration|owner
hubspot_owner_assigneddate|Owner assigned date|datetime|ro
hubspot_team_id|HubSpot Team|enumeration|ro
hs_lastmodifieddate|Last Modified Date|datetime|ro
hs_object_id|Record ID|number|ro
hs_object_source|Record source|string|ro hidden
hs_object_source_id|Record source ID|string|ro hidden
hs_object_source_label|Record source|string|ro
hs_merged_object_ids|Merged record IDs|enumeration/checkbox|ro hidden
hs_unique_creation_key|Unique creation key|string|ro hidden
`

// ticketDefs are HubSpot's default ticket properties. The options of
// hs_pipeline and hs_pipeline_stage come from the pipelines.
const ticketDefs = `
# ticketinformation|Ticket information
subject|Ticket name|string|form
content|Ticket description|string/textarea|form
hs_pipeline|Pipeline|enumeration|form
hs_pipeline_stage|Ticket status|enumeration/radio|form
hs_ticket_priority|Priority|enumeration|form|LOW=Low;MEDIUM=Medium;HIGH=High;URGENT=Urgent
hs_ticket_category|Category|enumeration/checkbox|form|PRODUCT_ISSUE=Product issue;BILLING_ISSUE=Billing issue;FEATURE_REQUEST=Feature request;GENERAL_INQUIRY=General inquiry
hs_ticket_id|Ticket ID|number|ro
hs_external_object_ids|External object ids|string|uniq
hs_resolution|Resolution|string/textarea|
source_type|Source|enumeration||CHAT=Chat;EMAIL=Email;FORM=Form;PHONE=Phone
createdate|Create date|datetime|ro
closed_date|Close date|datetime|
hs_num_associated_companies|Number of associated companies|number|calc
num_associated_contacts|Number of associated contacts|number|calc
` + recordDefs + `
# ticket_activity|Ticket activity
notes_last_contacted|Last contacted date|datetime|ro
notes_last_updated|Last activity date|datetime|ro
notes_next_activity_date|Next activity date|datetime|ro
num_notes|Number of sales activities|number|ro
`

// productDefs are HubSpot's default product properties.
const productDefs = `
# productinformation|Product information
name|Name|string|form
description|Product description|string/textarea|form
price|Unit price|number|form
hs_sku|SKU|string|uniq
hs_cost_of_goods_sold|Unit cost|number|
hs_product_type|Product type|enumeration||inventory=Inventory;non_inventory=Non-inventory;service=Service
hs_recurring_billing_period|Term|string|
recurringbillingfrequency|Billing frequency|enumeration||monthly=Monthly;quarterly=Quarterly;annually=Annually
hs_url|URL|string|
createdate|Create date|datetime|ro
` + recordDefs

// lineItemDefs are HubSpot's default line item properties.
const lineItemDefs = `
# lineiteminformation|Line item information
name|Name|string|form
description|Description|string/textarea|form
quantity|Quantity|number|form
price|Unit price|number|form
amount|Net price|number/calculation_equation|calc
discount|Unit discount|number|
hs_discount_percentage|Discount percentage|number|
hs_line_item_currency_code|Currency|enumeration||@currencies
hs_product_id|Product ID|number|
hs_sku|SKU|string|
hs_external_id|External id|string|uniq
recurringbillingfrequency|Billing frequency|enumeration||monthly=Monthly;quarterly=Quarterly;annually=Annually
createdate|Create date|datetime|ro
` + recordDefs

// userDefs are the properties of the people of an account.
const userDefs = `
# userinformation|User information
hs_given_name|First name|string|ro
hs_family_name|Last name|string|ro
hs_email|Email|string|ro
hs_internal_user_id|User ID|number|ro
hs_job_title|Job title|string|
hs_working_hours|Working hours|string|
hs_standard_time_zone|Time zone|string|
hs_out_of_office_hours|Out of office|string|
hs_availability_status|Availability|enumeration||available=Available;away=Away
hs_deactivated|Deactivated|bool|ro
hs_createdate|Create date|datetime|ro
` + recordDefs
