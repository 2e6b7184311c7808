import { cpus } from 'node:os';
import { measureFormToOwner } from './form-latency.js';
import { measureGrowth } from './growth.js';
import { measureAgainstBare } from './against-bare.js';
import { type KafkaShape, startBenchedOnKafka } from './kafka-product.js';
import { startBenched } from './product.js';
import { measureRelay } from './relay.js';
import { type SustainedResult, measureSustained } from './sustained.js';
import { measureTelemetry } from './telemetry.js';
import { measureUnnest } from './unnest-store.js';

const help = `Measures the product on this machine, load generator and PostgreSQL included, and prints one table.

  npm run bench                     everything, about twenty minutes
  npm run bench -- --seconds 10     shorter rounds, for a first look
  npm run bench -- --only sustained,forms,single,growth,telemetry,relay,kafka-one,kafka-each

relay, kafka-one and kafka-each are on Kafka: the transport alone, all services in one process, and one process each;
they need Java and Maven.
`;

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
}

const parameters = process.argv.slice(2);
if (parameters.includes('--help')) {
  console.log(help);
} else {
  await run(
    Number(parameterOf('--seconds') ?? 60),
    (parameterOf('--only') ?? 'sustained,forms,single,growth,telemetry,relay,kafka-one,kafka-each').split(','),
  );
}

function parameterOf(name: string): string | undefined {
  const at = parameters.indexOf(name);
  return at < 0 ? undefined : parameters[at + 1];
}

async function run(seconds: number, only: readonly string[]): Promise<void> {
  const rows: Row[] = [];
  const sections: Readonly<Record<string, () => Promise<Row[]>>> = {
    sustained: () => sustained(seconds),
    forms: () => forms(),
    single: () => single(seconds),
    growth: () => growth(),
    telemetry: () => telemetry(),
    relay: () => relay(Math.min(seconds, 20)),
    'kafka-one': () => onKafka('one', seconds),
    'kafka-each': () => onKafka('each', seconds),
  };
  for (const name of only) {
    console.error(`Measuring ${name} …`);
    rows.push(...((await sections[name]?.()) ?? []));
  }
  const machine = cpus();
  console.log(
    `\n${machine.length} × ${machine[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  console.log('| what | measured | goal |\n| --- | --- | --- |');
  for (const { what, figure, goal } of rows) console.log(`| ${what} | ${figure} | ${goal} |`);
}

async function sustained(seconds: number): Promise<Row[]> {
  const product = await startBenched();
  const result = await measureSustained(product, seconds, 5_000);
  await product.stop({ keep: true });
  const unnest = await measureUnnest(product.home);
  const ceiling = result.events / unnest.seconds;
  const settled = result.memory.slice(Math.floor(result.memory.length / 2));
  return [
    {
      what: `events through all six services until every read model has them, ${Math.round(result.seconds)} s`,
      figure: `${whole(result.perSecond)}/s`,
      goal: '≥ 10,000/s',
    },
    {
      what: `the same against writing its ${whole(unnest.rows)} rows by unnest (${whole(ceiling)} events/s)`,
      figure: ratio(result.perSecond / ceiling),
      goal: '≥ 0.5',
    },
    {
      what: 'CPU per event',
      figure: cpuPerEvent(result),
      goal: '',
    },
    {
      what: 'resident memory of the process: second half, highest',
      figure: `${whole(Math.min(...settled))} to ${whole(Math.max(...settled))} MB`,
      goal: 'flat, < 600 MB',
    },
  ];
}

async function telemetry(): Promise<Row[]> {
  const { metrics, sampled, traced } = await measureTelemetry(5);
  const row = (what: string, ratios: readonly number[]): Row => ({
    what: `CPU per event with ${what} against without, median of ${ratios.length} rounds`,
    figure: ratio(median(ratios)),
    goal: '≤ 1.05',
  });
  return [
    row('metrics read every second', metrics),
    row('one request in a hundred traced', sampled),
    row('every request traced', traced),
  ];
}

async function relay(seconds: number): Promise<Row[]> {
  const { p50Ms, p99Ms, relayedPerSecond, consumedPerSecond } = await measureRelay(seconds);
  return [
    {
      what: 'commit of a fact until the next service has it from Kafka, 1,000 facts/s',
      figure: `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
      goal: 'p99 < 20 ms',
    },
    {
      what: 'outbox relay, facts of 850 bytes',
      figure: `${whole(relayedPerSecond)}/s`,
      goal: 'kafkajs alone: 30,000/s',
    },
    {
      what: 'consumer with its positions, facts of 850 bytes',
      figure: `${whole(consumedPerSecond)}/s`,
      goal: 'kafkajs alone: 190,000/s',
    },
  ];
}

async function onKafka(shape: KafkaShape, seconds: number): Promise<Row[]> {
  const product = await startBenchedOnKafka(shape);
  const { forms, p50Ms, p99Ms } = await measureFormToOwner(product, 200);
  const result = await measureSustained(product, seconds, 5_000);
  await product.stop();
  const where = shape === 'one' ? 'on Kafka, one process' : 'on Kafka, a process for each service';
  const isGoal = shape === 'each';
  return [
    {
      what: `${where}: events until every read model has them, ${Math.round(result.seconds)} s`,
      figure: `${whole(result.perSecond)}/s`,
      goal: isGoal ? '≥ 5,000/s' : '',
    },
    {
      what: `${where}: CPU per event`,
      figure: cpuPerEvent(result),
      goal: '',
    },
    {
      what: `${where}: form post to owner visible, 200 events/s beside it (${forms} forms)`,
      figure: `p50 ${whole(p50Ms)} ms, p99 ${whole(p99Ms)} ms`,
      goal: isGoal ? 'p99 < 500 ms' : '',
    },
  ];
}

async function forms(): Promise<Row[]> {
  const product = await startBenched();
  const result = await measureFormToOwner(product, 200);
  await product.stop();
  const figure = `p50 ${whole(result.p50Ms)} ms, p99 ${whole(result.p99Ms)} ms`;
  return [
    {
      what: `form post to owner visible, 200 events/s beside it (${result.forms} forms)`,
      figure,
      goal: 'p99 < 150 ms',
    },
  ];
}

async function single(seconds: number): Promise<Row[]> {
  const { product, bare, ratios } = await measureAgainstBare(Math.min(seconds, 10));
  return [
    {
      what: 'one event a request',
      figure: `${whole(product)}/s, bare Fastify with the same durable write ${whole(bare)}/s`,
      goal: '',
    },
    { what: 'the same as a ratio, median of five pairs', figure: ratio(median(ratios)), goal: '≥ 0.6' },
  ];
}

async function growth(): Promise<Row[]> {
  const { small, large, pairs } = await measureGrowth({ small: 10_000, large: 300_000, rounds: 5 });
  const share = median(pairs.map(({ smallMicros, largeMicros }) => largeMicros / smallMicros));
  const figure = `${ratio(share)} (${whole(median(pairs.map((pair) => pair.smallMicros)))} and ${whole(median(pairs.map((pair) => pair.largeMicros)))} µs CPU)`;
  return [
    {
      what: `cost of an in-order event at ${whole(large)} leads against ${whole(small)}, median of five pairs`,
      figure,
      goal: '≤ 1.2',
    },
  ];
}

function cpuPerEvent({ cpu, events }: SustainedResult): string {
  return Object.entries(cpu)
    .map(([part, seconds]) => `${part} ${((seconds / events) * 1e6).toFixed(0)} µs`)
    .join(', ');
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function ratio(value: number): string {
  return value.toFixed(2);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
