import { leadProfileUpdated } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Publication } from '@baton/messaging/record';
import type { Logger } from '@baton/observability/logger';
import type { Database, Sql } from '@baton/persistence/sql';
import { type Timers, createTimers } from '@baton/persistence/timers';
import { type Clock, CLOCK, DATABASE, LOGGER, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { publicAccount } from './account-facts.js';
import {
  type AccountNews as News,
  type NewsLead,
  claimNews,
  countNews,
  hasNews,
  keepNews,
  lockNewsLeads,
} from './account-news-store.js';
import type { AccountRow } from './identity-rows.js';
import { lockAccounts } from './identity-store.js';

const leadsPerTransaction = 500;

/**
 * Tells every lead of a changed account, 500 a transaction: however large the account and whatever is killed in between, each is
 * told, and nobody waits for it. What is told is the account as it is then.
 */
@Injectable()
export class AccountNews implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timers: Timers;

  constructor(
    @Inject(UNIT_OF_WORK) unit: UnitOfWork,
    @Inject(DATABASE) database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) log: Logger,
  ) {
    this.timers = createTimers<News>({
      unit,
      clock,
      log,
      nextDue: async () => ((await hasNews(database)) ? clock() : null),
      claim: (sql) => claimNews(sql),
      fire: ([news], sql) => this.tell(news!, sql),
    });
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.timers.stop();
  }

  /** There may be news. */
  wake(): void {
    this.timers.wake();
  }

  /** Leads before their account: the order in which batches lock them. */
  private async tell(news: News, sql: Sql): Promise<{ publish: Publication[] }> {
    const leads = await lockNewsLeads(sql, news, leadsPerTransaction);
    const id = news.movedTo ?? news.account;
    const account = (await lockAccounts(sql, new Set([id]))).get(id)!;
    await countNews(sql, leads, news.movedTo);
    await keepNews(sql, news, leads.length < leadsPerTransaction ? null : (leads.at(-1)?.id ?? null));
    const receivedAt = this.clock();
    return { publish: leads.map((lead) => newsFact(lead, account, receivedAt)) };
  }
}

function newsFact(lead: NewsLead, account: AccountRow, receivedAt: number): Publication {
  const told = Object.values(account.traits).map(({ at }) => at);
  const at = new Date(told.length > 0 ? Math.min(Math.max(...told), receivedAt) : receivedAt).toISOString();
  const eventId = `baton:account:${account.id}:${account.version}`;
  return {
    topic: topics.leadEvents,
    key: lead.id,
    type: leadProfileUpdated.type,
    id: `${eventId}@${lead.id}`,
    time: at,
    data: { eventId, at, receivedAt: new Date(receivedAt).toISOString(), account: publicAccount(lead, account) },
    sequence: lead.sequence + 1,
  };
}
