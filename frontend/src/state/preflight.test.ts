import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Checked } from '../model/wire';
import { Preflight, pause } from './preflight.svelte';

const none: Checked = { wrong: {}, warn: {} };

describe('pre-flight', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks once nothing was typed for a moment, about the last value', async () => {
    const check = vi.fn((values: Record<string, string>) =>
      Promise.resolve({ wrong: { amount: `no ${values.amount ?? ''}` }, warn: {} }),
    );
    const flight = new Preflight(check);
    flight.ask('amount', 'm');
    await vi.advanceTimersByTimeAsync(pause - 50);
    flight.ask('amount', 'mu');
    await vi.advanceTimersByTimeAsync(pause);
    expect(check).toHaveBeenCalledExactlyOnceWith({ amount: 'mu' });
    expect(flight.wrong.amount).toBe('no mu');
  });

  it('does not hear the late answer about an earlier value', async () => {
    const answers: ((c: Checked) => void)[] = [];
    const flight = new Preflight(() => new Promise((resolve) => answers.push(resolve)));
    flight.ask('email', 'a');
    await vi.advanceTimersByTimeAsync(pause);
    flight.ask('email', 'b');
    await vi.advanceTimersByTimeAsync(pause);
    answers[1]?.({ wrong: {}, warn: { email: 'taken' } });
    answers[0]?.({ wrong: { email: 'no address' }, warn: {} });
    await vi.advanceTimersByTimeAsync(0);
    expect(flight.wrong.email ?? '').toBe('');
    expect(flight.warn.email).toBe('taken');
  });

  it('takes a sentence away when the value is right or is left alone', async () => {
    let answer: Checked = { wrong: { amount: 'no' }, warn: {} };
    const flight = new Preflight(() => Promise.resolve(answer));
    flight.ask('amount', 'x');
    await vi.advanceTimersByTimeAsync(pause);
    answer = none;
    flight.ask('amount', '1');
    await vi.advanceTimersByTimeAsync(pause);
    expect(flight.wrong.amount).toBe('');
    answer = { wrong: { amount: 'no' }, warn: {} };
    flight.ask('amount', 'x');
    await vi.advanceTimersByTimeAsync(pause);
    flight.forget('amount');
    expect(flight.wrong.amount).toBe('');
  });

  it('shows nothing when it cannot be asked', async () => {
    const flight = new Preflight(() => Promise.reject(new Error('no')));
    flight.ask('amount', 'x');
    await vi.advanceTimersByTimeAsync(pause);
    expect(flight.wrong.amount ?? '').toBe('');
  });
});
