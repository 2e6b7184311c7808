import { leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Publication } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import type { LeadRow } from '../identity/identity-rows.js';
import { type HashName, leadName, visitorName } from './erased-names.js';
import { type Deleted, deletePerson, rememberErased } from './erasure-store.js';
import { lockPerson } from './person-store.js';

export interface Erasing {
  /** Epoch ms. */
  readonly at: number;
  readonly hashOf: HashName;
}

export interface ErasedPerson {
  readonly leads: readonly string[];
  readonly deleted: Deleted;
}

/** Erases whom a lead stands for from ingest and tells everybody else to, all in the caller's transaction; null: there is nobody. */
export async function erasePerson(
  sql: Sql,
  lead: string,
  { at, hashOf }: Erasing,
): Promise<{ result: ErasedPerson | null; publish: Publication[] }> {
  const person = await lockPerson(sql, lead);
  if (!person) return { result: null, publish: [] };
  const names = [...person.identifiers, ...person.visitors.map(visitorName), ...person.leads.map(leadName)];
  await rememberErased(sql, names.map(hashOf), at);
  const deleted = await deletePerson(sql, person);
  await forgetKeys(sql, person.leads);
  return {
    result: { leads: person.leads, deleted },
    publish: [...person.rows.values()].map((row) => erasedFact(row, at)),
  };
}

function erasedFact({ id, sequence }: LeadRow, at: number): Publication {
  const time = new Date(at).toISOString();
  return {
    topic: topics.leadEvents,
    key: id,
    type: leadErased.type,
    id: `baton:erased:${id}`,
    time,
    data: { at: time, receivedAt: time },
    sequence: sequence + 1,
  };
}
