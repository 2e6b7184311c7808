import type { Sql } from '@baton/persistence/sql';
import type { OwnedLead } from './owned-lead.js';

interface RawLead {
  id: string;
  sequence: string;
  state: string;
}

/** Leads, all that go on in their place, and all that any of them awaits an owner from; not locked. */
export async function lineOf(sql: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await sql.query<{ id: string }>(
    `with recursive line (id) as (
       select unnest($1::text[])
       union
       select next.id from line
       join leads on leads.id = line.id
       cross join lateral (
         select leads.state::jsonb->>'survivor'
         union all
         select jsonb_array_elements_text(leads.state::jsonb->'awaits')
       ) as next (id)
       where next.id is not null)
     select id from line`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Locks the known leads among `ids`, in id order, and answers them. */
export async function lockLeads(sql: Sql, ids: readonly string[]): Promise<Map<string, OwnedLead>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.query<RawLead>(
    'select id, sequence, state from leads where id = any($1::text[]) order by id for update',
    [ids],
  );
  return new Map(
    rows.map(({ id, sequence, state }) => [id, { ...JSON.parse(state), id, sequence: Number(sequence) } as OwnedLead]),
  );
}

export async function saveLeads(sql: Sql, leads: readonly OwnedLead[]): Promise<void> {
  if (leads.length === 0) return;
  await sql.query(
    `insert into leads (id, sequence, state)
     select * from unnest($1::text[], $2::bigint[], $3::text[])
     on conflict (id) do update set sequence = excluded.sequence, state = excluded.state`,
    [
      leads.map(({ id }) => id),
      leads.map(({ sequence }) => sequence),
      leads.map(({ id: _id, sequence: _sequence, ...state }) => JSON.stringify(state)),
    ],
  );
}

export async function deleteLeads(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await sql.query('delete from leads where id = any($1::text[])', [ids]);
}

/** Locks the rows of accounts, in order, creating those that are missing, so that two new colleagues get one owner. */
export async function lockAccounts(sql: Sql, domains: readonly string[]): Promise<Map<string, string | null>> {
  if (domains.length === 0) return new Map();
  const sorted = domains.toSorted();
  await sql.query('insert into account_owners (domain) select unnest($1::text[]) on conflict do nothing', [sorted]);
  const rows = await sql.query<{ domain: string; rep: string | null }>(
    'select domain, rep from account_owners where domain = any($1::text[]) order by domain for update',
    [sorted],
  );
  return new Map(rows.map(({ domain, rep }) => [domain, rep]));
}

export async function saveAccountOwners(sql: Sql, owners: ReadonlyMap<string, string | null>): Promise<void> {
  if (owners.size === 0) return;
  await sql.query(
    `update account_owners set rep = changed.rep
     from unnest($1::text[], $2::text[]) as changed(domain, rep) where account_owners.domain = changed.domain`,
    [[...owners.keys()], [...owners.values()]],
  );
}

/** Locks the rotations of rules, in order, creating those that are missing: replicas take turns. */
export async function lockRotations(sql: Sql, rules: readonly string[]): Promise<Map<string, Record<string, number>>> {
  if (rules.length === 0) return new Map();
  const sorted = rules.toSorted();
  await sql.query(`insert into rotations (rule, waited) select unnest($1::text[]), '{}' on conflict do nothing`, [
    sorted,
  ]);
  const rows = await sql.query<{ rule: string; waited: string }>(
    'select rule, waited from rotations where rule = any($1::text[]) order by rule for update',
    [sorted],
  );
  return new Map(rows.map(({ rule, waited }) => [rule, JSON.parse(waited) as Record<string, number>]));
}

export async function saveRotations(
  sql: Sql,
  rotations: ReadonlyMap<string, Readonly<Record<string, number>>>,
): Promise<void> {
  if (rotations.size === 0) return;
  await sql.query(
    `update rotations set waited = changed.waited
     from unnest($1::text[], $2::text[]) as changed(rule, waited) where rotations.rule = changed.rule`,
    [[...rotations.keys()], [...rotations.values()].map((waited) => JSON.stringify(waited))],
  );
}
