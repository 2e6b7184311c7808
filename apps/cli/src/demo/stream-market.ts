import { Analytics } from '@segment/analytics-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../connection.js';
import { Chance } from './chance.js';
import { nextPerson } from './people.js';
import { visit } from './visit.js';
import { workTheQueue } from './work-the-queue.js';

export interface MarketOptions {
  readonly connection: Connection;
  readonly writeKey: string;
  readonly leads: number;
  readonly perSecond: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

export interface MarketCounts {
  readonly people: number;
  readonly events: number;
  readonly worked: number;
}

const peopleBetweenShifts = 20;

/** Streams people and, now and then, lets the reps work; everything goes through the endpoints that customers use. */
export async function streamMarket({
  connection,
  writeKey,
  leads,
  perSecond,
  seed,
  tell,
}: MarketOptions): Promise<MarketCounts> {
  const analytics = new Analytics({
    writeKey,
    host: connection.url,
    path: '/v1/batch',
    flushAt: 20,
    flushInterval: 500,
  });
  const chance = new Chance(seed);
  let events = 0;
  let worked = 0;
  for (let number = 1; number <= leads; number++) {
    events += await visit({ analytics, connection, writeKey, chance }, nextPerson(chance, number));
    await delay(1000 / perSecond);
    if (number % peopleBetweenShifts !== 0) continue;
    await analytics.flush();
    worked += await workTheQueue(connection, chance);
    tell(`${number} of ${leads} people, ${events} events, ${worked} leads worked`);
  }
  await analytics.closeAndFlush();
  worked += await workTheQueue(connection, chance);
  return { people: leads, events, worked };
}
