// Where a change in HubSpot came from, in words.

import { m } from '../paraglide/messages.js';

const words: Record<string, () => string> = {
  API: m.outbox_source_api,
  AUTOMATION_PLATFORM: m.outbox_source_workflow,
  CALCULATED: m.outbox_source_calculated,
  CRM_UI: m.outbox_source_web,
  CRM_UI_BULK_ACTION: m.outbox_source_web,
  FORM: m.outbox_source_form,
  IMPORT: m.outbox_source_import,
  INTEGRATION: m.outbox_source_app,
  MERGE: m.outbox_source_merge,
  MERGE_OBJECTS: m.outbox_source_merge,
  MOBILE_ANDROID: m.outbox_source_mobile,
  MOBILE_IOS: m.outbox_source_mobile,
  WORKFLOWS: m.outbox_source_workflow,
};

/** HubSpot's sourceType for people; one that is not known is shown as it is. */
export function sourceWords(source: string): string {
  return words[source]?.() ?? source;
}
