import type { ServiceName } from '@baton/contracts/topics';
import { placeName } from './marks.js';
import type { LogRecord } from './record.js';
import { type EncodedRecord, type Segment, decodeSegment } from './segment.js';

/** A segment whose records are parsed when they are first asked for; the text is then let go. */
export interface ParsedSegment {
  readonly first: number;
  /** First position after it. */
  readonly end: number;
  records(): readonly LogRecord[];
  /** The same as text in parts, as long as nobody asked for the records; of a segment published by this process alone. */
  encoded(): readonly EncodedRecord[] | undefined;
}

interface Entry extends ParsedSegment {
  readonly place: string;
  readonly size: number;
}

/** Part of a segment, and where the next one begins. */
export interface CachedRecords {
  readonly records: readonly LogRecord[];
  readonly end: number;
}

/**
 * Recently committed segments, so that the services of one process need neither read nor parse them one by one.
 * Holds committed segments only, as stored; the oldest entries leave first when the bound is reached. Records are
 * parsed once and shared by all readers, who must not change them.
 */
export class SegmentCache {
  private readonly partitions = new Map<string, Entry[]>();
  private arrivals: Entry[] = [];
  private size = 0;

  /** @param bound characters of payload to keep at most */
  constructor(private readonly bound: number) {}

  /** Answers the segment itself, which further ones may push out of here at once. */
  add(segment: Segment, source: ServiceName): ParsedSegment {
    const place = placeName(segment.topic, segment.partition);
    const entries = this.entriesOf(place);
    const at = indexAfter(entries, segment.first);
    const known = entries[at - 1];
    if (known?.first === segment.first) return known;
    const { first, count, payload } = segment;
    const entry: Entry = {
      first,
      end: first + count,
      place,
      size: payload.length,
      ...parsedOnce(segment, source),
    };
    entries.splice(at, 0, entry);
    this.arrivals.push(entry);
    this.size += entry.size;
    if (this.size > this.bound) this.evictOldest();
    return entry;
  }

  /** The records of the segment that covers `position`, from there on; undefined when it is not here. */
  from(topic: string, partition: number, position: number): CachedRecords | undefined {
    const entries = this.entriesOf(placeName(topic, partition));
    const entry = entries[indexAfter(entries, position) - 1];
    if (!entry || entry.end <= position) return undefined;
    const records = entry.records();
    return {
      records: entry.first === position ? records : records.filter((record) => record.position >= position),
      end: entry.end,
    };
  }

  /** The rest of the segment that covers `position`, in text; undefined when it is not here, or not in text. */
  encodedFrom(topic: string, partition: number, position: number): readonly EncodedRecord[] | undefined {
    const entries = this.entriesOf(placeName(topic, partition));
    const entry = entries[indexAfter(entries, position) - 1];
    if (!entry || entry.end <= position) return undefined;
    return entry.encoded()?.slice(position - entry.first);
  }

  private entriesOf(place: string): Entry[] {
    const entries = this.partitions.get(place) ?? [];
    this.partitions.set(place, entries);
    return entries;
  }

  /** A quarter at a time, so that each segment is moved a few times at most; the newest stays whatever its size. */
  private evictOldest(): void {
    let kept = 0;
    while (this.size > this.bound * 0.75 && kept < this.arrivals.length - 1) {
      this.size -= this.arrivals[kept]?.size ?? 0;
      kept += 1;
    }
    const evicted = new Set(this.arrivals.slice(0, kept));
    this.arrivals = this.arrivals.slice(kept);
    for (const place of new Set([...evicted].map((entry) => entry.place))) {
      this.partitions.set(
        place,
        this.entriesOf(place).filter((entry) => !evicted.has(entry)),
      );
    }
  }
}

function parsedOnce(segment: Segment, source: ServiceName): Pick<ParsedSegment, 'records' | 'encoded'> {
  let unparsed: Segment | undefined = segment;
  let records: readonly LogRecord[] = [];
  return {
    records: () => {
      if (unparsed) records = decodeSegment(unparsed, source);
      unparsed = undefined;
      return records;
    },
    encoded: () => unparsed?.encoded,
  };
}

/** Number of entries that begin at or below a position; entries are in the order of their first positions. */
function indexAfter(entries: readonly Entry[], position: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.first ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
