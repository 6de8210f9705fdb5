// Starts the real window on a data directory, under whatever display there is.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { freePort, inspect, sleep } from './inspector.mjs';

/** The flags that the window is started with in a test: nothing of the rep's own. */
export function environment(dataDir, port, more) {
  const env = { ...process.env, SATCHEL_DATA_DIR: dataDir, SATCHEL_BROWSER: 'none', WEBKIT_INSPECTOR_HTTP_SERVER: `127.0.0.1:${port}` };
  for (const name of ['SATCHEL_TOKEN', 'SATCHEL_BASE_URL', 'SATCHEL_CLIENT_ID', 'SATCHEL_CLIENT_SECRET_FILE']) delete env[name];
  return { ...env, XDG_CONFIG_HOME: dataDir, XDG_CACHE_HOME: dataDir, ...more };
}

export class Window {
  #said = [];
  #process;
  #ended;

  /** Starts the program and attaches to its page, as soon as there is one. */
  static async open(binary, dataDir, { args = [], env = {} } = {}) {
    const window = new Window();
    const port = await freePort();
    window.started = performance.now();
    window.#start(binary, args, environment(dataDir, port, env));
    try {
      window.page = await Promise.race([inspect(port), window.#death()]);
    } catch (cause) {
      await window.kill();
      throw cause;
    }
    return window;
  }

  #start(binary, args, env) {
    this.#process = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => this.#said.push(text));
    }
    this.#ended = once(this.#process, 'exit').then(([code, signal]) => code ?? signal);
  }

  // A window that ends while somebody waits for it is an error whatever its exit
  // code is: a build without Wails's tags says so and may exit with 0.
  async #death() {
    throw new Error(`the program ended with ${await this.#ended}:\n${this.said}`);
  }

  get pid() {
    return this.#process.pid;
  }

  /** What the program wrote to its terminal. */
  get said() {
    return this.#said.join('');
  }

  /** Asks the program to end and answers its exit code. */
  async close(patience = 10000) {
    this.page?.close();
    this.#process.kill('SIGTERM');
    const code = await Promise.race([this.#ended, sleep(patience).then(() => 'nothing')]);
    if (code === 'nothing') {
      await this.kill();
      throw new Error(`the program did not end within ${patience} ms:\n${this.said}`);
    }
    return code;
  }

  async kill() {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
