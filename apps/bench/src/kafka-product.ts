import { services } from '@baton/contracts/topics';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { startKafkaCluster } from '@baton/testing/kafka-cluster';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '@baton/service-kit/settings';
import { type BenchedProduct, drained, readLag, readyUrl, residentMemory } from './product.js';
import { cpuSeconds, cpuSecondsBelow } from './cpu.js';

const cli = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const quiet = { info: () => undefined, warn: console.error, error: console.error };
/** As the image starts a service, see deploy/Dockerfile. */
const nodeOptions = ['--single-threaded-gc'];
/** A broker that lives long enough to be compiled well. */
const jvm = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC'];

const secrets = {
  BATON_SECRET: 'the secret of a bench, which is long enough',
  BATON_ADMIN_TOKEN: 'the-admin-token-of-a-bench',
  BATON_WRITE_KEY: 'the-write-key-of-a-bench',
};

/** `one`: all services in one process; `each`: every service in a process of its own. */
export type KafkaShape = 'one' | 'each';

/** The product on Kafka, one broker and PostgreSQL on this machine, reached through its socket; all with empty folders. */
export async function startBenchedOnKafka(shape: KafkaShape): Promise<BenchedProduct> {
  const home = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const postgres = await startEmbeddedPostgres({ home, log: quiet });
  const kafka = await startKafkaCluster({ nodes: 1, jvm });
  const running = await startProcesses(shape, {
    DATABASE_URL: postgres.socketUrl,
    KAFKA_BROKERS: kafka.brokers.join(','),
  });
  const at = (service: string) => running.find(({ group }) => group[0] === service) ?? running[0]!;
  const token = secrets.BATON_ADMIN_TOKEN;
  const lag = async () => {
    const each = await Promise.all(running.map(({ url }) => readLag(url, token)));
    return each.reduce((sum, one) => sum + one, 0);
  };
  const total = async (measure: (pid: number) => Promise<number>) => {
    const each = await Promise.all(running.map(({ child }) => measure(child.pid!)));
    return each.reduce((sum, one) => sum + one, 0);
  };
  const server = Number((await readFile(join(postgres.dataFolder, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  return {
    url: at('ingest').url,
    apiUrl: at('reporting').url,
    home,
    writeKey: secrets.BATON_WRITE_KEY,
    adminToken: token,
    lag,
    memory: () => total(residentMemory),
    cpuSeconds: () => total(cpuSeconds),
    async cpuByPart() {
      const parts: Record<string, number> = {};
      for (const { group, child } of running) parts[group[0] ?? 'services'] = await cpuSeconds(child.pid!);
      const PostgreSQL = (await cpuSeconds(server)) + (await cpuSecondsBelow(server));
      return { ...parts, PostgreSQL, Kafka: await cpuSeconds(kafka.node(0).pid!) };
    },
    drained: () => drained(lag),
    async stop() {
      await Promise.all(running.map(({ child }) => end(child)));
      await kafka.stop();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly group: readonly string[];
  readonly child: ChildProcess;
  readonly url: string;
}

async function startProcesses(shape: KafkaShape, addresses: Record<string, string>): Promise<Running[]> {
  const path = processEnvironment()['PATH'] ?? '';
  const environment = { PATH: path, ...secrets, PORT: '0', LOG_LEVEL: 'warn', ...addresses };
  const groups = shape === 'one' ? [[]] : services.map((service) => [service]);
  const running: Running[] = [];
  // One after the other, so that two cores do not make every one of them wait.
  for (const group of groups) running.push(await startProcess(group, environment));
  return running;
}

async function startProcess(group: readonly string[], env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, [...nodeOptions, cli, 'start', ...group], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { group, child, url: await readyUrl(child) };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
