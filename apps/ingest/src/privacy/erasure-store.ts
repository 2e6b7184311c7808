import type { Sql } from '@baton/persistence/sql';
import type { MentionedRows } from '../identity/names.js';
import type { HashName } from './erased-names.js';

/** Whether anybody was ever erased: where nobody was, nothing has to be hashed. */
export async function isAnybodyErased(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ some: boolean }>('select exists (select from erasures) as some');
  return row?.some ?? false;
}

/** Those of these names that belonged to a person who was erased. */
export async function erasedAmong(sql: Sql, names: ReadonlySet<string>, hashOf: HashName): Promise<Set<string>> {
  const byHash = new Map([...names].map((name) => [hashOf(name), name]));
  const rows = await sql.query<{ name_hash: string }>(
    'select name_hash from erasures where name_hash = any($1::text[])',
    [[...byHash.keys()]],
  );
  return new Set(rows.map(({ name_hash: hash }) => byHash.get(hash) ?? ''));
}

/** When the person whom a name stood for was erased, epoch ms; null when they were not. */
export async function erasedAt(sql: Sql, hash: string): Promise<number | null> {
  const [row] = await sql.query<{ erased_at: Date }>('select erased_at from erasures where name_hash = $1', [hash]);
  return row?.erased_at.getTime() ?? null;
}

/** Deletes again the empty rows that were made to lock names which only dropped events mention. */
export async function forgetNobodysNames(sql: Sql, dropped: MentionedRows, kept: MentionedRows): Promise<void> {
  for (const table of ['identifiers', 'visitors'] as const) {
    const names = [...dropped[table]].filter((name) => !kept[table].has(name));
    await sql.query(`delete from ${table} where id = any($1::text[]) and lead is null`, [names]);
  }
}

/** Keeps that whoever had these names was erased. */
export async function rememberErased(sql: Sql, hashes: readonly string[], at: number): Promise<void> {
  await sql.query(
    'insert into erasures (name_hash, erased_at) select unnest($1::text[]), $2::timestamptz on conflict do nothing',
    [hashes, new Date(at).toISOString()],
  );
}

/** How much of each kind ingest deleted. */
export interface Deleted {
  readonly events: number;
  readonly identifiers: number;
  readonly visitors: number;
  readonly leads: number;
  readonly deadLetters: number;
}

/** A person as identity has them: the lead that goes on, those absorbed into it, and all their names. */
export interface KnownPerson {
  /** The survivor first. */
  readonly leads: readonly string[];
  readonly identifiers: readonly string[];
  readonly visitors: readonly string[];
}

/** Deletes every row that is this person's. Their accounts stay: they are companies, but for one that stands for the person alone. */
export async function deletePerson(sql: Sql, { leads, identifiers, visitors }: KnownPerson): Promise<Deleted> {
  const count = async (text: string, values: readonly unknown[]) => (await sql.query(text, values)).length;
  const mentions = mentionsOf([...identifiers.map(withoutKind), ...visitors]);
  const own = await count('delete from events where lead = any($1::text[]) returning 1', [leads]);
  const waiting = await count('delete from events where lead is null and visitor = any($1::text[]) returning 1', [
    visitors,
  ]);
  const nobodys = await count(
    'delete from events where lead is null and visitor is null and content ilike any($1::text[]) returning 1',
    [mentions],
  );
  const standIns = leads.map((lead) => `lead:${lead}`);
  await sql.query('delete from account_news where account = any($1::text[])', [standIns]);
  await sql.query('delete from accounts where id = any($1::text[])', [standIns]);
  return {
    events: own + waiting + nobodys,
    identifiers: await count('delete from identifiers where lead = any($1::text[]) returning 1', [leads]),
    visitors: await count('delete from visitors where lead = any($1::text[]) returning 1', [leads]),
    leads: await count('delete from leads where id = any($1::text[]) returning 1', [leads]),
    deadLetters: await count('delete from dead_letters where original ilike any($1::text[]) returning 1', [mentions]),
  };
}

function withoutKind(identifier: string): string {
  return identifier.slice(identifier.indexOf(':') + 1);
}

/** Patterns for JSON text that has one of these values as a whole string. */
function mentionsOf(values: readonly string[]): string[] {
  return values.map((value) => `%${JSON.stringify(value).replace(/[\\%_]/g, '\\$&')}%`);
}
