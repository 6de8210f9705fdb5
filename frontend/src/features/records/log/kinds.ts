// The five kinds of entries: their words, their fields, and what they say of
// themselves in the timeline.

import type { Look } from '../../../model/look';
import { fromNumber } from '../../../model/typed';
import { fromWall } from '../../../model/wall';
import type { ActivityKind, ActivityType, Property, PropertyType } from '../../../model/wire';
import { m } from '../../../paraglide/messages.js';
import type { CommandId } from '../../../state/commands';
import type { IconName } from '../../../ui/icons';

export interface LogField {
  readonly name: string;
  readonly label: () => string;
  readonly as: 'text' | 'choice' | 'moment' | 'minutes';
  readonly hint?: () => string;
  readonly options?: Readonly<Record<string, () => string>>;
  /** What it is before anybody chooses. */
  readonly first?: string;
}

export interface LogKind {
  readonly kind: ActivityKind;
  readonly type: ActivityType;
  readonly icon: IconName;
  readonly command: CommandId;
  readonly key: string;
  readonly word: () => string;
  readonly plural: () => string;
  readonly save: () => string;
  readonly done: () => string;
  /** The property of its text, and what the text is. */
  readonly body: string;
  readonly text: () => string;
  /** Its title stands above the text, and is typed first. */
  readonly title: { readonly name: string; readonly label: () => string } | null;
  readonly fields: readonly LogField[];
}

const when: LogField = {
  name: 'hs_timestamp',
  label: m.log_field_when,
  as: 'moment',
  hint: m.log_now,
};

const callOutcomes = {
  COMPLETED: m.log_connected,
  NO_ANSWER: m.log_no_answer,
  BUSY: m.log_busy,
  FAILED: m.log_failed,
  CANCELED: m.log_canceled,
};
const callDirections = { OUTBOUND: m.log_outbound, INBOUND: m.log_inbound };
const emailDirections = {
  EMAIL: m.log_email_out,
  INCOMING_EMAIL: m.log_email_in,
  FORWARDED_EMAIL: m.log_email_forward,
};
const meetingOutcomes = {
  SCHEDULED: m.log_scheduled,
  COMPLETED: m.log_completed,
  RESCHEDULED: m.log_rescheduled,
  NO_SHOW: m.log_no_show,
  CANCELED: m.log_canceled,
};
const priorities = { LOW: m.log_low, MEDIUM: m.log_medium, HIGH: m.log_high };
const taskTypes = { TODO: m.log_todo, CALL: m.log_call, EMAIL: m.log_email };

export const logKinds: readonly LogKind[] = [
  {
    kind: 'note',
    type: 'notes',
    icon: 'note',
    command: 'record.note',
    key: 'n',
    word: m.log_note,
    plural: m.log_notes,
    save: m.log_save_note,
    done: m.log_done_note,
    body: 'hs_note_body',
    text: m.log_text_note,
    title: null,
    fields: [],
  },
  {
    kind: 'call',
    type: 'calls',
    icon: 'phone',
    command: 'record.call',
    key: 'l',
    word: m.log_call,
    plural: m.log_calls,
    save: m.log_save_call,
    done: m.log_done_call,
    body: 'hs_call_body',
    text: m.log_text_call,
    title: null,
    fields: [
      {
        name: 'hs_call_status',
        label: m.log_field_outcome,
        as: 'choice',
        options: callOutcomes,
        first: 'COMPLETED',
      },
      {
        name: 'hs_call_direction',
        label: m.log_field_direction,
        as: 'choice',
        options: callDirections,
        first: 'OUTBOUND',
      },
      { name: 'hs_call_duration', label: m.log_field_duration, as: 'minutes' },
      { name: 'hs_call_title', label: m.log_title_call, as: 'text' },
      when,
    ],
  },
  {
    kind: 'email',
    type: 'emails',
    icon: 'mail',
    command: 'record.email',
    key: 'm',
    word: m.log_email,
    plural: m.log_emails,
    save: m.log_save_email,
    done: m.log_done_email,
    body: 'hs_email_text',
    text: m.log_text_email,
    title: { name: 'hs_email_subject', label: m.log_title_email },
    fields: [
      {
        name: 'hs_email_direction',
        label: m.log_field_direction,
        as: 'choice',
        options: emailDirections,
        first: 'EMAIL',
      },
      when,
    ],
  },
  {
    kind: 'meeting',
    type: 'meetings',
    icon: 'meeting',
    command: 'record.meeting',
    key: 'y',
    word: m.log_meeting,
    plural: m.log_meetings,
    save: m.log_save_meeting,
    done: m.log_done_meeting,
    body: 'hs_meeting_body',
    text: m.log_text_meeting,
    title: { name: 'hs_meeting_title', label: m.log_title_meeting },
    fields: [
      { ...when, name: 'hs_meeting_start_time', label: m.log_field_start },
      { name: 'hs_meeting_end_time', label: m.log_field_end, as: 'moment' },
      { name: 'hs_meeting_location', label: m.log_field_location, as: 'text' },
      {
        name: 'hs_meeting_outcome',
        label: m.log_field_outcome,
        as: 'choice',
        options: meetingOutcomes,
      },
    ],
  },
  {
    kind: 'task',
    type: 'tasks',
    icon: 'task',
    command: 'record.task',
    key: 't',
    word: m.log_task,
    plural: m.log_tasks,
    save: m.log_save_task,
    done: m.log_done_task,
    body: 'hs_task_body',
    text: m.log_text_task,
    title: { name: 'hs_task_subject', label: m.log_title_task },
    fields: [
      { ...when, label: m.log_field_due },
      { name: 'hs_task_priority', label: m.log_field_priority, as: 'choice', options: priorities },
      {
        name: 'hs_task_type',
        label: m.log_field_type,
        as: 'choice',
        options: taskTypes,
        first: 'TODO',
      },
    ],
  },
];

const byKind = new Map(logKinds.map((one) => [one.kind, one]));
const byType = new Map<string, LogKind>(logKinds.map((one) => [one.type, one]));

export function logKind(kind: ActivityKind): LogKind {
  return byKind.get(kind) ?? (logKinds[0] as LogKind);
}

/** A type's kind; undefined for one that this version does not know. */
export function kindOf(type: string): LogKind | undefined {
  return byType.get(type);
}

const propertyTypes: Record<LogField['as'], PropertyType> = {
  text: 'string',
  choice: 'enumeration',
  moment: 'datetime',
  minutes: 'number',
};

/** A field as the forms of records take it. */
export function propertyOf(field: LogField): Property {
  return {
    name: field.name,
    label: field.label(),
    description: '',
    type: propertyTypes[field.as],
    field: field.as === 'choice' ? 'select' : 'text',
    options: Object.entries(field.options ?? {}).map(([value, label]) => ({
      value,
      label: label(),
    })),
    readOnly: false,
    owner: false,
  };
}

const minute = 60_000;

/** What was typed in a field, in HubSpot's form, or as it stands. */
export function sent(field: LogField, typed: string, look: Look): string {
  const text = typed.trim();
  switch (field.as) {
    case 'moment':
      return fromWall(text, look);
    case 'minutes': {
      const minutes = fromNumber(text, look);
      return minutes === null ? text : String(Math.round(Number(minutes) * minute));
    }
    default:
      return text;
  }
}

/** An option's label; HubSpot's own word where we have none. */
function label(options: Readonly<Record<string, () => string>>, value = ''): string {
  return options[value]?.() ?? value;
}

/** What an entry's properties say: "Outgoing", "Connected", "14 min". */
export function factsOf(
  type: ActivityType,
  values: Readonly<Record<string, string>>,
  show: { clock: (value: string) => string; count: (n: number) => string },
): string[] {
  const facts = (...parts: (string | undefined)[]): string[] =>
    parts.filter((one) => one !== undefined && one !== '') as string[];
  switch (type) {
    case 'calls': {
      const ms = Number(values.hs_call_duration ?? '');
      const minutes = Number.isFinite(ms) && ms > 0 ? Math.max(1, Math.round(ms / minute)) : 0;
      return facts(
        label(callDirections, values.hs_call_direction),
        label(callOutcomes, values.hs_call_status),
        minutes === 0 ? '' : m.log_minutes({ count: show.count(minutes) }),
      );
    }
    case 'emails':
      return facts(label(emailDirections, values.hs_email_direction));
    case 'meetings': {
      const from = show.clock(values.hs_meeting_start_time ?? '');
      const to = show.clock(values.hs_meeting_end_time ?? '');
      return facts(
        from === '' || to === '' ? '' : `${from}–${to}`,
        values.hs_meeting_location,
        label(meetingOutcomes, values.hs_meeting_outcome),
      );
    }
    case 'tasks':
      return facts(
        values.hs_task_status === 'COMPLETED' ? m.log_done() : '',
        label(priorities, values.hs_task_priority),
        values.hs_task_type === 'TODO' ? '' : label(taskTypes, values.hs_task_type),
      );
    default:
      return [];
  }
}

/** An entry's own title; its text is not one. */
export function titleOf(type: ActivityType, values: Readonly<Record<string, string>>): string {
  switch (type) {
    case 'calls':
      return values.hs_call_title ?? '';
    case 'emails':
      return values.hs_email_subject ?? '';
    case 'meetings':
      return values.hs_meeting_title ?? '';
    case 'tasks':
      return values.hs_task_subject ?? '';
    default:
      return '';
  }
}
