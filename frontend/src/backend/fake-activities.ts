// The timelines' part of the fake.

import { Fault, noRef } from '../model/wire';
import type {
  Activity,
  ActivityBody,
  ActivityKind,
  ActivityType,
  EditResult,
  Op,
  OpKind,
  Ref,
} from '../model/wire';
import type { FakeRecord } from './fake-data';
import type { ActivitiesPort } from './port';

interface Parts {
  answer: <T>(method: string, make: () => T) => Promise<T>;
  need: (type: string, id: string) => FakeRecord;
  ref: (one: FakeRecord | undefined) => Ref;
  queue: (kind: OpKind, one: FakeRecord, part: Partial<Op>, back: () => void) => EditResult;
  byId: Map<string, FakeRecord>;
  now: () => number;
  me: () => string;
}

interface Kind {
  readonly type: ActivityType;
  readonly title: string;
  readonly body: string;
  readonly defaults: Readonly<Record<string, string>>;
}

const kinds: Readonly<Record<ActivityKind, Kind>> = {
  note: { type: 'notes', title: '', body: 'hs_note_body', defaults: {} },
  call: {
    type: 'calls',
    title: 'hs_call_title',
    body: 'hs_call_body',
    defaults: { hs_call_direction: 'OUTBOUND', hs_call_status: 'COMPLETED' },
  },
  email: {
    type: 'emails',
    title: 'hs_email_subject',
    body: 'hs_email_text',
    defaults: { hs_email_direction: 'EMAIL' },
  },
  meeting: {
    type: 'meetings',
    title: 'hs_meeting_title',
    body: 'hs_meeting_body',
    defaults: { hs_meeting_outcome: 'COMPLETED' },
  },
  task: {
    type: 'tasks',
    title: 'hs_task_subject',
    body: 'hs_task_body',
    defaults: { hs_task_type: 'TODO' },
  },
};

/** An activity and the records it is on. */
interface Entry {
  readonly activity: Activity;
  readonly record: FakeRecord;
  readonly on: readonly string[];
}

function refuse(fields: Record<string, string>): void {
  const first = Object.values(fields)[0];
  if (first !== undefined) throw new Fault({ code: 'invalid', message: first, fields });
}

export function fakeActivities(parts: Parts): ActivitiesPort {
  const { answer, need, ref, queue, byId, now, me } = parts;
  let entries: Entry[] = seed(now()).map((activity) =>
    entryOf(activity, ['contacts-0', 'deals-0']),
  );
  let last = 0;

  function entryOf(activity: Activity, on: readonly string[]): Entry {
    const record: FakeRecord = {
      id: activity.id,
      remoteId: activity.remoteId,
      type: activity.type,
      title: activity.title,
      badge: activity.badge,
      archived: false,
      values: activity.values,
      pending: {},
      links: [],
      lines: [],
      fresh: 0,
      created: activity.at,
      modified: activity.at,
      url: '',
      company: '',
    };
    byId.set(record.id, record);
    return { activity, record, on };
  }

  return {
    timeline: (type, id) =>
      answer('Activities.Timeline', () => {
        need(type, id);
        const mine = entries.filter((one) => one.on.includes(id));
        const items = mine.map(({ activity, record: { badge, remoteId } }) => ({
          ...activity,
          badge,
          remoteId,
        }));
        return { items: items.sort((a, b) => b.at - a.at), whole: false };
      }),
    body: (type, id) =>
      answer('Activities.Body', () => {
        need(type, id);
        return bodies[id] ?? { html: '', pictures: 0, cut: false };
      }),
    search: ({ token, text, limit }) =>
      answer('Activities.Search', () => {
        const words = text
          .toLowerCase()
          .split(/\s+/)
          .filter((word) => word.length > 1);
        const hits = entries.filter(({ activity: { title, text: body } }) => {
          const hay = `${title} ${body}`.toLowerCase();
          return words.length > 0 && words.every((word) => hay.includes(word));
        });
        return {
          token,
          hits: hits
            .sort((a, b) => b.activity.at - a.activity.at)
            .slice(0, limit)
            .map(({ activity, record, on }) => ({
              id: record.id,
              remoteId: record.remoteId,
              type: record.type,
              title: activity.title,
              text: activity.text.replace(/\s+/g, ' ').slice(0, 160),
              badge: record.badge,
              at: activity.at,
              on: ref(byId.get(on[0] ?? '')),
            })),
        };
      }),
    log: ({ kind, type, id, text, values, also }) =>
      answer('Activities.Log', () => {
        const on = need(type, id);
        const { type: of, title, body, defaults } = kinds[kind];
        const wrong: Record<string, string> = {};
        if (kind === 'note' && text.trim() === '') wrong[body] = 'A note needs a text.';
        if (kind === 'task' && !values[title]) wrong[title] = 'A task needs a title.';
        if (Number.isNaN(Number(values.hs_call_duration ?? '0')))
          wrong.hs_call_duration = 'HubSpot takes only a number here.';
        refuse(wrong);
        const start = values.hs_meeting_start_time ?? values.hs_timestamp ?? '';
        const at = start === '' ? now() : Date.parse(start);
        const activity: Activity = {
          id: `${of}-new-${++last}`,
          remoteId: '',
          type: of,
          title: values[title] || text,
          text: text.trim(),
          rich: false,
          badge: 'saved',
          at,
          values: { hubspot_owner_id: me(), ...defaults, ...values },
        };
        const entry = entryOf(activity, [id, ...also.map((one) => one.id)]);
        entries = [...entries, entry];
        return queue('create', entry.record, { to: { ...noRef, ...ref(on) } }, () => {
          entries = entries.filter((one) => one !== entry);
        });
      }),
  };
}

/** The bodies of those that are rich, as the backend cleans them. */
const bodies: Readonly<Record<string, ActivityBody>> = {
  'emails-2': {
    html:
      '<p>Takk for tilbudet! Could you split the delivery between <b>Bergen</b> and <b>Tromsø</b>?</p>' +
      '<p>Our <a data-href="https://example.com/warehouse">warehouse in Bergen</a> is full until February.</p>' +
      '<p><a data-href="mailto:ida@example.com">ida@example.com</a></p>',
    pictures: 2,
    cut: false,
  },
};

const hour = 3_600_000;

/** What happened with the first contact and its deal. */
function seed(now: number): Activity[] {
  const one = (id: number, type: ActivityType, ago: number, part: Partial<Activity>): Activity => ({
    id: `${type}-${id}`,
    remoteId: `88${id}`,
    type,
    title: '',
    text: '',
    rich: false,
    badge: '',
    at: now - ago * hour,
    ...part,
    values: { hubspot_owner_id: '502', ...part.values },
  });
  return [
    one(1, 'calls', 2, {
      text: 'Budget is approved for the first 120 units; the second half waits for the January board.',
      values: {
        hs_call_direction: 'OUTBOUND',
        hs_call_status: 'COMPLETED',
        hs_call_duration: '840000',
      },
    }),
    one(2, 'emails', 68, {
      title: 'Re: Offer 2291',
      text: 'Takk for tilbudet! Could you split the delivery between Bergen and Tromsø? Our warehouse in Bergen is full until February.',
      rich: true,
      values: { hs_email_subject: 'Re: Offer 2291', hs_email_direction: 'INCOMING_EMAIL' },
    }),
    one(3, 'notes', 75, {
      title: 'Legal is fine with our standard terms.',
      text: 'Legal is fine with our standard terms.',
      values: { hubspot_owner_id: '503' },
    }),
  ];
}
