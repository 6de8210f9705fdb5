// Starts Satchel's programs for the measurements and reads what they say.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The largest memory that a process has had, in MB; undefined when it is gone. */
export function peakMemory(pid) {
  try {
    const kb = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m)?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}

/** Forgets what the system has read from the disk, where it lets us. */
export function forgetFiles() {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

/** A sandbox portal in a process of its own. */
export class Sandbox {
  static async start(binary, flags) {
    const sandbox = new Sandbox();
    sandbox.process = spawn(binary, ['sandbox', '--json', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: sandbox.process.stdout }).once('line', resolve);
      sandbox.process.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)));
    });
    sandbox.url = JSON.parse(line).url;
    return sandbox;
  }

  async stats() {
    return (await fetch(`${this.url}/_sandbox/stats`)).json();
  }

  stop() {
    this.process.kill('SIGTERM');
  }
}

/** Runs a command to its end: its exit code, its last line as JSON, its time and its largest memory. */
export async function run(binary, args, env = {}) {
  const start = performance.now();
  const child = spawn(binary, [...args, '--json'], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => (last = line));
  let peak = 0;
  const watch = setInterval(() => (peak = peakMemory(child.pid) ?? peak), 50);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${binary} ${args.join(' ')} ended with ${code}: ${last}`);
  return { answer: last === '' ? undefined : JSON.parse(last), seconds: (performance.now() - start) / 1000, peak };
}
