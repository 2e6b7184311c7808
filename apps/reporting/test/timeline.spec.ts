import { testDatabase } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readModels } from '../src/migrations/0001-read-models.js';
import type { TimelineEntry } from '../src/timeline-entry.js';
import { appendTimeline, readTimeline } from '../src/timeline-store.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase('reporting', [readModels]);
});
afterAll(() => database.drop());

const entry = (lead: string, place: number, title = 'first'): TimelineEntry => ({
  lead,
  at: new Date(Date.UTC(2026, 2, 2) + place * 1000).toISOString(),
  id: `event-${place}`,
  kind: 'event',
  title,
  data: null,
});
const entries = (lead: string, count: number, title?: string) =>
  Array.from({ length: count }, (_, place) => entry(lead, place, title));
const titlesOf = async (lead: string) =>
  (await readTimeline(database, { lead, limit: 1000 })).map(({ title }) => title).reverse();

describe('a timeline', () => {
  it.each([3, 300])('keeps an entry as it was told first, among %i', async (count) => {
    const lead = `told-${count}`;
    await database.transaction((sql) => appendTimeline(sql, entries(lead, count)));
    await database.transaction(async (sql) => {
      await appendTimeline(sql, [
        ...entries(lead, count, 'again'),
        entry(lead, count, 'new'),
        entry(lead, count, 'twice'),
      ]);
      await appendTimeline(sql, [entry(lead, count + 1, 'behind')]);
    });
    expect(await titlesOf(lead)).toEqual([...Array(count).fill('first'), 'new', 'behind']);
  });

  it('rejects what the table does not take, and says why', async () => {
    const wrong = entries('wrong', 60).map((one) => ({ ...one, at: 'yesterday evening' }));
    await expect(database.transaction((sql) => appendTimeline(sql, wrong))).rejects.toMatchObject({ code: '22007' });
  });
});
