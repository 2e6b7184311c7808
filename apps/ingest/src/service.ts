import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { ActivitiesController } from './activities/activities.controller.js';
import { AttachVisitorEvents } from './attach-visitor-events.js';
import { Admission } from './door/admission.js';
import { mountDoor } from './door/mount-door.js';
import { AccountNews } from './identity/account-news.js';
import { identityTables } from './migrations/0001-identity.js';
import { undeclaredTraits } from './migrations/0002-undeclared-traits.js';
import { Activations } from './playbooks/activations.js';
import { ActiveTraits } from './playbooks/active-traits.js';
import { Arrivals } from './start/arrivals.js';
import { StartController } from './start/start.controller.js';

/** The door: takes events in, finds out whose they are, keeps the history, and tells everybody else what leads did. */
export const ingest = defineService({
  name: 'ingest',
  consumes: [topics.visitorEvents, topics.playbooks],
  publishes: [topics.visitorEvents, topics.leadEvents],
  migrations: [identityTables, undeclaredTraits],
  controllers: [AttachVisitorEvents, Activations, ActivitiesController, StartController],
  providers: [Admission, AccountNews, ActiveTraits, Arrivals],
  http: mountDoor,
});
