import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isExecutable } from './program-on-path.js';

const run = promisify(execFile);
const ours = (file: string): string => fileURLToPath(new URL(`../kafka/${file}`, import.meta.url));

/** How a broker reports: warnings, and that it takes requests. */
export const logConfiguration = ours('log4j2.properties');

/** What this machine lacks to run Kafka, or undefined when it lacks nothing. */
export function missingForKafka(): string | undefined {
  const missing = ['java', 'mvn'].filter((program) => !isOnPath(program));
  if (missing.length === 0) return undefined;
  return `no ${missing.join(' and no ')}; apt-get install openjdk-17-jre-headless maven, or set KAFKA_BROKERS`;
}

/** True when a program of this name can be run. */
export function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

/**
 * The folder of Kafka's jars; the first call on a machine fetches them from Maven Central (43 MB) into the user's cache,
 * under a name that changes with the pom. Rejects with Maven's own words when they cannot be fetched.
 */
export async function kafkaJars(): Promise<string> {
  const pom = ours('pom.xml');
  const hash = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'baton');
  const jars = join(cache, `kafka-${hash.slice(0, 12)}`);
  if (existsSync(jars)) return jars;
  const draft = `${jars}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await copyFile(pom, join(draft, 'pom.xml'));
    await fetchJars(draft);
    // Whoever renames first wins; a second copy is the same and not needed.
    await rename(join(draft, 'lib'), jars).catch((error: unknown) => {
      if (!existsSync(jars)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return jars;
}

async function fetchJars(folder: string): Promise<void> {
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`];
  try {
    await run('mvn', ['-q', '-B', ...goal], { cwd: folder });
  } catch (cause) {
    const { stdout = '', stderr = '', message } = cause as Error & { stdout?: string; stderr?: string };
    throw new Error(`Maven could not fetch Apache Kafka: ${stdout}${stderr}`.trim() || message, { cause });
  }
}
