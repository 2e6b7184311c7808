import type { Sql } from '@baton/persistence/sql';
import type { Positions } from './record.js';

const channel = 'baton_log';

export async function listenForEnds(session: Sql): Promise<void> {
  await session.query(`listen ${channel}`);
}

/** Tells every listening process where logs now end. */
export async function tellEnds(session: Sql | undefined, ends: Positions): Promise<void> {
  await session?.query('select pg_notify($1, $2)', [channel, JSON.stringify(ends)]);
}
