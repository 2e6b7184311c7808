import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventMix } from './mix.js';
import { type BenchedProduct, startBenched } from './product.js';
import { sendEvents } from './send.js';

/** What watching costs, as CPU of the process per event against that of a product nobody watches, one ratio per round. */
export interface TelemetryResult {
  /** `/metrics` is read every second. */
  readonly metrics: readonly number[];
  /** One request in a hundred is traced, and its spans exported. */
  readonly sampled: readonly number[];
  /** Every request is traced. */
  readonly traced: readonly number[];
}

const leads = 2_000;
const eventsPerRound = 10_000;
const scrapeMs = 1_000;

/** Four products that differ in nothing else take the same mix in turns, so that what the machine does meets all of them. */
export async function measureTelemetry(rounds: number): Promise<TelemetryResult> {
  const collector = await startCollector();
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const share = { ...tracing, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
  const products = [await prepared(), await prepared(), await prepared(share), await prepared(tracing)] as const;
  const [plain, scraped, sampling, tracingAll] = products;
  const result = { metrics: [] as number[], sampled: [] as number[], traced: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const base = await costPerEvent(plain, round);
    result.metrics.push((await whileScraped(scraped, () => costPerEvent(scraped, round))) / base);
    result.sampled.push((await costPerEvent(sampling, round)) / base);
    result.traced.push((await costPerEvent(tracingAll, round)) / base);
  }
  for (const product of products) await product.stop();
  collector.stop();
  return result;
}

async function prepared(environment: Readonly<Record<string, string>> = {}): Promise<BenchedProduct> {
  const product = await startBenched(environment);
  await sendEvents(product, new EventMix({ leads, run: 'watched' }), leads * 5);
  await product.drained();
  return product;
}

/** CPU microseconds of the process. */
async function costPerEvent(product: BenchedProduct, round: number): Promise<number> {
  const everyone = Array.from({ length: leads }, (_, lead) => lead);
  const mix = new EventMix({ leads, run: 'watched', round }, everyone);
  const before = await product.cpuSeconds();
  await sendEvents(product, mix, eventsPerRound);
  await product.drained();
  return (((await product.cpuSeconds()) - before) / eventsPerRound) * 1e6;
}

async function whileScraped<Result>(product: BenchedProduct, work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => void product.lag(), scrapeMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Takes whatever spans it is sent, and throws them away. */
async function startCollector(): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
