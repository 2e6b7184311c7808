import { openDatabase } from '@baton/persistence/open-database';

/** How many of these events ingest has in its history, and how many rows it has for them. */
export async function received(
  databaseUrl: string,
  eventIds: readonly string[],
): Promise<{ readonly events: number; readonly rows: number }> {
  const database = await openDatabase({ url: databaseUrl, schema: 'ingest', poolSize: 1 });
  try {
    const [counts] = await database.query<{ events: string; rows: string }>(
      'select count(distinct event_id) as events, count(*) as rows from events where event_id = any ($1)',
      [eventIds],
    );
    return { events: Number(counts?.events), rows: Number(counts?.rows) };
  } finally {
    await database.close();
  }
}

/** How many lines of leads' timelines tell of these events, by their names. */
export async function told(databaseUrl: string, names: readonly string[]): Promise<number> {
  const database = await openDatabase({ url: databaseUrl, schema: 'reporting', poolSize: 1 });
  try {
    const [count] = await database.query<{ lines: string }>(
      `select count(*) as lines from timeline where kind = 'event' and title = any ($1)`,
      [names],
    );
    return Number(count?.lines);
  } finally {
    await database.close();
  }
}
