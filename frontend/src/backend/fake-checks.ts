// What the fake says of values while they are typed, and of policies.

import type { Policy } from '../model/wire';
import type { FakeRecord } from './fake-data';
import type { OutboxPort, RecordsPort } from './port';

type Answer = <T>(method: string, make: () => T) => Promise<T>;

/** An amount must be a number; an address that another contact has is told. */
export function fakeCheck(answer: Answer, all: () => Iterable<FakeRecord>): RecordsPort['check'] {
  return ({ type, id, values }) =>
    answer('Records.Check', () => {
      const wrong: Record<string, string> = {};
      const warn: Record<string, string> = {};
      if (values.amount !== undefined && Number.isNaN(Number(values.amount)))
        wrong.amount = `Amount needs a number; got “${values.amount}”`;
      const { email } = values;
      if (email !== undefined && email !== '') {
        const other = [...all()].find(
          (one) => one.type === type && one.id !== id && one.values.email === email,
        );
        if (other) warn.email = 'Another contact has this already, and HubSpot keeps it only once.';
      }
      return { wrong, warn };
    });
}

export function fakePolicies(
  answer: Answer,
  changed: () => void,
): Pick<OutboxPort, 'policies' | 'setPolicy'> {
  const kept = new Map<string, Policy>();
  return {
    policies: () => answer('Outbox.Policies', () => [...kept.values()]),
    setPolicy: (policy) =>
      answer('Outbox.SetPolicy', () => {
        const key = `${policy.type}.${policy.name}`;
        if (policy.policy === 'ask') kept.delete(key);
        else kept.set(key, policy);
        changed();
      }),
  };
}
