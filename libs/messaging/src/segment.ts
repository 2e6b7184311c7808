import type { ServiceName } from '@baton/contracts/topics';
import type { LogRecord, Publication } from './record.js';

/** Consecutive records of one partition as they are stored: JSON text of an array of tuples, see `encodeRecord`. */
export interface Segment {
  readonly topic: string;
  readonly partition: number;
  /** Position of the first record. */
  readonly first: number;
  /** Positions covered; the number of records unless `offsets` says that some were compacted away. */
  readonly count: number;
  readonly payload: string;
  readonly offsets?: readonly number[];
}

/** Key, type, id, time, data, sequence, traceparent. What is the same in every envelope is not stored. */
type Tuple = [string, string, string, string, unknown, (number | null)?, string?];

export function encodeRecord(publication: Publication): string {
  const { key, type, id, time, data, sequence, traceparent } = publication;
  const tuple: Tuple = [key, type, id, time, data];
  if (sequence !== undefined || traceparent !== undefined) tuple.push(sequence ?? null);
  if (traceparent !== undefined) tuple.push(traceparent);
  return JSON.stringify(tuple);
}

/** The records of a segment with their envelopes; fresh objects, nothing shared with whoever published them. */
export function decodeSegment(segment: Segment, source: ServiceName): LogRecord[] {
  const tuples = JSON.parse(segment.payload) as Tuple[];
  return tuples.map((tuple, index) =>
    recordOf(segment, segment.offsets?.[index] ?? segment.first + index, tuple, source),
  );
}

function recordOf(segment: Segment, position: number, tuple: Tuple, source: ServiceName): LogRecord {
  const [key, type, id, time, data, sequence, traceparent] = tuple;
  return {
    topic: segment.topic,
    partition: segment.partition,
    position,
    key,
    envelope: {
      specversion: '1.0',
      id,
      type,
      source,
      subject: key,
      time,
      datacontenttype: 'application/json',
      partitionsequence: position,
      sequence: sequence ?? undefined,
      traceparent,
      data,
    },
  };
}
