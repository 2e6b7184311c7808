import type { Sql } from '@baton/persistence/sql';
import type { Occurrence } from '@baton/domain/evidence/evidence';

/** A lead's row without its state: enough to lock it and to know whether a cached state is still the stored one. */
export interface LeadVersion {
  readonly id: string;
  readonly revision: number;
}

export interface LeadRow extends LeadVersion {
  readonly partition: number;
  /** Last number given on `lead.stages`. */
  readonly sequence: number;
  /** JSON text of a `LeadState`. */
  readonly state: string;
}

export interface LeadWrite extends LeadRow {
  readonly dueAt: number | null;
}

export interface PlaybookRow {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly source: string;
  readonly publishedAt: string;
  readonly bootstrap: boolean;
}

export interface PlaybookVersion {
  readonly name: string;
  readonly version: number;
}

/** Locks the rows of these leads in id order; leads without a row are left out. */
export async function lockLeads(sql: Sql, ids: readonly string[]): Promise<LeadVersion[]> {
  const rows = await sql.query<{ id: string; revision: string }>(
    'select id, revision from leads where id = any($1) order by id for update',
    [ids],
  );
  return rows.map(({ id, revision }) => ({ id, revision: Number(revision) }));
}

interface RawLead {
  id: string;
  partition: number;
  revision: string;
  sequence: string;
  state: string;
}

export async function readLeads(sql: Sql, ids: readonly string[]): Promise<LeadRow[]> {
  if (ids.length === 0) return [];
  const rows = await sql.query<RawLead>(
    'select id, partition, revision, sequence, state from leads where id = any($1)',
    [ids],
  );
  return rows.map((row) => ({ ...row, revision: Number(row.revision), sequence: Number(row.sequence) }));
}

export async function writeLeads(sql: Sql, leads: readonly LeadWrite[]): Promise<void> {
  if (leads.length === 0) return;
  await sql.query(
    `insert into leads as stored (id, partition, revision, sequence, state, due_at)
     select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[])
     on conflict (id) do update set
       revision = excluded.revision, sequence = excluded.sequence, state = excluded.state, due_at = excluded.due_at`,
    [
      leads.map((lead) => lead.id),
      leads.map((lead) => lead.partition),
      leads.map((lead) => lead.revision),
      leads.map((lead) => lead.sequence),
      leads.map((lead) => lead.state),
      leads.map((lead) => (lead.dueAt === null ? null : new Date(lead.dueAt).toISOString())),
    ],
  );
}

export interface StoredOccurrence extends Occurrence {
  readonly lead: string;
}

export async function appendOccurrences(sql: Sql, occurrences: readonly StoredOccurrence[]): Promise<void> {
  if (occurrences.length === 0) return;
  await sql.query(
    `insert into occurrences (lead, signal, at, event)
     select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[])
     on conflict do nothing`,
    [
      occurrences.map(({ lead }) => lead),
      occurrences.map(({ signal }) => signal),
      occurrences.map(({ at }) => new Date(at).toISOString()),
      occurrences.map(({ event }) => event),
    ],
  );
}

export async function deleteOccurrences(
  sql: Sql,
  revoked: readonly { readonly lead: string; readonly event: string }[],
): Promise<void> {
  if (revoked.length === 0) return;
  await sql.query(
    `delete from occurrences using unnest($1::text[], $2::text[]) as gone(lead, event)
     where occurrences.lead = gone.lead and occurrences.event = gone.event`,
    [revoked.map(({ lead }) => lead), revoked.map(({ event }) => event)],
  );
}

/** Every stored occurrence of these leads and their signals; what late facts are folded against. */
export async function readOccurrences(
  sql: Sql,
  wanted: readonly { readonly lead: string; readonly signal: string }[],
): Promise<StoredOccurrence[]> {
  const rows = await sql.query<{ lead: string; signal: string; at: Date; event: string }>(
    `select occurrences.lead, occurrences.signal, occurrences.at, occurrences.event
     from unnest($1::text[], $2::text[]) as wanted(lead, signal)
     join occurrences on occurrences.lead = wanted.lead and occurrences.signal = wanted.signal`,
    [wanted.map(({ lead }) => lead), wanted.map(({ signal }) => signal)],
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

/** Locks leads whose computed time has come, those that nobody else is about to fold. */
export async function claimDueLeads(sql: Sql, now: number, limit: number): Promise<LeadRow[]> {
  const rows = await sql.query<RawLead>(
    `select id, partition, revision, sequence, state from leads
     where due_at <= $1 order by due_at limit $2 for update skip locked`,
    [new Date(now).toISOString(), limit],
  );
  return rows.map((row) => ({ ...row, revision: Number(row.revision), sequence: Number(row.sequence) }));
}

export async function nextDueAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ due_at: Date | null }>('select min(due_at) as due_at from leads where due_at is not null');
  return row?.due_at?.getTime() ?? null;
}

interface RawPlaybook {
  name: string;
  version: number;
  hash: string;
  source: string;
  published_at: Date;
  bootstrap: boolean;
}

export async function readPlaybooks(sql: Sql): Promise<PlaybookRow[]> {
  const rows = await sql.query<RawPlaybook>(
    'select name, version, hash, source, published_at, bootstrap from playbooks order by published_at desc, version desc',
  );
  return rows.map(({ published_at, ...row }) => ({ ...row, publishedAt: published_at.toISOString() }));
}

/** False when this version was there already. */
export async function insertPlaybook(sql: Sql, playbook: PlaybookRow): Promise<boolean> {
  const rows = await sql.query(
    `insert into playbooks (name, version, hash, source, published_at, bootstrap) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning version`,
    [playbook.name, playbook.version, playbook.hash, playbook.source, playbook.publishedAt, playbook.bootstrap],
  );
  return rows.length > 0;
}

export async function readActiveVersions(sql: Sql): Promise<Map<number, PlaybookVersion>> {
  const rows = await sql.query<{ partition: number } & PlaybookVersion>(
    'select partition, name, version from active_playbooks',
  );
  return new Map(rows.map(({ partition, name, version }) => [partition, { name, version }]));
}

export async function writeActiveVersion(sql: Sql, partition: number, active: PlaybookVersion): Promise<void> {
  await sql.query(
    `insert into active_playbooks (partition, name, version) values ($1, $2, $3)
     on conflict (partition) do update set name = excluded.name, version = excluded.version`,
    [partition, active.name, active.version],
  );
}
