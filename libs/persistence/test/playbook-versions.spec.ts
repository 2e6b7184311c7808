import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PlaybookVersions, playbookTables } from '../src/playbook-versions.js';
import type { Database } from '../src/sql.js';

const day = (version: number) => `2026-03-0${version}T00:00:00.000Z`;

describe('the definitions of a service in several processes', () => {
  let server: TestServer;
  let database: Database;
  let compiled: string[];

  beforeAll(async () => {
    server = await testServer();
    database = await server.open('playbooks', [{ name: '0001_playbooks', up: playbookTables }]);
  });
  beforeEach(async () => {
    compiled = [];
    await database.query('truncate playbooks, active_playbooks');
  });
  afterAll(() => server.drop());

  function replica(): PlaybookVersions<string> {
    const compile = (source: string) => (compiled.push(source), source.toUpperCase());
    return new PlaybookVersions(database, compile, (reason) => new Error(reason));
  }

  async function publish(...versions: readonly number[]): Promise<void> {
    for (const version of versions)
      await replica().publish(database, {
        name: 'p',
        version,
        hash: `hash-${version}`,
        source: `v${version}`,
        publishedAt: day(version),
        bootstrap: false,
      });
  }

  const switchTo = (by: PlaybookVersions<string>, version: number, partition = 0) =>
    database.transaction((sql) => by.switch(sql, partition, { name: 'p', version }));
  const governing = async (asked: PlaybookVersions<string>, partition = 0) =>
    database.transaction(async (sql) => (await asked.governing(sql, partition)).ref.version);

  it('govern by the switch that another process made, also when the partition comes back', async () => {
    await publish(1, 2, 3);
    const [here, there] = [replica(), replica()];
    await switchTo(here, 1);
    expect(await governing(here)).toBe(1);
    await switchTo(there, 2);
    expect(await governing(here)).toBe(2);
    await switchTo(here, 3);
    expect([await governing(here), await governing(there)]).toEqual([3, 3]);
  });

  it('govern in a transaction by what it has switched itself, and by nothing of it when it is rolled back', async () => {
    await publish(1, 2);
    const here = replica();
    await switchTo(here, 1);
    const rolledBack = database.transaction(async (sql) => {
      await here.switch(sql, 0, { name: 'p', version: 2 });
      expect((await here.governing(sql, 0)).ref.version).toBe(2);
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await governing(here)).toBe(1);
  });

  it('govern by the first one before any marker, whenever the others became known', async () => {
    await publish(2);
    const here = replica();
    await here.refresh();
    await publish(1);
    await here.refresh();
    expect(await governing(here)).toBe(1);
    expect(here.all().map(({ ref }) => ref.version)).toEqual([1, 2]);
  });

  it('answer several partitions at once, and compile each definition once', async () => {
    await publish(1, 2);
    const here = replica();
    await switchTo(here, 2, 7);
    const each = await here.governingEach(database, [0, 7]);
    expect([...each].map(([partition, { playbook }]) => [partition, playbook])).toEqual([
      [0, 'V1'],
      [7, 'V2'],
    ]);
    await Promise.all([here.refresh(), here.refresh(), governing(here, 7)]);
    expect(compiled).toEqual(['v1', 'v2']);
  });

  it('wait for a definition that has not arrived, and take it when it has', async () => {
    const here = replica();
    await expect(governing(here)).rejects.toThrow('No playbook has been published yet');
    await publish(1);
    await switchTo(here, 2);
    await expect(governing(here)).rejects.toThrow('Playbook p@2 is activated but not published here yet');
    await publish(2);
    expect(await governing(here)).toBe(2);
  });
});
