import type { Settings } from '@baton/service-kit/settings';
import { CLOCK, type Clock, SETTINGS } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import type { StoredConnector } from './connector-store.js';
import { type Seal, sealWith } from './seal.js';
import { type Outcome, sendWebhook } from './send-webhook.js';
import { signedHeaders } from './sign-webhook.js';

/** Signs and sends messages with the sealed secrets of their connectors. */
@Injectable()
export class Webhooks {
  private readonly seal: Seal;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.seal = sealWith(settings.secret);
  }

  /** A secret as it is stored for this connector. */
  sealed(secret: string, connector: string): string {
    return this.seal.close(secret, connector);
  }

  /** Sends once, with a trace context if there is one; never throws for what the receiver does. Throws when the stored secret does not open. */
  async send(
    connector: StoredConnector,
    { id, body }: { readonly id: string; readonly body: string },
    traceparent?: string,
  ): Promise<Outcome> {
    const now = this.clock();
    const { secret, formerSecret, formerUntil } = connector;
    const sealed =
      formerSecret !== null && formerUntil !== null && formerUntil.getTime() > now ? [secret, formerSecret] : [secret];
    const secrets = sealed.map((text) => this.seal.open(text, connector.id));
    const headers = signedHeaders({ id, timestamp: Math.floor(now / 1000), body }, secrets);
    return sendWebhook(connector, { headers: traceparent === undefined ? headers : { ...headers, traceparent }, body });
  }
}
