import type { Sql } from './sql.js';

/** One event that gave one signal; `at` in epoch milliseconds. */
export interface StoredOccurrence {
  readonly signal: string;
  readonly at: number;
  readonly event: string;
}

/** What a write of a lead does to its stored occurrences. */
export interface LeadOccurrences {
  readonly id: string;
  readonly newOccurrences: readonly StoredOccurrence[];
  /** Events whose occurrences are taken back. */
  readonly revoked: readonly string[];
  /** Everything that is stored beside the state goes with the next write. */
  readonly erased?: true;
}

/** Every stored occurrence of these leads and signals, by lead; one that was written twice, once. */
export async function readOccurrences(
  sql: Sql,
  wanted: readonly { readonly lead: string; readonly signal: string }[],
): Promise<Map<string, StoredOccurrence[]>> {
  const rows = await sql.query<{ lead: string; signal: string; at: Date; event: string }>(
    `select distinct occurrences.lead, occurrences.signal, occurrences.at, occurrences.event
     from unnest($1::text[], $2::text[]) as wanted(lead, signal)
     join occurrences on occurrences.lead = wanted.lead and occurrences.signal = wanted.signal`,
    [wanted.map(({ lead }) => lead), wanted.map(({ signal }) => signal)],
  );
  const byLead = new Map<string, StoredOccurrence[]>();
  for (const { lead, signal, at, event } of rows) {
    const ofLead = byLead.get(lead) ?? [];
    ofLead.push({ signal, at: at.getTime(), event });
    byLead.set(lead, ofLead);
  }
  return byLead;
}

export async function writeOccurrences(sql: Sql, leads: readonly LeadOccurrences[]): Promise<void> {
  await appendOccurrences(sql, leads);
  await deleteOccurrences(sql, leads);
  await eraseOccurrences(sql, leads);
}

async function appendOccurrences(sql: Sql, leads: readonly LeadOccurrences[]): Promise<void> {
  const rows = leads.flatMap(({ id, newOccurrences }) => newOccurrences.map((occurrence) => ({ ...occurrence, id })));
  if (rows.length === 0) return;
  await sql.query(
    `insert into occurrences (lead, signal, at, event)
     select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[])`,
    [
      rows.map(({ id }) => id),
      rows.map(({ signal }) => signal),
      rows.map(({ at }) => new Date(at).toISOString()),
      rows.map(({ event }) => event),
    ],
  );
}

async function deleteOccurrences(sql: Sql, leads: readonly LeadOccurrences[]): Promise<void> {
  const gone = leads.flatMap(({ id, revoked }) => revoked.map((event) => ({ id, event })));
  if (gone.length === 0) return;
  await sql.query(
    `delete from occurrences using unnest($1::text[], $2::text[]) as gone(lead, event)
     where occurrences.lead = gone.lead and occurrences.event = gone.event`,
    [gone.map(({ id }) => id), gone.map(({ event }) => event)],
  );
}

async function eraseOccurrences(sql: Sql, leads: readonly LeadOccurrences[]): Promise<void> {
  const erased = leads.flatMap(({ id, erased }) => (erased ? [id] : []));
  if (erased.length > 0) await sql.query('delete from occurrences where lead = any($1)', [erased]);
}
