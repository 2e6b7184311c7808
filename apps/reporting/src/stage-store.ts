import type { CountedSignal, LeadCorrected, LeadStageChanged } from '@baton/contracts/lead-stages';
import type { Sql } from '@baton/persistence/sql';

export interface StoredChange {
  readonly id: string;
  readonly lead: string;
  readonly position: number;
  readonly fact: LeadStageChanged;
}

/** Adds changes to the set; one that is already there stays as it is. */
export async function saveChanges(sql: Sql, changes: readonly StoredChange[]): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(rowOf);
  await sql.query(
    `insert into changes (id, lead, position, cycle, from_stage, to_stage, at, cycle_start, via, reason, historic,
       persona, playbook_name, playbook_version, playbook_hash, offer, offer_at, product, product_at, scores, handoff)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::timestamptz[],
       $8::timestamptz[], $9::text[], $10::text[], $11::boolean[], $12::text[], $13::text[], $14::int[], $15::text[],
       $16::text[], $17::timestamptz[], $18::text[], $19::timestamptz[], $20::text[], $21::text[])
     on conflict (id) do nothing`,
    columns.map((column) => rows.map((row) => row[column])),
  );
}

const columns = [
  'id',
  'lead',
  'position',
  'cycle',
  'from',
  'to',
  'at',
  'cycleStart',
  'via',
  'reason',
  'historic',
  'persona',
  'playbookName',
  'playbookVersion',
  'playbookHash',
  'offer',
  'offerAt',
  'product',
  'productAt',
  'scores',
  'handoff',
] as const;

function rowOf({ id, lead, position, fact }: StoredChange) {
  const offered = earliest(fact.signals, (signal) => signal.offer !== undefined);
  const wanted = earliest(fact.signals, (signal) => signal.product !== undefined);
  return {
    id,
    lead,
    position,
    cycle: fact.cycle,
    from: fact.from,
    to: fact.to,
    at: fact.at,
    cycleStart: fact.cycleStart.at,
    via: fact.via,
    reason: fact.reason ?? null,
    historic: fact.historic === true,
    persona: fact.persona,
    playbookName: fact.playbook.name,
    playbookVersion: fact.playbook.version,
    playbookHash: fact.playbook.hash,
    offer: offered?.offer ?? null,
    offerAt: offered?.at ?? null,
    product: wanted?.product ?? null,
    productAt: wanted?.at ?? null,
    scores: JSON.stringify(fact.scores),
    handoff: fact.handoff ? JSON.stringify(fact.handoff) : null,
  };
}

function earliest(
  signals: readonly CountedSignal[],
  wanted: (signal: CountedSignal) => boolean,
): CountedSignal | undefined {
  return signals
    .filter(wanted)
    .reduce<CountedSignal | undefined>((first, signal) => (first && first.at <= signal.at ? first : signal), undefined);
}

/** Takes changes back or gives them an earlier time. */
export async function correctChanges(sql: Sql, corrections: readonly LeadCorrected[]): Promise<void> {
  if (corrections.length === 0) return;
  // The newest correction of a change counts: it is the last in the order of the topic.
  const newest = [...new Map(corrections.map((fact) => [fact.corrects, fact])).values()];
  await sql.query(
    `update changes set undone = c.undone, at = case when c.undone then changes.at else c.at end
     from unnest($1::text[], $2::boolean[], $3::timestamptz[]) as c (id, undone, at) where changes.id = c.id`,
    [newest.map((fact) => fact.corrects), newest.map((fact) => fact.kind === 'undone'), newest.map((fact) => fact.at)],
  );
}

/** Stages in the order in which a lead passes them; among changes of one moment the further one is where it stands. */
const stageOrder = [
  'visitor',
  'lead',
  'mql',
  'accepted',
  'sql',
  'opportunity',
  'customer',
  'nurture',
  'disqualified',
  'lost',
];

/**
 * Computes anew, from the set of changes alone, where these leads stand and when their cycles entered which stage.
 * A live cycle stands where the last decision put it. One with imported history stands where it went last by event time,
 * the further stage first, because history comes in any order.
 */
export async function restand(sql: Sql, leads: readonly string[]): Promise<void> {
  if (leads.length === 0) return;
  await sql.query(
    `insert into standings (lead, cycle, stage, since, historic, change)
     select distinct on (lead) lead, cycle, to_stage, at, historic, id
     from (select *, bool_or(historic) over (partition by lead, cycle) as imported
           from changes where lead = any($1::text[]) and not undone) standing
     order by lead, cycle desc, case when imported then at end desc,
       case when imported then array_position($2::text[], to_stage) end desc, position desc
     on conflict (lead) do update set cycle = excluded.cycle, stage = excluded.stage, since = excluded.since,
       historic = excluded.historic, change = excluded.change`,
    [leads, stageOrder],
  );
  await sql.query(recompute, [leads]);
}

const recompute = `
  with fresh as (
    select lead, cycle, min(at) as started_at, min(cycle_start) as cycle_start,
      min(at) filter (where to_stage = 'mql') as mql_at,
      min(at) filter (where to_stage = 'accepted') as accepted_at,
      min(at) filter (where to_stage = 'sql') as sql_at,
      min(at) filter (where to_stage = 'opportunity') as opportunity_at,
      min(at) filter (where to_stage = 'customer') as customer_at,
      min(at) filter (where to_stage in ('nurture', 'disqualified', 'lost')) as aside_at,
      bool_and(historic) as historic,
      (array_agg(persona order by at, position) filter (where persona <> 'unknown'))[1] as persona,
      (array_agg(offer order by offer_at, offer) filter (where offer is not null))[1] as offer,
      (array_agg(product order by product_at, product) filter (where product is not null))[1] as product,
      (array_agg(playbook_name || '@' || playbook_version order by at, position))[1] as playbook
    from changes where lead = any($1::text[]) and not undone group by lead, cycle),
  taken_back as (
    delete from cycles c where lead = any($1::text[])
      and not exists (select from fresh where fresh.lead = c.lead and fresh.cycle = c.cycle))
  insert into cycles (lead, cycle, started_at, cycle_start, mql_at, accepted_at, sql_at, opportunity_at, customer_at,
    aside_at, historic, persona, offer, product, playbook)
  select * from fresh
  on conflict (lead, cycle) do update set started_at = excluded.started_at, cycle_start = excluded.cycle_start,
    mql_at = excluded.mql_at, accepted_at = excluded.accepted_at, sql_at = excluded.sql_at,
    opportunity_at = excluded.opportunity_at, customer_at = excluded.customer_at, aside_at = excluded.aside_at,
    historic = excluded.historic, persona = excluded.persona, offer = excluded.offer, product = excluded.product,
    playbook = excluded.playbook`;
