import { migrate } from '@baton/persistence/migrate';
import { openDatabase } from '@baton/persistence/open-database';
import { openSession } from '@baton/persistence/open-session';
import { freePorts } from '@baton/testing/free-ports';
import { type TestServer, testServer } from '@baton/testing/database';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterEach, describe, expect, it } from '@jest/globals';
import { StartRefusal } from '../src/start-refusal.js';
import { counting, noting } from './toy-services.js';

const newer = [...noting.migrations, { name: '9999_newer', up: 'select 1' }];
const patience = 60_000;

describe('a schema that a newer version has migrated', () => {
  let run: TestRun | undefined;
  afterEach(() => run?.stop(), patience);

  async function migrateFurther(url: string): Promise<void> {
    const database = await openDatabase({ url, schema: noting.name });
    await migrate(database, newer);
    await database.close();
  }

  it(
    'is told of by a process of before that runs on, which stays ready, and lets no further one start',
    async () => {
      run = await runForTest([noting, counting]);
      const ready = async () => {
        const answer = await run!.request('GET', '/health/ready');
        return [answer.status, ((await answer.json()) as { checks: { schemas: string } }).checks.schemas];
      };
      expect(await ready()).toEqual([200, 'ok']);
      await migrateFurther(run.databaseUrl);
      expect(await ready()).toEqual([
        200,
        'degraded: ingest was migrated by a newer version (9999_newer); replace this process by one of that version',
      ]);
      const settings = { databaseUrl: run.databaseUrl };
      const refusal = await runForTest([noting, counting], { settings }).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StartRefusal);
      expect((refusal as Error).message).toMatch(/has a schema of another version: Schema ingest .* \(9999_newer\)/);
    },
    patience,
  );
});

describe('a schema that another process migrates', () => {
  let server: TestServer;
  afterEach(() => server.drop(), patience);

  it(
    'is waited for, which the port says',
    async () => {
      server = await testServer();
      const other = await openSession({ url: server.url, applicationName: 'other' });
      await other.query(`select pg_advisory_lock(hashtext('baton migrations ${noting.name}'))`);
      const [port] = await freePorts(1);
      const starting = runForTest([noting, counting], { settings: { databaseUrl: server.url, port: port! } });
      const ask = () =>
        fetch(`http://127.0.0.1:${port}/health/ready`).then(
          (answer) => answer.text(),
          () => '',
        );
      let said = await ask();
      while (!said.includes('brings the schemas')) said = await ask();
      expect(JSON.parse(said)).toEqual({
        status: 'unready',
        checks: { start: 'brings the schemas of its services up to date, or waits for who does' },
      });
      await other.close();
      await (await starting).stop();
    },
    patience,
  );
});
