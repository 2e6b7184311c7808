import type { Sql } from '@baton/persistence/sql';
import { type ReportScope, groupKey } from './report-scope-store.js';

export interface PromiseCounts {
  readonly key: string | null;
  readonly sla: string;
  readonly met: number;
  readonly breached: number;
  readonly open: number;
  readonly cancelled: number;
}

/** Clocks that started in the window, per group and tier. A clock that was breached stays breached when a touch comes later. */
export async function countPromises(sql: Sql, scope: ReportScope): Promise<readonly PromiseCounts[]> {
  const { key, joins } = groupKey(scope.by);
  return sql.query<PromiseCounts>(
    `with judged as (
       select ${key} as key, k.sla, case when k.breached_at is not null then 'breached' when k.met_at is not null then 'met'
         when k.state = 'cancelled' then 'cancelled' else 'open' end as judgement
       from clocks k join cycles c on c.lead = k.lead and c.cycle = k.cycle ${joins}
       where ($1::timestamptz is null or k.started_at >= $1) and ($2::timestamptz is null or k.started_at < $2))
     select key, sla, (count(*) filter (where judgement = 'met'))::int as met,
       (count(*) filter (where judgement = 'breached'))::int as breached,
       (count(*) filter (where judgement = 'open'))::int as open,
       (count(*) filter (where judgement = 'cancelled'))::int as cancelled
     from judged group by key, sla order by key, sla`,
    [scope.from, scope.to],
  );
}
