package sandbox

// contactDefs are HubSpot's default contact properties, as far as this portal
// models them; the format is parseDefs'.
const contactDefs = `
# contactinformation|Contact information
email|Email|string|uniq form
hs_additional_emails|Additional email addresses|enumeration/checkbox|
firstname|First Name|string|form
lastname|Last Name|string|form
salutation|Salutation|string|form
jobtitle|Job Title|string|form
job_function|Job function|string|form
seniority|Seniority|string|form
company|Company Name|string|form
company_size|Company size|string|form
industry|Industry|string|form
phone|Phone Number|string/phonenumber|form
mobilephone|Mobile Phone Number|string/phonenumber|form
fax|Fax Number|string|form
website|Website URL|string|form
address|Street Address|string|form
city|City|string|form
state|State/Region|string|form
zip|Postal Code|string|form
country|Country/Region|string|form
date_of_birth|Date of birth|string|form
hs_birthday|Birthday|date|
gender|Gender|string|form
marital_status|Marital Status|string|form
degree|Degree|string|form
field_of_study|Field of study|string|form
graduation_date|Graduation date|string|form
school|School|string|form
military_status|Military status|string|form
relationship_status|Relationship Status|string|form
work_email|Work email|string|form
message|Message|string/textarea|form
annualrevenue|Annual Revenue|string|form
numemployees|Number of Employees|enumeration|form|@numemployees
hs_language|Preferred language|enumeration|form|@languages
hs_timezone|Time Zone|enumeration||@timezones
hs_persona|Persona|enumeration/radio|form|persona_1=Decision maker;persona_2=Technical evaluator;persona_3=End user
hs_buying_role|Buying Role|enumeration/checkbox|form|BLOCKER=Blocker;BUDGET_HOLDER=Budget Holder;CHAMPION=Champion;DECISION_MAKER=Decision Maker;END_USER=End User;EXECUTIVE_SPONSOR=Executive Sponsor;INFLUENCER=Influencer;LEGAL_AND_COMPLIANCE=Legal & Compliance;OTHER=Other
lifecyclestage|Lifecycle Stage|enumeration/radio|form|@lifecycle
hs_lead_status|Lead Status|enumeration/radio|form|NEW=New;OPEN=Open;IN_PROGRESS=In Progress;OPEN_DEAL=Open Deal;UNQUALIFIED=Unqualified;ATTEMPTED_TO_CONTACT=Attempted to Contact;CONNECTED=Connected;BAD_TIMING=Bad Timing
hubspot_owner_id|Contact owner|enumeration|owner
hubspot_owner_assigneddate|Owner assigned date|datetime|ro
hubspot_team_id|HubSpot Team|enumeration|ro
createdate|Create Date|datetime|ro
lastmodifieddate|Last Modified Date|datetime|ro
closedate|Close Date|datetime|
hs_object_id|Record ID|number|ro
hs_object_source|Record source|string|ro hidden
hs_object_source_id|Record source ID|string|ro hidden
hs_object_source_label|Record source|string|ro
hs_email_domain|Email Domain|string|ro
hs_all_contact_vids|Merged vids with timestamps|string|ro hidden
hs_calculated_merged_vids|Merged vids|string|ro hidden
hs_merged_object_ids|Merged record IDs|enumeration/checkbox|ro hidden
hs_is_contact|Is a contact|bool|ro hidden
hs_is_unworked|Contact unworked|bool|calc
hs_marketable_status|Marketing contact status|enumeration|ro|true=Marketing contact;false=Non-marketing contact
hs_marketable_until_renewal|Marketing contact until next update|enumeration|ro|true=Yes;false=No
hs_pipeline|Pipeline|enumeration|hidden|contacts-lifecycle-pipeline=Lifecycle Stage Pipeline
hs_lastmodifieddate|Object Last Modified Date|datetime|ro hidden
hs_unique_creation_key|Unique creation key|string|ro hidden
# lifecyclestages|Lifecycle stage properties
hs_lifecyclestage_subscriber_date|Became a Subscriber Date|datetime|ro
hs_lifecyclestage_lead_date|Became a Lead Date|datetime|ro
hs_lifecyclestage_marketingqualifiedlead_date|Became a Marketing Qualified Lead Date|datetime|ro
hs_lifecyclestage_salesqualifiedlead_date|Became a Sales Qualified Lead Date|datetime|ro
hs_lifecyclestage_opportunity_date|Became an Opportunity Date|datetime|ro
hs_lifecyclestage_customer_date|Became a Customer Date|datetime|ro
hs_lifecyclestage_evangelist_date|Became an Evangelist Date|datetime|ro
hs_lifecyclestage_other_date|Became an Other Lifecycle Date|datetime|ro
# contact_activity|Contact activity
notes_last_contacted|Last Contacted|datetime|ro
notes_last_updated|Last Activity Date|datetime|ro
notes_next_activity_date|Next Activity Date|datetime|ro
num_notes|Number of Sales Activities|number|ro
num_contacted_notes|Number of times contacted|number|ro
num_associated_deals|Number of Associated Deals|number|calc
associatedcompanyid|Primary Associated Company ID|number|ro
# analyticsinformation|Web analytics history
hs_analytics_source|Original Traffic Source|enumeration|ro|ORGANIC_SEARCH=Organic Search;PAID_SEARCH=Paid Search;EMAIL_MARKETING=Email Marketing;SOCIAL_MEDIA=Organic Social;REFERRALS=Referrals;OTHER_CAMPAIGNS=Other Campaigns;DIRECT_TRAFFIC=Direct Traffic;OFFLINE=Offline Sources;PAID_SOCIAL=Paid Social
hs_analytics_num_visits|Number of Sessions|number|ro
hs_analytics_first_timestamp|Time First Seen|datetime|ro
# socialmediainformation|Social media information
hs_linkedin_url|LinkedIn URL|string|form
twitterhandle|X (Twitter) Username|string|form
`
