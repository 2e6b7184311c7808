import { execFile } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type GuardedChild, spawnGuarded } from './guarded-child.js';
import { logConfiguration } from './kafka-programs.js';

const run = promisify(execFile);
/** A machine may have more to do than to start a broker. */
const patienceMs = 180_000;
/** A small heap, and no time spent on compiling what a test runs once. */
const shortRuns = ['-Xmx400m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** A broker, which is a controller too, in a folder of its own. */
export interface KafkaNode {
  /** `127.0.0.1:PORT`, the same after each start. */
  readonly address: string;
  /** Of the running process; undefined while it is stopped. */
  readonly pid: number | undefined;
  /** Resolves when it takes requests; rejects with its own words when it does not. */
  start(): Promise<void>;
  /** Ends it in order, within ten seconds. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it stands still and keeps its connections. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

export interface KafkaNodeOptions {
  /** The folder of Kafka's jars. */
  readonly jars: string;
  /** Of this node alone; created when missing. */
  readonly folder: string;
  readonly port: number;
  /** Of the whole cluster, in Kafka's own form. */
  readonly clusterId: string;
  /** Of the JVM; by default for short runs. */
  readonly jvm?: readonly string[];
  /** `server.properties`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Users who sign in by SCRAM, made with the folder. */
  readonly scramUsers?: readonly string[];
}

/** Prepares the folder of a node, unless that has happened before; `start` runs it. */
export async function prepareKafkaNode(options: KafkaNodeOptions): Promise<KafkaNode> {
  const { jars, folder } = options;
  const properties = join(folder, 'server.properties');
  const data = join(folder, 'data');
  await mkdir(folder, { recursive: true });
  const lines = Object.entries({ ...options.settings, 'log.dirs': data }).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(properties, lines.join(''));
  const classPath = ['-cp', join(jars, '*')];
  const jvm = [...(options.jvm ?? shortRuns), `-Dlog4j2.configurationFile=${logConfiguration}`];
  if (!existsSync(join(data, 'meta.properties'))) {
    const format = ['kafka.tools.StorageTool', 'format', '-t', options.clusterId, '-c', properties];
    const users = (options.scramUsers ?? []).flatMap((user) => ['--add-scram', user]);
    await run('java', [...jvm, ...classPath, ...format, ...users]);
  }
  return new PreparedNode(`127.0.0.1:${options.port}`, join(folder, 'broker.log'), [
    ...jvm,
    ...classPath,
    'kafka.Kafka',
    properties,
  ]);
}

class PreparedNode implements KafkaNode {
  readonly address: string;
  private readonly logFile: string;
  private readonly parameters: readonly string[];
  private child: GuardedChild | undefined;

  constructor(address: string, logFile: string, parameters: readonly string[]) {
    this.address = address;
    this.logFile = logFile;
    this.parameters = parameters;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    if (this.child) throw new Error(`The broker ${this.address} runs already: stop or kill it first`);
    const output = await open(this.logFile, 'w');
    const child = await spawnGuarded('java', this.parameters, { stdio: ['ignore', output.fd, output.fd] });
    await output.close();
    this.child = child;
    void child.ended.then(() => {
      if (this.child === child) this.child = undefined;
    });
    await this.untilReady();
  }

  private async untilReady(): Promise<void> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const said = await readFile(this.logFile, 'utf8');
      if (said.includes('Kafka Server started')) return;
      if (!this.child || Date.now() > until) {
        await this.kill();
        throw new Error(`The broker ${this.address} did not start. It says:\n${said.slice(-4_000) || '(nothing)'}`);
      }
      await delay(20);
    }
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child) return;
    child.process.kill('SIGTERM');
    const late = setTimeout(() => child.process.kill('SIGKILL'), 10_000);
    await child.ended;
    clearTimeout(late);
  }

  async kill(): Promise<void> {
    this.child?.process.kill('SIGKILL');
    await this.child?.ended;
  }

  pause(): void {
    this.child?.process.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.process.kill('SIGCONT');
  }
}
