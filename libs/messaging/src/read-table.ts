import type { Topic } from '@baton/contracts/topics';
import type { LogView } from './log-view.js';
import type { Batch, LogRecord, Positions } from './record.js';
import { decodeSegment } from './segment.js';

/**
 * The newest record of each key of a topic, in position order per partition. `from` names the first position to be read
 * of each partition; without it the whole topic is.
 */
export async function readTableTopic(
  view: LogView,
  { topic, partitions, from }: { topic: Topic; partitions: number; from: Positions },
): Promise<Batch[]> {
  const ends = await view.loadEnds([topic]);
  const batches: Batch[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const end = ends[topic.name]?.[partition] ?? 0;
    const records = await newestPerKey(view, { topic, partition, from: from[topic.name]?.[partition] ?? 0, end });
    if (records.length > 0) batches.push({ topic: topic.name, records });
  }
  return batches;
}

interface Range {
  readonly topic: Topic;
  readonly partition: number;
  readonly from: number;
  readonly end: number;
}

async function newestPerKey(view: LogView, { topic, partition, from, end }: Range): Promise<LogRecord[]> {
  const newest = new Map<string, LogRecord>();
  for (let position = from; position < end;) {
    const segments = await view.segments(topic, partition, position);
    if (segments.length === 0) break;
    for (const segment of segments) {
      for (const record of decodeSegment(segment, topic.producer)) {
        if (record.position >= from) newest.set(record.key, record);
      }
      position = segment.first + segment.count;
    }
  }
  return [...newest.values()].sort((one, other) => one.position - other.position);
}
