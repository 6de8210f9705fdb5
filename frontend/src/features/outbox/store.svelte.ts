// The outbox on screen: its groups in the order in which they are read, the
// operation that is open, and what can be done about it.

import {
  changes,
  isActivity,
  pickedCount,
  sentence,
  typedText,
  type Change,
  type Picks,
  type Sentence,
} from '../../model/sentence';
import type { Op, Outbox, PolicyChoice, Property } from '../../model/wire';
import { showValue } from '../../model/value';
import { Live } from '../../state/live.svelte';
import type { Session } from '../../state/session.svelte';

export type GroupName = 'needs' | 'overwritten' | 'sending' | 'waiting' | 'receipts';

export interface Group {
  readonly name: GroupName;
  readonly ops: readonly Op[];
}

export class OutboxStore {
  readonly view: Live<Outbox>;
  /** The operation open in the panel. */
  open = $state('');
  /** Decisions about conflicts, by operation; they last until applied. */
  picks = $state.raw<ReadonlyMap<string, Picks>>(new Map());

  /** What is to become of properties' conflicts, by operation; kept until applied. */
  policies = $state.raw<ReadonlyMap<string, Readonly<Record<string, PolicyChoice>>>>(new Map());

  groups: Group[] = $derived.by(() => {
    const box = this.view.value;
    if (!box) return [];
    const all: Group[] = [
      { name: 'needs', ops: box.needs },
      { name: 'overwritten', ops: box.overwritten },
      { name: 'sending', ops: box.sending },
      { name: 'waiting', ops: box.waiting },
      { name: 'receipts', ops: box.receipts },
    ];
    return all.filter((group) => group.ops.length > 0);
  });
  /** What is not in HubSpot yet. */
  left: number = $derived.by(() => {
    const box = this.view.value;
    return box ? box.needs.length + box.sending.length + box.waiting.length : 0;
  });
  current: Op | undefined = $derived(
    this.groups.flatMap((group) => group.ops).find((op) => op.id === this.open),
  );

  #session: Session;

  constructor(session: Session) {
    this.#session = session;
    const { backend, changes: topics } = session;
    this.view = new Live(topics, ['outbox'], () => backend.outbox.view(), 100);
    void this.view.refresh();
  }

  close(): void {
    this.view.close();
  }

  /** Whether an operation is finished, and wrote over what a colleague had. */
  overwrote(op: Op): boolean {
    return this.view.value?.overwritten.includes(op) ?? false;
  }

  /** Opens the operation beside the open one; answers its id. */
  walk(by: -1 | 1, shown: readonly Op[]): string | undefined {
    const at = shown.findIndex((op) => op.id === this.open);
    const next = shown[at < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next) this.open = next.id;
    return next?.id;
  }

  sentence(op: Op): Sentence {
    return sentence(op, (name, value) => this.#show(op, name, value));
  }

  changes(op: Op): Change[] {
    return changes(op, (name, value) => this.#show(op, name, value));
  }

  show(op: Op, name: string, value: string): string {
    return this.#show(op, name, value);
  }

  property(type: string, name: string): Property | undefined {
    return this.#session
      .schema(type)
      .value?.groups.flatMap((group) => group.properties)
      .find((p) => p.name === name);
  }

  picked(op: Op): Picks {
    return this.picks.get(op.id) ?? {};
  }

  pick(op: Op, picks: Picks): void {
    this.picks = new Map(this.picks).set(op.id, { ...this.picked(op), ...picks });
  }

  complete(op: Op): boolean {
    return op.disputes.length > 0 && pickedCount(op, this.picked(op)) === op.disputes.length;
  }

  policy(op: Op, name: string): PolicyChoice {
    return this.policies.get(op.id)?.[name] ?? 'ask';
  }

  decide(op: Op, name: string, policy: PolicyChoice): void {
    const all = { ...this.policies.get(op.id), [name]: policy };
    this.policies = new Map(this.policies).set(op.id, all);
  }

  /** The properties of a conflict about which nobody is to be asked again. */
  decided(op: Op): string[] {
    return op.disputes.map((d) => d.name).filter((name) => this.policy(op, name) !== 'ask');
  }

  async resolve(op: Op): Promise<boolean> {
    const policies = this.decided(op).map((name) => ({
      type: op.type,
      name,
      label: op.disputes.find((d) => d.name === name)?.label ?? name,
      policy: this.policy(op, name),
    }));
    if (!(await this.#settle(op, { ...this.picked(op) }))) return false;
    return this.#session.attempt(async () => {
      for (const policy of policies) await this.#session.backend.outbox.setPolicy(policy);
    });
  }

  /** Goes on with a create as an edit of the record HubSpot already has. */
  adopt(op: Op): Promise<boolean> {
    return this.#settle(op, { '': 'existing' });
  }

  retry(op: Op): Promise<boolean> {
    return this.#session.attempt(() => this.#session.backend.outbox.retry(op.id));
  }

  discard(op: Op): Promise<boolean> {
    return this.#session.attempt(() => this.#session.backend.outbox.discard(op.id));
  }

  undo(op: Op): Promise<boolean> {
    return this.#session.attempt(() => this.#session.backend.records.undo(op.undo));
  }

  hold(on: boolean): Promise<boolean> {
    return this.#session.attempt(() => this.#session.backend.sync.pause(on));
  }

  /**
   * Makes a discarded operation again; undefined where that would not be the
   * same one (a new record has other operations hanging on it).
   */
  redo(op: Op): (() => Promise<unknown>) | undefined {
    const { records } = this.#session.backend;
    const link = { type: op.type, id: op.recordId, toType: op.to.type, toId: op.to.id };
    switch (op.kind) {
      case 'update': {
        const values = Object.fromEntries(op.fields.map((f) => [f.name, f.to]));
        const seen = Object.fromEntries(op.fields.map((f) => [f.name, f.from]));
        return () => records.edit({ type: op.type, id: op.recordId, values, seen });
      }
      case 'associate':
        return () => records.associate(link);
      case 'detach':
        return () => records.detach(link);
      case 'archive':
        return () => records.archive(op.type, op.recordId);
      case 'create':
        return undefined;
    }
  }

  async #settle(op: Op, choices: Record<string, string>): Promise<boolean> {
    const ok = await this.#session.attempt(() =>
      this.#session.backend.outbox.resolve({ id: op.id, choices }),
    );
    if (!ok) return false;
    const picks = new Map(this.picks);
    picks.delete(op.id);
    this.picks = picks;
    return true;
  }

  // Amounts stay bare numbers unless the operation itself names their currency:
  // the company's currency under another currency's deal would be a lie.
  #show(op: Op, name: string, value: string): string {
    if (isActivity(op.type) && name.endsWith('_body')) return typedText(value);
    const property = this.property(op.type, name);
    const { look } = this.#session;
    if (!property) return look.names.get(value) ?? look.owners.get(value) ?? value;
    const currency = op.fields.find((f) => f.name === 'deal_currency_code')?.to ?? '';
    const bare = currency === '' && op.type === 'deals' ? { ...look, currency: '' } : look;
    return showValue(property, value, bare, currency);
  }
}
