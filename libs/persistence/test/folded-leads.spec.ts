import { testDatabase } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../src/migrate.js';
import { FoldedLeads, type OpenLead } from '../src/folded-leads.js';
import { readOccurrences } from '../src/lead-occurrences.js';
import type { Sql } from '../src/sql.js';
import { foldedLeadsBases, foldedLeadsOccurrences, foldedLeadsTables } from '../src/folded-leads-tables.js';

const migrations = [
  { name: '0001_folding', up: foldedLeadsTables },
  { name: '0002_bases', up: foldedLeadsBases },
  { name: '0003_occurrences', up: foldedLeadsOccurrences },
];

interface Counted {
  readonly count: number;
  /** What a fact seldom changes. */
  readonly known?: { readonly name: string };
}

type TestedDatabase = Awaited<ReturnType<typeof testDatabase>>;

describe('folded leads', () => {
  let database: TestedDatabase;

  beforeAll(async () => {
    database = await testDatabase('folding', migrations);
  });

  afterAll(async () => {
    await database?.drop();
  });

  const opened = () => new FoldedLeads<Counted>({ create: () => ({ count: 0 }), cached: 2 });
  const counted = (lead: OpenLead<Counted>): OpenLead<Counted> => ({
    ...lead,
    state: { ...lead.state, count: lead.state.count + 1 },
  });

  const recordOf = (key: string) => ({ key, partition: 0 });

  /** One batch: opens, counts, writes, commits, keeps. */
  async function count(leads: FoldedLeads<Counted>, ...ids: string[]): Promise<void> {
    const written = await database.transaction(async (sql) => {
      const after = [...(await leads.open(sql, ids.map(recordOf))).values()].map(counted);
      await leads.write(sql, after);
      return after;
    });
    leads.keep(written);
  }

  const stored = async (id: string) => (await opened().read(database, id))?.state;

  it('begin as new ones and go on from what is stored', async () => {
    await count(opened(), 'a', 'b');
    await count(opened(), 'a');
    expect(await stored('a')).toEqual({ count: 2 });
    expect(await stored('b')).toEqual({ count: 1 });
    expect(await stored('nobody')).toBeUndefined();
  });

  it('are what they were whichever of their writes were whole, from memory and from storage', async () => {
    const known = { name: 'a name that is much longer than a number'.repeat(3) };
    const leads = new FoldedLeads<Counted>({ create: () => ({ count: 0, known }), cached: 2 });
    const bases = new Set<string>();
    for (let written = 1; written <= 40; written++) {
      await count(written % 3 === 0 ? opened() : leads, 'many');
      expect(await stored('many')).toEqual({ count: written, known });
      const [row] = await database.query<{ state: string }>(`select state from lead_bases where id = 'many'`);
      bases.add(row!.state);
    }
    expect(bases.size).toBe(3);
  });

  it('go with all their parts', async () => {
    await count(opened(), 'leaving');
    await database.query(`delete from leads where id = 'leaving'`);
    expect(await database.query(`select id from lead_bases where id = 'leaving'`)).toEqual([]);
    await count(opened(), 'leaving');
    expect(await stored('leaving')).toEqual({ count: 1 });
  });

  it('leave nothing behind in any part once erased', async () => {
    const leads = new FoldedLeads<Counted>({
      create: () => ({ count: 0, known: { name: 'Grace Hopper' } }),
      cached: 2,
    });
    await count(leads, 'private');
    const erased = await database.transaction(async (sql) => {
      const lead = (await leads.open(sql, ['private'].map(recordOf))).get('private')!;
      const after = [{ ...lead, state: { ...lead.state, known: { name: '' } }, erased: true as const }];
      await leads.write(sql, after);
      return after;
    });
    leads.keep(erased);
    const parts = await database.query(
      `select to_json(stored)::text as row from lead_states stored where id = 'private'`,
    );
    expect(JSON.stringify(parts)).not.toContain('Grace');
    expect(await stored('private')).toEqual({ count: 1, known: { name: '' } });
  });

  it('are found again by the version that keeps what changed apart', async () => {
    const old = await testDatabase('folding_before', migrations.slice(0, 1));
    try {
      await old.query(`insert into leads values ('a', 0, 3, 1, '{"count": 7}', null)`);
      await migrate(old, migrations);
      expect((await opened().read(old, 'a'))?.state).toEqual({ count: 7 });
    } finally {
      await old.drop();
    }
  });

  it('are what they were though others take their place in memory while the rest is read', async () => {
    const leads = opened();
    await count(opened(), 'forgotten');
    await count(leads, 'remembered');
    const states = await database.transaction(async (sql) => {
      const crowded: Sql = {
        query: async (text, values) => {
          const rows = await sql.query(text, values);
          if (text.includes('lead_bases')) await count(leads, 'x', 'y');
          return rows as never;
        },
      };
      return leads.open(crowded, ['remembered', 'forgotten'].map(recordOf));
    });
    expect([...states].map(([id, { state }]) => [id, state]).sort()).toEqual([
      ['forgotten', { count: 1 }],
      ['remembered', { count: 1 }],
    ]);
  });

  it('are taken from memory only while nobody else has written them', async () => {
    const mine = opened();
    await count(mine, 'shared');
    await count(opened(), 'shared');
    await count(mine, 'shared');
    expect(await stored('shared')).toEqual({ count: 3 });
  });

  it('keep nothing of a transaction that was rolled back', async () => {
    const leads = opened();
    await count(leads, 'rolled');
    const failing = database.transaction(async (sql) => {
      await leads.write(sql, [...(await leads.open(sql, ['rolled'].map(recordOf))).values()].map(counted));
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await count(leads, 'rolled');
    expect(await stored('rolled')).toEqual({ count: 2 });
  });

  it('are begun by one of two transactions that meet; the other is told to repeat itself', async () => {
    const leads = opened();
    const slower = database.transaction(async (sql) => {
      const begun = (await leads.open(sql, ['met'].map(recordOf))).get('met')!;
      await count(opened(), 'met');
      await leads.write(sql, [counted(begun)]);
    });
    await expect(slower).rejects.toMatchObject({ name: 'LeadBegunElsewhereError', code: '40001' });
    expect(await stored('met')).toEqual({ count: 1 });
  });

  it('answer stored occurrences as they were given, without those that were taken back', async () => {
    const leads = opened();
    const occurrences = [
      { signal: 'demo', at: 1_700_000_000_123, event: 'web:1' },
      { signal: 'demo', at: 1_700_000_000_124, event: 'web:2' },
    ];
    await database.transaction(async (sql) => {
      const lead = (await leads.open(sql, ['seen'].map(recordOf))).get('seen')!;
      await leads.write(sql, [{ ...lead, newOccurrences: occurrences }]);
      await leads.write(sql, [{ ...lead, revision: 1, newOccurrences: occurrences, revoked: ['web:2'] }]);
    });
    const wanted = [
      { lead: 'seen', signal: 'demo' },
      { lead: 'seen', signal: 'other' },
    ];
    expect(await readOccurrences(database, wanted)).toEqual(new Map([['seen', [occurrences[0]]]]));
  });

  it('find the occurrences of the version that had a unique key again, and each of them once', async () => {
    const old = await testDatabase('folding_unique', migrations.slice(0, 2));
    try {
      await old.query(
        `insert into occurrences (lead, signal, at, event)
         values ('seen', 'demo', '2026-03-02T12:00:00.001Z', 'web:1'), ('seen', 'demo', '2026-03-02T12:00:00.002Z', 'web:2')`,
      );
      await migrate(old, migrations);
      const at = Date.parse('2026-03-02T12:00:00.000Z');
      const occurrences = [1, 2].map((number) => ({ signal: 'demo', at: at + number, event: `web:${number}` }));
      const leads = opened();
      await old.transaction(async (sql) => {
        const lead = (await leads.open(sql, ['seen'].map(recordOf))).get('seen')!;
        await leads.write(sql, [{ ...lead, newOccurrences: occurrences }]);
      });
      const read = async () => (await readOccurrences(old, [{ lead: 'seen', signal: 'demo' }])).get('seen');
      expect((await read())?.toSorted((one, other) => one.at - other.at)).toEqual(occurrences);
      await old.transaction(async (sql) => {
        const lead = (await leads.open(sql, ['seen'].map(recordOf))).get('seen')!;
        await leads.write(sql, [{ ...lead, revoked: ['web:2'] }]);
      });
      expect(await read()).toEqual([occurrences[0]]);
    } finally {
      await old.drop();
    }
  });

  it('are claimed when due, by one of two who ask at once', async () => {
    const leads = opened();
    await database.transaction(async (sql) => {
      const lead = (await leads.open(sql, ['due'].map(recordOf))).get('due')!;
      await leads.write(sql, [{ ...lead, dueAt: 1_000 }]);
    });
    expect(await leads.nextDueAt(database)).toBe(1_000);
    const claimed = await database.transaction(async (one) => {
      const first = await leads.claimDue(one, 1_000, 10);
      const second = await database.transaction((other) => leads.claimDue(other, 1_000, 10));
      return [first.length, second.length];
    });
    expect(claimed).toEqual([1, 0]);
    expect(await leads.claimDue(database, 999, 10)).toEqual([]);
  });
});
