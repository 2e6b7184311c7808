import { connectorsRoutes } from './connectors.js';
import { ingestRoutes } from './ingest.js';
import { keysRoutes } from './keys.js';
import { deadLettersRoutes, lagRoutes, operationsRoutes } from './operations.js';
import { privacyRoutes } from './privacy.js';
import { qualificationRoutes } from './qualification.js';
import { reportingRoutes } from './reporting.js';
import type { Route } from './route.js';
import { routingRoutes } from './routing.js';
import { sessionRoutes } from './session.js';
import { slaMonitorRoutes } from './sla-monitor.js';

/** Every call of the public HTTP interface: what the OpenAPI document and the clients made from it know. */
export const allRoutes: readonly Route[] = [
  operationsRoutes,
  deadLettersRoutes,
  lagRoutes,
  sessionRoutes,
  ingestRoutes,
  keysRoutes,
  privacyRoutes,
  qualificationRoutes,
  routingRoutes,
  slaMonitorRoutes,
  reportingRoutes,
  connectorsRoutes,
].flatMap((routes) => Object.values<Route>(routes));
