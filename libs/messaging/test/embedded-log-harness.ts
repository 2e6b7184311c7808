import type { ServiceName } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { testServer } from '@baton/testing/database';
import { openEmbeddedLog } from '../src/embedded-log.js';
import { cuttableLine } from './cuttable-line.js';
import { endSessions, loseSegments } from './place-store.js';
import type { Installation, ProcessOptions, TestProcess, TransportHarness } from './transport-harness.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The embedded log, each installation in a database of its own. */
export const embeddedLogHarness: TransportHarness = {
  async installation(): Promise<Installation> {
    const server = await testServer();
    const outside = await server.open('public');
    const processes: TestProcess[] = [];
    return {
      async process(options = {}) {
        const started = await startProcess({ url: server.url, outside, name: `process ${processes.length}.` }, options);
        processes.push(started);
        return started;
      },
      lose: (topic, partition, range) => loseSegments(outside, { topic, partition, ...range }),
      async drop() {
        await Promise.all(processes.map((one) => one.stop()));
        await server.drop();
      },
    };
  },
};

interface Host {
  readonly url: string;
  /** A connection that no process of the installation has. */
  readonly outside: Database;
  readonly name: string;
}

async function startProcess({ url, outside, name }: Host, options: ProcessOptions): Promise<TestProcess> {
  const line = await cuttableLine(url);
  const databases = new Map<ServiceName, Promise<Database>>();
  const { probe, log = quiet, pollMs = 20 } = options;
  const transport = await openEmbeddedLog({ url: line.url, log, probe, pollMs, applicationName: `${name}log` });
  let over = false;
  const stop = async (): Promise<void> => {
    if (over) return;
    over = true;
    await transport.stop();
    for (const database of databases.values()) await (await database).close();
    await line.cut();
  };
  return {
    transport,
    stop,
    database(service) {
      const opened =
        databases.get(service) ??
        openDatabase({ url: line.url, schema: service, applicationName: `${name}${service}` });
      databases.set(service, opened);
      return opened;
    },
    async kill() {
      await line.cut();
      // Without its connections it can do no more than end its own timers; whatever hangs in the probe hangs for ever.
      stop().catch(() => undefined);
    },
    disconnect: async () => line.interrupt(),
    depose: () => endSessions(outside, `${name}log link`),
  };
}
