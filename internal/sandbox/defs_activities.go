package sandbox

// activityDefs begin the definitions of every activity; format: parseDefs, fact
// sheet 5.4.
const activityDefs = `
# engagement|Activity information
hs_timestamp|Activity date|datetime|form
hs_createdate|Create date|datetime|ro
hs_created_by|Created by|number|ro
hs_modified_by|Updated by|number|ro
hs_attachment_ids|Attached files|enumeration/checkbox|
hs_body_preview|Body preview|string|ro
` + recordDefs

const noteDefs = activityDefs + `
# note|Note
hs_note_body|Note body|string/html|form
`

const taskDefs = activityDefs + `
# task|Task
hs_task_subject|Task title|string|form
hs_task_body|Notes|string/html|form
hs_task_status|Task status|enumeration||NOT_STARTED=Not started;IN_PROGRESS=In progress;WAITING=Waiting;COMPLETED=Completed;DEFERRED=Deferred
hs_task_priority|Priority|enumeration||NONE=None;LOW=Low;MEDIUM=Medium;HIGH=High
hs_task_type|Task type|enumeration||TODO=To-do;CALL=Call;EMAIL=Email
hs_task_reminders|Reminders|string|
hs_task_completion_date|Completed at|datetime|ro
hs_task_is_completed|Completed|number/calculation_equation|calc
`

const callDefs = activityDefs + `
# call|Call
hs_call_title|Call title|string|form
hs_call_body|Call notes|string/html|form
hs_call_duration|Duration|number|
hs_call_direction|Direction|enumeration||INBOUND=Inbound;OUTBOUND=Outbound
hs_call_status|Call status|enumeration||BUSY=Busy;CALLING_CRM_USER=Calling user;CANCELED=Canceled;COMPLETED=Completed;CONNECTING=Connecting;FAILED=Failed;IN_PROGRESS=In progress;NO_ANSWER=No answer;QUEUED=Queued;RINGING=Ringing
hs_call_disposition|Call outcome|enumeration||f240bbac-87c9-4f6e-bf70-924b57d47db7=Connected;9d9162e7-6cf3-4944-bf63-4dff82258764=Busy;73a0d17f-1163-4015-bdd5-ec830791da20=No answer;b2cf5968-551e-4856-9783-52b3da59a7d0=Left voicemail;a4c4c377-d246-4b32-a13b-75a56a4cd0ff=Left live message;17b47fee-58de-441e-a44c-c6300d46f273=Wrong number
hs_call_from_number|From number|string|
hs_call_to_number|To number|string|
hs_call_recording_url|Recording URL|string|
hs_call_source|Source|string|
`

const emailDefs = activityDefs + `
# email|Email
hs_email_subject|Email subject|string|form
hs_email_text|Text body|string/textarea|form
hs_email_html|HTML body|string/html|form
hs_email_direction|Email direction|enumeration||EMAIL=Outgoing;INCOMING_EMAIL=Incoming;FORWARDED_EMAIL=Forwarded
hs_email_status|Send status|enumeration||BOUNCED=Bounced;FAILED=Failed;SCHEDULED=Scheduled;SENDING=Sending;SENT=Sent
hs_email_headers|Headers|string/textarea|
hs_email_from_email|From address|string|ro
hs_email_from_firstname|From first name|string|ro
hs_email_from_lastname|From last name|string|ro
hs_email_to_email|To address|string|ro
`

const meetingDefs = activityDefs + `
# meeting|Meeting
hs_meeting_title|Meeting name|string|form
hs_meeting_body|Meeting description|string/html|form
hs_internal_meeting_notes|Internal notes|string/html|
hs_meeting_start_time|Start time|datetime|
hs_meeting_end_time|End time|datetime|
hs_meeting_location|Location|string|
hs_meeting_external_url|Meeting URL|string|
hs_meeting_outcome|Outcome|enumeration||SCHEDULED=Scheduled;COMPLETED=Completed;RESCHEDULED=Rescheduled;NO_SHOW=No show;CANCELED=Canceled
`
