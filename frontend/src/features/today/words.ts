// What changed on a record, and by whom, in words.

import type { NewsGroup, NewsKind, NewsLine, Property, Ref } from '../../model/wire';
import { showValue } from '../../model/value';
import { m } from '../../paraglide/messages.js';
import type { Session } from '../../state/session.svelte';
import { sourceWords } from '../../state/source';
import type { IconName } from '../../ui/icons';

export interface Told {
  /** What happened; of a changed property its name. */
  readonly text: string;
  /** The values of a changed property, fit to be read. */
  readonly change: { readonly from: string; readonly to: string } | null;
}

const kindIcons: Record<NewsKind, IconName> = {
  changed: 'edit',
  assigned: 'contact',
  taken: 'contact',
  new: 'plus',
  archived: 'trash',
  restored: 'undo',
  merged: 'swap',
  activity: 'note',
  linked: 'link',
  unlinked: 'link',
};

const activityIcons: Record<string, IconName> = {
  calls: 'phone',
  emails: 'mail',
  meetings: 'meeting',
  notes: 'note',
  tasks: 'task',
};

const activityWords: Record<string, (of: { title: string }) => string> = {
  calls: m.today_activity_calls,
  emails: m.today_activity_emails,
  meetings: m.today_activity_meetings,
  notes: m.today_activity_notes,
  tasks: m.today_activity_tasks,
};

export function lineIcon(line: NewsLine): IconName {
  return activityIcons[line.about.type] ?? kindIcons[line.kind];
}

export function typeIcon(type: string): IconName {
  switch (type) {
    case 'companies':
      return 'company';
    case 'deals':
      return 'deal';
    default:
      return 'contact';
  }
}

function named(ref: Ref): string {
  return ref.title === '' ? m.today_other() : ref.title;
}

function propertyOf(session: Session, type: string, name: string): Property | undefined {
  return session
    .schema(type)
    .value?.groups.flatMap((group) => group.properties)
    .find((one) => one.name === name);
}

/** A property's value as it is written everywhere, or as the backend says it. */
function shown(session: Session, group: NewsGroup, line: NewsLine, side: 'from' | 'to'): string {
  const said = side === 'from' ? line.was : line.is;
  const property = propertyOf(session, group.type, line.name);
  if (property === undefined || said !== line[side]) return said; // a label, a name
  return showValue(property, line[side], session.look, group.currency);
}

export function tell(session: Session, group: NewsGroup, line: NewsLine): Told {
  const only = (text: string): Told => ({ text, change: null });
  switch (line.kind) {
    case 'changed': {
      const from = shown(session, group, line, 'from');
      const to = shown(session, group, line, 'to');
      if (line.cut && from === to) return only(`${line.label}: ${m.today_long()}`);
      return { text: line.label, change: { from, to } };
    }
    case 'assigned':
      return only(line.was === '' ? m.today_assigned_new() : m.today_assigned({ from: line.was }));
    case 'taken':
      return only(line.is === '' ? m.today_taken_nobody() : m.today_taken({ to: line.is }));
    case 'new':
      return only(m.today_new());
    case 'archived':
      return only(m.today_archived());
    case 'restored':
      return only(m.today_restored());
    case 'merged':
      return only(m.today_merged({ other: line.from === '' ? m.today_other() : line.from }));
    case 'activity': {
      const words = activityWords[line.about.type] ?? m.today_activity_other;
      return only(words({ title: named(line.about) }));
    }
    case 'linked':
      return only(m.today_linked({ other: named(line.about) }));
    case 'unlinked':
      return only(m.today_unlinked({ other: named(line.about) }));
  }
}

/** The person, or what did it. */
export function by(line: NewsLine): string {
  if (line.who !== '') return line.who;
  if (line.source !== '') return sourceWords(line.source);
  return line.kind === 'merged' ? m.outbox_source_merge() : m.today_in_hubspot();
}
