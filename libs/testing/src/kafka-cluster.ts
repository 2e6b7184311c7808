import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.js';
import { isAlive } from './is-alive.js';
import { type KafkaNode, prepareKafkaNode } from './kafka-node.js';
import { kafkaJars } from './kafka-programs.js';

const prefix = 'baton-test-kafka-';

/** A way into a node beside the open one, which demands something of who comes. */
export interface KafkaListener {
  /** Settings of it alone begin with `listener.name.` and this name. */
  readonly name: string;
  readonly protocol: 'SASL_PLAINTEXT' | 'SSL' | 'SASL_SSL';
  readonly port: number;
}

export interface KafkaCluster {
  /** `host:port` of every node. */
  readonly brokers: readonly string[];
  /** From 0. */
  node(index: number): KafkaNode;
  /** Ends all nodes; removes their data unless the caller named the folder. */
  stop(): Promise<void>;
}

export interface KafkaClusterOptions {
  readonly nodes: 1 | 3;
  /** Keeps the data; by default a new folder that `stop` removes. */
  readonly folder?: string;
  /** Of the first node; the others follow on free ports. By default free. */
  readonly port?: number;
  /** Of the JVM, in place of those for short runs. */
  readonly jvm?: readonly string[];
  /** `server.properties` over those below. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of a cluster of one node. */
  readonly listeners?: readonly KafkaListener[];
  /** Users who sign in by SCRAM, as `kafka-storage format --add-scram` takes them. */
  readonly scramUsers?: readonly string[];
}

/** Sixteen random bytes in base64url, as Kafka wants them; one that begins with a dash would be taken for an option. */
function newClusterId(): string {
  return `A${randomBytes(16).toString('base64url').slice(1)}`;
}

/**
 * Starts Apache Kafka on 127.0.0.1 and resolves when every node takes requests. Of three nodes each topic has three
 * copies, two of which must hold a record before it counts as written; any one node may be killed. They end with this process.
 */
export async function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  const jars = await kafkaJars();
  const folder = options.folder ?? (await ownKafkaFolder());
  const ports = await freePorts(2 * options.nodes);
  if (options.port) ports[0] = options.port;
  const brokerPorts = ports.slice(0, options.nodes);
  const controllerPorts = ports.slice(options.nodes);
  const clusterId = newClusterId();
  const voters = controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(',');
  const nodes = await Promise.all(
    brokerPorts.map((port, index) => {
      const own = nodeSettings({ id: index + 1, port, controllerPort: controllerPorts[index]!, voters });
      const further = listenerSettings(own, options.listeners ?? []);
      const settings = { ...shared, ...copies(options.nodes), ...own, ...further, ...options.settings };
      return prepareKafkaNode({
        jars,
        folder: join(folder, String(index + 1)),
        port,
        clusterId,
        settings,
        jvm: options.jvm,
        scramUsers: options.scramUsers,
      });
    }),
  );
  const stop = async (): Promise<void> => {
    if (options.folder) return void (await Promise.all(nodes.map((node) => node.stop())));
    await Promise.all(nodes.map((node) => node.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { brokers: nodes.map(({ address }) => address), node: (index) => nodeAt(nodes, index), stop };
}

function nodeAt(nodes: readonly KafkaNode[], index: number): KafkaNode {
  const node = nodes[index];
  if (!node) throw new Error(`There is no node ${index}; nodes are 0 to ${nodes.length - 1}`);
  return node;
}

/** Quick to form groups and to notice the dead, and small: a test waits for each of these. */
const shared: Readonly<Record<string, string>> = {
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'auto.create.topics.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '500',
  'offsets.topic.num.partitions': '5',
  'transaction.state.log.num.partitions': '5',
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '500',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'num.network.threads': '2',
  'num.io.threads': '4',
};

function copies(nodes: number): Record<string, string> {
  const inSync = nodes === 1 ? '1' : '2';
  return {
    'default.replication.factor': String(nodes),
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': String(nodes),
    'transaction.state.log.replication.factor': String(nodes),
    'transaction.state.log.min.isr': inSync,
  };
}

function nodeSettings(node: { id: number; port: number; controllerPort: number; voters: string }) {
  const broker = `PLAINTEXT://127.0.0.1:${node.port}`;
  return {
    'node.id': String(node.id),
    'controller.quorum.voters': node.voters,
    listeners: `${broker},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': broker,
  };
}

function listenerSettings(
  own: { listeners: string; 'advertised.listeners': string },
  further: readonly KafkaListener[],
): Record<string, string> {
  const addresses = further.map(({ name, port }) => `,${name}://127.0.0.1:${port}`).join('');
  const protocols = further.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  return {
    listeners: own.listeners + addresses,
    'advertised.listeners': own['advertised.listeners'] + addresses,
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${protocols}`,
  };
}

/** A new folder, named by its process: what a killed one left is removed by the next. */
export async function ownKafkaFolder(): Promise<string> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  const left = names.filter((name) => !isAlive(Number(name.slice(prefix.length).split('-')[0])));
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}
