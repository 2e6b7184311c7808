import type { Logger } from '@baton/observability/logger';
import { type SpanStart, startSpan } from '@baton/observability/spans';
import type { Database } from '@baton/persistence/sql';
import { CLOCK, type Clock, DATABASE, LOGGER } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { type StoredConnector, disableConnector, findConnector, lockConnector, pauseLanes } from './connector-store.js';
import { type Attempt, type TakenDelivery, storeAttempt } from './delivery-store.js';
import { pauseAfter, retryAfterMs } from './retry-schedule.js';
import type { Outcome } from './send-webhook.js';
import { Webhooks } from './webhooks.js';

/** Makes one attempt at a delivery whose lane is in hand, and stores how it ended. */
@Injectable()
export class AttemptDelivery {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Webhooks) private readonly webhooks: Webhooks,
  ) {}

  /** Never rejects: what could not be stored is sent again when the lane's lease ends. */
  async attempt(delivery: TakenDelivery): Promise<void> {
    try {
      await this.sendAndStore(delivery);
    } catch (error) {
      const { id, connector } = delivery;
      this.logger.warn('An attempt came to no result; the message will be sent again', {
        delivery: id,
        connector,
        error,
      });
    }
  }

  private async sendAndStore(delivery: TakenDelivery): Promise<void> {
    const connector = await findConnector(this.database, delivery.connector);
    if (!connector) return;
    if (!connector.enabled) return pauseLanes(this.database, connector.id);
    const outcome = await this.sendTraced(connector, delivery);
    const isGone = outcome.status === 410;
    await this.database.transaction(async (sql) => {
      // Whoever needs a connection and its lanes locks the connection first.
      if (isGone) await lockConnector(sql, connector.id);
      await storeAttempt(sql, this.judge(delivery, outcome));
      if (isGone) await disableConnector(sql, connector.id, 'the receiver answered 410 Gone');
    });
    if (isGone) this.logger.warn('Connector disabled: its receiver answered 410 Gone', { connector: connector.id });
  }

  /** A retry is a further step of the same trace. */
  private async sendTraced(connector: StoredConnector, delivery: TakenDelivery): Promise<Outcome> {
    const span = delivery.traceparent === null ? undefined : startSpan(stepOf(delivery, delivery.traceparent));
    try {
      const outcome = await this.webhooks.send(connector, delivery, span?.traceparent);
      if (outcome.status !== null) span?.note({ 'http.response.status_code': outcome.status });
      span?.end(outcome.error ?? undefined);
      return outcome;
    } catch (error) {
      span?.end(error);
      throw error;
    }
  }

  private judge(delivery: TakenDelivery, { delivered, status, error, retryAfter }: Outcome): Attempt {
    const now = this.clock();
    const result = { delivery, status, error, now };
    if (delivered) return { ...result, state: 'delivered', againAt: null };
    const wait = pauseAfter(delivery.attempts + 1, Math.random(), retryAfterMs(retryAfter, now));
    if (wait === null) return { ...result, state: 'given-up', againAt: null };
    return { ...result, state: 'pending', againAt: now + wait };
  }
}

function stepOf({ connector, lead, id, attempts }: TakenDelivery, parent: string): SpanStart {
  const attributes = {
    'http.request.method': 'POST',
    'baton.lead': lead,
    'baton.connector': connector,
    'baton.delivery': id,
    'baton.attempt': attempts + 1,
  };
  return { service: 'connectors', name: 'POST webhook', kind: 'client', parent, attributes };
}
