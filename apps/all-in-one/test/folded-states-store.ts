import type { Evidence } from '@baton/domain/evidence/evidence';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import { openDatabase } from '@baton/persistence/open-database';

/** The states that qualification has stored, by lead. */
export function foldedStates(databaseUrl: string): Promise<Map<string, LeadState>> {
  return statesOf<LeadState>(databaseUrl, 'qualification');
}

/** The evidence that scoring has stored, by lead. */
export async function scoredEvidence(databaseUrl: string): Promise<Map<string, Evidence>> {
  const states = await statesOf<{ evidence: Evidence }>(databaseUrl, 'scoring');
  return new Map([...states].map(([lead, { evidence }]) => [lead, evidence]));
}

async function statesOf<State>(url: string, schema: string): Promise<Map<string, State>> {
  const database = await openDatabase({ url, schema, poolSize: 1 });
  try {
    const rows = await database.query<{ id: string; state: string }>('select id, state from leads');
    return new Map(rows.map(({ id, state }) => [id, JSON.parse(state) as State]));
  } finally {
    await database.close();
  }
}
