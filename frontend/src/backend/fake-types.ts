// The fake's own object types of the portal.

import type { TypeChoices } from '../model/wire';
import type { TypesPort } from './port';

export function firstTypes(): TypeChoices {
  return {
    types: [
      { type: '2-31', name: 'vessel', one: 'Vessel', many: 'Vessels', picked: false, here: 0 },
      { type: '2-38', name: 'berth', one: 'Berth', many: 'Berths', picked: true, here: 42 },
    ],
    note: '',
  };
}

export function fakeTypes(
  answer: <T>(method: string, make: () => T) => Promise<T>,
  all: TypeChoices,
): TypesPort {
  return {
    list: () => answer('Types.List', () => structuredClone(all)),
    pick: (types) =>
      answer('Types.Pick', () => {
        for (const one of all.types) {
          one.picked = types.includes(one.type);
          if (!one.picked) one.here = 0;
        }
        return structuredClone(all);
      }),
  };
}
