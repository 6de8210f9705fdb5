import type { ConnectFlow, ConnectRequest, FlowPhase } from '../../model/wire';
import { asFault, faultText } from '../../state/fault';
import { every } from '../../state/host';
import type { Session } from '../../state/session.svelte';

export type Phase = 'idle' | 'starting' | 'form' | 'token' | FlowPhase;

/**
 * A sign-in from the first press to the end. The backend tells of progress by
 * the account's change event; once a second it is asked as well, because a
 * sleeping computer may miss the event.
 */
export class Connect {
  phase = $state<Phase>('idle');
  flow = $state.raw<ConnectFlow | null>(null);
  /** What went wrong, in the backend's words; "" for the page's own. */
  problem = $state('');
  fields = $state.raw<Readonly<Record<string, string>>>({});
  #session: Session;
  #stop: (() => void)[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** The one button. Without an app of our own the form comes first. */
  begin(): void {
    if (this.#session.account.value?.hasApp === false) this.#to('form');
    else void this.connect({ clientId: '', clientSecret: '' });
  }

  async connect(request: ConnectRequest): Promise<void> {
    const before = this.phase;
    this.#to('starting');
    try {
      this.#take(await this.#session.backend.account.connect(request));
      this.#watch();
    } catch (cause) {
      this.#failed(cause, before === 'form' ? 'form' : 'failed');
    }
  }

  async useToken(token: string): Promise<void> {
    this.#to('starting');
    try {
      await this.#session.backend.account.connectToken(token.trim());
      await this.#arrived();
    } catch (cause) {
      this.#failed(cause, 'token');
    }
  }

  async useSample(): Promise<void> {
    this.#to('starting');
    try {
      await this.#session.backend.account.connectSample();
      await this.#arrived();
    } catch (cause) {
      this.#failed(cause, 'failed');
    }
  }

  showToken(): void {
    this.#to('token');
  }

  async cancel(): Promise<void> {
    const id = this.flow?.id;
    this.close();
    this.#to('idle');
    if (id !== undefined)
      await this.#session.attempt(() => this.#session.backend.account.cancel(id));
  }

  back(): void {
    this.close();
    this.#to('idle');
  }

  close(): void {
    for (const stop of this.#stop) stop();
    this.#stop = [];
  }

  #watch(): void {
    this.close();
    this.#stop = [
      every(1000, () => void this.#look()),
      this.#session.changes.on(['account'], () => void this.#look()),
    ];
  }

  async #look(): Promise<void> {
    const id = this.flow?.id;
    if (id === undefined) return;
    try {
      const flow = await this.#session.backend.account.flow(id);
      if (this.flow?.id === id) this.#take(flow);
    } catch (cause) {
      if (this.flow?.id === id) this.#failed(cause, 'failed');
    }
  }

  #take(flow: ConnectFlow): void {
    if (this.#stop.length === 0 && this.phase === 'idle') return; // canceled meanwhile
    this.flow = flow;
    this.problem = flow.message;
    this.phase = flow.phase;
    if (flow.phase === 'connected') void this.#arrived();
    if (flow.phase !== 'waiting' && flow.phase !== 'finishing') this.close();
  }

  async #arrived(): Promise<void> {
    this.close();
    await this.#session.settings.save({ started: false });
    await Promise.all([this.#session.sync.refresh(), this.#session.account.refresh()]);
  }

  #failed(cause: unknown, phase: Phase): void {
    this.close();
    const fault = asFault(cause);
    this.fields = fault.fields;
    this.problem = faultText(fault);
    this.phase = phase;
  }

  #to(phase: Phase): void {
    this.phase = phase;
    this.problem = '';
    this.fields = {};
    if (phase !== 'starting') this.flow = null;
  }
}
