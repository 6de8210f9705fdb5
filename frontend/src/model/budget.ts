// Who uses HubSpot's limits, summed over the limits that HubSpot counts apart.

import type { Budget, BudgetBucket, BudgetLane } from './wire';

/** The uses, in the order of their urgency, with what they did to all limits. */
export function usersOf(budget: Budget): BudgetLane[] {
  const sums = new Map<string, BudgetLane>();
  for (const bucket of budget.buckets) {
    for (const lane of bucket.lanes) {
      const sum = sums.get(lane.name);
      sums.set(lane.name, sum === undefined ? lane : added(sum, lane));
    }
  }
  return [...sums.values()];
}

function added(a: BudgetLane, b: BudgetLane): BudgetLane {
  return {
    name: a.name,
    calls: a.calls + b.calls,
    refused: a.refused + b.refused,
    waiting: a.waiting + b.waiting,
    lastMinute: a.lastMinute + b.lastMinute,
  };
}

/** How full a limit is, 0 to 1, by this program and by others. */
export function fullness(bucket: BudgetBucket): number {
  return bucket.limit > 0 ? Math.min(1, (bucket.used + bucket.others) / bucket.limit) : 0;
}

/** The limits that are shown: that of sign-ins only when it has refused one. */
export function shownBuckets(budget: Budget): BudgetBucket[] {
  return budget.buckets.filter((one) => one.name !== 'oauth' || one.refused > 0);
}

/** The choices for a reserve: steps of ten, and what is set when that is none. */
export function reserveSteps(now: number): number[] {
  const steps = Array.from({ length: 10 }, (_, i) => i * 10);
  return steps.includes(now) ? steps : [...steps, now].sort((a, b) => a - b);
}
