import type { ServiceDefinition } from './define-service.js';

export interface RunOptions {
  readonly port?: number;
}

/** Starts the services in this process and keeps them running until SIGTERM or SIGINT; the whole of a service's `main.ts`. */
export async function runServices(
  _definitions: readonly ServiceDefinition[],
  _options: RunOptions = {},
): Promise<void> {
  throw new Error('not started');
}
