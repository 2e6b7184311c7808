import assert from 'node:assert/strict';
import type { Evidence } from '@baton/domain/evidence/evidence';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import { FoldedLeads } from '@baton/persistence/folded-leads';
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

async function statesOf<State extends object>(url: string, schema: string): Promise<Map<string, State>> {
  const database = await openDatabase({ url, schema, poolSize: 1 });
  const leads = new FoldedLeads<State>({ create: (id) => assert.fail(`${id} was never folded`), cached: 0 });
  try {
    const states = new Map<string, State>();
    for (const { id } of await database.query<{ id: string }>('select id from leads'))
      states.set(id, (await leads.read(database, id))!.state);
    return states;
  } finally {
    await database.close();
  }
}
