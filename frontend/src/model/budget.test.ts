import { describe, expect, it } from 'vitest';
import { budget } from '../backend/fake-state';
import { fullness, reserveSteps, shownBuckets, usersOf } from './budget';

describe('who uses the limits', () => {
  it('is summed over all of them', () => {
    const users = usersOf(budget(0, true));
    expect(users.map((one) => one.name)).toEqual([
      'interactive',
      'flush',
      'delta',
      'backfill',
      'sweep',
    ]);
    expect(users[3]).toMatchObject({ calls: 860, lastMinute: 86 });
    expect(usersOf(budget(0, false))).toEqual([]);
  });

  it('counts others too, and no more than all', () => {
    const [burst] = budget(0, true).buckets;
    if (burst === undefined) throw new Error('there is no burst');
    expect(fullness(burst)).toBeCloseTo(49 / 110);
    expect(fullness({ ...burst, others: 200 })).toBe(1);
    expect(fullness({ ...burst, limit: 0 })).toBe(0);
  });

  it('leaves sign-ins out until one was refused', () => {
    const all = budget(0, true);
    expect(shownBuckets(all).map((one) => one.name)).toEqual(['burst', 'search', 'associations']);
    const refused = all.buckets.map((one) => ({ ...one, refused: 1 }));
    expect(shownBuckets({ ...all, buckets: refused })).toHaveLength(4);
  });
});

describe('the choices for a reserve', () => {
  it('are steps of ten, and what the configuration has set', () => {
    expect(reserveSteps(20)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(reserveSteps(35)).toContain(35);
  });
});
