import { type ServiceName, topics } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { expect } from '@jest/globals';
import type { BatchHandler } from '../src/handler.js';
import type { Batch, Publication } from '../src/record.js';
import { createJourneys, extendJourneys, journeysIn } from './journey-store.js';
import { expectedJourneys, scored } from './published-facts.js';
import type { Installation, ProcessOptions, TestProcess } from './transport-harness.js';

export const leads = ['ada', 'bob', 'cleo', 'dora', 'egon', 'fritz', 'grete'];

export interface PipelineOptions extends ProcessOptions {
  readonly maxBatch?: number;
  /** Runs before scoring keeps its journeys; what it throws is the handler's. */
  readonly before?: BatchHandler;
  /** Puts something between scoring and its database. */
  wrap?(database: Database): Database;
}

/** A process whose `scoring` keeps journeys of `lead.events` and publishes each fact on, and whose `reporting` keeps journeys of that. */
export async function startPipeline(installation: Installation, options: PipelineOptions = {}): Promise<TestProcess> {
  const process = await installation.process(options);
  const scoring = await process.database('scoring');
  const reporting = await process.database('reporting');
  await createJourneys(scoring);
  await createJourneys(reporting);
  const { transport } = process;
  transport.subscribe({
    service: 'scoring',
    topic: topics.leadEvents,
    database: options.wrap?.(scoring) ?? scoring,
    maxBatch: options.maxBatch,
    async handler(batch, sql) {
      await options.before?.(batch, sql);
      await extendJourneys(sql, factsOf(batch));
      return { publish: factsOf(batch).map(({ lead, id }) => scored(lead, id)) };
    },
  });
  transport.subscribe({
    service: 'reporting',
    topic: topics.leadScores,
    database: reporting,
    maxBatch: options.maxBatch,
    handler: keepJourneys,
  });
  await transport.start();
  return process;
}

export const keepJourneys: BatchHandler = async (batch, sql) => {
  await extendJourneys(sql, factsOf(batch));
  return { publish: [] };
};

function factsOf({ records }: Batch): { lead: string; id: string }[] {
  return records.map(({ key, envelope }) => ({ lead: key, id: envelope.id }));
}

/** Publishes as ingest, some facts a transaction. */
export async function publish(process: TestProcess, facts: readonly Publication[], factsAtOnce = 5): Promise<void> {
  const unit = process.transport.unitOfWork('ingest', await process.database('ingest'));
  for (let at = 0; at < facts.length; at += factsAtOnce) {
    await unit.run(async () => ({ result: null, publish: facts.slice(at, at + factsAtOnce) }));
  }
}

/** Waits until both services are at the end of what they read. */
export async function settled({ transport }: TestProcess): Promise<void> {
  const events = await transport.endPositions([topics.leadEvents]);
  expect(await transport.waitFor('scoring', events, 20_000)).toBe(true);
  const scores = await transport.endPositions([topics.leadScores]);
  expect(await transport.waitFor('reporting', scores, 20_000)).toBe(true);
}

export async function journeysOf(process: TestProcess, service: ServiceName): Promise<Record<string, string[]>> {
  return journeysIn(await process.database(service));
}

/** Expects facts 1 to `count` of every lead, in order, once, in both services. */
export async function expectJourneys(process: TestProcess, count: number): Promise<void> {
  await settled(process);
  expect(await journeysOf(process, 'scoring')).toEqual(expectedJourneys(leads, count));
  expect(await journeysOf(process, 'reporting')).toEqual(expectedJourneys(leads, count));
}
