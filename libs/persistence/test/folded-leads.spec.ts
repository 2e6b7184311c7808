import { testDatabase } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FoldedLeads, type OpenLead } from '../src/folded-leads.js';
import { foldedLeadsTables } from '../src/folded-leads-tables.js';

interface Counted {
  readonly count: number;
}

type TestedDatabase = Awaited<ReturnType<typeof testDatabase>>;

describe('folded leads', () => {
  let database: TestedDatabase;

  beforeAll(async () => {
    database = await testDatabase('folding', [{ name: '0001_folding', up: foldedLeadsTables }]);
  });

  afterAll(async () => {
    await database?.drop();
  });

  const opened = () => new FoldedLeads<Counted>({ create: () => ({ count: 0 }), cached: 2 });
  const counted = (lead: OpenLead<Counted>): OpenLead<Counted> => ({ ...lead, state: { count: lead.state.count + 1 } });

  /** One batch: opens, counts, writes, commits, keeps. */
  async function count(leads: FoldedLeads<Counted>, ...ids: string[]): Promise<void> {
    const written = await database.transaction(async (sql) => {
      const after = [...(await leads.open(sql, 0, ids)).values()].map(counted);
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
      await leads.write(sql, [...(await leads.open(sql, 0, ['rolled'])).values()].map(counted));
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await count(leads, 'rolled');
    expect(await stored('rolled')).toEqual({ count: 2 });
  });

  it('are begun by one of two transactions that meet; the other is told to repeat itself', async () => {
    const leads = opened();
    const slower = database.transaction(async (sql) => {
      const begun = (await leads.open(sql, 0, ['met'])).get('met')!;
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
      const lead = (await leads.open(sql, 0, ['seen'])).get('seen')!;
      await leads.write(sql, [{ ...lead, newOccurrences: occurrences }]);
      await leads.write(sql, [{ ...lead, revision: 1, newOccurrences: occurrences, revoked: ['web:2'] }]);
    });
    const wanted = [
      { lead: 'seen', signal: 'demo' },
      { lead: 'seen', signal: 'other' },
    ];
    expect(await leads.occurrences(database, wanted)).toEqual(new Map([['seen', [occurrences[0]]]]));
  });

  it('are claimed when due, by one of two who ask at once', async () => {
    const leads = opened();
    await database.transaction(async (sql) => {
      const lead = (await leads.open(sql, 0, ['due'])).get('due')!;
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
