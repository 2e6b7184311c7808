import { topics } from '@baton/contracts/topics';
import { defineService } from '@baton/service-kit/define-service';
import { ActivitiesController } from './activities/activities.controller.js';
import { AttachVisitorEvents } from './attach-visitor-events.js';
import { Admission } from './door/admission.js';
import { EventWriter } from './door/event-writer.js';
import { mountDoor } from './door/mount-door.js';
import { RateLimit } from './door/rate-limit.js';
import { AccountNews } from './identity/account-news.js';
import { KeysController } from './keys/keys.controller.js';
import { identityTables } from './migrations/0001-identity.js';
import { undeclaredTraits } from './migrations/0002-undeclared-traits.js';
import { erasures } from './migrations/0003-erasures.js';
import { keys } from './migrations/0004-keys.js';
import { Activations } from './playbooks/activations.js';
import { ActiveTraits } from './playbooks/active-traits.js';
import { ErasedPeople } from './privacy/erased-people.js';
import { PrivacyController } from './privacy/privacy.controller.js';
import { Arrivals } from './start/arrivals.js';
import { StartController } from './start/start.controller.js';

/** The door: takes events in, finds out whose they are, keeps the history, and tells everybody else what leads did. */
export const ingest = defineService({
  name: 'ingest',
  consumes: [topics.visitorEvents, topics.playbooks],
  publishes: [topics.visitorEvents, topics.leadEvents, topics.access],
  migrations: [identityTables, undeclaredTraits, erasures, keys],
  controllers: [
    AttachVisitorEvents,
    Activations,
    ActivitiesController,
    KeysController,
    PrivacyController,
    StartController,
  ],
  providers: [Admission, EventWriter, RateLimit, AccountNews, ActiveTraits, Arrivals, ErasedPeople],
  http: mountDoor,
});
