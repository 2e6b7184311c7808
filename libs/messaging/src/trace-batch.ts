import { type TraceSpan, currentSpan, isTracing, readTraceparent, startSpan } from '@baton/observability/spans';
import type { Effects } from './handler.js';
import { leadOf } from './lead-of.js';
import type { LogRecord, Publication } from './record.js';

/** The handling of a batch, as a step of each sampled trace that has a record in it. */
export class BatchTrace {
  private readonly spans = new Map<string, TraceSpan>();
  private readonly byRecord = new Map<string, TraceSpan>();
  private readonly byKey = new Map<string, TraceSpan>();

  /** Answers undefined when no record of the batch is traced. */
  static begin(service: string, records: readonly LogRecord[]): BatchTrace | undefined {
    if (!isTracing()) return undefined;
    const batch = new BatchTrace();
    for (const record of records) batch.add(service, record, records.length);
    return batch.spans.size > 0 ? batch : undefined;
  }

  /** Gives each publication its place in the trace of the record that caused it: the one whose id its own begins with, else the newest of its key. */
  carry<Given extends Effects>(effects: Given): Given {
    return { ...effects, publish: effects.publish.map((publication) => this.carried(publication)) };
  }

  end(error?: unknown): void {
    for (const span of this.spans.values()) span.end(error);
  }

  private add(service: string, record: LogRecord, count: number): void {
    const { topic, partition, key, envelope } = record;
    const { traceparent, id } = envelope;
    const trace = readTraceparent(traceparent)?.traceId;
    if (trace === undefined) return;
    const lead = leadOf(record);
    const attributes = {
      'messaging.system': 'baton',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.batch.message_count': count,
      ...(lead !== undefined && { 'baton.lead': lead }),
    };
    const start = { service, name: `process ${topic}`, kind: 'consumer', parent: traceparent, attributes } as const;
    const span = this.spans.get(trace) ?? startSpan(start);
    if (!span) return;
    this.spans.set(trace, span);
    this.byRecord.set(id, span);
    this.byKey.set(key, span);
  }

  private carried(publication: Publication): Publication {
    const { id, key } = publication;
    const mark = id.lastIndexOf('#');
    const span = (mark > 0 && this.byRecord.get(id.slice(0, mark))) || this.byKey.get(key);
    return within(span, publication);
  }
}

/** What a command publishes belongs to the request that it is part of. */
export function carryCurrent<Given extends Effects>(effects: Given): Given {
  const span = currentSpan();
  if (!span) return effects;
  return { ...effects, publish: effects.publish.map((publication) => within(span, publication)) };
}

/** What already has a place keeps it. */
function within(span: TraceSpan | undefined, publication: Publication): Publication {
  if (!span || publication.traceparent !== undefined) return publication;
  return { ...publication, traceparent: span.traceparent };
}
