import { openDatabase } from '@baton/persistence/open-database';

/**
 * In how many rows of each table of a service's schema a text stands, whatever its case; tables without it are left out. The
 * outbox is not looked at, which is a log and keeps its copies for its days, nor the keys that are kept out of history as long.
 */
export async function rowsWith(databaseUrl: string, schema: string, text: string): Promise<Record<string, number>> {
  const database = await openDatabase({ url: databaseUrl, schema, poolSize: 1 });
  try {
    const tables = await database.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = $1 and tablename not in ('outbox_segments', 'erased_keys')`,
      [schema],
    );
    const found: Record<string, number> = {};
    for (const { name } of tables) {
      const rows = await database.query(`select from "${name}" as stored where stored::text ilike $1`, [`%${text}%`]);
      if (rows.length > 0) found[name] = rows.length;
    }
    return found;
  } finally {
    await database.close();
  }
}
