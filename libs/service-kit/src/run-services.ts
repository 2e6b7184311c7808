import { type Logger, createLogger } from '@baton/observability/logger';
import { Metrics } from '@baton/observability/metrics';
import type { ServiceName } from '@baton/contracts/topics';
import type { ServiceDefinition } from './define-service.js';
import { completeSecrets, secretsFile } from './secrets.js';
import { type Settings, loadSettings, processEnvironment } from './settings.js';
import { StartRefusal } from './start-refusal.js';
import { type RunningServices, type StartOptions, startServices } from './start-services.js';

export interface RunOptions extends Pick<StartOptions, 'pages'> {
  /** Where to listen when PORT is not set; by default 8080, or a single service's own port. */
  readonly port?: number;
}

const longestStopMs = 9_500;

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
 * standard output, and stops cleanly with exit code 0 on SIGTERM or SIGINT, within ten seconds. What an operator can mend
 * is said in sentences with exit code 1. The whole of a service's `main.ts`.
 */
export async function runServices(definitions: readonly ServiceDefinition[], options: RunOptions = {}): Promise<void> {
  const stopping = stopRequested();
  try {
    const { settings, announcement } = readConfiguration(options.port ?? defaultPort(definitions));
    const logger = createLogger({ level: settings.logLevel });
    const metrics = new Metrics();
    metrics.watchProcess();
    const running = await startServices(definitions, { settings, logger, metrics, pages: options.pages });
    if (announcement) console.log(announcement);
    console.log(`ready ${running.url}`);
    await stopping;
    await stop(running, logger);
    process.exit(0);
  } catch (error) {
    console.error(error instanceof StartRefusal ? error.message : error);
    process.exit(1);
  }
}

/** Resolves at the first signal; a terminal sends it to every process of the group, so repetitions mean nothing. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

function defaultPort([only, ...others]: readonly ServiceDefinition[]): number {
  return only && others.length === 0 ? ports[only.name] : 8080;
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

async function stop(running: RunningServices, logger: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    logger.error('did not stop in time; what was not finished is done again after the next start');
    process.exit(1);
  }, longestStopMs);
  deadline.unref();
  await running.stop();
}
