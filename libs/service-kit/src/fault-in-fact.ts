import type { Topic } from '@baton/contracts/topics';
import { faultsOf } from './validate.js';

/**
 * What is wrong with the data of a fact that came from outside of this process, as the end of a sentence; undefined when it
 * is one of the topic's facts as its contract declares them.
 */
export function faultInFact(topic: Topic, type: string, data: unknown): string | undefined {
  const fact = topic.facts.find((known) => known.type === type);
  if (!fact) return `is of type ${type}, which ${topic.name} does not carry`;
  const [fault] = faultsOf(fact.data, data);
  return fault && `has data whose field ${fault.path || '/'} ${fault.message}`;
}
