import type { ReportGroup } from '@baton/contracts/http/reports';
import type { Sql } from '@baton/persistence/sql';

/** What a report is asked for: a half-open window of RFC 3339 times, null for an open end, and what to group by. */
export interface ReportScope {
  readonly from: string | null;
  readonly to: string | null;
  readonly by: ReportGroup | null;
}

/** How to name the group of a cycle `c`: an expression, and the joins it needs. */
export interface GroupKey {
  readonly key: string;
  readonly joins: string;
}

/** Where the next cycle of the lead of cycle `c` begins; null while there is none. */
export const nextCycleStart = `(select coalesce(n.cycle_start, n.started_at) from cycles n where n.lead = c.lead and n.cycle > c.cycle order by n.cycle limit 1)`;

/** A cycle belongs to the group that the first of its events with a value names; the values come from sets, so the order of arrival does not matter. */
export function groupKey(by: ReportGroup | null): GroupKey {
  return by === null ? { key: 'null::text', joins: '' } : keys[by];
}

const keys: Readonly<Record<ReportGroup, GroupKey>> = {
  campaign: firstAttribution('campaign'),
  source: firstAttribution('source'),
  medium: firstAttribution('medium'),
  persona: {
    key: `coalesce(c.persona, case when st.cycle = c.cycle then sc.persona end, 'unknown')`,
    joins: 'left join standings st on st.lead = c.lead left join scores sc on sc.lead = c.lead',
  },
  offer: { key: 'c.offer', joins: '' },
  product: { key: 'c.product', joins: '' },
  playbook: { key: 'c.playbook', joins: '' },
  territory: { key: 'p.country', joins: 'left join profiles p on p.lead = c.lead' },
  rep: firstAssignment('rep'),
  team: firstAssignment('team'),
};

function firstAttribution(column: 'campaign' | 'source' | 'medium'): GroupKey {
  return {
    key: 'first_value.value',
    joins: `left join lateral (
      select a.${column} as value from attributions a
      where a.lead = c.lead and a.${column} is not null and (c.cycle_start is null or a.at >= c.cycle_start)
        and a.at < coalesce(${nextCycleStart}, 'infinity')
      order by a.at, a.event limit 1) first_value on true`,
  };
}

function firstAssignment(column: 'rep' | 'team'): GroupKey {
  return {
    key: 'first_value.value',
    joins: `left join lateral (
      select a.${column} as value from assignments a
      where a.lead = c.lead and a.cycle = c.cycle and a.${column} is not null order by a.position limit 1) first_value on true`,
  };
}

/** `name@version` of the playbooks under which the cycles of the window began. */
export async function playbooksSpanned(sql: Sql, { from, to }: ReportScope): Promise<readonly string[]> {
  const rows = await sql.query<{ playbook: string }>(
    `select distinct playbook from cycles
     where ($1::timestamptz is null or started_at >= $1) and ($2::timestamptz is null or started_at < $2) order by playbook`,
    [from, to],
  );
  return rows.map((row) => row.playbook);
}
