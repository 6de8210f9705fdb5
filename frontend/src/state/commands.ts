// Every key of the app, once. The handler, the palette, the shortcut sheet,
// the hints of the status bar and aria-keyshortcuts all read this table; a test
// fails when two keys clash where both can be pressed.
//
// Features give a command its meaning while they are on screen:
// `session.keymap.on({ 'list.next': () => ... })` (call it in an $effect; it
// returns the way out). A feature's new command is a new line here.

import { m } from '../paraglide/messages.js';

/** Where a command can be given; "app" is everywhere. */
export type Scope = 'app' | 'list' | 'record' | 'board' | 'outbox' | 'today' | 'firstpull';

export interface Command {
  /** "mod+k", "shift+m", "g c" (one after the other), "?". The first is taught. */
  readonly keys: readonly string[];
  readonly when: Scope;
  readonly title: () => string;
  /** Works while typing, too. Only for keys that mean nothing to a text field. */
  readonly typing?: boolean;
  /** Pressed inside a widget that handles it itself; listed, not dispatched. */
  readonly local?: boolean;
  /** Not an action of its own in the palette. */
  readonly quiet?: boolean;
  /** The command that gives way to this one while both mean something. */
  readonly over?: string;
}

export const commands = {
  'app.palette': { keys: ['mod+k'], when: 'app', title: m.key_palette, typing: true, quiet: true },
  'app.search': { keys: ['/'], when: 'app', title: m.key_search },
  'app.undo': { keys: ['mod+z'], when: 'app', title: m.key_undo },
  'app.create': { keys: ['c'], when: 'app', title: m.key_create },
  'app.back': { keys: ['mod+['], when: 'app', title: m.key_back },
  'app.forward': { keys: ['mod+]'], when: 'app', title: m.key_forward },
  'app.panel': { keys: ['mod+\\'], when: 'app', title: m.key_panel, typing: true },
  'app.sync': { keys: ['mod+r'], when: 'app', title: m.key_sync, typing: true },
  'app.shortcuts': { keys: ['?'], when: 'app', title: m.key_shortcuts },
  'app.settings': { keys: ['g s', 'mod+,'], when: 'app', title: m.key_settings, typing: true },
  'app.close': { keys: ['escape'], when: 'app', title: m.key_close, quiet: true },
  'app.region': { keys: ['f6'], when: 'app', title: m.key_region, typing: true, quiet: true },
  'go.today': { keys: ['g t'], when: 'app', title: m.key_go_today },
  'go.contacts': { keys: ['g c'], when: 'app', title: m.key_go_contacts },
  'go.companies': { keys: ['g o'], when: 'app', title: m.key_go_companies },
  'go.deals': { keys: ['g d'], when: 'app', title: m.key_go_deals },
  'go.tickets': { keys: ['g i'], when: 'app', title: m.key_go_tickets },
  'go.pipeline': { keys: ['g p'], when: 'app', title: m.key_go_pipeline },
  'go.outbox': { keys: ['g x'], when: 'app', title: m.key_go_outbox },
  'list.next': { keys: ['j'], when: 'list', title: m.key_next, quiet: true },
  'list.previous': { keys: ['k'], when: 'list', title: m.key_previous, quiet: true },
  'list.open': { keys: ['enter'], when: 'list', title: m.key_open, local: true },
  'list.page': {
    keys: ['pagedown', 'pageup'],
    when: 'list',
    title: m.key_page,
    local: true,
    quiet: true,
  },
  'list.ends': { keys: ['home', 'end'], when: 'list', title: m.key_ends, local: true, quiet: true },
  'list.mine': { keys: ['shift+o'], when: 'list', title: m.key_mine },
  'record.edit': { keys: ['e'], when: 'record', title: m.key_edit },
  'record.note': { keys: ['n'], when: 'record', title: m.key_note },
  // H and L go along the board's stages, as its arrows do; an open record has L first.
  'record.call': { keys: ['l'], when: 'record', title: m.key_call, over: 'board.right' },
  'record.email': { keys: ['m'], when: 'record', title: m.key_email },
  'record.meeting': { keys: ['y'], when: 'record', title: m.key_meeting },
  'record.task': { keys: ['t'], when: 'record', title: m.key_task },
  'record.log': {
    keys: ['mod+enter'],
    when: 'record',
    title: m.key_log,
    local: true,
    quiet: true,
  },
  'record.associate': { keys: ['a'], when: 'record', title: m.key_associate },
  'record.copy': { keys: ['shift+c'], when: 'record', title: m.key_copy },
  'record.wide': { keys: ['shift+enter'], when: 'record', title: m.key_wide },
  'record.hubspot': { keys: ['shift+h'], when: 'record', title: m.key_hubspot },
  'board.left': { keys: ['h', 'arrowleft'], when: 'board', title: m.key_board_left, quiet: true },
  'board.right': {
    keys: ['l', 'arrowright'],
    when: 'board',
    title: m.key_board_right,
    quiet: true,
  },
  'board.down': { keys: ['j', 'arrowdown'], when: 'board', title: m.key_board_down, quiet: true },
  'board.up': { keys: ['k', 'arrowup'], when: 'board', title: m.key_board_up, quiet: true },
  'board.back': { keys: ['shift+arrowleft'], when: 'board', title: m.key_board_back },
  'board.forward': { keys: ['shift+arrowright'], when: 'board', title: m.key_board_forward },
  'board.move': { keys: ['shift+m'], when: 'board', title: m.key_board_move },
  'board.open': { keys: ['enter'], when: 'board', title: m.key_open },
  'board.mine': { keys: ['shift+o'], when: 'board', title: m.key_mine },
  'outbox.next': { keys: ['j'], when: 'outbox', title: m.key_next, quiet: true },
  'outbox.previous': { keys: ['k'], when: 'outbox', title: m.key_previous, quiet: true },
  'outbox.retry': { keys: ['r'], when: 'outbox', title: m.key_outbox_retry },
  'outbox.discard': { keys: ['backspace'], when: 'outbox', title: m.key_outbox_discard },
  'outbox.send': { keys: ['mod+enter'], when: 'outbox', title: m.key_outbox_send },
  'today.next': { keys: ['j'], when: 'today', title: m.key_next, quiet: true },
  'today.previous': { keys: ['k'], when: 'today', title: m.key_previous, quiet: true },
  'today.seen': { keys: ['d'], when: 'today', title: m.key_today_seen },
  'today.all': { keys: ['shift+d'], when: 'today', title: m.key_today_all },
  'firstpull.start': { keys: ['enter'], when: 'firstpull', title: m.key_start, quiet: true },
} as const satisfies Record<string, Command>;

export type CommandId = keyof typeof commands;

export function command(id: CommandId): Command {
  return commands[id];
}

/** Scopes whose keys can be pressed at the same time. */
const together: readonly (readonly [Scope, Scope])[] = [
  ['list', 'record'],
  ['board', 'record'],
  ['today', 'record'],
];

function meet(a: Scope, b: Scope): boolean {
  if (a === b || a === 'app' || b === 'app') return true;
  return together.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
}

/** Pairs of commands that one press would mean. Empty, or the table is wrong. */
export function clashes(table: Readonly<Record<string, Command>> = commands): string[] {
  const all = Object.entries(table).flatMap(([id, one]) =>
    one.keys.map((keys) => ({ id, keys, when: one.when, over: one.over })),
  );
  const found: string[] = [];
  for (const [i, a] of all.entries()) {
    for (const b of all.slice(i + 1)) {
      const same = a.keys === b.keys || starts(a.keys, b.keys) || starts(b.keys, a.keys);
      const settled = a.over === b.id || b.over === a.id;
      if (same && !settled && meet(a.when, b.when))
        found.push(`${a.id} and ${b.id}: ${a.keys} / ${b.keys}`);
    }
  }
  return found;
}

function starts(longer: string, shorter: string): boolean {
  return longer.startsWith(`${shorter} `);
}
