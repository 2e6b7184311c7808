import type { speedTiers } from '@baton/contracts/http/reports';
import type { Sql } from '@baton/persistence/sql';
import { type ReportScope, groupKey, nextCycleStart } from './report-scope-store.js';

export interface SpeedTotals {
  readonly key: string | null;
  readonly leads: number;
  readonly touched: number;
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
}

export interface SpeedTier {
  readonly key: string | null;
  readonly id: (typeof speedTiers)[number];
  readonly leads: number;
  readonly converted: number;
}

/** Cycles that entered `mql` or `sql` in the window, with how long each group waited for the first touch after that. */
export async function totalWaits(sql: Sql, scope: ReportScope): Promise<readonly SpeedTotals[]> {
  return sql.query<SpeedTotals>(
    `with waits as (${waits(scope)})
     select key, count(*)::int as leads, count(touched_at)::int as touched,
       percentile_cont(0.5) within group (order by seconds)::float8 as "medianSeconds",
       percentile_cont(0.9) within group (order by seconds)::float8 as "p90Seconds"
     from waits group by key order by count(*) desc, key`,
    [scope.from, scope.to],
  );
}

/** The same cycles by how soon they were touched: disjoint tiers. */
export async function waitsByTier(sql: Sql, scope: ReportScope): Promise<readonly SpeedTier[]> {
  return sql.query<SpeedTier>(
    `with waits as (${waits(scope)})
     select key, case when seconds is null then 'never' when seconds <= 300 then '5m' when seconds <= 3600 then '1h'
         when seconds <= 86400 then '1d' when seconds <= 604800 then '1w' else 'later' end as id,
       count(*)::int as leads, (count(*) filter (where converted))::int as converted
     from waits group by key, 2`,
    [scope.from, scope.to],
  );
}

export interface TimedWait {
  readonly key: string | null;
  readonly calendar: string;
  readonly enteredAt: Date;
  readonly touchedAt: Date;
}

/** Each touched wait of a team that keeps working hours: its clock names their calendar. */
export async function waitsInHours(sql: Sql, scope: ReportScope): Promise<readonly TimedWait[]> {
  return sql.query<TimedWait>(
    `with waits as (${waits(scope)})
     select w.key, k.calendar, w.entered_at as "enteredAt", w.touched_at as "touchedAt"
     from waits w join clocks k on k.lead = w.lead and k.cycle = w.cycle
     where w.touched_at is not null and k.calendar is not null`,
    [scope.from, scope.to],
  );
}

/** The newest roster's calendars by id. */
export async function currentCalendars(sql: Sql): Promise<Readonly<Record<string, unknown>>> {
  const rows = await sql.query<{ roster: string }>('select roster from rosters order by version desc limit 1');
  const roster = rows[0] ? (JSON.parse(rows[0].roster) as { calendars?: Record<string, unknown> }) : {};
  return roster.calendars ?? {};
}

function waits({ by }: ReportScope): string {
  const { key, joins } = groupKey(by);
  return `
    select c.lead, c.cycle, ${key} as key, entry.at as entered_at, touch.at as touched_at,
      extract(epoch from touch.at - entry.at) as seconds,
      coalesce(c.opportunity_at, c.customer_at, case when c.mql_at <= c.sql_at then c.sql_at end) is not null as converted
    from cycles c
    cross join lateral (select least(c.mql_at, c.sql_at) as at) entry
    left join lateral (
      select min(t.at) as at from touches t
      where t.lead = c.lead and t.at >= entry.at and t.at < coalesce(${nextCycleStart}, 'infinity')) touch on true
    ${joins}
    where entry.at is not null and ($1::timestamptz is null or entry.at >= $1) and ($2::timestamptz is null or entry.at < $2)`;
}
