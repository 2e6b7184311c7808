import type { TimelineKind } from '@baton/contracts/http/reporting';
import { insertNew } from '@baton/persistence/insert-new';
import type { Sql } from '@baton/persistence/sql';
import type { TimelineEntry } from './timeline-entry.js';

const columns = ['lead', 'at', 'id', 'kind', 'title', 'data'] as const;
const append = `
  insert into timeline (lead, at, id, kind, title, data)
  select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[])`;
/** So many are worth two statements more. */
const many = 50;

/** Appends to the timelines; an entry that is already there (by lead, time and id) stays as it is. */
export async function appendTimeline(sql: Sql, entries: readonly TimelineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const values = columns.map((column) => entries.map((entry) => entry[column]));
  if (entries.length >= many && (await insertNew(sql, append, values))) return;
  await sql.query(`${append} on conflict do nothing`, values);
}

export interface TimelinePage {
  readonly lead: string;
  readonly kinds?: readonly TimelineKind[] | undefined;
  /** Time (text) and id of the last entry of the page before. */
  readonly before?: readonly [string, string] | undefined;
  readonly limit: number;
}

/** The newest entries of a lead before a cursor, newest first. */
export async function readTimeline(sql: Sql, page: TimelinePage) {
  const { lead, kinds, before, limit } = page;
  return sql.query<{ at: Date; id: string; kind: TimelineKind; title: string; data: string | null }>(
    `select at, id, kind, title, data from timeline
     where lead = $1 and ($2::text[] is null or kind = any($2))
       and ($3::timestamptz is null or (at, id) < ($3::timestamptz, $4::text))
     order by at desc, id desc limit $5`,
    [lead, kinds ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
}
