import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { AttemptDelivery } from './attempt-delivery.js';
import { ConnectorsController } from './connectors.controller.js';
import { DeliverWebhooks } from './deliver-webhooks.js';
import { connectorTables } from './migrations/0001-connectors.js';
import { deliveryTraces } from './migrations/0002-traces.js';
import { TopicsController } from './topics.controller.js';
import { Webhooks } from './webhooks.js';

/** Tells the public topics to the outside: signed webhooks, at least once, in order per lead. */
export const connectors = defineService({
  name: 'connectors',
  consumes: [topics.leadStages, topics.leadAssignments, topics.slaClocks],
  publishes: [],
  migrations: [connectorTables, deliveryTraces],
  controllers: [TopicsController, ConnectorsController],
  providers: [Webhooks, AttemptDelivery, DeliverWebhooks],
});
