import { randomUUID } from 'node:crypto';
import {
  type Connector,
  type ConnectorInput,
  type Delivery,
  connectorsRoutes as routes,
} from '@baton/contracts/http/connectors';
import type { Database } from '@baton/persistence/sql';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves } from '@baton/service-kit/serves';
import { CLOCK, type Clock, DATABASE } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import {
  type StoredConnector,
  countOpen,
  findConnector,
  listConnectors,
  lockConnector,
  pauseLanes,
  removeConnector,
  resumeLanes,
  saveConnector,
} from './connector-store.js';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { type DeliveryRow, findDelivery, listDeliveries, reopenDelivery } from './delivery-store.js';
import { isSigningSecret, newSigningSecret } from './sign-webhook.js';
import { Webhooks } from './webhooks.js';

const day = 24 * 3600 * 1000;

/** Outgoing connections and what went through them. */
@Controller()
export class ConnectorsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Webhooks) private readonly webhooks: Webhooks,
    @Inject(DeliverWebhooks) private readonly deliver: DeliverWebhooks,
  ) {}

  @Serves(routes.list)
  async list(_call: Call<typeof routes.list>) {
    return { items: (await listConnectors(this.database)).map(connectorView), next: null };
  }

  @Serves(routes.create)
  async create({ body }: Call<typeof routes.create>): Promise<Connector> {
    check(body);
    const id = randomUUID();
    const secret = body.secret ?? newSigningSecret();
    const now = new Date(this.clock());
    const sealed = { secret: this.webhooks.sealed(secret, id), formerSecret: null, formerUntil: null };
    const created: StoredConnector = {
      ...writable(body),
      ...sealed,
      id,
      disabledReason: null,
      createdAt: now,
      updatedAt: now,
    };
    await saveConnector(this.database, created);
    return { ...connectorView({ ...created, open: 0 }), secret };
  }

  @Serves(routes.get)
  async get({ params }: Call<typeof routes.get>): Promise<Connector> {
    const connector = (await findConnector(this.database, params.id)) ?? unknownConnector(params.id);
    return connectorView({ ...connector, open: await countOpen(this.database, params.id) });
  }

  @Serves(routes.replace)
  async replace({ params, body }: Call<typeof routes.replace>): Promise<Connector> {
    check(body);
    const now = this.clock();
    await this.database.transaction(async (sql) => {
      const present = (await lockConnector(sql, params.id)) ?? unknownConnector(params.id);
      await saveConnector(sql, {
        ...present,
        ...writable(body),
        ...this.rotated(present, body.secret, now),
        disabledReason: null,
        updatedAt: new Date(now),
      });
      await (body.enabled ? resumeLanes(sql, params.id, now) : pauseLanes(sql, params.id));
    });
    this.deliver.wake();
    return this.get({ params } as Call<typeof routes.get>);
  }

  @Serves(routes.remove)
  async remove({ params }: Call<typeof routes.remove>): Promise<void> {
    if (!(await removeConnector(this.database, params.id))) unknownConnector(params.id);
  }

  @Serves(routes.test)
  async test({ params }: Call<typeof routes.test>) {
    const connector = (await findConnector(this.database, params.id)) ?? unknownConnector(params.id);
    const started = this.clock();
    const body = JSON.stringify({
      type: 'baton.test.v1',
      timestamp: new Date(started).toISOString(),
      data: { connector: connector.id },
    });
    const { delivered, status, error } = await this.webhooks.send(connector, { id: `test_${randomUUID()}`, body });
    return { delivered, status, error, seconds: (this.clock() - started) / 1000 };
  }

  @Serves(routes.deliveries)
  async deliveries({ params, query }: Call<typeof routes.deliveries>) {
    if (!(await findConnector(this.database, params.id))) unknownConnector(params.id);
    const { state, lead, cursor: before, limit } = query;
    const found = await listDeliveries(this.database, { connector: params.id, state, lead, before, limit: limit + 1 });
    const items = found.slice(0, limit);
    return { items: items.map(deliveryView), next: found.length > limit ? (items.at(-1)?.number ?? null) : null };
  }

  @Serves(routes.retry)
  async retry({ params }: Call<typeof routes.retry>): Promise<Delivery> {
    const retried = await this.database.transaction(async (sql) => {
      const found = (await findDelivery(sql, params.id, params.delivery)) ?? unknownDelivery(params);
      if (found.state === 'delivered')
        throw problem(409, 'Already delivered', `${found.id} has arrived; it is not sent twice on purpose`);
      await reopenDelivery(sql, { ...found, connector: params.id }, this.clock());
      return findDelivery(sql, params.id, params.delivery);
    });
    this.deliver.wake();
    return deliveryView(retried ?? unknownDelivery(params));
  }

  /** A new secret takes over at once; the former one signs beside it for a day, so that receivers can change in peace. */
  private rotated(present: StoredConnector, secret: string | undefined, now: number) {
    if (secret === undefined) return {};
    return {
      secret: this.webhooks.sealed(secret, present.id),
      formerSecret: present.secret,
      formerUntil: new Date(now + day),
    };
  }
}

function writable({ name, url, topics, enabled, allowPrivate }: ConnectorInput) {
  return { name, url, topics, enabled, allowPrivate };
}

/** What the schema cannot say. */
function check({ url, allowPrivate, secret }: ConnectorInput): void {
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && allowPrivate))
    throw invalid('/body/url', 'must be https (http only with allowPrivate)');
  if (username !== '' || password !== '')
    throw invalid('/body/url', 'must not contain a user name or password: messages are signed instead');
  if (secret !== undefined && !isSigningSecret(secret))
    throw invalid('/body/secret', 'must be whsec_ and base64 of 24 to 64 bytes; leave it out to have one made');
}

function invalid(path: string, message: string) {
  return problem(400, 'Invalid request', `${path} ${message}`, { errors: [{ path, message }] });
}

function unknownConnector(id: string): never {
  throw problem(404, 'No such connector', `No connector has the id ${id}. GET /api/connectors lists them`);
}

function unknownDelivery({ id, delivery }: { readonly id: string; readonly delivery: string }): never {
  throw problem(
    404,
    'No such delivery',
    `Connector ${id} has no delivery ${delivery}. GET /api/connectors/${id}/deliveries lists them`,
  );
}

function connectorView(connector: StoredConnector & { readonly open: number }): Connector {
  const { id, name, url, topics, enabled, allowPrivate, disabledReason, createdAt, updatedAt, open } = connector;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, kind: 'webhook', name, url, topics: [...topics], enabled, allowPrivate, disabledReason, ...times, open };
}

function deliveryView({ number: _number, ...row }: DeliveryRow): Delivery {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  };
}
