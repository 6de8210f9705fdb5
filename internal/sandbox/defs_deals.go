package sandbox

// dealDefs are HubSpot's default deal properties; format: parseDefs. The
// options of pipeline and dealstage come from the pipelines.
const dealDefs = `
# dealinformation|Deal information
dealname|Deal Name|string|form
amount|Amount|number|form
deal_currency_code|Currency|enumeration|form|@currencies
amount_in_home_currency|Amount in company currency|number/calculation_equation|calc
hs_exchange_rate|Exchange rate|number|ro
pipeline|Pipeline|enumeration|form
dealstage|Deal Stage|enumeration/radio|form
closedate|Close Date|datetime|form
createdate|Create Date|datetime|
dealtype|Deal Type|enumeration/radio|form|newbusiness=New Business;existingbusiness=Existing Business
description|Deal Description|string/textarea|form
hs_priority|Priority|enumeration||low=Low;medium=Medium;high=High
hs_next_step|Next step|string|form
hs_forecast_amount|Forecast amount|number|
hs_forecast_probability|Forecast probability|number|
hs_manual_forecast_category|Forecast category|enumeration||OMIT=Not forecasted;PIPELINE=Pipeline;BEST_CASE=Best case;COMMIT=Commit;CLOSED=Closed won
hs_deal_stage_probability|Deal probability|number|calc
hs_projected_amount|Weighted amount|number/calculation_equation|calc
hs_is_closed|Is Deal Closed?|bool/calculation_equation|calc
hs_is_closed_won|Is Closed Won|bool/calculation_equation|calc
hs_is_closed_lost|Is closed lost|bool/calculation_equation|calc
hs_acv|Annual contract value|number|
hs_arr|Annual recurring revenue|number|
hs_mrr|Monthly recurring revenue|number|
hs_tcv|Total contract value|number|
closed_won_reason|Closed Won Reason|string/textarea|
closed_lost_reason|Closed Lost Reason|string/textarea|
hubspot_owner_id|Deal owner|enumeration|owner
hubspot_owner_assigneddate|Owner assigned date|datetime|ro
hubspot_team_id|HubSpot Team|enumeration|ro
hs_lastmodifieddate|Last Modified Date|datetime|ro
hs_object_id|Record ID|number|ro
hs_object_source|Record source|string|ro hidden
hs_object_source_id|Record source ID|string|ro hidden
hs_object_source_label|Record source|string|ro
hs_merged_object_ids|Merged record IDs|enumeration/checkbox|ro hidden
hs_unique_creation_key|Unique creation key|string|ro hidden
# deal_activity|Deal activity
notes_last_contacted|Last Contacted|datetime|ro
notes_last_updated|Last Activity Date|datetime|ro
notes_next_activity_date|Next Activity Date|datetime|ro
num_notes|Number of Sales Activities|number|ro
num_associated_contacts|Number of Associated Contacts|number|calc
`
