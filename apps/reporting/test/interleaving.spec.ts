import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogRecord } from '@baton/messaging/record';
import { testDatabase } from '@baton/testing/database';
import fc from 'fast-check';
import { readModels } from '../src/migrations/0001-read-models.js';
import { activity, answered, assigned, clocked, corrected, engaged, identified, moved, scored } from './facts.js';
import { handle, logged } from './fold-facts.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase('reporting', [readModels]);
});
afterAll(() => database.drop());

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();

/** Two leads through every topic: history under way, a move taken back, late traits, a second cycle. */
const facts = ['kim', 'lee'].flatMap((lead, index) => [
  engaged(lead, at(1), { page: { path: '/' }, campaign: { name: `campaign-${index}`, source: 'google' } }),
  identified(lead, { at: at(3), email: `${lead}@x.io`, traits: { name: lead, title: 'VP' } }),
  identified(lead, { at: at(2), traits: { title: 'Assistant', city: 'Rome', source: 'late-source' } }),
  activity(lead, at(20)),
  scored(lead, { at: at(3), total: 30 }),
  scored(lead, { at: at(4), total: 60 }, { persona: 'technical' }),
  moved(lead, { from: 'visitor', to: 'lead', at: at(3) }, `${lead}-1`),
  moved(lead, { from: 'lead', to: 'mql', at: at(4) }, `${lead}-2`),
  answered(lead, at(5), { budget: { value: 'approved', at: at(5), by: 'lead' } }),
  answered(lead, at(6), { budget: { value: 'none', at: at(6), by: 'person' } }),
  moved(lead, { from: 'mql', to: 'nurture', at: at(30), reason: 'bad-timing' }, `${lead}-3`),
  corrected(lead, { corrects: `${lead}-3`, stage: 'mql', kind: 'undone', at: at(31) }),
  moved(lead, { from: 'mql', to: 'nurture', at: at(40), reason: 'no-fit' }, `${lead}-4`),
  moved(lead, { from: 'nurture', to: 'lead', at: at(50), cycle: 2, cycleStart: { at: at(50) } }, `${lead}-5`),
  assigned(lead, { at: at(4), owner: { rep: null, team: 'inbound' } }),
  assigned(lead, { at: at(5), owner: { rep: 'ana', team: 'inbound' }, previous: { rep: null, team: 'inbound' } }),
  clocked(lead, { startedAt: at(4), dueAt: at(9) }),
  clocked(lead, { startedAt: at(4), dueAt: at(9), state: 'breached', breachedAt: at(9) }, 'baton.clock.breached.v1'),
]);
const byTopic = [...Map.groupBy(logged(facts), (record) => record.topic).values()];

const tables = [
  'profiles',
  'timeline',
  'attributions',
  'touches',
  'scores',
  'changes',
  'standings',
  'cycles',
  'answers',
  'assignments',
  'owners',
  'clocks',
];

async function contents(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    const [row] = await database.query<{ rows: unknown }>(
      `select json_agg(to_json(t) order by t::text) as rows from ${table} t`,
    );
    found[table] = row?.rows;
  }
  return found;
}

/** Some hundred times faster than `truncate` on tables this small. */
async function clear(): Promise<void> {
  await database.query([...tables, 'snapshots'].map((table) => `delete from ${table}`).join('; '));
}

/** The topics' batches in the order in which their turns come. */
async function play(batches: readonly (readonly LogRecord[])[]): Promise<Record<string, unknown>> {
  await clear();
  for (const batch of batches) await handle(database, batch);
  return contents();
}

/** Cuts each topic into batches and lays the topics' batches into one another, each topic in its own order. */
const interleavings = fc
  .tuple(
    ...byTopic.map((records) =>
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: records.length, maxLength: records.length }),
    ),
  )
  .chain((sizes) => {
    const batches = byTopic.map((records, topic) => cut(records, sizes[topic] ?? []));
    const turns = batches.flatMap((ofTopic, topic) => ofTopic.map(() => topic));
    return fc.shuffledSubarray(turns, { minLength: turns.length }).map((order) => {
      const left = batches.map((ofTopic) => [...ofTopic]);
      return order.flatMap((topic) => [left[topic]?.shift() ?? []]);
    });
  });

function cut(records: readonly LogRecord[], sizes: readonly number[]): (readonly LogRecord[])[] {
  const batches: (readonly LogRecord[])[] = [];
  for (let from = 0, turn = 0; from < records.length; turn += 1) {
    const to = from + (sizes[turn] ?? 1);
    batches.push(records.slice(from, to));
    from = to;
  }
  return batches;
}

describe('the projections', () => {
  it('come to the same rows whatever the order of the topics and the size of the batches', async () => {
    const expected = await play(byTopic);
    expect(expected['cycles']).toHaveLength(4);
    await fc.assert(
      fc.asyncProperty(interleavings, async (batches) => {
        expect(await play(batches)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('come to the same rows when everything is handled twice', async () => {
    const expected = await play(byTopic);
    expect(await play([...byTopic, ...byTopic])).toEqual(expected);
  });

  it('answer the same while topics are handled side by side', async () => {
    const expected = await play(byTopic);
    await clear();
    await Promise.all(byTopic.map((records) => handle(database, records)));
    expect(await contents()).toEqual(expected);
  });
});
