import type { Sql } from '@baton/persistence/sql';
import type { HistoryRow, IdentityDraft } from './identity-draft.js';

/** Writes everything a fold changed, one statement per table. */
export async function writeIdentity(sql: Sql, draft: IdentityDraft): Promise<void> {
  await releasePending(sql, draft);
  await moveAbsorbed(sql, draft);
  await appendHistory(sql, draft.history);
  await writeOwners(
    sql,
    'visitors',
    [...draft.changed.visitors].map((id) => [id, draft.visitors.get(id) ?? null]),
  );
  await writeOwners(
    sql,
    'identifiers',
    [...draft.changed.identifiers].map((id) => [id, draft.identifiers.get(id) ?? null]),
  );
  await writeLeads(sql, draft);
  await writeSequences(sql, draft);
  await writeOwners(sql, 'groups', draft.changedGroups());
  await writeAccounts(sql, draft);
}

/** Gives stored anonymous history to the lead that its visitor turned out to be. */
async function releasePending(sql: Sql, { released }: IdentityDraft): Promise<void> {
  if (released.size === 0) return;
  await sql.query(
    `update events set lead = known.lead from unnest($1::text[], $2::text[]) as known(visitor, lead)
     where events.visitor = known.visitor and events.lead is null`,
    [[...released.keys()], [...released.values()]],
  );
}

async function moveAbsorbed(sql: Sql, { absorbed }: IdentityDraft): Promise<void> {
  if (absorbed.size === 0) return;
  await sql.query(
    `update events set lead = known.survivor from unnest($1::text[], $2::text[]) as known(absorbed, survivor)
     where events.lead = known.absorbed`,
    [[...absorbed.keys()], [...absorbed.values()]],
  );
}

/** Appends to the durable history. The months must exist, see `ensureMonths`. */
async function appendHistory(sql: Sql, rows: readonly HistoryRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into events (received_at, event_id, at, lead, visitor, content)
     select * from unnest($1::timestamptz[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])`,
    [
      rows.map(({ event }) => new Date(event.receivedAt).toISOString()),
      rows.map(({ event }) => event.eventId),
      rows.map(({ event }) => new Date(event.at).toISOString()),
      rows.map(({ lead }) => lead),
      rows.map(({ visitor }) => visitor),
      rows.map(({ event }) => JSON.stringify(event.content)),
    ],
  );
}

const ownerColumn = { visitors: 'lead', identifiers: 'lead', groups: 'account' } as const;

async function writeOwners(
  sql: Sql,
  table: keyof typeof ownerColumn,
  owners: readonly (readonly [string, string | null])[],
): Promise<void> {
  if (owners.length === 0) return;
  const column = ownerColumn[table];
  await sql.query(
    `update ${table} set ${column} = told.owner from unnest($1::text[], $2::text[]) as told(id, owner) where ${table}.id = told.id`,
    [owners.map(([id]) => id), owners.map(([, owner]) => owner)],
  );
}

async function writeLeads(sql: Sql, draft: IdentityDraft): Promise<void> {
  const leads = draft.changedLeads();
  if (leads.length === 0) return;
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  await sql.query(
    `insert into leads (id, user_id, email, email_at, account, account_at, created_at, sequence, absorbed_into, undeclared)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::bigint[], $9::text[], $10::text[])
     on conflict (id) do update set
       user_id = excluded.user_id, email = excluded.email, email_at = excluded.email_at, account = excluded.account,
       account_at = excluded.account_at, sequence = excluded.sequence, absorbed_into = excluded.absorbed_into,
       undeclared = excluded.undeclared`,
    [
      leads.map(({ id }) => id),
      leads.map(({ userId }) => userId),
      leads.map(({ email }) => email),
      leads.map(({ emailAt }) => time(emailAt)),
      leads.map(({ account }) => account),
      leads.map(({ accountAt }) => time(accountAt)),
      leads.map(({ createdAt }) => time(createdAt)),
      leads.map(({ sequence }) => sequence),
      leads.map(({ absorbedInto }) => absorbedInto),
      leads.map(({ undeclared }) => JSON.stringify(undeclared)),
    ],
  );
}

async function writeSequences(sql: Sql, draft: IdentityDraft): Promise<void> {
  const leads = draft.countedLeads();
  if (leads.length === 0) return;
  await sql.query(
    `update leads set sequence = told.sequence
     from unnest($1::text[], $2::bigint[]) as told(id, sequence) where leads.id = told.id`,
    [leads.map(({ id }) => id), leads.map(({ sequence }) => sequence)],
  );
}

async function writeAccounts(sql: Sql, draft: IdentityDraft): Promise<void> {
  const accounts = draft.changedAccounts();
  if (accounts.length === 0) return;
  await sql.query(
    `update accounts set version = told.version, traits = told.traits
     from unnest($1::text[], $2::bigint[], $3::text[]) as told(id, version, traits) where accounts.id = told.id`,
    [
      accounts.map(({ id }) => id),
      accounts.map(({ version }) => version),
      accounts.map(({ traits }) => JSON.stringify(traits)),
    ],
  );
}
