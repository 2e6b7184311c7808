import { sweepHistory } from '@baton/messaging/history-erasure-store';
import { moveToHistory } from '@baton/messaging/history-store';
import { dropOldSegments } from '@baton/messaging/retention-store';
import { openDatabase } from '@baton/persistence/open-database';

/** Makes everything in the log of a service eight days old and lets it leave, as the retention of a running service does. */
export async function ageLog(databaseUrl: string, service: string): Promise<void> {
  const database = await openDatabase({ url: databaseUrl, schema: service, poolSize: 1 });
  try {
    await database.query(`update outbox_segments set written_at = written_at - interval '8 days'`);
    await dropOldSegments(database, Date.now());
  } finally {
    await database.close();
  }
}

/** The same of a service on Kafka, whose relay lets go of what the broker has; resolves when that is everything. */
export async function ageShippedLog(databaseUrl: string, service: string): Promise<void> {
  const database = await openDatabase({ url: databaseUrl, schema: service, poolSize: 1 });
  try {
    const isEmpty = async () => (await database.query('select from outbox_segments limit 1')).length === 0;
    while (!(await isEmpty())) await moveToHistory(database, 'shipped', new Date(Date.now() + 1_000));
    await sweepHistory(database);
  } finally {
    await database.close();
  }
}

/** Changes one row of a read model behind its service's back. */
export async function spoilOneRow(databaseUrl: string): Promise<void> {
  const database = await openDatabase({ url: databaseUrl, schema: 'reporting', poolSize: 1 });
  try {
    await database.query(
      `update profiles set company = 'spoilt', state = replace(state, '"Acme"', '"spoilt"') where lead = (select min(lead) from profiles)`,
    );
  } finally {
    await database.close();
  }
}

/** In how many records of its log and history a service has a text. */
export async function copiesOf(databaseUrl: string, service: string, text: string): Promise<number> {
  const database = await openDatabase({ url: databaseUrl, schema: service, poolSize: 1 });
  try {
    const rows = await database.query(
      `select from outbox_segments where payload like $1 union all select from history_segments where payload like $1`,
      [`%${text}%`],
    );
    return rows.length;
  } finally {
    await database.close();
  }
}
