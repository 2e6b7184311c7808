import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSpan } from './spans.js';
import { startTracing } from './tracing.js';
import type { TracingOptions } from './tracing-options.js';

const remote = (flags: string) => `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`;
const start = { service: 'ingest', name: 'POST /v1/track', kind: 'server' } as const;

describe('tracing', () => {
  let collector: Server | undefined;
  let stop = (): Promise<void> => Promise.resolve();
  afterEach(async () => {
    await stop();
    collector?.closeAllConnections();
    collector?.close();
  });

  async function begin(options: Partial<TracingOptions>, answers = true): Promise<readonly string[]> {
    const bodies: string[] = [];
    collector = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(body);
        if (answers) response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;
    stop = startTracing({ endpoint, sampler: 'parentbased_always_on', ratio: 1, ...options });
    return bodies;
  }

  it.each([
    ['always_on', 0, [true, true, true]],
    ['always_off', 1, [false, false, false]],
    ['traceidratio', 0, [false, false, false]],
    ['parentbased_always_on', 0, [true, true, false]],
    ['parentbased_always_off', 1, [false, true, false]],
    ['parentbased_traceidratio', 0, [false, true, false]],
  ] as const)('samples by %s with %d: a new trace, a sampled one, one that is not', async (sampler, ratio, sampled) => {
    await begin({ sampler, ratio });
    const spans = [undefined, remote('01'), remote('00')].map((parent) => startSpan({ ...start, parent }));
    expect(spans.map((span) => span !== undefined)).toEqual(sampled);
  });

  it('goes on with the trace of its caller, and exports what is left at the stop, without personal data', async () => {
    const bodies = await begin({});
    const span = startSpan({ ...start, parent: remote('01') });
    expect(span?.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    span?.note({ 'http.response.status_code': 500 });
    span?.end(new Error('no lead kim@acme.io'));
    await stop();
    expect(bodies.join()).toContain('"parentSpanId":"00f067aa0ba902b7"');
    expect(bodies.join()).toContain('k…@acme.io');
    expect(startSpan(start)).toBeUndefined();
  });

  it('does not keep a process that stops waiting for a collector that does not answer', async () => {
    await begin({}, false);
    startSpan(start)?.end();
    const before = performance.now();
    await stop();
    expect(performance.now() - before).toBeLessThan(3_000);
  }, 20_000);
});
