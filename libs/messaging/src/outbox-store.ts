import type { ServiceName } from '@baton/contracts/topics';
import type { Sql } from '@baton/persistence/sql';
import { partitionOf } from './partition-of.js';
import type { Positions, Publication } from './record.js';
import { type EncodedRecord, type Segment, encodeRecord, tupleText } from './segment.js';

/** What a broker would refuse; a record must fit every transport. */
export const largestRecord = 900_000;
/** Text of a segment at most (a single record may be larger): what one read must be able to hold. */
const largestSegment = 512_000;

/** A fact too large for the log. The transaction that would publish it fails. */
export class RecordTooLargeError extends Error {
  constructor(publication: Publication, bytes: number) {
    super(
      `${publication.type} of ${publication.key} has ${bytes} bytes, more than the ${largestRecord} that a topic takes: publish less and a link`,
    );
    this.name = 'RecordTooLargeError';
  }
}

export interface Outbox {
  readonly service: ServiceName;
  /** Number of partitions of a topic. */
  partitionsOf(topic: Publication['topic']): number;
}

/**
 * Appends facts to the service's log as the last statement before the commit: locks the counter of each topic and partition,
 * in that order, and takes the next numbers from it. So numbers are gapless, number order is commit order, and a roll-back
 * gives them back. Answers the segments, to be announced once the commit is through.
 * Rejects facts of another service's topic, public facts without a sequence, and `RecordTooLargeError`.
 */
export async function append(sql: Sql, outbox: Outbox, publications: readonly Publication[]): Promise<Segment[]> {
  if (publications.length === 0) return [];
  const chunks = groupByPartition(outbox, publications).flatMap(chunksOf);
  const totals = totalsOf(chunks);
  const rows = await sql.query<{ topic: string; partition: number; first: string }>(appendStatement(chunks.length), [
    [...totals.values()].map((total) => total.topic),
    [...totals.values()].map((total) => total.partition),
    [...totals.values()].map((total) => total.count),
    ...chunks.flatMap(({ topic, partition, skip, count, payload }) => [topic, partition, skip, count, payload]),
  ]);
  const bases = new Map(rows.map((row) => [`${row.topic}/${row.partition}`, Number(row.first)]));
  return chunks.map(({ topic, partition, skip, count, payload, encoded }) => {
    const first = (bases.get(`${topic}/${partition}`) ?? 0) + skip;
    return { topic, partition, first, count, payload, encoded };
  });
}

/** The last position of each topic and partition among segments just appended. */
export function lastPositions(segments: readonly Segment[]): Positions {
  const positions: Positions = {};
  for (const { topic, partition, first, count } of segments) (positions[topic] ??= {})[partition] = first + count - 1;
  return positions;
}

/** A record in its parts, and as it stands in a segment. */
interface Written {
  readonly encoded: EncodedRecord;
  readonly text: string;
}

interface Group {
  readonly topic: string;
  readonly partition: number;
  readonly records: Written[];
}

function groupByPartition(outbox: Outbox, publications: readonly Publication[]): Group[] {
  const groups = new Map<string, Group>();
  for (const publication of publications) {
    const record = checkedRecord(outbox.service, publication);
    for (const partition of partitionsFor(outbox, publication)) {
      const name = `${publication.topic.name}/${partition}`;
      const group = groups.get(name) ?? { topic: publication.topic.name, partition, records: [] };
      group.records.push(record);
      groups.set(name, group);
    }
  }
  return [...groups.values()];
}

function partitionsFor(outbox: Outbox, { topic, key, everyPartition }: Publication): number[] {
  const partitions = outbox.partitionsOf(topic);
  return everyPartition
    ? Array.from({ length: partitions }, (_, partition) => partition)
    : [partitionOf(key, partitions)];
}

function checkedRecord(service: ServiceName, publication: Publication): Written {
  const { topic, type, key, sequence } = publication;
  if (topic.producer !== service)
    throw new Error(`${service} published ${type} on ${topic.name}, which belongs to ${topic.producer}`);
  if (topic.public && sequence === undefined)
    throw new Error(`${type} of ${key} has no sequence, which the public topic ${topic.name} promises`);
  const encoded = encodeRecord(publication);
  const text = tupleText(encoded);
  // A character has three bytes at most, so most texts need no counting.
  if (text.length * 3 > largestRecord && Buffer.byteLength(text) > largestRecord) {
    throw new RecordTooLargeError(publication, Buffer.byteLength(text));
  }
  return { encoded, text };
}

interface Chunk {
  readonly topic: string;
  readonly partition: number;
  /** Records of the same partition and transaction before this chunk. */
  readonly skip: number;
  readonly count: number;
  readonly payload: string;
  readonly encoded: readonly EncodedRecord[];
}

function chunksOf({ topic, partition, records }: Group): Chunk[] {
  const chunks: Chunk[] = [];
  let begin = 0;
  let size = 0;
  records.forEach(({ text }, index) => {
    if (index > begin && size + text.length > largestSegment) {
      chunks.push(chunkOf(begin, index));
      begin = index;
      size = 0;
    }
    size += text.length;
  });
  chunks.push(chunkOf(begin, records.length));
  return chunks;

  function chunkOf(from: number, to: number): Chunk {
    const chunk = records.slice(from, to);
    const payload = `[${chunk.map(({ text }) => text).join(',')}]`;
    return { topic, partition, skip: from, count: to - from, payload, encoded: chunk.map(({ encoded }) => encoded) };
  }
}

interface Total {
  readonly topic: string;
  readonly partition: number;
  count: number;
}

function totalsOf(chunks: readonly Chunk[]): Map<string, Total> {
  const totals = new Map<string, Total>();
  for (const { topic, partition, count } of chunks) {
    const total = totals.get(`${topic}/${partition}`);
    if (total) total.count += count;
    else totals.set(`${topic}/${partition}`, { topic, partition, count });
  }
  return totals;
}

/** One statement, so one round trip. The payloads are parameters of their own: in an array each quote would be escaped. */
function appendStatement(chunks: number): string {
  const values = Array.from({ length: chunks }, (_, chunk) => {
    const at = 4 + chunk * 5;
    return `($${at}::text, $${at + 1}::int, $${at + 2}::int, $${at + 3}::int, $${at + 4}::text)`;
  });
  return `
    with wanted as (
      select topic, partition, count from unnest($1::text[], $2::int[], $3::int[]) as wanted (topic, partition, count)),
    numbered as (
      insert into outbox_counters as counters (topic, partition, next)
      select topic, partition, count from wanted order by topic, partition
      on conflict (topic, partition) do update set next = counters.next + excluded.next
      returning topic, partition, next),
    bases as (
      select topic, partition, numbered.next - wanted.count as first from numbered join wanted using (topic, partition)),
    written as (
      insert into outbox_segments (topic, partition, first, count, bytes, payload)
      select topic, partition, bases.first + chunk.skip, chunk.count, octet_length(chunk.payload), chunk.payload
      from (values ${values.join(', ')}) as chunk (topic, partition, skip, count, payload)
      join bases using (topic, partition))
    select topic, partition, first from bases`;
}
