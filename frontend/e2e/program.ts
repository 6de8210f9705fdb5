// Starts the program under test. SATCHEL_BIN names it; make builds it to
// bin/satchel. Every process that is started here is stopped here.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../..');

export type Signal = 'SIGTERM' | 'SIGKILL' | 'SIGQUIT';

export const binary = process.env.SATCHEL_BIN
  ? path.resolve(process.env.SATCHEL_BIN)
  : path.join(root, 'bin/satchel');

/** Where pictures are kept; git does not look there. */
export const artifacts = path.join(root, 'artifacts');

/** The folder of a portal with thousands of deals; undefined when this machine has none. */
export function seedFolder(): string | undefined {
  const shared = process.env.SATCHEL_SHARED ?? path.resolve(root, '../shared');
  const folder = path.join(shared, 'data/crm-sales-opportunities/portal');
  return existsSync(path.join(folder, 'deals.csv')) ? folder : undefined;
}

/** A running program whose output can be waited for. */
export class Program {
  private readonly lines: string[] = [];
  private readonly errors: string[] = [];
  private readonly process: ChildProcess;
  private ended: string | undefined;

  constructor(args: string[], env: Record<string, string> = {}) {
    this.process = spawn(binary, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.process;
    if (stdout) createInterface({ input: stdout }).on('line', (line) => this.lines.push(line));
    if (stderr) createInterface({ input: stderr }).on('line', (line) => this.errors.push(line));
    this.process.on('error', (cause) => (this.ended = String(cause)));
    this.process.on('exit', (code, signal) => (this.ended = `exit ${code ?? signal}`));
  }

  /** The first line of stdout that matches; fails with what the program said instead. */
  async line(pattern: RegExp, within = 20_000): Promise<RegExpMatchArray> {
    const until = Date.now() + within;
    for (;;) {
      for (const line of this.lines) {
        const found = line.match(pattern);
        if (found) return found;
      }
      if (this.ended !== undefined || Date.now() > until) {
        const said = [...this.lines, ...this.errors].slice(-20).join('\n');
        throw new Error(`${binary}: ${this.ended ?? 'still running'}, no ${pattern} in:\n${said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** All that it has said. */
  output(): string {
    return [...this.lines, ...this.errors].join('\n');
  }

  /** The last lines of the log, for a failed test. */
  log(): string {
    return this.errors.slice(-40).join('\n');
  }

  /** Asks the program to end and waits until it has. SIGKILL and SIGQUIT are crashes. */
  async stop(signal: Signal = 'SIGTERM'): Promise<void> {
    if (this.ended !== undefined) return;
    const gone = new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
    this.process.kill(signal);
    const late = setTimeout(() => this.process.kill('SIGKILL'), 20_000);
    await gone;
    clearTimeout(late);
  }
}
