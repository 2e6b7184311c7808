import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestServer, testServer } from '@baton/testing/database';
import { once } from 'node:events';
import type { Database, Sql } from '../src/sql.js';
import { type Due, type TimerUnit, type Timers, createTimers } from '../src/timers.js';

let server: TestServer;
let database: Database;
let unit: TimerUnit;
let running: Timers[];

beforeAll(async () => {
  server = await testServer();
  database = await server.open('timers');
  await database.query(
    'create table due (name text primary key, due_at bigint not null); create table fired (name text not null, at bigint not null)',
  );
  unit = { run: async (work) => database.transaction((sql) => work(sql)) };
});

beforeEach(async () => {
  running = [];
  await database.query('truncate due, fired');
});

afterEach(async () => {
  await Promise.all(running.map((timers) => timers.stop()));
});

afterAll(async () => {
  await server.drop();
});

interface Row {
  name: string;
}

interface Overrides {
  clock?: () => number;
  ready?: (stopping: AbortSignal) => Promise<boolean | void>;
  fire?: (rows: readonly Row[], sql: Sql, due: Due) => Promise<void>;
}

function start(overrides: Overrides = {}): Timers {
  const timers = createTimers<Row>({
    unit,
    clock: overrides.clock ?? Date.now,
    ready: overrides.ready,
    nextDue: async () => {
      const [row] = await database.query<{ due: string | null }>('select min(due_at) as due from due');
      return row?.due ? Number(row.due) : null;
    },
    claim: (sql, now, limit) =>
      sql.query<Row>(
        `delete from due where name = any(array(select name from due where due_at <= $1 order by due_at limit $2 for update skip locked)) returning name`,
        [now, limit],
      ),
    fire: async (rows, sql, due) => {
      await overrides.fire?.(rows, sql, due);
      await sql.query('insert into fired select name, $2 from unnest($1::text[]) as name', [
        rows.map((row) => row.name),
        Date.now(),
      ]);
      return { publish: [] };
    },
  });
  running.push(timers);
  timers.start();
  return timers;
}

async function add(name: string, dueAt: number): Promise<void> {
  await database.query('insert into due values ($1, $2)', [name, dueAt]);
}

async function fired(count: number): Promise<{ name: string; at: number }[]> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const rows = await database.query<{ name: string; at: string }>('select name, at from fired order by at, name');
    if (rows.length >= count) return rows.map(({ name, at }) => ({ name, at: Number(at) }));
    if (performance.now() > deadline)
      throw new Error(`Only ${rows.length} of ${count} timers fired within ten seconds`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('timers', () => {
  it('fire what fell due while nobody ran', async () => {
    await add('old', Date.now() - 60_000);
    start();
    expect((await fired(1)).map(({ name }) => name)).toEqual(['old']);
  });

  it('fire at their time, not before, and well within a second', async () => {
    const dueAt = Date.now() + 150;
    await add('soon', dueAt);
    start();
    const [first] = await fired(1);
    expect(first?.at).toBeGreaterThanOrEqual(dueAt);
    expect(first?.at).toBeLessThan(dueAt + 800);
  });

  it('are woken by a time earlier than the one they sleep for', async () => {
    await add('tomorrow', Date.now() + 86_400_000);
    const timers = start();
    const dueAt = Date.now() + 50;
    await add('sooner', dueAt);
    timers.wake(dueAt);
    expect((await fired(1)).map(({ name }) => name)).toEqual(['sooner']);
  });

  it('fire each row once, however many replicas are awake', async () => {
    const now = Date.now();
    await database.query(`insert into due select 'timer ' || number, $1 from generate_series(1, 2000) as number`, [
      now,
    ]);
    start();
    start();
    start();
    const rows = await fired(2_000);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(2_000);
    expect(rows).toHaveLength(2_000);
  });

  it('keep the row when its effect fails, and try again', async () => {
    await add('stubborn', Date.now());
    let failures = 2;
    start({
      fire: async () => {
        failures -= 1;
        if (failures >= 0) throw new Error('not now');
      },
    });
    expect((await fired(1)).map(({ name }) => name)).toEqual(['stubborn']);
  });

  it('decide nothing before what was unread has been read, and then only what was due before the reading', async () => {
    let time = 1_000;
    const decided: Due[] = [];
    await add('due', 1_000);
    await add('due while reading', 1_500);
    start({
      clock: () => time,
      ready: async () => {
        time += 1_000;
      },
      fire: async (rows, _sql, due) => {
        expect(rows).toHaveLength(1);
        decided.push(due);
      },
    });
    await fired(2);
    expect(decided).toEqual([
      { now: 1_000, complete: true },
      { now: 2_000, complete: true },
    ]);
  });

  it('say when the reading was given up', async () => {
    const decided: boolean[] = [];
    await add('due', Date.now());
    start({ ready: async () => false, fire: async (_rows, _sql, { complete }) => void decided.push(complete) });
    await fired(1);
    expect(decided).toEqual([false]);
  });

  it('stop in the middle of a wait for what is unread', async () => {
    await add('due', Date.now());
    let waits = () => {};
    const waiting = new Promise<void>((resolve) => (waits = resolve));
    const timers = start({
      ready: async (stopping) => {
        waits();
        await once(stopping, 'abort');
        throw stopping.reason;
      },
    });
    await waiting;
    await timers.stop();
    expect(await database.query('select from fired')).toEqual([]);
  });

  it('finish what they are at when stopped, and fire nothing afterwards', async () => {
    await add('last', Date.now());
    const timers = start();
    await fired(1);
    await timers.stop();
    await add('never', Date.now());
    timers.wake();
    expect((await fired(1)).map(({ name }) => name)).toEqual(['last']);
  });
});
