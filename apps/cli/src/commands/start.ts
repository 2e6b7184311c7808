import { connectors } from '@baton/connectors/service';
import { ingest } from '@baton/ingest/service';
import { qualification } from '@baton/qualification/service';
import { reporting } from '@baton/reporting/service';
import { routing } from '@baton/routing/service';
import { scoring } from '@baton/scoring/service';
import { runServices } from '@baton/service-kit/run-services';
import { slaMonitor } from '@baton/sla-monitor/service';
import type { Command } from 'commander';
import { CommandError } from '../connection.js';
import { subcommand } from './command.js';

const services = [ingest, scoring, qualification, routing, slaMonitor, reporting, connectors];
/** `baton start [SERVICE…]`: all services in one process, or just the named ones. */
export function addStart(program: Command): void {
  subcommand(program, 'start [SERVICE...]', {
    summary: 'Start all services in one process, or just the named ones (those share a DATABASE_URL).',
    example: 'start ingest scoring',
  }).action(start);
}

async function start(names: readonly string[]): Promise<void> {
  const known = services.map(({ name }) => name);
  const unknown = names.filter((name) => !known.some((service) => service === name));
  if (unknown.length > 0) throw new CommandError(`No service ${unknown.join(', ')}; there are ${known.join(', ')}.`, 2);
  const chosen = names.length === 0 ? services : services.filter(({ name }) => names.includes(name));
  await runServices(chosen);
}
