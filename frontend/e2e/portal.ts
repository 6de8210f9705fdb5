// The sandbox portal as a test sees it: HubSpot's API with the portal's own
// token, and the switches under /_sandbox.
import { Program } from './program';

export interface PortalInfo {
  url: string;
  portal_id: number | string;
  token: string;
  client_id: string;
  client_secret: string;
}

export interface RemoteRecord {
  id: string;
  properties: Record<string, string | null>;
}

export class Portal {
  private constructor(
    private readonly program: Program,
    readonly info: PortalInfo,
  ) {}

  static async start(...args: string[]): Promise<Portal> {
    const program = new Program(['sandbox', '--json', '--listen', '127.0.0.1:0', ...args]);
    const [line] = await program.line(/^\{.*\}$/, 30_000);
    return new Portal(program, JSON.parse(line) as PortalInfo);
  }

  get url(): string {
    return this.info.url.replace(/\/$/, '');
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  private async call(path: string, init: RequestInit = {}): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      ...init,
      headers: {
        Authorization: `Bearer ${this.info.token}`,
        ...(init.body ? { 'Content-Type': 'application/json' } : {}),
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  private post(path: string, body: unknown): Promise<unknown> {
    return this.call(path, { method: 'POST', body: JSON.stringify(body) });
  }

  /** From now on requests of this path go wrong, until plugIn. */
  async fail(path: string, fault: Record<string, unknown>): Promise<void> {
    await this.post('/_sandbox/faults', { match: { path }, ...fault });
  }

  /** The next write goes wrong. */
  async failNext(fault: Record<string, unknown>): Promise<void> {
    await this.post('/_sandbox/faults', { match: { method: 'POST' }, count: 1, ...fault });
  }

  /** From now on HubSpot cannot be reached. */
  async unplug(): Promise<void> {
    await this.post('/_sandbox/faults', { kind: 'unreachable' });
  }

  /** From now on every answer takes longer. */
  async slow(ms: number): Promise<void> {
    await this.post('/_sandbox/faults', { kind: 'latency', latency_ms: ms });
  }

  async plugIn(): Promise<void> {
    await this.call('/_sandbox/faults', { method: 'DELETE' });
  }

  async get(type: string, id: string, properties: string[]): Promise<RemoteRecord> {
    const query = properties.join(',');
    return (await this.call(`/crm/v3/objects/${type}/${id}?properties=${query}`)) as RemoteRecord;
  }

  /** The values that a property has had, the latest first. */
  async history(type: string, id: string, property: string): Promise<string[]> {
    const record = (await this.call(
      `/crm/v3/objects/${type}/${id}?propertiesWithHistory=${property}`,
    )) as { propertiesWithHistory: Record<string, { value: string }[]> };
    return (record.propertiesWithHistory[property] ?? []).map((one) => one.value);
  }

  /** Every record of a type with this value, read from the list: search lags. */
  async find(type: string, property: string, value: string): Promise<RemoteRecord[]> {
    const found: RemoteRecord[] = [];
    let after: string | undefined;
    do {
      const page = (await this.call(
        `/crm/v3/objects/${type}?limit=100&properties=${property}${after ? `&after=${after}` : ''}`,
      )) as { results: RemoteRecord[]; paging?: { next?: { after: string } } };
      found.push(...page.results.filter((r) => r.properties[property] === value));
      after = page.paging?.next?.after;
    } while (after);
    return found;
  }

  async edit(type: string, id: string, properties: Record<string, string>): Promise<void> {
    await this.call(`/crm/v3/objects/${type}/${id}`, {
      method: 'PATCH',
      body: JSON.stringify({ properties }),
    });
  }

  /** Edits a record as a user of the portal does in HubSpot, or what the source says. */
  async editAs(
    user: string,
    type: string,
    id: string,
    properties: Record<string, string>,
    source = 'CRM_UI',
  ): Promise<void> {
    await this.post('/_sandbox/edit', { type, id, properties, user, source });
  }

  /** Replaces a property of many records, by their ids. */
  async editAll(type: string, property: string, values: Map<string, string>): Promise<void> {
    const inputs = [...values].map(([id, value]) => ({ id, properties: { [property]: value } }));
    for (let at = 0; at < inputs.length; at += 100)
      await this.post(`/crm/v3/objects/${type}/batch/update`, {
        inputs: inputs.slice(at, at + 100),
      });
  }

  /** The ids a record is associated with. */
  async linked(type: string, id: string, to: string): Promise<string[]> {
    const page = (await this.call(`/crm/v4/objects/${type}/${id}/associations/${to}`)) as {
      results: { toObjectId: string | number }[];
    };
    return page.results.map((r) => String(r.toObjectId));
  }
}
