import type { Clock } from '@baton/contracts/sla-clocks';
import { dueAt } from '@baton/domain/sla/clock';
import { type LeadClocks, noClocks } from '@baton/domain/sla/clock-state';
import type { Sql } from '@baton/persistence/sql';
import { contractClock } from './clock-facts.js';

/** A lead with clocks, locked in the course of one transaction. */
export interface WatchedLead {
  readonly id: string;
  /** Last number given on `sla.clocks`. */
  readonly sequence: number;
  readonly clocks: LeadClocks;
}

export interface StoredClock {
  readonly lead: string;
  readonly clock: Clock;
  readonly acknowledged: { readonly by: string; readonly at: string } | null;
}

interface RawLead {
  id: string;
  sequence: string;
  state: string;
}

/**
 * Locks leads in id order and answers the clocks of those that were not erased. Those of `begin` get a row when they have
 * none: three topics may be the first to speak of a lead, and whoever comes second must wait for the first.
 */
export async function lockLeads(sql: Sql, ids: readonly string[], begin: readonly string[]): Promise<WatchedLead[]> {
  const fresh = begin.toSorted();
  if (fresh.length > 0) {
    await sql.query(
      'insert into leads (id, sequence, state) select * from unnest($1::text[], $2::bigint[], $3::text[]) on conflict do nothing',
      [fresh, fresh.map(() => 0), fresh.map((id) => JSON.stringify(noClocks(id)))],
    );
  }
  const rows = await sql.query<RawLead & { erased: boolean }>(
    'select id, sequence, state, erased from leads where id = any($1::text[]) order by id for update',
    [ids],
  );
  return rows.filter(({ erased }) => !erased).map(watched);
}

/** Leads, and as whom they go on where they were absorbed, down to those that were not; not locked. */
export async function lineOf(sql: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const line = new Set(ids);
  for (let next = [...line]; next.length > 0;) {
    const rows = await sql.query<RawLead>('select id, sequence, state from leads where id = any($1::text[])', [next]);
    next = rows.flatMap((row) => watched(row).clocks.goesOnAs?.lead ?? []).filter((id) => !line.has(id));
    for (const id of next) line.add(id);
  }
  return [...line];
}

/** Locks leads whose clocks are due, earliest first, those that nobody else is about to fold. */
export async function claimDue(sql: Sql, now: number, limit: number): Promise<WatchedLead[]> {
  const rows = await sql.query<RawLead>(
    'select id, sequence, state from leads where due_at <= $1 order by due_at limit $2 for update skip locked',
    [new Date(now).toISOString(), limit],
  );
  return rows.map(watched);
}

/** When the next clock is due, epoch ms; null when none is. */
export async function nextDueAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ due_at: Date | null }>(
    'select min(due_at) as due_at from leads where due_at is not null',
  );
  return row?.due_at?.getTime() ?? null;
}

export async function saveLeads(sql: Sql, leads: readonly WatchedLead[]): Promise<void> {
  if (leads.length === 0) return;
  await sql.query(
    `update leads set sequence = folded.sequence, state = folded.state, due_at = folded.due_at
     from unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[]) as folded(id, sequence, state, due_at)
     where leads.id = folded.id`,
    [
      leads.map(({ id }) => id),
      leads.map(({ sequence }) => sequence),
      leads.map(({ clocks }) => JSON.stringify(clocks)),
      leads.map(({ clocks }) => timeOrNull(dueAt(clocks))),
    ],
  );
  await saveClocks(sql, leads);
}

async function saveClocks(sql: Sql, leads: readonly WatchedLead[]): Promise<void> {
  const clocks = leads.flatMap(({ id, clocks }) =>
    clocks.cycles.flatMap(({ shown }) => (shown === null ? [] : [{ lead: id, clock: contractClock(shown) }])),
  );
  if (clocks.length === 0) return;
  await sql.query(
    `insert into clocks (id, lead, state, due_at, clock)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
     on conflict (id) do update set state = excluded.state, due_at = excluded.due_at, clock = excluded.clock
     where clocks.clock <> excluded.clock`,
    [
      clocks.map(({ clock }) => clock.id),
      clocks.map(({ lead }) => lead),
      clocks.map(({ clock }) => clock.state),
      clocks.map(({ clock }) => clock.dueAt),
      clocks.map(({ clock }) => JSON.stringify(clock)),
    ],
  );
}

/** Forgets locked leads, with their clocks, but for that they were erased. */
export async function eraseLeads(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    `update leads set erased = true, state = empty.state, due_at = null
     from unnest($1::text[], $2::text[]) as empty(id, state) where leads.id = empty.id`,
    [ids, ids.map((id) => JSON.stringify(noClocks(id)))],
  );
  await sql.query('delete from clocks where lead = any($1::text[])', [ids]);
}

export async function acknowledgeStored(
  sql: Sql,
  id: string,
  by: { readonly name: string; readonly at: string },
): Promise<void> {
  await sql.query('update clocks set acknowledged_by = $2, acknowledged_at = $3 where id = $1', [id, by.name, by.at]);
}

export interface ClockPage {
  readonly state: string | null;
  readonly after: { readonly dueAt: string; readonly id: string } | null;
  readonly limit: number;
}

interface RawClock {
  lead: string;
  clock: string;
  acknowledged_by: string | null;
  acknowledged_at: Date | null;
}

/** Clocks by (due time, id), soonest first, in one state or in all. */
export async function listClocks(sql: Sql, { state, after, limit }: ClockPage): Promise<StoredClock[]> {
  const rows = await sql.query<RawClock>(
    `select lead, clock, acknowledged_by, acknowledged_at from clocks
     where ($1::text is null or state = $1) and ($2::timestamptz is null or (due_at, id) > ($2, $3::text))
     order by due_at, id limit $4`,
    [state, after?.dueAt ?? null, after?.id ?? null, limit],
  );
  return rows.map(stored);
}

export async function readClock(sql: Sql, id: string): Promise<StoredClock | null> {
  const [row] = await sql.query<RawClock>(
    'select lead, clock, acknowledged_by, acknowledged_at from clocks where id = $1',
    [id],
  );
  return row ? stored(row) : null;
}

function stored({ lead, clock, acknowledged_by: by, acknowledged_at: at }: RawClock): StoredClock {
  return {
    lead,
    clock: JSON.parse(clock) as Clock,
    acknowledged: by === null || at === null ? null : { by, at: at.toISOString() },
  };
}

function watched({ id, sequence, state }: RawLead): WatchedLead {
  return { id, sequence: Number(sequence), clocks: JSON.parse(state) as LeadClocks };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
