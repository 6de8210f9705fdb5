// Somebody else's server on this computer: it notes who comes. A page that keeps
// to itself never does.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class Listener {
  /** What was asked for, in order. */
  readonly hits: string[] = [];
  /** How often somebody connected, whether to ask or not. */
  connections = 0;
  private readonly pages = new Map<string, { html: string; policy: string }>();

  private constructor(private readonly server: Server) {
    this.serve('/favicon.ico', ''); // for its own pages
    server.on('connection', () => this.connections++);
    server.on('request', (request, answer) => {
      const at = (request.url ?? '').split('?')[0] ?? '';
      const page = this.pages.get(at);
      if (page === undefined) {
        this.hits.push(at.slice(1));
        answer.writeHead(204).end();
        return;
      }
      answer.setHeader('Content-Type', 'text/html; charset=utf-8');
      if (page.policy !== '') answer.setHeader('Content-Security-Policy', page.policy);
      answer.end(page.html);
    });
    server.on('upgrade', (request, socket) => {
      this.hits.push((request.url ?? '').slice(1));
      socket.destroy();
    });
  }

  static async start(): Promise<Listener> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return new Listener(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get origin(): string {
    return `http://${this.host}`;
  }

  /** Answers a page of its own; that is no hit. */
  serve(at: string, html: string, policy = ''): string {
    this.pages.set(at, { html, policy });
    return this.origin + at;
  }

  forget(): void {
    this.hits.length = 0;
    this.connections = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
