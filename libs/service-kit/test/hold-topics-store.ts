import { openDatabase } from '@baton/persistence/open-database';

/** Lets nobody read what ingest publishes while this works: readers hang, as on a broker that does not answer. */
export async function holdingTopics(databaseUrl: string, work: () => Promise<void>): Promise<void> {
  const database = await openDatabase({ url: databaseUrl, schema: 'ingest', poolSize: 1 });
  try {
    await database.transaction(async (sql) => {
      await sql.query('lock table outbox_counters, outbox_segments in access exclusive mode');
      await work();
    });
  } finally {
    await database.close();
  }
}
