import { services } from '@baton/contracts/topics';
import type { Command } from 'commander';
import { type Connection, callApi, findConnection, itemsOfEach } from '../connection.js';
import { print, printJson, subcommand } from './command.js';

interface DeadLetter {
  readonly id: string;
  readonly service: string;
  readonly reason: string;
  readonly origin: { readonly topic: string; readonly partition: number; readonly position: number };
  readonly attempts: number;
  readonly at: string;
}

/** `baton dead-letters list|show|replay`: what could not be handled, why, and another try. */
export function addDeadLetters(program: Command): void {
  const deadLetters = subcommand(program, 'dead-letters', {
    summary: 'What could not be handled.',
    example: 'dead-letters list',
  });
  subcommand(deadLetters, 'list', {
    summary: 'List dead letters, newest first.',
    example: 'dead-letters list --service scoring',
  })
    .option('--service <name>', 'only those of one service')
    .option('--json', 'for machines')
    .action(list);
  subcommand(deadLetters, 'show SERVICE ID', {
    summary: 'Show one with its original record.',
    example: 'dead-letters show scoring 12',
  }).action(show);
  subcommand(deadLetters, 'replay SERVICE ID', {
    summary: 'Handle one again, now that its cause is mended; exit 1 when it fails again.',
    example: 'dead-letters replay scoring 12',
  }).action(replay);
}

async function list({ service, json }: { readonly service?: string; readonly json?: true }): Promise<void> {
  const items = await listDeadLetters(findConnection(), service === undefined ? services : [service]);
  if (json) return printJson(items);
  if (items.length === 0) print('No dead letters: everything was handled.');
  for (const { id, at, origin, reason, ...letter } of items) {
    print(`${letter.service} ${id}  ${at}  ${origin.topic}/${origin.partition}@${origin.position}  ${reason}`);
  }
}

/** Of several services, newest first. */
export async function listDeadLetters(
  connection: Connection,
  asked: readonly string[] = services,
): Promise<readonly DeadLetter[]> {
  const letters = await itemsOfEach<DeadLetter>(connection, '/api/dead-letters', asked);
  return letters.toSorted((one, other) => (one.at < other.at ? 1 : -1));
}

async function show(service: string, id: string): Promise<void> {
  printJson(await callApi(findConnection(), letterPath(service, id)));
}

async function replay(service: string, id: string): Promise<void> {
  await callApi(findConnection(), `${letterPath(service, id)}/replay`, { method: 'POST' });
  print(`${service} ${id} is handled.`);
}

function letterPath(service: string, id: string): string {
  return `/api/dead-letters/${encodeURIComponent(service)}/${encodeURIComponent(id)}`;
}
