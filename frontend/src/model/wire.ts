// What the backend shows and takes: internal/wire in TypeScript, name by name.
// Times are milliseconds, ids are strings, lists and maps are never missing.
// Fields that Go keeps as plain strings stay open here where Go may add to them.

export type Badge = '' | 'saved' | 'sending' | 'needs' | 'conflict' | 'gone';

// Account

export interface Account {
  connected: boolean;
  kind: '' | 'oauth' | 'token' | 'environment' | 'sample';
  portalId: string;
  portalName: string;
  uiDomain: string;
  currency: string;
  timeZone: string;
  userEmail: string;
  ownerId: string;
  ownerName: string;
  needsOwner: boolean;
  needsSignIn: boolean;
  keptIn: '' | KeepPlace | 'environment';
  /** Where a sign-in is put, as the rep chose. */
  keepIn: KeepPlace;
  /** Whether that place can be used; "" when it can, or was not tried. */
  keepState: '' | 'unavailable' | 'locked';
  keepProblem: string;
  /** There is an encrypted file: its passphrase opens it. */
  hasFile: boolean;
  scopes: string[];
  missing: Lack[];
  hasApp: boolean;
  clientId: string;
  sample: boolean;
  baseUrl: string;
}

export type KeepPlace = 'keychain' | 'file' | 'memory';

export interface Lack {
  scope: string;
  off: string;
}

export interface KeepRequest {
  place: KeepPlace;
  passphrase: string;
  /** Gives up a file whose passphrase was forgotten. */
  anew: boolean;
}

export interface PasteRequest {
  id: string;
  address: string;
}

export interface ConnectRequest {
  clientId: string;
  clientSecret: string;
}

export type FlowPhase =
  'waiting' | 'finishing' | 'connected' | 'denied' | 'expired' | 'canceled' | 'failed';

export type Outcome =
  | ''
  | 'connected'
  | 'user_denied'
  | 'expired'
  | 'canceled'
  | 'wrong_portal'
  | 'missing_scopes'
  | 'not_permitted'
  | 'blocked'
  | 'wrong_app'
  | 'hubspot_down'
  | 'offline'
  | 'not_kept'
  | 'failed';

export interface ConnectFlow {
  id: string;
  url: string;
  phase: FlowPhase;
  outcome: Outcome;
  message: string;
  scopes: string[];
  /** The ports are taken: the browser's last address has to be pasted. */
  mustPaste: boolean;
  /** A text to send to somebody who may connect apps. */
  admin: string;
  expiresAt: number;
}

export interface DisconnectRequest {
  discardEdits: boolean;
}

export interface Owner {
  id: string;
  name: string;
  email: string;
  archived: boolean;
  /** The name of the main team; '' without. */
  team: string;
}

// The portal's own object types

export interface TypeChoices {
  types: TypeChoice[];
  /** Why there are no others; '' when there is nothing to say. */
  note: string;
}

export interface TypeChoice {
  /** HubSpot's id of it. */
  type: string;
  /** The portal's own name; '' when HubSpot was not asked. */
  name: string;
  one: string;
  many: string;
  /** It is kept here. */
  picked: boolean;
  here: number;
}

// Profiles

export type ProfileColour =
  'blue' | 'orange' | 'green' | 'purple' | 'teal' | 'red' | 'olive' | 'slate';

/** One of the places that a portal's copy lies in. */
export interface Profile {
  /** "" for the one without. */
  name: string;
  dir: string;
  colour: ProfileColour;
  portalId: string;
  portalName: string;
  kind: Account['kind'];
  /** A program has it open. */
  running: boolean;
  /** Edits that HubSpot does not have; -1 when that is not known. */
  unsent: number;
}

export interface Profiles {
  items: Profile[];
  here: Profile;
  /** There is more than one, so this one shows its colour. */
  marked: boolean;
  /** Another one can be opened in a window of its own. */
  canOpen: boolean;
  colours: ProfileColour[];
}

export interface ProfileRequest {
  name: string;
  colour: ProfileColour | '';
}

// Activities

export type ActivityKind = 'note' | 'call' | 'email' | 'meeting' | 'task';
export type ActivityType = 'notes' | 'calls' | 'emails' | 'meetings' | 'tasks';

export interface Activity {
  id: string;
  remoteId: string;
  type: ActivityType;
  title: string;
  /** Plain text, never HTML. */
  text: string;
  /** Its body shows more than that: ask for it. */
  rich: boolean;
  badge: Badge;
  /** When it took place, or is to; 0 when nobody knows. */
  at: number;
  values: Record<string, string>;
}

/** An activity's body with its formatting, cleaned once. */
export interface ActivityBody {
  html: string;
  /** How many were left out because they would have to be fetched. */
  pictures: number;
  /** It was too long; its end is left out. */
  cut: boolean;
}

/** An activity that has the words that were looked for. */
export interface FoundActivity {
  id: string;
  remoteId: string;
  type: string;
  title: string;
  /** A line of its body, around the first of the words. */
  text: string;
  badge: Badge;
  at: number;
  /** The first record that it is on; without an id when none is here. */
  on: Ref;
}

export interface FoundActivities {
  token: number;
  hits: FoundActivity[];
}

export interface Timeline {
  items: Activity[];
  /** HubSpot has no more than this. */
  whole: boolean;
}

export interface ActivityRequest {
  kind: ActivityKind;
  type: string;
  id: string;
  text: string;
  values: Record<string, string>;
  /** Type and id of other records that it is about. */
  also: Ref[];
}

// App

export interface Info {
  version: string;
  dataDir: string;
  logFile: string;
  platform: string;
  window: boolean;
  /** Whether the disk that the data lies on is encrypted. */
  disk: 'encrypted' | 'plain' | 'unknown';
}

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'regular' | 'compact' | 'relaxed';

export interface Settings {
  theme: Theme;
  density: Density;
  singleKeys: boolean;
  started: boolean;
  /** That the disk is not encrypted was told, and put away. */
  diskSeen: boolean;
}

export interface Link {
  kind: 'record' | 'url';
  type: string;
  id: string;
  url: string;
}

export interface Report {
  where: string;
  message: string;
}

// Board

export interface Stage {
  id: string;
  label: string;
  probability: number;
  closed: boolean;
  won: boolean;
}

export interface Pipeline {
  id: string;
  label: string;
  stages: Stage[];
}

export interface BoardQuery {
  token: number;
  pipeline: string;
  mine: boolean;
  text: string;
  cards: number;
}

export interface Sum {
  currency: string;
  amount: number;
  weighted: number;
}

export interface Card {
  id: string;
  remoteId: string;
  title: string;
  badge: Badge;
  amount: string;
  currency: string;
  closeDate: number;
  late: boolean;
  ownerId: string;
  company: Ref;
  nextStep: string;
  stageDays: number;
}

export interface Column {
  stage: Stage;
  count: number;
  sums: Sum[];
  cards: Card[];
}

export interface Board {
  token: number;
  pipeline: string;
  total: number;
  columns: Column[];
}

export interface CardQuery {
  token: number;
  pipeline: string;
  stage: string;
  mine: boolean;
  text: string;
  offset: number;
  limit: number;
}

export interface CardPage {
  token: number;
  stage: string;
  offset: number;
  cards: Card[];
}

// Outbox

export type OpKind = 'create' | 'update' | 'archive' | 'associate' | 'detach';

export type OpState =
  'queued' | 'sending' | 'retry_wait' | 'ambiguous' | 'conflict' | 'parked' | 'acked' | 'discarded';

export interface FieldChange {
  name: string;
  label: string;
  from: string;
  to: string;
}

export interface Dispute {
  name: string;
  label: string;
  base: string;
  mine: string;
  theirs: string;
  who: string;
  when: number;
  source: string;
}

export interface Op {
  id: string;
  kind: OpKind;
  state: OpState;
  badge: Badge;
  type: string;
  recordId: string;
  remoteId: string;
  title: string;
  fields: FieldChange[];
  to: Ref;
  made: number;
  nextAt: number;
  finished: number;
  attempts: number;
  reason: string;
  existing: string;
  undo: string;
  canRetry: boolean;
  canDiscard: boolean;
  disputes: Dispute[];
}

export interface Outbox {
  paused: boolean;
  sending: Op[];
  waiting: Op[];
  needs: Op[];
  /** Finished ones that replaced a colleague's value unseen: their disputes. */
  overwritten: Op[];
  receipts: Op[];
}

/** What becomes of a property's conflicts. workflow keeps what a workflow of the portal wrote. */
export type PolicyChoice = 'ask' | 'mine' | 'theirs' | 'workflow';

export interface Policy {
  type: string;
  name: string;
  label: string;
  policy: PolicyChoice;
}

export interface CheckRequest {
  type: string;
  /** '' for a record that is being made. */
  id: string;
  values: Record<string, string>;
}

/** Sentences by property: what cannot be saved like this, and what can. */
export interface Checked {
  wrong: Record<string, string>;
  warn: Record<string, string>;
}

export interface ResolveRequest {
  id: string;
  choices: Record<string, string>;
}

export interface FlushResult {
  acked: number;
  conflicts: number;
  parked: number;
  left: number;
}

// Records

export type PropertyType =
  'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool' | 'phone_number';

export interface Option {
  value: string;
  label: string;
}

export interface Property {
  name: string;
  label: string;
  description: string;
  type: PropertyType | (string & {});
  field: string;
  options: Option[];
  readOnly: boolean;
  owner: boolean;
}

export interface PropertyGroup {
  name: string;
  label: string;
  properties: Property[];
}

export interface Schema {
  type: string;
  groups: PropertyGroup[];
  columns: string[];
  key: string[];
  create: string[];
  required: string[];
  sortable: string[];
  title: string;
  /** The properties with pipeline and stage; '' for a type without. */
  pipeline: string;
  stage: string;
  pipelines: Pipeline[];
}

export interface Sort {
  prop: string;
  desc: boolean;
}

export type FilterOp = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | 'is_set' | 'is_empty';

export interface Filter {
  prop: string;
  op: FilterOp;
  value: string;
}

export interface ListQuery {
  token: number;
  type: string;
  text: string;
  filters: Filter[];
  sort: Sort;
  columns: string[];
  mine: boolean;
  offset: number;
  limit: number;
}

export interface Ref {
  type: string;
  id: string;
  remoteId: string;
  title: string;
  note: string;
  badge: Badge;
}

export interface Row {
  id: string;
  remoteId: string;
  type: string;
  title: string;
  badge: Badge;
  values: Record<string, string>;
  company: Ref;
  modified: number;
}

export interface ListPage {
  token: number;
  total: number;
  capped: boolean;
  offset: number;
  rows: Row[];
}

export interface RefGroup {
  type: string;
  known: boolean;
  items: Ref[];
}

/** A line item of a deal; its figures are HubSpot's strings, '' for none. */
export interface Line {
  id: string;
  title: string;
  badge: Badge;
  quantity: string;
  /** Of one. */
  price: string;
  amount: string;
  /** '' for the company's. */
  currency: string;
}

export interface CrmRecord {
  id: string;
  remoteId: string;
  type: string;
  title: string;
  badge: Badge;
  archived: boolean;
  values: Record<string, string>;
  pending: Record<string, Badge>;
  links: RefGroup[];
  /** Of a deal: the line items of its links, with their figures. */
  lines: Line[];
  created: number;
  modified: number;
  url: string;
  /** When it was last known to be as in HubSpot; 0 for not since the start. */
  fresh: number;
}

export interface CreateRequest {
  type: string;
  values: Record<string, string>;
  links: Ref[];
}

export interface EditRequest {
  type: string;
  id: string;
  values: Record<string, string>;
  /** What was on screen when the edit began, for the properties changed. */
  seen: Record<string, string>;
}

export interface LinkRequest {
  type: string;
  id: string;
  toType: string;
  toId: string;
}

export interface EditResult {
  id: string;
  remoteId: string;
  state: 'queued' | 'unchanged';
  undo: string;
  undoUntil: number;
}

export interface SearchQuery {
  token: number;
  text: string;
  type: string;
  limit: number;
}

export interface SearchPage {
  token: number;
  hits: Ref[];
}

// Sync

export type SyncState =
  'idle' | 'pulling' | 'sending' | 'offline' | 'waiting' | 'paused' | 'signin' | 'disconnected';

export interface TypeProgress {
  type: string;
  here: number;
  total: number;
  perSec: number;
  leftMs: number;
  done: boolean;
  /** This sign-in may not read the type: nothing of it comes. */
  barred: boolean;
  message: string;
}

export interface SyncStatus {
  state: SyncState;
  online: boolean;
  paused: boolean;
  waiting: number;
  conflicts: number;
  needs: number;
  lastSync: number;
  nextTry: number;
  message: string;
  leaving: number;
  firstPull: boolean;
  usable: boolean;
  progress: TypeProgress[];
  calls: number;
  callsLimit: number;
  callsSpan: number;
}

/** How HubSpot's limits are used, and by whom. */
export interface Budget {
  known: boolean;
  at: number;
  buckets: BudgetBucket[];
  day: BudgetDay;
  reserve: Reserve;
  /** What the configuration sets of the reserve. */
  fixed: string[];
}

export interface BudgetBucket {
  name: string;
  limit: number;
  spanMs: number;
  used: number;
  others: number;
  reserve: number;
  calls: number;
  refused: number;
  waiting: number;
  pausedUntil: number;
  why: string;
  lanes: BudgetLane[];
}

export interface BudgetLane {
  name: string;
  calls: number;
  refused: number;
  waiting: number;
  lastMinute: number;
}

/** limit is 0 for a sign-in without a daily limit. */
export interface BudgetDay {
  limit: number;
  left: number;
  ours: number;
  others: number;
  reserve: number;
  edits: number;
  ends: number;
  slow: boolean;
  next: number;
}

/** What is left to other programs, in per cent of each limit, 0 to 90. */
export interface Reserve {
  burst: number;
  search: number;
  daily: number;
}

export interface Counts {
  types: Record<string, number>;
  outbox: number;
}

// News

export interface News {
  /** Unseen changes, whether they are in groups or not. */
  total: number;
  records: number;
  /** Stands for what is here: what comes meanwhile is not marked as seen with it. */
  mark: number;
  /** The beginning of the absence, or of what is unseen; 0 when there is nothing. */
  since: number;
  /** How many came during the last absence, and when that ended. */
  away: number;
  back: number;
  groups: NewsGroup[];
}

export interface NewsGroup {
  type: string;
  id: string;
  remoteId: string;
  title: string;
  badge: Badge;
  archived: boolean;
  currency: string;
  lines: NewsLine[];
}

export type NewsKind =
  | 'changed'
  | 'assigned'
  | 'taken'
  | 'new'
  | 'archived'
  | 'restored'
  | 'merged'
  | 'activity'
  | 'linked'
  | 'unlinked';

export interface NewsLine {
  id: number;
  kind: NewsKind;
  name: string;
  label: string;
  from: string;
  to: string;
  /** The values as people say them. */
  was: string;
  is: string;
  /** The values are longer than what is here. */
  cut: boolean;
  about: Ref;
  who: string;
  source: string;
  at: number;
}

export interface SeenRequest {
  mark: number;
  /** "" for all records. */
  id: string;
}

export interface SeenResult {
  undo: string;
  count: number;
}

export interface Notice {
  id: string;
  text: string;
}

export interface BundlePart {
  name: string;
  text: string;
}

export interface Bundle {
  id: string;
  parts: BundlePart[];
}

export interface Saved {
  path: string;
}

export interface ForgetRequest {
  type: string;
  id: string;
}

export interface Change {
  seq: number;
  topics: string[];
}

/** The error envelope: code for machines, message for people. */
export interface WireError {
  code: string;
  message: string;
  fields: Record<string, string>;
}

/**
 * What every call of the port rejects with. `code` is the name of a crm.Kind,
 * or "unreachable" when the backend itself did not answer. `message` may be
 * empty; state/fault.ts has the sentence for that.
 */
export class Fault extends Error {
  readonly code: string;
  readonly fields: Record<string, string>;

  constructor(envelope: WireError) {
    super(envelope.message);
    this.name = 'Fault';
    this.code = envelope.code;
    this.fields = envelope.fields;
  }
}

/** A reference to nothing, as Go writes it. */
export const noRef: Ref = { type: '', id: '', remoteId: '', title: '', note: '', badge: '' };
