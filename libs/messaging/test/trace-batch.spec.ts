import { topics } from '@baton/contracts/topics';
import { type SpanStart, type TraceSpan, readTraceparent, runInSpan, traceWith } from '@baton/observability/spans';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogRecord, Publication } from '../src/record.js';
import { BatchTrace, carryCurrent } from '../src/trace-batch.js';

const trace = (digit: string) => digit.repeat(32);
const from = (digit: string, flags = '01') => `00-${trace(digit)}-${'f'.repeat(16)}-${flags}`;

/** Keeps the steps that were begun; as a sampler that heeds its caller. */
class Recorder {
  readonly steps: (SpanStart & { error?: unknown; ended: boolean })[] = [];

  startSpan(start: SpanStart): TraceSpan | undefined {
    const parent = readTraceparent(start.parent);
    if (!parent?.sampled) return undefined;
    const step = { ...start, ended: false } as Recorder['steps'][number];
    const spanId = String(this.steps.push(step)).padStart(16, '0');
    return {
      traceId: parent.traceId,
      traceparent: `00-${parent.traceId}-${spanId}-01`,
      get hasEnded() {
        return step.ended;
      },
      note: () => undefined,
      end: (error) => void Object.assign(step, { error, ended: true }),
    };
  }
}

function record(key: string, id: string, traceparent?: string): LogRecord {
  return {
    topic: topics.leadEvents.name,
    partition: 2,
    position: 7,
    key,
    envelope: {
      specversion: '1.0',
      id,
      type: 'baton.lead.engaged.v1',
      source: 'ingest',
      subject: key,
      time: '2026-03-02T09:00:00.000Z',
      datacontenttype: 'application/json',
      traceparent,
      data: {},
    },
  };
}

const publication = (key: string, id: string, traceparent?: string): Publication => {
  return { topic: topics.leadScores, key, id, type: 'baton.lead.scored.v1', time: '', data: {}, traceparent };
};

describe('the trace of a batch', () => {
  let recorder: Recorder;
  let end: () => void;
  beforeEach(() => {
    recorder = new Recorder();
    end = traceWith(recorder);
  });
  afterEach(() => end());

  const carried = (records: readonly LogRecord[], publish: readonly Publication[]) =>
    BatchTrace.begin('scoring', records)
      ?.carry({ publish })
      .publish.map(({ traceparent }) => traceparent);

  it('is a step of each trace that has a record in it, once', () => {
    BatchTrace.begin('scoring', [
      record('kim', '1', from('a')),
      record('kim', '2', from('a')),
      record('lee', '3', from('b')),
      record('max', '4'),
    ])?.end();
    expect(
      recorder.steps.map(({ service, name, parent, attributes, ended }) => [
        service,
        name,
        parent,
        attributes?.['baton.lead'],
        ended,
      ]),
    ).toEqual([
      ['scoring', 'process lead.events', from('a'), 'kim', true],
      ['scoring', 'process lead.events', from('b'), 'lee', true],
    ]);
  });

  it('gives what is published the place of the record that it came of, by its id and else by its key', () => {
    const records = [
      record('visitor-1', 'site:1', from('a')),
      record('lee', '3', from('b')),
      record('lee', '4', from('c')),
    ];
    const published = [
      publication('kim', 'site:1#engaged'),
      publication('lee', 'scored'),
      publication('max', '33'),
      publication('lee', 'own', from('d')),
    ];
    expect(carried(records, published)).toEqual([
      `00-${trace('a')}-${'1'.padStart(16, '0')}-01`,
      `00-${trace('c')}-${'3'.padStart(16, '0')}-01`,
      undefined,
      from('d'),
    ]);
  });

  it('fails with the batch', () => {
    BatchTrace.begin('scoring', [record('kim', '1', from('a'))])?.end(new Error('no such table'));
    expect(recorder.steps[0]?.error).toEqual(new Error('no such table'));
  });

  it.each([
    ['no record is traced', [record('kim', '1')]],
    ['nothing is sampled', [record('kim', '1', from('a', '00'))]],
    ['what a record says is no trace', [record('kim', '1', 'nonsense')]],
  ])('is none where %s', (_what, records) => {
    expect(BatchTrace.begin('scoring', records)).toBeUndefined();
  });

  it('is none where nobody traces', () => {
    end();
    expect(BatchTrace.begin('scoring', [record('kim', '1', from('a'))])).toBeUndefined();
  });

  it('carries a request on to what its command publishes, while it lasts', () => {
    const span = recorder.startSpan({ service: 'routing', name: 'POST', kind: 'server', parent: from('a') })!;
    const publish = [publication('kim', 'one'), publication('kim', 'two', from('d'))];
    const traced = () => runInSpan(span, () => carryCurrent({ publish }).publish.map(({ traceparent }) => traceparent));
    expect(traced()).toEqual([span.traceparent, from('d')]);
    span.end();
    expect(traced()).toEqual([undefined, from('d')]);
    expect(carryCurrent({ publish }).publish).toBe(publish);
  });
});
