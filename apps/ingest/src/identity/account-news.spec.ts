import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { ingest } from '../service.js';

let run: TestRun;

beforeAll(async () => {
  run = await runForTest([ingest]);
}, 60_000);
afterAll(() => run.stop());

/** Everything taken is attached and every lead that has to be told is told. */
async function allTold(): Promise<void> {
  const database = await openDatabase({ url: run.databaseUrl, schema: 'ingest', poolSize: 1 });
  try {
    let news: unknown[];
    do {
      await run.settled();
      news = await database.query('select account from account_news');
    } while (news.length > 0);
    await run.settled();
  } finally {
    await database.close();
  }
}

const import_ = (batch: object[]) => run.request('POST', '/v1/import', { source: 'crm', batch });

describe('a change of an account', () => {
  it('is told to each of its leads once, however many, with gapless numbers', async () => {
    const people = Array.from({ length: 1203 }, (_, index) => `p${index}`);
    await import_(
      people.map((userId) => ({
        type: 'identify',
        userId,
        messageId: userId,
        traits: { email: `${userId}@big.example` },
      })),
    );
    await run.settled();
    await import_([
      {
        type: 'group',
        userId: 'p7',
        groupId: 'big',
        messageId: 'change',
        traits: { domain: 'big.example', employees: 5000 },
      },
    ]);
    await allTold();
    const facts = (await readTopic(run.databaseUrl, topics.leadEvents)).map(({ envelope }) => envelope);
    const told = facts.filter(({ type, data }) => {
      const account = (data as { account?: { traits: { employees?: { value: number } } } }).account;
      return type.includes('profile-updated') && account?.traits.employees?.value === 5000;
    });
    expect(told).toHaveLength(people.length);
    expect(new Set(told.map(({ subject }) => subject)).size).toBe(people.length);
    for (const of of Map.groupBy(facts, ({ subject }) => subject).values()) {
      expect(of.map(({ sequence }) => sequence)).toEqual(of.map((_, index) => index + 1));
    }
  }, 60_000);

  it('moves the leads of a group to the domain that it turns out to have', async () => {
    const member = (userId: string, traits: object = {}) => ({
      type: 'group',
      userId,
      groupId: 'team',
      messageId: `team-${userId}`,
      traits,
    });
    await import_(
      ['x', 'y'].map((userId) => ({
        type: 'identify',
        userId,
        messageId: userId,
        traits: { email: `${userId}@gmail.com` },
      })),
    );
    await import_([member('x', { employees: 9 }), member('y')]);
    await run.settled();
    await import_([{ ...member('y', { domain: 'team.example' }), messageId: 'domain' }]);
    await allTold();
    const facts = (await readTopic(run.databaseUrl, topics.leadEvents)).map(({ envelope }) => envelope);
    const subject = facts.find(({ id }) => id === 'crm:x#identified')?.subject;
    expect(facts.findLast((fact) => fact.subject === subject)?.data).toMatchObject({
      account: { domain: 'team.example', freeMail: true, traits: { employees: { value: 9 } } },
    });
  });
});
