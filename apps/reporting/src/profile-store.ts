import type { Sql } from '@baton/persistence/sql';
import { type Profile, companyOf, countryOf, nameOf } from './profile.js';

/** The profiles of these leads, locked until the transaction ends. */
export async function lockProfiles(sql: Sql, leads: readonly string[]): Promise<Map<string, Profile>> {
  const rows = await sql.query<{ lead: string; state: string }>(
    'select lead, state from profiles where lead = any($1::text[]) order by lead for update',
    [leads],
  );
  return new Map(rows.map((row) => [row.lead, JSON.parse(row.state) as Profile]));
}

/** Stores whole profiles, each lead at most once. */
export async function saveProfiles(sql: Sql, profiles: ReadonlyMap<string, Profile>): Promise<void> {
  if (profiles.size === 0) return;
  const rows = [...profiles].map(([lead, profile]) => rowOf(lead, profile));
  await sql.query(
    `insert into profiles (lead, email, name, company, country, search, created_at, state)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
     on conflict (lead) do update set email = excluded.email, name = excluded.name, company = excluded.company,
       country = excluded.country, search = excluded.search, created_at = excluded.created_at, state = excluded.state`,
    (['lead', 'email', 'name', 'company', 'country', 'search', 'createdAt', 'state'] as const).map((column) =>
      rows.map((row) => row[column]),
    ),
  );
}

function rowOf(lead: string, profile: Profile) {
  const email = profile.email?.value.toLowerCase() ?? null;
  const [name, company] = [nameOf(profile), companyOf(profile)];
  return {
    lead,
    email,
    name,
    company,
    country: countryOf(profile),
    search: [email, name, company, profile.userId?.value ?? null]
      .filter((text) => text !== null)
      .join(' ')
      .toLowerCase(),
    createdAt: profile.createdAt,
    state: JSON.stringify(profile),
  };
}

export interface Departure {
  readonly lead: string;
  /** The lead that goes on in its place; null when it was erased. */
  readonly survivor: string | null;
  readonly at: string;
}

const tablesByLead = [
  'profiles',
  'timeline',
  'attributions',
  'touches',
  'scores',
  'changes',
  'standings',
  'cycles',
  'answers',
  'assignments',
  'owners',
  'clocks',
];

/**
 * Waits until nobody writes what other topics say of leads that are about to go, and keeps everybody waiting until the
 * transaction ends. Call it before anything else is locked.
 */
export async function beginDepartures(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtext('baton departures ' || current_schema()))`);
}

/**
 * Removes everything known of leads that were absorbed or erased, and remembers that they are gone: what other topics still
 * say of them is left out by `departedAmong`.
 */
export async function forgetLeads(sql: Sql, departures: readonly Departure[]): Promise<void> {
  if (departures.length === 0) return;
  await sql.query(
    `insert into departed (lead, survivor, at) select * from unnest($1::text[], $2::text[], $3::timestamptz[])
     on conflict (lead) do update set survivor = null, at = excluded.at where excluded.survivor is null`,
    [departures.map((row) => row.lead), departures.map((row) => row.survivor), departures.map((row) => row.at)],
  );
  const leads = departures.map((row) => row.lead);
  for (const table of tablesByLead) await sql.query(`delete from ${table} where lead = any($1::text[])`, [leads]);
}

/**
 * Those of these leads that are gone, so that late facts of other topics leave nothing behind; the others stay until the
 * transaction ends. Call it before anything else is locked.
 */
export async function departedAmong(sql: Sql, leads: readonly string[]): Promise<ReadonlySet<string>> {
  await sql.query(`select pg_advisory_xact_lock_shared(hashtext('baton departures ' || current_schema()))`);
  const rows = await sql.query<{ lead: string }>('select lead from departed where lead = any($1::text[])', [leads]);
  return new Set(rows.map((row) => row.lead));
}

/** Who goes on in place of an absorbed lead, followed to the end; undefined when the lead is not known to be gone, null when erased. */
export async function survivorOf(sql: Sql, lead: string): Promise<string | null | undefined> {
  const rows = await sql.query<{ survivor: string | null }>(
    `with recursive line (survivor, step) as (
       select survivor, 1 from departed where lead = $1
       union all
       select d.survivor, line.step + 1 from line join departed d on d.lead = line.survivor where line.step < 100)
     select survivor from line order by step desc limit 1`,
    [lead],
  );
  return rows[0]?.survivor;
}
