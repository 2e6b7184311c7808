import type { PlaybookRef } from '@baton/contracts/lead-scores';
import type { AnswerRecord, Handoff, Stage } from '@baton/contracts/lead-stages';
import type { Clock } from '@baton/contracts/sla-clocks';
import type { Sql } from '@baton/persistence/sql';
import type { Profile } from './profile.js';

/** Everything reporting knows of one lead, as its tables have it. */
export interface LeadRow {
  readonly lead: string;
  readonly profile: Profile | null;
  readonly standing: {
    readonly stage: Stage;
    readonly cycle: number;
    readonly since: Date;
    readonly historic: boolean;
    readonly via: string | null;
    readonly reason: string | null;
    readonly persona: string;
    readonly scores: string;
    readonly playbook: PlaybookRef;
  } | null;
  readonly scores: {
    readonly fit: number;
    readonly engagement: number;
    readonly total: number;
    readonly grade: string;
    readonly asOf: Date;
    readonly persona: string;
  } | null;
  readonly owner: { readonly rep: string | null; readonly team: string | null; readonly since: Date } | null;
  readonly fallback: string | null;
  /** Newest cycle first. */
  readonly clocks: readonly Clock[];
  readonly handoff: Handoff | null;
  readonly answers: Readonly<Record<string, AnswerRecord>>;
}

interface Joined {
  lead: string;
  state: string | null;
  stage: Stage | null;
  cycle: number;
  since: Date;
  historic: boolean;
  via: string | null;
  reason: string | null;
  change_persona: string;
  change_scores: string;
  playbook_name: string;
  playbook_version: number;
  playbook_hash: string;
  fallback: string | null;
  fit: number;
  engagement: number;
  total: number;
  grade: string | null;
  as_of: Date;
  persona: string;
  rep: string | null;
  team: string | null;
  owned_since: Date | null;
  handoff: string | null;
}

/** What is known of these leads, in the order given; leads nothing is known of are left out. */
export async function readLeads(sql: Sql, leads: readonly string[]): Promise<readonly LeadRow[]> {
  if (leads.length === 0) return [];
  const joined = await sql.query<Joined>(joinedByLead, [leads]);
  const answers = await sql.query<{ lead: string; question: string; value: string; at: Date; by: AnswerRecord['by'] }>(
    'select lead, question, value, at, by from answers where lead = any($1::text[]) order by lead, question',
    [leads],
  );
  const clocks = await sql.query<{ lead: string; clock: string }>(
    'select lead, clock from clocks where lead = any($1::text[]) order by lead, cycle desc',
    [leads],
  );
  const answersOf = Map.groupBy(answers, (answer) => answer.lead);
  const clocksOf = Map.groupBy(clocks, (clock) => clock.lead);
  return joined.map((row) => ({
    ...leadRowOf(row),
    clocks: (clocksOf.get(row.lead) ?? []).map(({ clock }) => JSON.parse(clock) as Clock),
    answers: Object.fromEntries(
      (answersOf.get(row.lead) ?? []).map(({ question, value, at, by }) => [
        question,
        { value: JSON.parse(value) as unknown, at: at.toISOString(), by },
      ]),
    ),
  }));
}

const joinedByLead = `
  select asked.lead, p.state, s.stage, s.cycle, s.since, s.historic, ch.via, ch.reason, ch.persona as change_persona,
    ch.scores as change_scores, ch.playbook_name, ch.playbook_version, ch.playbook_hash, pb.fallback,
    sc.fit, sc.engagement, sc.total, sc.grade, sc.as_of, sc.persona, o.rep, o.team, o.since as owned_since, h.handoff
  from unnest($1::text[]) with ordinality as asked (lead, place)
  left join profiles p on p.lead = asked.lead
  left join standings s on s.lead = asked.lead
  left join changes ch on ch.id = s.change
  left join playbooks pb on pb.name = ch.playbook_name and pb.version = ch.playbook_version
  left join scores sc on sc.lead = asked.lead
  left join owners o on o.lead = asked.lead
  left join lateral (
    select c.handoff from changes c
    where c.lead = s.lead and c.cycle = s.cycle and c.handoff is not null and not c.undone
    order by c.at desc, c.position desc limit 1) h on true
  where p.lead is not null or s.lead is not null
  order by asked.place`;

function leadRowOf(row: Joined): Omit<LeadRow, 'clocks' | 'answers'> {
  return {
    lead: row.lead,
    profile: row.state === null ? null : (JSON.parse(row.state) as Profile),
    standing:
      row.stage === null
        ? null
        : {
            stage: row.stage,
            cycle: row.cycle,
            since: row.since,
            historic: row.historic,
            via: row.via,
            reason: row.reason,
            persona: row.change_persona,
            scores: row.change_scores,
            playbook: { name: row.playbook_name, version: row.playbook_version, hash: row.playbook_hash },
          },
    scores:
      row.grade === null
        ? null
        : {
            fit: row.fit,
            engagement: row.engagement,
            total: row.total,
            grade: row.grade,
            asOf: row.as_of,
            persona: row.persona,
          },
    owner: row.owned_since === null ? null : { rep: row.rep, team: row.team, since: row.owned_since },
    fallback: row.fallback,
    handoff: row.handoff === null ? null : (JSON.parse(row.handoff) as Handoff),
  };
}

type LeadSort = 'created' | 'since' | 'score' | 'email';

export interface LeadFilter {
  readonly email?: string | undefined;
  readonly stage?: string | undefined;
  readonly owner?: string | undefined;
  readonly q?: string | undefined;
  readonly sort: LeadSort;
  /** Sort value (text) and id of the last lead of the page before. */
  readonly after?: readonly [string, string] | undefined;
  readonly limit: number;
}

/** What each sort compares, largest first but for texts. Every value has a text that orders it exactly again. */
const sorts: Readonly<
  Record<LeadSort, { readonly value: string; readonly type: string; readonly ascending: boolean }>
> = {
  created: { value: 'p.created_at', type: 'timestamptz', ascending: false },
  since: { value: 'coalesce(s.since, p.created_at)', type: 'timestamptz', ascending: false },
  score: { value: 'coalesce(sc.total, 0)', type: 'float8', ascending: false },
  email: { value: `coalesce(p.email, '') collate "C"`, type: 'text', ascending: true },
};

/** A page of lead ids with the sort value of each. */
export async function findLeads(sql: Sql, filter: LeadFilter): Promise<readonly { lead: string; value: string }[]> {
  const { value, type, ascending } = sorts[filter.sort];
  const [comparison, direction] = ascending ? ['>', 'asc'] : ['<', 'desc'];
  return sql.query<{ lead: string; value: string }>(
    `select p.lead, (${value})::text as value from profiles p
     left join standings s on s.lead = p.lead left join scores sc on sc.lead = p.lead left join owners o on o.lead = p.lead
     where ($1::text is null or p.email = $1) and ($2::text is null or coalesce(s.stage, 'lead') = $2)
       and ($3::text is null or o.rep = $3) and ($4::text is null or (o.team = $4 and o.rep is null))
       and ($5::text is null or p.search like $5)
       and ($6::text is null or (${value}, p.lead) ${comparison} ($6::${type}, $7::text))
     order by ${value} ${direction}, p.lead ${direction} limit $8`,
    [
      filter.email?.toLowerCase() ?? null,
      filter.stage ?? null,
      ownerPart(filter.owner, 'rep:'),
      ownerPart(filter.owner, 'team:'),
      filter.q === undefined ? null : `%${filter.q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`,
      filter.after?.[0] ?? null,
      filter.after?.[1] ?? null,
      filter.limit,
    ],
  );
}

function ownerPart(owner: string | undefined, prefix: string): string | null {
  return owner?.startsWith(prefix) ? owner.slice(prefix.length) : null;
}
