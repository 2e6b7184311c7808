import type { Database } from '@baton/persistence/sql';

/** Runs reads in one transaction that sees the tables as they were at its first statement, whatever is written meanwhile. */
export const readConsistently = <Result>(
  database: Database,
  work: Parameters<typeof database.transaction<Result>>[0],
): Promise<Result> =>
  database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read, read only');
    return work(sql);
  });
