import type { ClockFactData } from '@baton/contracts/sla-clocks';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { saveClocks } from './clock-store.js';
import type { LiveEvent } from './live-feed.js';
import { departedAmong } from './profile-store.js';
import { type Recorded, recorded } from './recorded.js';
import { clockLine } from './timeline-entry.js';
import { appendTimeline } from './timeline-store.js';

/** Folds `sla.clocks`: every fact carries the whole clock, the newest per clock is kept. */
export async function recordClocks(batch: Batch, sql: Sql): Promise<Recorded> {
  const gone = await departedAmong(sql, [...new Set(batch.records.map((record) => record.key))]);
  const records = (batch.records as readonly LogRecord<ClockFactData>[]).filter((record) => !gone.has(record.key));
  const newest = new Map(
    records.map(({ key, envelope: { data } }) => [data.clock.id, { lead: key, clock: data.clock }]),
  );
  await saveClocks(sql, [...newest.values()]);
  await appendTimeline(
    sql,
    records.map(({ key, position, envelope }) => {
      return { lead: key, at: envelope.data.at, id: `c${position}`, ...clockLine(envelope.type, envelope.data) };
    }),
  );
  const live = records.map(({ key, envelope: { data, type } }): LiveEvent => {
    const { id, sla, state, dueAt } = data.clock;
    return {
      event: 'clock',
      data: { lead: key, at: data.at, happened: type.split('.')[2], clock: { id, sla, state, dueAt } },
    };
  });
  return recorded({ changed: [...new Set(records.map((record) => record.key))], live });
}
