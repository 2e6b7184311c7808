import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import { openDatabase } from '@baton/persistence/open-database';

/** The states that qualification has stored, by lead. */
export async function foldedStates(databaseUrl: string): Promise<Map<string, LeadState>> {
  const database = await openDatabase({ url: databaseUrl, schema: 'qualification', poolSize: 1 });
  try {
    const rows = await database.query<{ id: string; state: string }>('select id, state from leads');
    return new Map(rows.map(({ id, state }) => [id, JSON.parse(state) as LeadState]));
  } finally {
    await database.close();
  }
}
