import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const help = `npm run dev:kafka [-- OPTIONS]: one Kafka broker for development, with the settings of the tests.
It needs Java 17 and Maven; the first start fetches Apache Kafka from Maven Central. Ctrl-C stops it.

  --port N       listen on this port; 0 takes a free one (default 9092)
  --folder PATH  keep the data here (default .baton/kafka)
  --temporary    keep no data

Example: npm run dev:kafka -- --port 9192
It prints KAFKA_BROKERS=127.0.0.1:9192 as soon as it takes connections: give that to Baton.`;

// Help needs nothing installed, not even the Node of the product.
const options = readOptions();
const { runSources } = await import('./run-sources.mjs');
runSources();
const { startKafkaCluster } = await import('./kafka-cluster.ts');
const { missingForKafka } = await import('./kafka-programs.ts');
const missing = missingForKafka();
if (missing) refuse(`Kafka cannot run here: ${missing}`);

const cluster = await startKafkaCluster({ nodes: 1, ...options }).catch((error) => refuse(error.message));
console.log(`KAFKA_BROKERS=${cluster.brokers.join(',')}`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => void cluster.stop().then(() => process.exit(0)));
// The broker runs until it is told to stop.
setInterval(() => undefined, 2 ** 30);

function readOptions() {
  const types = {
    help: { type: 'boolean' },
    temporary: { type: 'boolean' },
    port: { type: 'string', default: '9092' },
    folder: { type: 'string', default: '.baton/kafka' },
  };
  let values;
  try {
    ({ values } = parseArgs({ options: types }));
  } catch (error) {
    refuse(`${error.message}\n\n${help}`);
  }
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  if (!/^\d+$/.test(values.port) || Number(values.port) > 65535)
    refuse(`--port is "${values.port}"; give a number from 0 (a free port) to 65535`);
  return { port: Number(values.port), folder: values.temporary ? undefined : resolve(values.folder) };
}

function refuse(message) {
  console.error(message);
  process.exit(1);
}
