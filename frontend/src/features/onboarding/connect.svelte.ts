import type { ConnectFlow, ConnectRequest, FlowPhase, KeepRequest } from '../../model/wire';
import { asFault, faultText } from '../../state/fault';
import { every } from '../../state/host';
import type { Session } from '../../state/session.svelte';

export type Phase = 'idle' | 'starting' | 'form' | 'token' | 'keep' | FlowPhase;

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
  /** What goes on once there is a place for the sign-in. */
  #then: (() => Promise<void>) | null = null;

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
    this.#then = () => this.connect(request);
    try {
      this.#take(await this.#session.backend.account.connect(request));
      this.#watch();
    } catch (cause) {
      await this.#refused(cause, before === 'form' ? 'form' : 'failed');
    }
  }

  async useToken(token: string): Promise<void> {
    this.#to('starting');
    this.#then = () => this.useToken(token);
    try {
      await this.#session.backend.account.connectToken(token.trim());
      await this.#arrived();
    } catch (cause) {
      await this.#refused(cause, 'token');
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

  /** The sign-in of before cannot be read from its place. */
  askForPlace(): void {
    this.#then = null;
    this.#to('keep');
  }

  /** Keeps the sign-in there, and goes on; resolves with what is wrong. */
  async keep(request: KeepRequest): Promise<string> {
    try {
      this.#session.account.set(await this.#session.backend.account.keep(request));
    } catch (cause) {
      return faultText(asFault(cause));
    }
    if (this.#then !== null) await this.#then();
    else if (this.#session.account.value?.needsSignIn === true) this.begin();
    else this.#session.signingIn = false;
    return '';
  }

  /** Takes the address on which the browser ended; resolves with what is wrong. */
  async paste(address: string): Promise<string> {
    const id = this.flow?.id ?? '';
    try {
      this.#take(await this.#session.backend.account.paste({ id, address }));
    } catch (cause) {
      return faultText(asFault(cause));
    }
    return '';
  }

  showForm(): void {
    this.#to('form');
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
    if (flow.outcome === 'not_kept') void this.#session.account.refresh();
    if (flow.phase === 'connected') void this.#arrived();
    if (flow.phase !== 'waiting' && flow.phase !== 'finishing') this.close();
  }

  async #arrived(): Promise<void> {
    this.close();
    const again = this.#session.signingIn;
    this.#session.signingIn = false;
    if (!again) await this.#session.settings.save({ started: false });
    await Promise.all([this.#session.sync.refresh(), this.#session.account.refresh()]);
  }

  /** A sign-in that did not begin: for want of a place, the place comes first. */
  async #refused(cause: unknown, phase: Phase): Promise<void> {
    if (asFault(cause).code === 'storage') {
      await this.#session.account.refresh();
      if (this.#session.account.value?.keepState !== '') {
        this.#to('keep');
        return;
      }
    }
    this.#failed(cause, phase);
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
