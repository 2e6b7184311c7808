import type { Sql } from '@baton/persistence/sql';

/** Gives a replayed schema the live one's positions of these topics, which the replay did not read. Names are quoted already. */
export async function adoptPositions(
  sql: Sql,
  { live, replayed }: { readonly live: string; readonly replayed: string },
  topics: readonly string[],
): Promise<void> {
  await sql.query(`delete from ${replayed}.positions where topic = any($1::text[])`, [topics]);
  await sql.query(`insert into ${replayed}.positions select * from ${live}.positions where topic = any($1::text[])`, [
    topics,
  ]);
}
