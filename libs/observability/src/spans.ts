import { AsyncLocalStorage } from 'node:async_hooks';

export type Attributes = Readonly<Record<string, string | number>>;

export interface SpanStart {
  readonly service: string;
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'client';
  /** The W3C traceparent of what caused this; without it a trace begins. */
  readonly parent?: string | undefined;
  readonly attributes?: Attributes;
}

/** A step of a sampled trace. */
export interface TraceSpan {
  /** As W3C Trace Context writes it, for whatever this step causes. */
  readonly traceparent: string;
  readonly traceId: string;
  /** What happens after its end is no part of it, whoever started it. */
  readonly hasEnded: boolean;
  note(attributes: Attributes): void;
  /** With an error the step failed. */
  end(error?: unknown): void;
}

/** Begins steps; answers undefined for a trace that is not sampled. */
export interface SpanSource {
  startSpan(start: SpanStart): TraceSpan | undefined;
}

const active = new AsyncLocalStorage<TraceSpan | undefined>();

/** Undefined while this process does not trace: then nothing here costs more than looking at it. */
let source: SpanSource | undefined;

/** Traces this whole process from now on, until the answer is called. */
export function traceWith(started: SpanSource): () => void {
  source = started;
  return () => {
    if (source === started) source = undefined;
  };
}

export function isTracing(): boolean {
  return source !== undefined;
}

/** Begins a step, or answers undefined when this process does not trace or the trace is not sampled. */
export function startSpan(start: SpanStart): TraceSpan | undefined {
  return source?.startSpan(start);
}

/** Runs work as part of a step: what it awaits, calls and publishes belongs to it. */
export function runInSpan<Result>(span: TraceSpan, work: () => Result): Result {
  return active.run(span, work);
}

/** Runs work that belongs to nobody, wherever it is started from. */
export function runOutsideSpans<Result>(work: () => Result): Result {
  return active.getStore() === undefined ? work() : active.run(undefined, work);
}

/** The step that the caller is part of. */
export function currentSpan(): TraceSpan | undefined {
  const span = active.getStore();
  return span?.hasEnded === true ? undefined : span;
}

export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Reads a W3C traceparent; undefined when it is none. */
export function readTraceparent(text: string | undefined): TraceContext | undefined {
  const [, traceId, spanId, flags] = pattern.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

const pattern = /^(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
