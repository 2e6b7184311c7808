import type { ServiceName } from '@baton/contracts/topics';
import type { LogRecord, Publication } from './record.js';

/** Consecutive records of one partition as they are stored: JSON text of an array of tuples. */
export interface Segment {
  readonly topic: string;
  readonly partition: number;
  /** Position of the first record. */
  readonly first: number;
  /** Positions covered; the number of records unless `offsets` says that some were compacted away. */
  readonly count: number;
  readonly payload: string;
  readonly offsets?: readonly number[];
  /** The same records in parts, where they were published by this process. */
  readonly encoded?: readonly EncodedRecord[];
}

/** A fact whose data are text already: the log and a broker put the same parts together in different ways. */
export interface EncodedRecord extends Omit<Publication, 'topic' | 'data' | 'everyPartition'> {
  readonly data: string;
}

/** Key, type, id, time, data, sequence, traceparent. What is the same in every envelope is not stored, see `tupleText`. */
type Tuple = [string, string, string, string, unknown, (number | null)?, string?];

export function encodeRecord(publication: Publication): EncodedRecord {
  const { key, type, id, time, data, sequence, traceparent } = publication;
  return { key, type, id, time, sequence, traceparent, data: JSON.stringify(data ?? null) };
}

/** The parts of a record that was read. */
export function partsOf({ key, envelope }: LogRecord): EncodedRecord {
  const { type, id, time, sequence, traceparent, data } = envelope;
  return { key, type, id, time, sequence, traceparent, data: JSON.stringify(data) };
}

/** A record as it stands in a segment's text. */
export function tupleText({ key, type, id, time, data, sequence, traceparent }: EncodedRecord): string {
  const head = JSON.stringify([key, type, id, time]).slice(0, -1);
  if (traceparent !== undefined) return `${head},${data},${sequence ?? null},${JSON.stringify(traceparent)}]`;
  return sequence === undefined ? `${head},${data}]` : `${head},${data},${sequence}]`;
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
