import { foreignType } from '@baton/messaging/foreign-messages';
import type { Sql } from '@baton/persistence/sql';
import type { MentionedRows } from '../identity/names.js';
import { type HashName, visitorName } from './erased-names.js';
import { namesTold } from './names-told.js';

/** Dead letters in memory at a time: each may be as large as a record may be. */
const mostAtOnce = 100;

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
  const naming = namingOf(identifiers, visitors);
  const own = await count('delete from events where lead = any($1::text[]) returning 1', [leads]);
  const waiting = await count('delete from events where lead is null and visitor = any($1::text[]) returning 1', [
    visitors,
  ]);
  const standIns = leads.map((lead) => `lead:${lead}`);
  await sql.query('delete from account_news where account = any($1::text[])', [standIns]);
  await sql.query('delete from accounts where id = any($1::text[])', [standIns]);
  return {
    events: own + waiting + (await deleteNobodysEvents(sql, naming)),
    identifiers: await count('delete from identifiers where lead = any($1::text[]) returning 1', [leads]),
    visitors: await count('delete from visitors where lead = any($1::text[]) returning 1', [leads]),
    leads: await count('delete from leads where id = any($1::text[]) returning 1', [leads]),
    deadLetters: await deleteDeadLetters(sql, naming),
  };
}

/** What tells a person's names: candidates by a pattern, which takes in too much, and the decoded names that decide. */
interface Naming {
  readonly patterns: readonly string[];
  names(text: string): boolean;
}

function namingOf(identifiers: readonly string[], visitors: readonly string[]): Naming {
  const names = [...identifiers, ...visitors.map(visitorName)];
  return {
    patterns: [...new Set([...identifiers.map(withoutKind), ...visitors].flatMap(patternsOf))],
    names(text) {
      const told = namesTold(text);
      return names.some((name) => told.has(name));
    },
  };
}

function withoutKind(identifier: string): string {
  return identifier.slice(identifier.indexOf(':') + 1);
}

/** A value as a whole string of a JSON text, and of JSON within a string of it; an e-mail address may have blanks around it. */
function patternsOf(value: string): string[] {
  const once = JSON.stringify(value);
  const twice = JSON.stringify(once).slice(1, -1);
  const texts = value.includes('@') ? [once.slice(1, -1), twice.slice(2, -2)] : [once, twice];
  return texts.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`);
}

/** Events that name a person and were attached to nobody: what they said was not believed. */
async function deleteNobodysEvents(sql: Sql, { patterns, names }: Naming): Promise<number> {
  const candidates = await sql.query<{ received: string; id: string; content: string }>(
    `select received_at::text as received, event_id as id, content from events
     where lead is null and visitor is null and content ilike any($1::text[])`,
    [patterns],
  );
  const theirs = candidates.filter(({ content }) => names(content));
  await sql.query(
    `delete from events where lead is null and visitor is null
       and (received_at, event_id) in (select * from unnest($1::timestamptz[], $2::text[]))`,
    [theirs.map(({ received }) => received), theirs.map(({ id }) => id)],
  );
  return theirs.length;
}

/** Dead letters that name a person. A foreign message may spell JSON in any way, so each of them is a candidate. */
async function deleteDeadLetters(sql: Sql, { patterns, names }: Naming): Promise<number> {
  let deleted = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const candidates: { id: string; original: string }[] = await sql.query(
      `select id, original from dead_letters where id > $1 and (type = $2 or original ilike any($3::text[]))
       order by id limit ${mostAtOnce}`,
      [after, foreignType, patterns],
    );
    const theirs = candidates.filter(({ original }) => names(original)).map(({ id }) => id);
    await sql.query('delete from dead_letters where id = any($1::text[])', [theirs]);
    deleted += theirs.length;
    after = candidates.at(-1)?.id;
  }
  return deleted;
}
