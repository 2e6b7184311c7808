import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import {
  type TraceSpan,
  currentSpan,
  isTracing,
  readTraceparent,
  runInSpan,
  runOutsideSpans,
  startSpan,
  traceWith,
} from './spans.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

class Step implements TraceSpan {
  readonly traceId = traceId;
  readonly traceparent = `00-${traceId}-${spanId}-01`;
  hasEnded = false;
  note(): void {}
  end(): void {
    this.hasEnded = true;
  }
}

describe('a traceparent', () => {
  it.each([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`cc-${traceId}-${spanId}-03-of-a-later-version`, true],
  ])('is read: %s', (text, sampled) => {
    expect(readTraceparent(text)).toEqual({ traceId, spanId, sampled });
  });

  it.each([
    undefined,
    '',
    'x',
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-011`,
  ])('is none: %s', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });
});

describe('a step', () => {
  let end = (): void => undefined;
  afterEach(() => end());

  it('is started only where there is tracing', () => {
    const start = { service: 'ingest', name: 'GET /', kind: 'server' } as const;
    expect([isTracing(), startSpan(start)]).toEqual([false, undefined]);
    end = traceWith({ startSpan: () => new Step() });
    expect(startSpan(start)).toBeInstanceOf(Step);
  });

  it('is what its work belongs to, until it ends, and nothing that runs outside', async () => {
    const step = new Step();
    let late: TraceSpan | undefined = step;
    await runInSpan(step, async () => {
      await Promise.resolve();
      expect(currentSpan()).toBe(step);
      expect(runOutsideSpans(() => currentSpan())).toBeUndefined();
      step.end();
      late = currentSpan();
    });
    expect([late, currentSpan()]).toEqual([undefined, undefined]);
  });

  it('is named in what its work logs', () => {
    const lines: string[] = [];
    const logger = createLogger({ to: { write: (line: string) => void lines.push(line) } });
    runInSpan(new Step(), () => logger.info('inside'));
    logger.info('outside');
    expect(lines.map((line) => (JSON.parse(line) as { trace?: string }).trace)).toEqual([traceId, undefined]);
  });
});
