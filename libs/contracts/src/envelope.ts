import { type Static, type TObject, Type } from '@sinclair/typebox';

/** RFC 3339 time in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Time = timeOf('RFC 3339, UTC');

export function timeOf(description: string) {
  return Type.String({ format: 'date-time', description });
}

/**
 * A CloudEvents 1.0 envelope in structured mode. `id` is the idempotency key, `subject` the lead id,
 * `time` the event time. `partitionsequence` is gapless per topic and partition and is given by the outbox at commit;
 * `sequence` counts 1, 2, 3… per topic and lead and is given by the producing service.
 */
export interface Envelope<Kind extends string = string, Data = unknown> {
  specversion: '1.0';
  id: string;
  type: Kind;
  source: string;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  partitionsequence?: number;
  sequence?: number;
  traceparent?: string;
  data: Data;
}

export interface FactDefinition<Kind extends string, Schema extends TObject> {
  readonly type: Kind;
  readonly data: Schema;
}

/** Declares a fact: its CloudEvents type (`baton.<name>.v1`) and the schema of its data. */
export function fact<Kind extends string, Schema extends TObject>(
  type: Kind,
  data: Schema,
): FactDefinition<Kind, Schema> {
  return { type, data };
}

/** The TypeScript type of a declared fact's data. */
export type DataOf<Definition> = Definition extends FactDefinition<string, infer Schema> ? Static<Schema> : never;
