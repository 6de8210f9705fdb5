package sandbox

// companyDefs are HubSpot's default company properties; format: parseDefs.
const companyDefs = `
# companyinformation|Company information
name|Company name|string|form
domain|Company Domain Name|string|form
hs_additional_domains|Additional Domains|enumeration/checkbox|
website|Website URL|string|form
description|Description|string/textarea|form
about_us|About Us|string/textarea|form
industry|Industry|enumeration|form|@industries
type|Type|enumeration/radio|form|PROSPECT=Prospect;PARTNER=Partner;RESELLER=Reseller;VENDOR=Vendor;OTHER=Other
phone|Phone Number|string/phonenumber|form
address|Street Address|string|form
address2|Street Address 2|string|form
city|City|string|form
state|State/Region|string|form
zip|Postal Code|string|form
country|Country/Region|string|form
timezone|Time Zone|string|form
annualrevenue|Annual Revenue|number|form
numberofemployees|Number of Employees|number|form
founded_year|Year Founded|string|form
is_public|Is Public|bool|form
total_money_raised|Total Money Raised|string|form
web_technologies|Web Technologies|enumeration/checkbox||google_analytics=Google Analytics;wordpress=WordPress;shopify=Shopify;salesforce=Salesforce;cloud_flare=Cloudflare;amazon__cloudfront=Amazon CloudFront
lifecyclestage|Lifecycle Stage|enumeration/radio|form|@lifecycle
hs_lead_status|Lead Status|enumeration/radio||NEW=New;OPEN=Open;IN_PROGRESS=In Progress;OPEN_DEAL=Open Deal;UNQUALIFIED=Unqualified;ATTEMPTED_TO_CONTACT=Attempted to Contact;CONNECTED=Connected;BAD_TIMING=Bad Timing
hs_ideal_customer_profile|Ideal Customer Profile Tier|enumeration||tier_1=Tier 1;tier_2=Tier 2;tier_3=Tier 3
hs_is_target_account|Target Account|bool|
hubspot_owner_id|Company owner|enumeration|owner
hubspot_owner_assigneddate|Owner Assigned Date|datetime|ro
hubspot_team_id|HubSpot Team|enumeration|ro
createdate|Create Date|datetime|ro
hs_lastmodifieddate|Last Modified Date|datetime|ro
closedate|Close Date|datetime|
hs_object_id|Record ID|number|ro
hs_object_source|Record source|string|ro hidden
hs_object_source_id|Record source ID|string|ro hidden
hs_object_source_label|Record source|string|ro
hs_merged_object_ids|Merged record IDs|enumeration/checkbox|ro hidden
hs_parent_company_id|Parent Company|number|ro
hs_num_child_companies|Number of child companies|number|calc
hs_pipeline|Pipeline|enumeration|hidden|companies-lifecycle-pipeline=Lifecycle Stage Pipeline
hs_unique_creation_key|Unique creation key|string|ro hidden
# company_activity|Company activity
notes_last_contacted|Last Contacted|datetime|ro
notes_last_updated|Last Activity Date|datetime|ro
notes_next_activity_date|Next Activity Date|datetime|ro
num_notes|Number of Sales Activities|number|ro
num_associated_contacts|Number of Associated Contacts|number|calc
num_associated_deals|Number of Associated Deals|number|calc
# socialmediainformation|Social media information
linkedin_company_page|LinkedIn Company Page|string|form
twitterhandle|X (Twitter) Handle|string|form
facebook_company_page|Facebook Company Page|string|form
`
