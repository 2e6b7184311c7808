import type { Sql } from '@baton/persistence/sql';
import { type ReportScope, groupKey } from './report-scope-store.js';

/** The way of a lead; the column of `cycles` that has the time of its entry. */
const entryColumns = {
  lead: 'started_at',
  mql: 'mql_at',
  accepted: 'accepted_at',
  sql: 'sql_at',
  opportunity: 'opportunity_at',
  customer: 'customer_at',
} as const;
export type FunnelStage = keyof typeof entryColumns;
const funnelStages = Object.keys(entryColumns) as readonly FunnelStage[];

export interface StageCounts {
  readonly key: string | null;
  readonly stage: FunnelStage;
  /** Cycles that have been at the stage or beyond it. */
  readonly reached: number;
  /** Cycles that entered the stage itself. */
  readonly entered: number;
}

/** Counts cycles that began in the window, per group and stage. */
export async function countStages(sql: Sql, scope: ReportScope): Promise<readonly StageCounts[]> {
  const columns = funnelStages.map((stage, index) => {
    const beyond = funnelStages.slice(index).map((later) => entryColumns[later]);
    return `count(coalesce(${beyond.join(', ')}))::int as reached_${stage}, count(${entryColumns[stage]})::int as entered_${stage}`;
  });
  const rows = await sql.query<Record<string, number | null> & { key: string | null }>(
    `with cohort as (${cohort(scope)}) select key, ${columns.join(', ')} from cohort group by key order by count(*) desc, key`,
    [scope.from, scope.to],
  );
  return rows.flatMap((row) =>
    funnelStages.map((stage) => {
      return {
        key: row.key,
        stage,
        reached: Number(row[`reached_${stage}`]),
        entered: Number(row[`entered_${stage}`]),
      };
    }),
  );
}

export interface TransitionCounts {
  readonly key: string | null;
  readonly entered: number;
  readonly converted: number;
  readonly direct: number;
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
  readonly mature: number;
}

/**
 * Follows the cycles that began in the window from one stage to a later one, whenever they entered it. `mature` counts
 * those that converted, went aside, or have waited longer than nine in ten of the converted did (`now` is epoch ms).
 */
export async function followTransition(
  sql: Sql,
  scope: ReportScope,
  { from, to, now }: { readonly from: FunnelStage; readonly to: FunnelStage; readonly now: number },
): Promise<readonly TransitionCounts[]> {
  return sql.query<TransitionCounts>(
    `with cohort as (${cohort(scope)}),
     moved as (
       select key, ${entryColumns[from]} as from_at, ${entryColumns[to]} as to_at, aside_at,
         case when ${entryColumns[to]} < ${entryColumns[from]} then 0
           else extract(epoch from ${entryColumns[to]} - ${entryColumns[from]}) end as seconds
       from cohort),
     pace as (
       select key, percentile_cont(0.5) within group (order by seconds) as median, percentile_cont(0.9) within group (order by seconds) as p90
       from moved group by key)
     select moved.key, count(from_at)::int as entered, (count(*) filter (where from_at is not null and to_at is not null))::int as converted,
       (count(*) filter (where from_at is null and to_at is not null))::int as direct,
       pace.median::float8 as "medianSeconds", pace.p90::float8 as "p90Seconds",
       (count(*) filter (where from_at is not null and (to_at is not null or aside_at is not null
         or from_at + make_interval(secs => pace.p90) < $3::timestamptz)))::int as mature
     from moved join pace on pace.key is not distinct from moved.key group by moved.key, pace.median, pace.p90`,
    [scope.from, scope.to, new Date(now).toISOString()],
  );
}

function cohort({ by }: ReportScope): string {
  const { key, joins } = groupKey(by);
  return `select c.*, ${key} as key from cycles c ${joins}
    where ($1::timestamptz is null or c.started_at >= $1) and ($2::timestamptz is null or c.started_at < $2)`;
}
