import type { Replayed } from '@baton/service-kit/replay-service';
import { completeSecrets } from '@baton/service-kit/secrets';
import { loadSettings } from '@baton/service-kit/settings';
import { StartRefusal } from '@baton/service-kit/start-refusal';
import type { Command } from 'commander';
import { CommandError } from '../connection.js';
import { print, printJson, subcommand } from './command.js';

interface Options {
  readonly into?: string;
  readonly adopt?: true;
  readonly json?: true;
}

const schemaName = /^[a-z][a-z0-9_]{0,50}$/;

/** `baton replay SERVICE`: the tables of a service made again from the history of its topics, and compared. */
export function addReplay(program: Command): void {
  subcommand(program, 'replay SERVICE', {
    summary:
      'Make the tables of reporting or scoring again, in a schema of their own, from everything that was ever published, and ' +
      'compare them row by row with the live ones; exit 1 when they differ. Reads the database itself: DATABASE_URL, or ' +
      'BATON_HOME while nothing runs on it.',
    example: 'replay reporting --into reporting_replayed',
  })
    .option('--into <schema>', 'the schema to make, dropped first if it is there (default: SERVICE_replayed)')
    .option('--adopt', 'let the new schema take the place of the live one; the service must not run')
    .option('--json', 'for machines')
    .action(replay);
}

/** The services are loaded only here: every other command answers sooner without them. */
async function replay(service: string, { into, adopt, json }: Options): Promise<void> {
  const { adoptReplay, replayService } = await import('@baton/service-kit/replay-service');
  const { services } = await import('../services.js');
  const definition = services.find(({ name }) => name === service);
  if (!definition)
    throw new CommandError(`No service ${service}; there are ${services.map(({ name }) => name).join(', ')}.`, 2);
  const schema = into ?? `${service.replace('-', '_')}_replayed`;
  if (!schemaName.test(schema) || services.some(({ name }) => name === schema) || schema === 'public')
    throw new CommandError(`--into ${schema}: give a name of lower-case letters, digits and _ that no service has.`, 2);
  try {
    const { settings } = completeSecrets(loadSettings());
    const replayed = await replayService(definition, { settings, into: schema });
    if (json) printJson({ service, schema, ...replayed });
    else show(service, schema, replayed);
    if (adopt) await adoptReplay(definition, { settings, into: schema });
    if (adopt && !json) print(`${service} has the replayed tables from now on; start it again.`);
    if (!adopt && differing(replayed) > 0) process.exitCode = 1;
  } catch (error) {
    if (error instanceof StartRefusal) throw new CommandError(error.message);
    throw error;
  }
}

function show(service: string, schema: string, replayed: Replayed): void {
  const { records, seconds, tables } = replayed;
  print(`${records} records replayed into the schema ${schema} in ${seconds.toFixed(1)} s.`);
  for (const { table, rows, onlyFirst, onlySecond, passing } of tables) {
    const same = onlyFirst + onlySecond === 0;
    const finding = same ? 'the same' : `${onlyFirst} only in ${service}, ${onlySecond} only in ${schema}`;
    const why = passing && !same ? ' (it is made of raw events, which have no history)' : '';
    print(`${same ? '✓' : passing ? '–' : '✗'} ${table}: ${rows} rows, ${finding}${why}`);
  }
  if (differing(replayed) === 0) return;
  print(
    'A running service reads on while a replay ends: stop it, or wait until nothing comes, and replay again. ' +
      'What still differs then is not what the published facts make of it.',
  );
}

function differing({ tables }: Replayed): number {
  return tables.filter(({ onlyFirst, onlySecond, passing }) => !passing && onlyFirst + onlySecond > 0).length;
}
