import { operationsRoutes } from './operations.js';
import { qualificationRoutes } from './qualification.js';
import type { Route } from './route.js';
import { sessionRoutes } from './session.js';

/** Every call of the public HTTP interface: what the OpenAPI document and the clients made from it know. */
export const allRoutes: readonly Route[] = [operationsRoutes, qualificationRoutes, sessionRoutes].flatMap((routes) =>
  Object.values<Route>(routes),
);
