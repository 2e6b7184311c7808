import type { Command } from 'commander';
import { callApi, findConnection } from '../connection.js';
import { print, subcommand } from './command.js';

interface Options {
  readonly leads: string;
  readonly seed: string;
  readonly rate: string;
}

/** `baton demo`: a simulated market, sent through the public endpoints with the real Segment Node SDK. */
export function addDemo(program: Command): void {
  subcommand(program, 'demo', {
    summary: 'Stream a simulated market into a running instance: visitors, leads, reps at work, outcomes.',
    example: 'demo --leads 50',
  })
    .option('--leads <number>', 'how many people come', '200')
    .option('--rate <number>', 'people per second', '4')
    .option('--seed <number>', 'the same seed gives the same market', '1')
    .action(demo);
}

async function demo({ leads, rate, seed }: Options): Promise<void> {
  const connection = findConnection();
  const { writeKey } = await callApi<{ writeKey: string }>(connection, '/api/start');
  const { streamMarket } = await import('../demo/stream-market.js');
  const counts = await streamMarket({
    connection,
    writeKey,
    leads: Number(leads),
    perSecond: Number(rate),
    seed: Number(seed),
    tell: print,
  });
  print(
    `The market is in: ${counts.people} people, ${counts.events} events, ${counts.worked} leads worked by reps. See ${connection.url}`,
  );
}
