import type { Sql } from '@baton/persistence/sql';
import type { DeclaredTraits } from '@baton/domain/evidence/built-in-traits';
import type { HashName } from '../privacy/erased-names.js';
import { skipErased } from '../privacy/skip-erased.js';
import { attachEvents } from './attach-events.js';
import { IdentityDraft } from './identity-draft.js';
import type { IdentityRows, MissingRows } from './identity-rows.js';
import { claimEventIds, lockAccounts, lockLeads, lockNames, readHistories, readPending } from './identity-store.js';
import { writeIdentity } from './identity-write-store.js';
import type { IncomingEvent } from './incoming-event.js';
import { mentionedRows } from './names.js';
import { queueAccountNews } from './account-news-store.js';

/**
 * Attaches events to people in the caller's transaction: drops those that had effect before, locks whom they mention, drops
 * what is of erased people, whose names `hashOf` knows, folds and writes. `declared` are the traits of the active playbook.
 * Answers what there is to publish. Event times and ids decide; the wall clock is not asked.
 */
export async function foldBatch(
  sql: Sql,
  events: readonly IncomingEvent[],
  declared: DeclaredTraits,
  hashOf: HashName,
): Promise<IdentityDraft> {
  const fresh = await claimEventIds(
    sql,
    events.map(({ eventId }) => eventId),
  );
  const unseen = events.filter(({ eventId }) => fresh.delete(eventId));
  const rows = await lockRows(sql, unseen, declared);
  const taken = await skipErased(sql, unseen, rows, hashOf);
  const draft = await foldUntilComplete(sql, taken, rows);
  draft.skipped = unseen.length - taken.length;
  await writeIdentity(sql, draft);
  await queueAccountNews(sql, draft);
  return draft;
}

/** What a fold needs besides names and leads turns out as it goes; then it is read, and the fold begun again. */
async function foldUntilComplete(
  sql: Sql,
  events: readonly IncomingEvent[],
  locked: IdentityRows,
): Promise<IdentityDraft> {
  let rows = locked;
  for (;;) {
    const draft = new IdentityDraft(rows);
    attachEvents(draft, events);
    const { incomplete } = draft;
    if (!incomplete) return draft;
    rows = await readMissing(sql, rows, incomplete);
  }
}

async function lockRows(sql: Sql, events: readonly IncomingEvent[], declared: DeclaredTraits): Promise<IdentityRows> {
  const mentioned = mentionedRows(events);
  const visitors = await lockNames(sql, 'visitors', mentioned.visitors);
  const identifiers = await lockNames(sql, 'identifiers', mentioned.identifiers);
  const known = [...visitors.values(), ...identifiers.values()].filter((lead) => lead !== null);
  const leads = await lockLeads(sql, known);
  const none = { groups: new Map(), accounts: new Map(), pending: new Map(), histories: new Map() };
  return { declared, visitors, identifiers, leads, ...none };
}

async function readMissing(sql: Sql, rows: IdentityRows, missing: MissingRows): Promise<IdentityRows> {
  return {
    ...rows,
    groups: merged(rows.groups, missing.groups.size > 0 ? await lockNames(sql, 'groups', missing.groups) : new Map()),
    accounts: merged(rows.accounts, missing.accounts.size > 0 ? await lockAccounts(sql, missing.accounts) : new Map()),
    pending: merged(rows.pending, missing.pending.size > 0 ? await readPending(sql, missing.pending) : new Map()),
    histories: merged(
      rows.histories,
      missing.histories.size > 0 ? await readHistories(sql, missing.histories) : new Map(),
    ),
  };
}

function merged<Value>(
  left: ReadonlyMap<string, Value>,
  right: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  return right.size === 0 ? left : new Map([...left, ...right]);
}
