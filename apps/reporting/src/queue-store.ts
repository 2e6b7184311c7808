import type { Sql } from '@baton/persistence/sql';

/** Where a page of the queue ended: historic, due time, score and id of its last lead, as text. */
export type QueuePlace = readonly [historic: string, due: string, total: string, lead: string];

export interface QueueQuestion {
  /** `rep:ID` and `team:ID` (the team's own queue); absent: everybody's. */
  readonly owners?: readonly string[] | undefined;
  readonly after?: QueuePlace | undefined;
  readonly limit: number;
}

/**
 * Open work, most urgent first: clocks that wait for a touch by their due time (breached ones are the most overdue), then
 * the highest score. What stands where imported history put it comes after everything live.
 */
export async function readQueue(
  sql: Sql,
  { owners, after, limit }: QueueQuestion,
): Promise<readonly { lead: string; place: QueuePlace }[]> {
  const rows = await sql.query<{ lead: string; historic: boolean; due: string; total: string }>(
    `with open as (
       select s.lead, s.historic, coalesce(sc.total, 0) as total,
         coalesce(k.due_at, 'infinity'::timestamptz) as due,
         case when o.rep is not null then 'rep:' || o.rep when o.team is not null then 'team:' || o.team else pb.fallback end as owner
       from standings s
       left join scores sc on sc.lead = s.lead
       left join owners o on o.lead = s.lead
       left join clocks k on k.lead = s.lead and k.cycle = s.cycle and k.met_at is null and k.state <> 'cancelled'
       left join changes ch on ch.id = s.change and o.lead is null
       left join playbooks pb on pb.name = ch.playbook_name and pb.version = ch.playbook_version
       where s.stage in ('mql', 'accepted', 'sql', 'opportunity'))
     select lead, historic, due::text as due, total::text as total from open
     where ($1::text[] is null or owner = any($1))
       and ($2::boolean is null or (historic, due, -total, lead) > ($2, $3::timestamptz, -($4::float8), $5::text))
     order by historic, due, -total, lead limit $6`,
    [owners ?? null, ...(after ?? [null, null, null, null]), limit],
  );
  return rows.map(({ lead, historic, due, total }) => ({ lead, place: [String(historic), due, total, lead] }));
}
