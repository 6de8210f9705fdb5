// The policies of conflicts, in words.

import type { PolicyChoice } from '../model/wire';
import { m } from '../paraglide/messages.js';

export function policyChoices(): { value: PolicyChoice; label: string }[] {
  return [
    { value: 'ask', label: m.outbox_policy_ask() },
    { value: 'mine', label: m.outbox_policy_mine() },
    { value: 'theirs', label: m.outbox_policy_theirs() },
    { value: 'workflow', label: m.outbox_policy_workflow() },
  ];
}
