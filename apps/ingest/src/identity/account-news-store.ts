import type { Sql } from '@baton/persistence/sql';
import type { IdentityDraft } from './identity-draft.js';

/** An account whose leads have to be told of a change, as far as it has come. */
export interface AccountNews {
  readonly account: string;
  /** Counts the changes; news that changed meanwhile begins again. */
  readonly version: number;
  /** The account that a stand-in turned out to be. */
  readonly movedTo: string | null;
  readonly exceptLead: string;
  readonly afterLead: string;
}

export interface NewsLead {
  readonly id: string;
  readonly email: string | null;
  readonly sequence: number;
}

/** Queues what other leads have to be told; where nobody else belongs to the account, nothing. A newer change begins again. */
export async function queueAccountNews(sql: Sql, { accountNews, movedAccounts }: IdentityDraft): Promise<void> {
  for (const from of movedAccounts.keys()) accountNews.set(from, '');
  if (accountNews.size === 0) return;
  await sql.query(
    `insert into account_news (account, version, moved_to, except_lead, after_lead)
     select told.account, 1, told.moved_to, told.except_lead, ''
     from unnest($1::text[], $2::text[], $3::text[]) as told(account, moved_to, except_lead)
     where exists (select from leads where leads.account = told.account and leads.id <> told.except_lead)
     order by told.account
     on conflict (account) do update set
       version = account_news.version + 1, moved_to = coalesce(excluded.moved_to, account_news.moved_to), except_lead = '', after_lead = ''`,
    [
      [...accountNews.keys()],
      [...accountNews.keys()].map((account) => movedAccounts.get(account) ?? null),
      [...accountNews.values()],
    ],
  );
}

export async function hasNews(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ news: boolean }>('select exists (select from account_news) as news');
  return row?.news ?? false;
}

/**
 * Takes news, one process at a time. The row stays unlocked until its leads are locked: batches come to it in that order, and
 * whoever held the row while waiting for a lead would wait for ever.
 */
export async function claimNews(sql: Sql): Promise<AccountNews[]> {
  const [lock] = await sql.query<{ mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtext('baton account news')) as mine`,
  );
  if (!lock?.mine) return [];
  const rows = await sql.query<StoredNews>(
    'select account, version, moved_to, except_lead, after_lead from account_news order by account limit 1',
  );
  return rows.map(({ account, version, moved_to, except_lead, after_lead }) => ({
    account,
    version: Number(version),
    movedTo: moved_to,
    exceptLead: except_lead,
    afterLead: after_lead,
  }));
}

interface StoredNews {
  account: string;
  version: string;
  moved_to: string | null;
  except_lead: string;
  after_lead: string;
}

/** Locks the next leads of an account, in id order. */
export async function lockNewsLeads(
  sql: Sql,
  { account, exceptLead, afterLead }: AccountNews,
  limit: number,
): Promise<NewsLead[]> {
  const rows = await sql.query<{ id: string; email: string | null; sequence: string }>(
    `select id, email, sequence from leads
     where account = $1 and id > $2 and id <> $3 and absorbed_into is null order by id limit $4 for update`,
    [account, afterLead, exceptLead, limit],
  );
  return rows.map(({ id, email, sequence }) => ({ id, email, sequence: Number(sequence) }));
}

/** Counts one more fact for each of these leads, and moves them where their account turned out to be another one. */
export async function countNews(sql: Sql, leads: readonly NewsLead[], movedTo: string | null): Promise<void> {
  await sql.query(
    'update leads set sequence = sequence + 1, account = coalesce($2, account) where id = any($1::text[])',
    [leads.map(({ id }) => id), movedTo],
  );
}

/** Remembers how far the news has come; null: everybody has been told. News that changed meanwhile stays as it is. */
export async function keepNews(sql: Sql, { account, version }: AccountNews, afterLead: string | null): Promise<void> {
  if (afterLead === null)
    await sql.query('delete from account_news where account = $1 and version = $2', [account, version]);
  else
    await sql.query('update account_news set after_lead = $3 where account = $1 and version = $2', [
      account,
      version,
      afterLead,
    ]);
}
