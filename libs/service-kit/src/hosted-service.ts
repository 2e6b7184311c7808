import { problem } from './problem.js';
import type { HostedService } from './process-resources.js';

/** The service of this name; throws a 404 that names those that run here when it is none of them. */
export function hostedService(services: readonly HostedService[], name: string): HostedService {
  const found = services.find(({ definition }) => definition.name === name);
  if (found) return found;
  const here = services.map(({ definition }) => definition.name).join(', ');
  throw problem(404, 'No such service', `${name} does not run in this process; here are ${here}.`);
}
