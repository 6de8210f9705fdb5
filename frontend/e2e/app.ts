// The app under test: `satchel serve` on a data directory of its own, and the
// calls of its facades where a test needs a fact rather than a picture.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Page, expect } from '@playwright/test';
import type { Account, ListPage, Outbox, Pipeline, SyncStatus } from '../src/model/wire';
import type { Portal } from './portal';
import { below, findings, typed } from './leak';
import { Program, type Signal } from './program';

/** The origins of programs that a test has ended: a page may still ask there. */
export const ended = new Set<string>();

export class App {
  private program: Program | undefined;
  private address = '';

  private constructor(
    private readonly portal: Portal,
    private readonly env: Record<string, string>,
    /** All that the program may write to is below it. */
    private readonly place = mkdtempSync(path.join(tmpdir(), 'satchel-e2e-')),
    private readonly profile = '',
  ) {}

  get dataDir(): string {
    return path.join(this.place, 'data');
  }

  /** Starts the app on a profile of another one's data directory, which that one removes. */
  static async startProfile(portal: Portal, dataDir: string, profile: string): Promise<App> {
    const env = { SATCHEL_BROWSER: 'none', SATCHEL_TOKEN: '', SATCHEL_KEEP_IN: 'memory' };
    const app = new App(portal, env, path.dirname(dataDir), profile);
    await app.run();
    return app;
  }

  /** Starts the app beside a portal, not signed in. With withApp it knows an OAuth app. */
  static async start(
    portal: Portal,
    options: { withApp?: boolean; env?: Record<string, string> } = {},
  ): Promise<App> {
    const env: Record<string, string> = {
      SATCHEL_BROWSER: 'none',
      SATCHEL_TOKEN: '',
      SATCHEL_KEEP_IN: 'memory',
      SATCHEL_LOG_LEVEL: 'debug',
    };
    const app = new App(portal, env);
    for (const name of ['TMPDIR', 'XDG_CACHE_HOME', 'XDG_STATE_HOME', 'XDG_DOWNLOAD_DIR']) {
      env[name] = path.join(app.place, name);
      mkdirSync(env[name]);
    }
    Object.assign(env, options.env);
    if (options.withApp) app.know(portal);
    await app.run();
    return app;
  }

  /** From the next start on the program knows this portal's OAuth app. */
  know(portal: Portal): void {
    const secret = path.join(this.place, 'client-secret');
    writeFileSync(secret, portal.info.client_secret, { mode: 0o600 });
    this.env.SATCHEL_CLIENT_ID = portal.info.client_id;
    this.env.SATCHEL_CLIENT_SECRET_FILE = secret;
  }

  /** Starts the program on the data directory as it is, beside the same portal or another. */
  async run(portal = this.portal): Promise<void> {
    const args = ['serve', '--base-url', portal.url, '--data-dir', this.dataDir];
    if (this.profile !== '') args.push('--profile', this.profile);
    this.program = new Program([...args, '--listen', '127.0.0.1:0'], this.env);
    const [, address = ''] = await this.program.line(/^UI: (http:\S+)$/);
    this.address = address;
  }

  /** The address with its one-time token. */
  get url(): string {
    return this.address;
  }

  get origin(): string {
    return new URL(this.address).origin;
  }

  async stop(signal?: Signal): Promise<void> {
    if (this.address !== '') ended.add(this.origin);
    await this.program?.stop(signal);
  }

  /** Ends the program, and looks whether it has told anybody what it may not. */
  async end(): Promise<void> {
    await this.stop();
    const found = this.leaks();
    if (this.profile === '') rmSync(this.place, { recursive: true, force: true });
    expect(found, 'nothing personal and no secret is in logs, output and temporary files').toEqual(
      [],
    );
  }

  /** R27: where what nobody may read is found outside of the database. */
  leaks(): string[] {
    const words = [this.portal.info.token, this.portal.info.client_secret, ...typed];
    return [
      ...findings('the output', this.program?.output() ?? '', words),
      ...below(this.place)
        .filter((file) => !/satchel\.db|client-secret$|sign-in\.age$|[\\/]backup[\\/]/.test(file))
        .flatMap((file) => findings(file, readFileSync(file, 'latin1'), words)),
    ];
  }

  /** Where the words are found below the data directory, in any file. */
  everything(words: string[]): string[] {
    return below(this.dataDir).flatMap((file) =>
      findings(file, readFileSync(file, 'latin1'), words),
    );
  }

  /** Whether the database holds a word. */
  holds(word: string): boolean {
    return below(this.dataDir).some(
      (file) => file.includes('satchel.db') && readFileSync(file, 'latin1').includes(word),
    );
  }

  log(): string {
    return this.program?.log() ?? '';
  }

  /** A call of a facade, with the sign-in that the page's browser holds. */
  async call<T>(page: Page, method: string, ...args: unknown[]): Promise<T> {
    const answer = await page.request.post(`${this.origin}/rpc/${method}`, {
      data: args,
      headers: { Origin: this.origin },
    });
    const text = await answer.text();
    if (!answer.ok()) throw new Error(`${method}: ${answer.status()} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  account(page: Page): Promise<Account> {
    return this.call(page, 'Account.State');
  }

  status(page: Page): Promise<SyncStatus> {
    return this.call(page, 'Sync.Status');
  }

  outbox(page: Page): Promise<Outbox> {
    return this.call(page, 'Outbox.View');
  }

  pipelines(page: Page): Promise<Pipeline[]> {
    return this.call(page, 'Board.Pipelines');
  }

  list(page: Page, type: string, columns: string[], text = '', limit = 50): Promise<ListPage> {
    return this.call(page, 'Records.List', {
      token: 1,
      type,
      text,
      filters: [],
      sort: { prop: '', desc: false },
      columns,
      mine: false,
      offset: 0,
      limit,
    });
  }

  /** Opens the UI, signed in with the portal's token, with everything pulled. */
  async openReady(page: Page): Promise<void> {
    await page.goto(this.url);
    const account = await this.account(page);
    if (!account.connected) await this.call(page, 'Account.ConnectToken', this.portal.info.token);
    if ((await this.account(page)).needsOwner) {
      const owners = await this.call<{ id: string }[]>(page, 'Account.Owners');
      const first = owners[0];
      if (first) await this.call(page, 'Account.ChooseOwner', first.id);
    }
    await this.pulled(page);
    const settings = await this.call<Record<string, unknown>>(page, 'App.Settings');
    await this.call(page, 'App.SaveSettings', { ...settings, started: true });
    await page.goto(this.origin);
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  }

  /** Waits until the first pull is complete. */
  async pulled(page: Page, within = 60_000): Promise<void> {
    await expect
      .poll(async () => (await this.status(page)).firstPull, {
        timeout: within,
        message: 'the first pull ends',
      })
      .toBe(false);
  }

  /** Waits until nothing is left to send. */
  async flushed(page: Page, within = 30_000): Promise<void> {
    await expect
      .poll(
        async () => {
          const box = await this.outbox(page);
          return box.sending.length + box.waiting.length + box.needs.length;
        },
        { timeout: within, message: 'the outbox is empty' },
      )
      .toBe(0);
  }
}
