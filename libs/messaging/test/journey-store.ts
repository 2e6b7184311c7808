import type { Database, Sql } from '@baton/persistence/sql';

/**
 * The smallest service that can get everything wrong: per lead the list of what it was given. Order, loss and repetition
 * all show in it.
 */
export async function createJourneys(database: Database): Promise<void> {
  await database.query(
    'create table if not exists journeys (lead text primary key, seen text[] not null default array[]::text[])',
  );
}

export async function extendJourneys(
  sql: Sql,
  facts: readonly { readonly lead: string; readonly id: string }[],
): Promise<void> {
  const perLead = new Map<string, string[]>();
  for (const { lead, id } of facts) perLead.set(lead, [...(perLead.get(lead) ?? []), id]);
  for (const [lead, ids] of [...perLead].sort(([one], [other]) => (one < other ? -1 : 1))) {
    await sql.query(
      `insert into journeys as journeys (lead, seen) values ($1, $2) on conflict (lead) do update set seen = journeys.seen || excluded.seen`,
      [lead, ids],
    );
  }
}

export async function journeysIn(database: Database): Promise<Record<string, string[]>> {
  const rows = await database.query<{ lead: string; seen: string[] }>('select lead, seen from journeys order by lead');
  return Object.fromEntries(rows.map(({ lead, seen }) => [lead, seen]));
}

/** A lead whose facts are numbered: command, timer and batch all change it. */
export async function createCounters(database: Database): Promise<void> {
  await database.query('create table if not exists counters (lead text primary key, sequence int not null)');
  await database.query('create table if not exists due (lead text not null, due_at bigint not null)');
}

/** The next number of a lead, its row locked until the transaction ends. */
export async function nextSequence(sql: Sql, lead: string): Promise<number> {
  const [row] = await sql.query<{ sequence: number }>(
    `insert into counters as counters (lead, sequence) values ($1, 1)
     on conflict (lead) do update set sequence = counters.sequence + 1 returning sequence`,
    [lead],
  );
  return row?.sequence ?? 0;
}

export async function addDue(database: Database, leads: readonly string[], dueAt: number): Promise<void> {
  await database.query('insert into due select lead, $2 from unnest($1::text[]) as lead', [leads, dueAt]);
}

export async function nextDueIn(database: Database): Promise<number | null> {
  const [row] = await database.query<{ due: string | null }>('select min(due_at) as due from due');
  return row?.due === null || row === undefined ? null : Number(row.due);
}

export async function takeDue(sql: Sql, now: number): Promise<{ lead: string }[]> {
  return sql.query<{ lead: string }>(
    `delete from due where ctid = any(array(select ctid from due where due_at <= $1 order by due_at limit 1 for update skip locked)) returning lead`,
    [now],
  );
}
