import { type Logger, createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import type { ServiceName } from '@baton/contracts/topics';
import { once } from 'node:events';
import { consolePages } from './console-pages.js';
import type { ServiceDefinition } from './define-service.js';
import { logLastWords } from './log-last-words.js';
import { completeSecrets, secretsFile } from './secrets.js';
import { type Settings, loadSettings, processEnvironment } from './settings.js';
import { StartRefusal } from './start-refusal.js';
import { type RunningServices, startServices } from './start-services.js';

/** For what is in hand, after the drain; for a start, to come to an end. */
const longestStopMs = 7_500;

/** Where a service listens when it has a process of its own. */
const ports: Record<ServiceName, number> = {
  ingest: 8081,
  scoring: 8082,
  qualification: 8083,
  routing: 8084,
  'sla-monitor': 8085,
  reporting: 8086,
  connectors: 8087,
};

/**
 * Starts services as this whole process: reads the configuration, says `ready http://HOST:PORT` as its last line on the
 * standard output, and stops cleanly with exit code 0 on SIGTERM or SIGINT, within ten seconds by default. What an operator
 * can mend is said in sentences with exit code 1, any other fault in a line of the log. While it waits for a database or
 * broker, the port says so. The whole of a service's `main.ts`.
 */
export async function runServices(definitions: readonly ServiceDefinition[]): Promise<void> {
  const signal = stopRequested();
  let logger = createLogger();
  try {
    const { settings, announcement } = readConfiguration(defaultPort(definitions));
    logger = createLogger({ level: settings.logLevel });
    logLastWords(logger);
    const metrics = new Metrics();
    metrics.watchProcess();
    const giveUp = () => giveUpStart(logger);
    signal.addEventListener('abort', giveUp);
    const pages = pagesOf(definitions);
    const running = await startServices(definitions, { settings, logger, metrics, pages, signal });
    if (signal.aborted) await running.stop();
    else {
      signal.removeEventListener('abort', giveUp);
      if (announcement) console.log(announcement);
      console.log(`ready ${running.url}`);
      await once(signal, 'abort');
      await stop(running, settings, logger);
    }
    process.exit(0);
  } catch (error) {
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') process.exit(0);
    if (error instanceof StartRefusal) console.error(error.message);
    else logger.error('the start failed', { error });
    process.exit(1);
  }
}

/** Aborted at the first signal; a terminal sends it to every process of the group, so repetitions mean nothing. */
function stopRequested(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  return stopping.signal;
}

function defaultPort([only, ...others]: readonly ServiceDefinition[]): number {
  return only && others.length === 0 ? ports[only.name] : 8080;
}

/** The console shows what reporting knows, and comes from where reporting runs. */
function pagesOf(definitions: readonly ServiceDefinition[]) {
  return definitions.some(({ name }) => name === 'reporting') ? consolePages : undefined;
}

function readConfiguration(port: number): {
  settings: Settings;
  announcement: string | undefined;
} {
  const { settings, generated } = completeSecrets(loadSettings(processEnvironment(), { port }));
  const isNew = generated.includes('adminToken');
  const announcement = isNew ? `admin token ${settings.adminToken} (kept in ${secretsFile(settings.home)})` : undefined;
  return { settings, announcement };
}

/**
 * A start may hang on what no signal reaches: a lock that another process holds, a server that takes a connection and says
 * nothing. Whatever it has done is kept or undone by the database, so the process leaves well all the same.
 */
function giveUpStart(logger: Logger): void {
  const deadline = setTimeout(() => {
    logger.warn('the start did not end in time and is given up; the next one begins anew');
    process.exit(0);
  }, longestStopMs);
  deadline.unref();
}

async function stop(running: RunningServices, { drainSeconds = 0 }: Settings, logger: Logger): Promise<void> {
  const drainMs = drainSeconds * 1_000;
  const deadline = setTimeout(() => {
    logger.error('did not stop in time; what was not finished is done again after the next start');
    process.exit(1);
  }, drainMs + longestStopMs);
  deadline.unref();
  await running.stop(drainMs);
}
