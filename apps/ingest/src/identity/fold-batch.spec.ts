import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@baton/persistence/sql';
import { testDatabase } from '@baton/testing/database';
import { identityTables } from '../migrations/0001-identity.js';
import { undeclaredTraits } from '../migrations/0002-undeclared-traits.js';
import { erasures } from '../migrations/0003-erasures.js';
import { activeTraits } from '../playbooks/activation-store.js';
import { hashNamesWith } from '../privacy/erased-names.js';
import { foldBatch } from './fold-batch.js';
import type { LeadFact } from './identity-draft.js';
import type { EventContent, IncomingEvent } from './incoming-event.js';
import { ensureMonths } from './months-store.js';

let database: Database & { drop(): Promise<void> };
let count = 0;
const receivedAt = Date.parse('2026-03-02T12:00:00.000Z');

beforeAll(async () => {
  database = await testDatabase('ingest', [identityTables, undeclaredTraits, erasures]);
  await database.transaction((sql) => ensureMonths(sql, ['2026-03']));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.query(
    'truncate event_ids, events, visitors, identifiers, leads, groups, accounts, account_news, activations',
  );
  count = 0;
});

/** An event a second after the one before it, unless it says when. */
function event(content: Partial<EventContent> & { at?: number; trusted?: boolean; id?: string }): IncomingEvent {
  count += 1;
  const { at, trusted, id, ...rest } = content;
  return {
    eventId: id ?? `site:e${String(count).padStart(3, '0')}`,
    trusted: trusted ?? false,
    at: at ?? receivedAt + count * 1000,
    receivedAt: receivedAt + count * 1000,
    content: { type: 'page', ...rest },
  };
}

const identify = (content: Partial<EventContent> & { email?: string }) => {
  const { email, ...rest } = content;
  return event({ type: 'identify', traits: email === undefined ? {} : { email }, ...rest });
};

const hashOf = hashNamesWith('the secret of a test');

async function fold(...events: IncomingEvent[]): Promise<readonly LeadFact[]> {
  const { facts } = await database.transaction(async (sql) => foldBatch(sql, events, await activeTraits(sql), hashOf));
  return facts;
}

const kinds = (facts: readonly LeadFact[]) =>
  facts.map(({ type, eventId }) => `${type.split('.')[2]} ${eventId.split(':')[1]}`);
const leadsOf = (facts: readonly LeadFact[]) => [...new Set(facts.map(({ lead }) => lead))];

describe('an anonymous visitor', () => {
  it('stays at the edge, and is told in event-time order once they identify', async () => {
    expect(await fold(event({ anonymousId: 'v' }), event({ anonymousId: 'v', at: receivedAt }))).toEqual([]);
    const facts = await fold(event({ anonymousId: 'v' }), identify({ anonymousId: 'v', email: 'kim@acme.io' }));
    expect(kinds(facts)).toEqual(['engaged e002', 'engaged e001', 'engaged e003', 'identified e004', 'engaged e004']);
    expect(facts.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(await database.query('select lead from events where lead is null')).toEqual([]);
  });

  it('gives the same facts whether the events come in one batch or each in its own', async () => {
    const events = () => [
      event({ anonymousId: 'v' }),
      event({ anonymousId: 'w' }),
      identify({ anonymousId: 'v', email: 'kim@acme.io' }),
      event({ type: 'group', anonymousId: 'v', groupId: 'acme', traits: { domain: 'acme.io', employees: 10 } }),
      identify({ anonymousId: 'w', userId: 'u' }),
      identify({ anonymousId: 'w', userId: 'u', email: 'kim@acme.io' }),
      event({ anonymousId: 'v' }),
      event({ anonymousId: 'w' }),
    ];
    const together = await fold(...events());
    await database.query('truncate event_ids, events, visitors, identifiers, leads, groups, accounts, account_news');
    count = 0;
    const single: LeadFact[] = [];
    for (const one of events()) single.push(...(await fold(one)));
    expect(single).toEqual(together);
  });

  it('tells what they said of themselves before anybody knew who they are', async () => {
    const facts = await fold(
      event({ type: 'identify', anonymousId: 'v', traits: { title: 'CTO' } }),
      identify({ anonymousId: 'v', userId: 'u' }),
    );
    expect(kinds(facts)).toEqual(['profile-updated e001', 'engaged e001', 'identified e002', 'engaged e002']);
  });
});

describe('an event', () => {
  it('has effect once for ever, within a batch and across batches', async () => {
    const twice = event({ userId: 'u', id: 'site:same' });
    expect(await fold(twice, { ...twice })).toHaveLength(2);
    expect(await fold({ ...twice, at: twice.at + 1 })).toEqual([]);
    expect(await database.query('select event_id from events')).toHaveLength(1);
  });

  it('has effect once for ever, though only one of many was there before', async () => {
    await fold(identify({ anonymousId: 'v', email: 'kim@acme.io' }));
    const many = Array.from({ length: 100 }, () => event({ anonymousId: 'v' }));
    expect(await fold(...many)).toHaveLength(100);
    const facts = await fold(...many.slice(0, 1), event({ anonymousId: 'v' }), ...many, event({ anonymousId: 'v' }));
    expect(kinds(facts)).toEqual(['engaged e102', 'engaged e103']);
  });

  it('of a machine makes nobody a lead', async () => {
    expect(await fold(identify({ anonymousId: 'v', email: 'bot@acme.io', automated: 'bot' }))).toEqual([]);
    expect(await database.query('select id from leads')).toEqual([]);
  });

  it('tells rejected traits by name and keeps the rest', async () => {
    await database.query(
      `insert into activations (name, version, hash, effective_at, traits, appended_at) values ('p', 1, 'h', now(), '{"seats":"number"}', now())`,
    );
    const facts = await fold(
      identify({ userId: 'u', traits: { seats: 'many', country: 'Germany', title: 'CTO', constructor2: {} } }),
    );
    const told = facts.map(({ type, data }) => [type.split('.')[2], data] as const);
    expect(told).toMatchObject([
      ['identified', { traits: { title: 'CTO', constructor2: '{}' } }],
      ['profile-updated', { rejected: [{ trait: 'seats', expected: 'expected a number' }, { trait: 'country' }] }],
      ['engaged', {}],
    ]);
  });
});

describe('traits that nobody declared', () => {
  const fresh = (from: number, count: number, value: unknown = 'x') =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${from + index}`, value]));
  const tell = async (traits: Record<string, unknown>) => {
    const facts = await fold(identify({ userId: 'u', traits }));
    const data = facts.map((fact) => fact.data as { traits?: object; rejected?: { trait: string }[] });
    return {
      kept: data.flatMap((told) => Object.keys(told.traits ?? {})),
      rejected: data.flatMap((told) => (told.rejected ?? []).map(({ trait }) => trait)),
    };
  };

  it('are a hundred of a lead, however many events tell them; later names are rejected, known ones still change', async () => {
    expect((await tell(fresh(0, 60))).rejected).toEqual([]);
    expect(await tell(fresh(60, 41))).toEqual({ kept: Object.keys(fresh(60, 40)), rejected: ['t100'] });
    expect(await tell({ t101: 1, t7: 'new', title: 'CTO' })).toEqual({ kept: ['t7', 'title'], rejected: ['t101'] });
  });

  it('stay below 64 KB of a lead: long values are cut, long names rejected', async () => {
    const facts = await fold(identify({ userId: 'u', traits: fresh(0, 50, 'x'.repeat(600)) }));
    expect(JSON.stringify(facts[0]?.data).length).toBeLessThan(32 * 1024);
    expect(await tell({ ['n'.repeat(101)]: 1, tags: ['a', 'b'] })).toEqual({
      kept: ['tags'],
      rejected: ['n'.repeat(101)],
    });
  });

  it('are counted together when two leads turn out to be one', async () => {
    await tell(fresh(0, 60));
    await fold(identify({ userId: 'w', traits: fresh(100, 60) }));
    const merged = await fold(event({ type: 'alias', userId: 'u', previousId: 'w', trusted: true }));
    const told = merged.flatMap(({ data }) => Object.keys((data as { traits?: object }).traits ?? {}));
    expect(told).toEqual(Object.keys(fresh(100, 40)));
    expect((await tell({ t200: 1 })).rejected).toEqual(['t200']);
  });
});

describe('identity', () => {
  it('is one lead for a user id and an e-mail that came apart', async () => {
    const facts = await fold(
      identify({ userId: 'u', anonymousId: 'v' }),
      identify({ anonymousId: 'v', email: 'kim@acme.io' }),
      identify({ anonymousId: 'other', email: 'KIM@acme.io' }),
    );
    expect(leadsOf(facts)).toHaveLength(1);
  });

  it('never merges when a browser names a second person: later events are the second’s, earlier ones stay', async () => {
    const first = await fold(
      event({ anonymousId: 'v' }),
      identify({ anonymousId: 'v', userId: 'a', email: 'a@acme.io' }),
    );
    const second = await fold(
      identify({ anonymousId: 'v', userId: 'b', email: 'b@acme.io' }),
      event({ anonymousId: 'v' }),
    );
    expect(kinds(second)).toEqual(['identified e003', 'engaged e003', 'engaged e004']);
    expect(leadsOf([...first, ...second])).toHaveLength(2);
    expect(leadsOf(second)).toHaveLength(1);
  });

  it('never merges two people with a user id each, though they share an e-mail', async () => {
    const facts = await fold(
      identify({ userId: 'a', email: 'info@acme.io' }),
      identify({ userId: 'b', email: 'info@acme.io' }),
    );
    expect(leadsOf(facts)).toHaveLength(2);
    expect(kinds(facts).join()).not.toContain('absorbed');
  });

  it('takes a user id that is an e-mail address for no second person beside a user id proper, in whatever order', async () => {
    const orders = permutations([0, 1, 2, 3]);
    for (const [number, order] of orders.entries()) {
      const [userId, email] = [`u-${number}`, `kim-${number}@acme.io`];
      const told = [
        { userId: email },
        { userId },
        { userId, email },
        { anonymousId: `form-${number}`, email },
      ] as const;
      for (const place of order) await fold(identify(told[place]!));
      const after = await fold(event({ userId }), event({ userId: email }), event({ anonymousId: `form-${number}` }));
      expect([order, leadsOf(after).length]).toEqual([order, 1]);
      const [lead] = await database.query('select user_id, email from leads where id = $1', leadsOf(after));
      expect(lead).toEqual({ user_id: userId, email });
    }
  });

  it('keeps people apart whose user ids are two e-mail addresses, or of whom neither’s is the e-mail that they share', async () => {
    const facts = await fold(
      identify({ userId: 'ann@acme.io', email: 'info@acme.io' }),
      identify({ userId: 'ben@acme.io', email: 'info@acme.io' }),
      identify({ userId: 'info@acme.io' }),
      identify({ userId: 'u-1', email: 'info@acme.io' }),
      identify({ userId: 'u-2', email: 'info@acme.io' }),
    );
    expect(kinds(facts).join()).not.toContain('absorbed');
    const ids = ['ann@acme.io', 'ben@acme.io', 'info@acme.io', 'u-1', 'u-2'];
    const leads = (await fold(...ids.map((userId) => event({ userId })))).map(({ lead }) => lead);
    expect(new Set(leads).size).toBe(5);
  });

  it('merges a lead by e-mail into a lead by user id once one event names both; the older survives', async () => {
    const [byEmail] = leadsOf(
      await fold(identify({ anonymousId: 'form', email: 'kim@acme.io' }), event({ anonymousId: 'form' })),
    );
    const [byUser] = leadsOf(await fold(identify({ userId: 'u', anonymousId: 'app' })));
    const facts = await fold(identify({ userId: 'u', email: 'kim@acme.io', anonymousId: 'app' }));
    expect(facts.filter(({ lead }) => lead === byUser).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['baton.lead.absorbed.v1', 3],
    ]);
    expect(kinds(facts.filter(({ lead }) => lead === byEmail))).toEqual([
      'merged e004',
      'engaged e003',
      'identified e004',
      'engaged e004',
    ]);
    const later = await fold(event({ anonymousId: 'app' }), event({ userId: 'u' }), event({ anonymousId: 'form' }));
    expect(leadsOf(later)).toEqual([byEmail]);
    expect(await database.query('select distinct lead from events')).toEqual([{ lead: byEmail }]);
  });

  it('hands the whole history on when a survivor is absorbed itself, be it in the same batch', async () => {
    const [oldest] = leadsOf(await fold(identify({ anonymousId: 'home', email: 'kim@home.io' })));
    await fold(identify({ anonymousId: 'form', email: 'kim@acme.io' }));
    await fold(identify({ userId: 'u', anonymousId: 'app' }), event({ anonymousId: 'app' }));
    const facts = await fold(
      identify({ userId: 'u', email: 'kim@acme.io', anonymousId: 'app' }),
      identify({ userId: 'u', email: 'kim@home.io', anonymousId: 'app' }),
    );
    expect(kinds(facts.filter(({ lead }) => lead === oldest)).filter((fact) => fact.startsWith('engaged'))).toEqual(
      ['e002', 'e003', 'e004', 'e005', 'e006'].map((name) => `engaged ${name}`),
    );
    expect(await database.query('select distinct lead from events')).toEqual([{ lead: oldest }]);
  });

  it('tells the absorbed profile under the survivor', async () => {
    await fold(identify({ userId: 'u' }));
    await fold(event({ type: 'track', name: 'Form Submitted', traits: { email: 'kim@acme.io', title: 'CTO' } }));
    const facts = await fold(identify({ userId: 'u', email: 'kim@acme.io' }));
    expect(kinds(facts)).toEqual([
      'absorbed e003',
      'merged e003',
      'profile-updated e002',
      'engaged e002',
      'identified e003',
      'engaged e003',
    ]);
  });

  it('follows an alias with a secret key and no other', async () => {
    const leads = leadsOf(await fold(identify({ userId: 'a' }), identify({ userId: 'b' })));
    expect(await fold(event({ type: 'alias', userId: 'b', previousId: 'a' }))).toEqual([]);
    expect(await fold(event({ type: 'alias', userId: 'a', previousId: 'a', trusted: true }))).toEqual([]);
    const facts = await fold(event({ type: 'alias', userId: 'b', previousId: 'a', trusted: true }));
    expect(kinds(facts)).toEqual(['absorbed e005', 'merged e005', 'engaged e002', 'identified e005']);
    expect(leadsOf(await fold(event({ userId: 'a' }), event({ userId: 'b' })))).toEqual([leads[0]]);
  });

  it('knows a person by the user id proper that an alias gives to an e-mail address', async () => {
    await fold(identify({ userId: 'kim@acme.io' }));
    await fold(event({ type: 'alias', userId: 'u-1', previousId: 'kim@acme.io', trusted: true }));
    expect(
      leadsOf(await fold(identify({ userId: 'u-2', email: 'kim@acme.io' }), event({ userId: 'u-1' }))),
    ).toHaveLength(2);
  });

  it('attaches an anonymous visitor by a trusted alias', async () => {
    await fold(event({ anonymousId: 'v' }));
    const facts = await fold(
      event({ type: 'alias', userId: 'u', previousId: 'v', trusted: true }),
      event({ anonymousId: 'v' }),
    );
    expect(kinds(facts)).toEqual(['engaged e001', 'identified e002', 'engaged e003']);
  });

  it('agrees on one lead when two partitions name one person at the same moment', async () => {
    for (let round = 0; round < 25; round++) {
      const names = (side: string) => [
        event({ anonymousId: `${side}${round}` }),
        identify({ anonymousId: `${side}${round}`, email: `kim${round}@acme.io` }),
        identify({ anonymousId: `${side}${round}`, userId: `u${round}` }),
      ];
      const [left, right] = [names('left'), names('right')];
      const facts = (await Promise.all([fold(...left), fold(...right)])).flat();
      expect(leadsOf(facts)).toHaveLength(1);
      expect(facts.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual(
        facts.map((_, index) => index + 1),
      );
    }
  });
});

describe('an account', () => {
  const group = (content: Partial<EventContent> & { at?: number }) =>
    event({ type: 'group', groupId: 'g', ...content });
  const accountIn = (facts: readonly LeadFact[]) =>
    facts.map(({ data }) => (data as { account?: unknown }).account).findLast(Boolean);

  it('follows the e-mail; free-mail domains are none', async () => {
    expect(accountIn(await fold(identify({ userId: 'a', email: 'a@acme.io' })))).toEqual({
      domain: 'acme.io',
      freeMail: false,
      traits: {},
    });
    expect(accountIn(await fold(identify({ userId: 'b', email: 'b@gmail.com' })))).toEqual({
      domain: null,
      freeMail: true,
      traits: {},
    });
  });

  it.each([
    ['its traits', { traits: { domain: 'https://www.Acme.io/about' } }, 'acme.io'],
    ['its website', { traits: { website: 'acme.io' } }, 'acme.io'],
    ['being one', { groupId: 'acme.io' }, 'acme.io'],
    ['its user’s e-mail', {}, 'mail.example'],
    ['nothing when that is free mail', { userId: 'free' }, null],
    ['its user’s e-mail when its own is free mail', { traits: { domain: 'gmail.com' } }, 'mail.example'],
  ])('of a group has the domain by %s', async (_name, content, domain) => {
    await fold(identify({ userId: 'u', email: 'u@mail.example' }), identify({ userId: 'free', email: 'u@gmail.com' }));
    const facts = await fold(
      group({ userId: 'u', ...content, traits: { industry: 'SaaS', ...(content as { traits?: object }).traits } }),
    );
    expect(accountIn(facts)).toMatchObject({ domain, traits: { industry: { value: 'SaaS' } } });
  });

  it('keeps the newest value of each field by event time, whatever the order', async () => {
    await fold(identify({ userId: 'u', email: 'u@acme.io' }));
    await fold(group({ userId: 'u', at: receivedAt + 5000, traits: { employees: 200 } }));
    const facts = await fold(
      group({ userId: 'u', at: receivedAt + 1000, traits: { employees: 100, industry: 'SaaS' } }),
    );
    expect(accountIn(facts)).toMatchObject({ traits: { employees: { value: 200 }, industry: { value: 'SaaS' } } });
  });

  it('moves from its stand-in to its domain once that is told, with what was known', async () => {
    await fold(identify({ userId: 'a', email: 'a@gmail.com' }), group({ userId: 'a', traits: { employees: 7 } }));
    const facts = await fold(
      identify({ userId: 'b', email: 'b@gmail.com' }),
      group({ userId: 'b', traits: { domain: 'acme.io' } }),
    );
    expect(accountIn(facts)).toMatchObject({ domain: 'acme.io', freeMail: true, traits: { employees: { value: 7 } } });
    expect(await database.query('select account, moved_to from account_news')).toEqual([
      { account: 'group:g', moved_to: 'acme.io' },
    ]);
  });

  it('stays small enough to be told, however much is added to it', async () => {
    await fold(identify({ userId: 'u', email: 'u@acme.io' }), group({ userId: 'u', traits: { industry: 'SaaS' } }));
    for (let call = 0; call < 12; call++) {
      const names = Array.from({ length: 20 }, (_, index) => [`trait-${call}-${index}`, 'x'.repeat(900)]);
      await fold(group({ userId: 'u', traits: Object.fromEntries(names) as Record<string, string> }));
    }
    const facts = await fold(identify({ userId: 'u', email: 'u@acme.io' }));
    expect(JSON.stringify(accountIn(facts)).length).toBeLessThan(100_000);
    expect(accountIn(facts)).toMatchObject({ traits: { industry: { value: 'SaaS' } } });
  });

  it('has news for its other leads, and none for itself alone', async () => {
    await fold(identify({ userId: 'a', email: 'a@acme.io' }));
    await fold(group({ userId: 'a', traits: { employees: 7 } }));
    expect(await database.query('select account from account_news')).toEqual([]);
    await fold(identify({ userId: 'b', email: 'b@acme.io' }), group({ userId: 'b', traits: { employees: 8 } }));
    expect(await database.query('select account, except_lead <> $1 as told from account_news', [''])).toEqual([
      { account: 'acme.io', told: true },
    ]);
  });

  it('reads Segment’s reserved traits of a person’s company and address', async () => {
    const traits = {
      email: 'a@acme.io',
      firstName: 'Kim',
      lastName: 'Li',
      address: { country: 'de', city: 'Berlin' },
      company: { name: 'Acme', employee_count: '50' },
    };
    const [fact] = await fold(identify({ userId: 'a', traits }));
    expect(fact?.data).toMatchObject({
      traits: { name: 'Kim Li', country: 'DE', city: 'Berlin' },
      account: { domain: 'acme.io', traits: { name: { value: 'Acme' }, employees: { value: 50 } } },
    });
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
