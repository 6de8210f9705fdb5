import { describe, expect, it, vi } from 'vitest';
import { Fault, type Change } from '../model/wire';
import type { Listener } from '../backend/port';
import { Changes } from './changes';
import { Live } from './live.svelte';

function stage() {
  let listener: Listener | undefined;
  const changes = new Changes({
    listen: (one) => {
      listener = one;
      return () => undefined;
    },
  });
  let seq = 0;
  return {
    changes,
    say: (change: Partial<Change>) =>
      listener?.changed({ seq: (seq = change.seq ?? seq + 1), topics: change.topics ?? [] }),
    reset: () => listener?.reset(),
  };
}

describe('Live', () => {
  it('asks again when its topic changes, and for no other', async () => {
    const { changes, say } = stage();
    const ask = vi.fn(() => Promise.resolve(ask.mock.calls.length));
    const live = new Live(changes, ['outbox', 'list:*'], ask);
    await live.refresh();
    say({ topics: ['sync'] });
    say({ topics: ['list:deals'] });
    await live.refresh();
    expect(ask.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(ask.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('takes a gap in the sequence as a change of everything', async () => {
    const { changes, say, reset } = stage();
    const ask = vi.fn(() => Promise.resolve(1));
    new Live(changes, ['outbox'], ask);
    say({ topics: ['sync'], seq: 1 });
    expect(ask).not.toHaveBeenCalled();
    say({ topics: ['sync'], seq: 3 });
    expect(ask).toHaveBeenCalledOnce();
    await Promise.resolve();
    reset();
    await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  });

  it('does not run two calls at once, and never ends with an old answer', async () => {
    const { changes } = stage();
    const waiting: ((value: number) => void)[] = [];
    const live = new Live(changes, [], () => new Promise<number>((done) => waiting.push(done)));
    const first = live.refresh();
    void live.refresh();
    expect(waiting).toHaveLength(1);
    waiting[0]?.(1);
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    expect(live.value).toBeUndefined(); // it was old before it came
    waiting[1]?.(2);
    await first;
    expect(live.value).toBe(2);
  });

  it('keeps the value when asking fails', async () => {
    const { changes } = stage();
    const answers = [Promise.resolve('here'), Promise.reject(new Error('broken'))];
    const live = new Live(changes, [], () => answers.shift() ?? Promise.resolve(''));
    await live.refresh();
    await live.refresh();
    expect(live.value).toBe('here');
    expect(live.error).toBeInstanceOf(Fault);
  });
});
