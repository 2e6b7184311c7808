import type { LogRecord } from '@baton/messaging/record';
import { testDatabase } from '@baton/testing/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readModels } from '../src/migrations/0001-read-models.js';
import { KnownVisitors } from '../src/known-visitors.js';
import { countVisitors, firstSightings, hashVisitorsWith, visitorsBetween } from '../src/visitor-store.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase('reporting', [readModels]);
});
afterAll(() => database.drop());

const at = (hour: number): string => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`;
const seen = (key: string, hour: number): LogRecord =>
  ({ topic: 'visitor.events', partition: 0, position: 0, key, envelope: { data: { at: at(hour) } } }) as LogRecord;
const batchOf = (...records: readonly LogRecord[]) => ({ topic: 'visitor.events', partition: 0, records });
const count = (...records: readonly LogRecord[]) =>
  countVisitors(database, firstSightings(batchOf(...records)), hashVisitorsWith('a secret'));

describe('visitors', () => {
  it('count once, from the earliest of their events whatever comes first', async () => {
    await count(seen('web:a', 12), seen('web:b', 12), seen('web:a', 11));
    await count(seen('web:a', 10), seen('web:b', 13));
    expect(await visitorsBetween(database, null, null)).toBe(2);
    expect(await visitorsBetween(database, at(10), at(11))).toBe(1);
    expect(await visitorsBetween(database, at(11), at(13))).toBe(1);
  });

  it('are told to the database while they are new, and again when an earlier event of theirs comes', () => {
    const known = new KnownVisitors(2);
    const newsIn = (...records: readonly LogRecord[]) => {
      const news = known.newsIn(firstSightings(batchOf(...records)));
      known.keep(news);
      return [...news];
    };
    expect(newsIn(seen('web:a', 12), seen('web:b', 12))).toEqual([
      ['web:a', at(12)],
      ['web:b', at(12)],
    ]);
    expect(newsIn(seen('web:a', 12), seen('web:b', 13))).toEqual([]);
    expect(newsIn(seen('web:a', 11))).toEqual([['web:a', at(11)]]);
    expect(newsIn(seen('web:c', 12))).toHaveLength(1);
    expect(newsIn(seen('web:a', 12), seen('web:c', 12))).toEqual([]);
    expect(newsIn(seen('web:b', 12))).toHaveLength(1);
  });

  it('are news until their counting is committed', () => {
    const known = new KnownVisitors(2);
    expect(known.newsIn(firstSightings(batchOf(seen('web:a', 12)))).size).toBe(1);
    expect(known.newsIn(firstSightings(batchOf(seen('web:a', 12)))).size).toBe(1);
  });

  it('are kept without a name', async () => {
    await count(seen('web:kim@acme.example', 9));
    expect(JSON.stringify(await database.query('select * from visitors'))).not.toContain('kim');
  });
});
