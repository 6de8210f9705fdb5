// Talks to the page in the real window over WebKit's inspector protocol, as
// WEBKIT_INSPECTOR_HTTP_SERVER offers it for a build with `-tags devtools`.
// The protocol: an index page names a web socket; on it, Target wraps the
// messages to and from the page.

import net from 'node:net';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A TCP port of loopback that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Connects to the first page that the inspector at this port offers. */
export async function inspect(port, patience = 15000) {
  const until = Date.now() + patience;
  const path = await socketPath(port, until);
  const page = new Page(new WebSocket(`ws://127.0.0.1:${port}${path}`));
  await page.attached(until - Date.now());
  await page.send('Console.enable');
  await page.send('Runtime.enable');
  return page;
}

async function socketPath(port, until) {
  let last = 'nothing answered';
  while (Date.now() < until) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      const path = (await answer.text()).match(/\/socket\/\d+\/\d+\/\w+/)?.[0];
      if (path !== undefined) return path;
      last = 'no page is offered';
    } catch (cause) {
      last = String(cause.cause ?? cause);
    }
    await sleep(20);
  }
  throw new Error(`no inspector on port ${port}: ${last}`);
}

export class Page {
  #socket;
  #target;
  #id = 0;
  #waiting = new Map();
  #found;
  /** What the page wrote to its console: {level, source, text}. */
  console = [];

  constructor(socket) {
    this.#socket = socket;
    this.#found = new Promise((resolve) => {
      socket.onmessage = (event) => this.#hear(JSON.parse(event.data), resolve);
    });
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the window has gone'));
      this.#waiting.clear();
    };
  }

  attached(patience) {
    return Promise.race([
      this.#found,
      sleep(patience).then(() => Promise.reject(new Error('the inspector names no page'))),
    ]);
  }

  close() {
    this.#socket.close();
  }

  #hear(message, found) {
    if (message.method === 'Target.targetCreated') {
      this.#target ??= message.params.targetInfo.targetId;
      found();
    } else if (message.method === 'Target.dispatchMessageFromTarget') {
      const inner = JSON.parse(message.params.message);
      if (inner.id === undefined) return this.#event(inner);
      const waiting = this.#waiting.get(inner.id);
      this.#waiting.delete(inner.id);
      if (inner.error) waiting?.reject(new Error(inner.error.message));
      else waiting?.resolve(inner.result);
    }
  }

  #event({ method, params }) {
    if (method === 'Console.messageAdded') {
      const { level, source, text } = params.message;
      this.console.push({ level, source, text });
    }
  }

  /** Sends a command of the protocol to the page. */
  send(method, params = {}) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const message = JSON.stringify({ id, method, params });
      this.#socket.send(
        JSON.stringify({ id: ++this.#id, method: 'Target.sendMessageToTarget', params: { targetId: this.#target, message } }),
      );
    });
  }

  /** The value of an expression, which must survive JSON. */
  async evaluate(expression) {
    const { result, wasThrown } = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    if (wasThrown) throw new Error(`${expression}\n${result.description ?? result.value}`);
    return result.value;
  }

  /** The value of a promise. */
  async promised(expression, patience = 10000) {
    const slot = `__promised${++this.#id}`;
    await this.evaluate(
      `window.${slot} = null; Promise.resolve(${expression}).then((value) => { window.${slot} = { value }; }, (cause) => { window.${slot} = { cause: String(cause?.message ?? cause) }; }); 0`,
    );
    const answer = JSON.parse(await this.until(`JSON.stringify(window.${slot})`, patience, (text) => text !== 'null'));
    if (answer.cause !== undefined) throw new Error(answer.cause);
    return answer.value;
  }

  /** Waits until the expression's value is good, and answers it. */
  async until(expression, patience = 10000, good = Boolean) {
    const end = Date.now() + patience;
    let value;
    do {
      value = await this.evaluate(expression);
      if (good(value)) return value;
      await sleep(25);
    } while (Date.now() < end);
    throw new Error(`after ${patience} ms still ${JSON.stringify(value)}: ${expression}`);
  }

  /** What the page shows, as a PNG. */
  async picture() {
    const [width, height] = JSON.parse(await this.evaluate('JSON.stringify([innerWidth, innerHeight])'));
    const { dataURL } = await this.send('Page.snapshotRect', { x: 0, y: 0, width, height, coordinateSystem: 'Viewport' });
    return Buffer.from(dataURL.split(',')[1], 'base64');
  }
}
