import { evidencePlan } from '../evidence/evidence-plan.js';
import type { Occurrence } from '../evidence/evidence.js';
import type { Playbook } from '../playbook/definition.js';
import type { CountedSignal } from './fold.js';

/** An occurrence with what the playbook says of its signal. */
export function countedSignal(playbook: Playbook, { signal, at, event }: Occurrence): CountedSignal {
  const rule = evidencePlan(playbook).signals.get(signal);
  return {
    signal,
    at,
    event,
    intent: rule?.intent ?? 'low',
    ...(rule?.title === undefined ? {} : { title: rule.title }),
    ...(rule?.offer === undefined ? {} : { offer: rule.offer }),
    ...(rule?.topic === undefined ? {} : { topic: rule.topic }),
    ...(rule?.product === undefined ? {} : { product: rule.product }),
  };
}
