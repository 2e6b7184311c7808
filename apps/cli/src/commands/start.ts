import { processEnvironment } from '@baton/service-kit/settings';
import type { Command } from 'commander';
import { CommandError } from '../connection.js';
import { stopWithNpx } from '../stop-with-npx.js';
import { subcommand } from './command.js';

/** `baton start [SERVICE…]`: all services in one process, or just the named ones. */
export function addStart(program: Command): void {
  subcommand(program, 'start [SERVICE...]', {
    summary:
      'Start all services in one process, or just the named ones (those share a DATABASE_URL, and KAFKA_BROKERS if given).',
    example: 'start ingest scoring',
  }).action(start);
}

/** The services are loaded only here: every other command answers sooner without them. */
async function start(names: readonly string[]): Promise<void> {
  stopWithNpx(processEnvironment());
  const { runServices } = await import('@baton/service-kit/run-services');
  const { services } = await import('../services.js');
  const known = services.map(({ name }) => name);
  const unknown = names.filter((name) => !known.some((service) => service === name));
  if (unknown.length > 0) throw new CommandError(`No service ${unknown.join(', ')}; there are ${known.join(', ')}.`, 2);
  await runServices(names.length === 0 ? services : services.filter(({ name }) => names.includes(name)));
}
