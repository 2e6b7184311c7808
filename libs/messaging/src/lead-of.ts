import { topics } from '@baton/contracts/topics';
import type { LogRecord } from './record.js';

const keyedOtherwise: ReadonlySet<string> = new Set(
  [topics.visitorEvents, topics.playbooks, topics.roster, topics.access].map(({ name }) => name),
);

/** The lead that a record is about; undefined where the key is somebody or something else. */
export function leadOf({ topic, key }: Pick<LogRecord, 'topic' | 'key'>): string | undefined {
  return keyedOtherwise.has(topic) ? undefined : key;
}
