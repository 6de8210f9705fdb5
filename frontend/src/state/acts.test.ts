import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBackend } from '../backend/fake';
import { Fault } from '../model/wire';
import { Acts } from './acts.svelte';
import { Toasts } from './toasts.svelte';

const edit = {
  type: 'contacts',
  id: 'contacts-0',
  values: { jobtitle: 'CEO' },
  seen: { jobtitle: 'Head of Procurement' },
};

function stage() {
  const fake = fakeBackend({ contacts: 20 });
  const toasts = new Toasts();
  return { fake, toasts, act: new Acts(fake, toasts) };
}

describe('undo', () => {
  it('takes back the last act and says so', async () => {
    const { fake, toasts, act } = stage();
    await act.edit(edit, 'Job title changed');
    expect((await fake.records.get('contacts', 'contacts-0')).values.jobtitle).toBe('CEO');
    expect(toasts.list.at(-1)?.action).not.toBeNull();
    await act.undo();
    const back = await fake.records.get('contacts', 'contacts-0');
    expect(back.values.jobtitle).toBe('Head of Procurement');
    expect(fake.ops).toEqual([]);
    expect(toasts.list.at(-1)?.text).toContain('Job title changed');
  });

  it('goes back one act at a time, the newest first', async () => {
    const { fake, act } = stage();
    await act.edit(edit, 'one');
    await act.edit({ ...edit, values: { jobtitle: 'CFO' }, seen: { jobtitle: 'CEO' } }, 'two');
    await act.undo();
    expect((await fake.records.get('contacts', 'contacts-0')).values.jobtitle).toBe('CEO');
    await act.undo();
    expect(act.done).toHaveLength(0);
  });

  it('remembers nothing of a write that changed nothing', async () => {
    const { act, toasts } = stage();
    await act.edit({ ...edit, values: { jobtitle: 'Head of Procurement' } }, 'none');
    expect(act.done).toHaveLength(0);
    expect(toasts.list).toHaveLength(0);
  });

  it('throws a refused write to the one who has the field', async () => {
    const { act } = stage();
    const wrong = act.edit({ ...edit, values: { email: 'nobody' }, seen: {} }, 'E-mail changed');
    await expect(wrong).rejects.toBeInstanceOf(Fault);
    expect(act.done).toHaveLength(0);
  });
});

describe('a toast', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('goes after 8 seconds, and waits while it is pointed at', () => {
    const toasts = new Toasts();
    const id = toasts.show({ text: 'done', tone: 'done', action: null });
    vi.advanceTimersByTime(7900);
    toasts.hold(id);
    vi.advanceTimersByTime(60_000);
    expect(toasts.list).toHaveLength(1);
    toasts.release(id);
    vi.advanceTimersByTime(8100);
    expect(toasts.list).toHaveLength(0);
  });
});
