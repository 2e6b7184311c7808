import { topics } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { describe, expect, it } from '@jest/globals';
import { partitionOf } from '../../src/partition-of.js';
import type { Batch } from '../../src/record.js';
import { createJourneys, journeysIn } from '../journey-store.js';
import { eventually } from '@baton/testing/eventually';
import { latch } from '../latch.js';
import { expectJourneys, journeysOf, keepJourneys, leads, publish, settled } from '../pipeline.js';
import { storePosition } from '../positions-store.js';
import { engaged, expectedJourneys, interleaved } from '../published-facts.js';
import type { Given } from './given.js';

function countingTransactions(database: Database): { database: Database; transactions(): number } {
  let transactions = 0;
  const counting: Database = {
    ...database,
    transaction(work) {
      transactions += 1;
      return database.transaction(work);
    },
  };
  return { database: counting, transactions: () => transactions };
}

/** What a lead’s facts keep on their way: their order, their wholeness, their effect once. */
export function describeOrder(given: Given): void {
  describe('order and effects', () => {
    it('gives each lead’s facts in the order of their publication, each once, along a chain of services', async () => {
      const process = await given.pipeline();
      await publish(process, interleaved(leads, 30));
      await expectJourneys(process, 30);
    });

    it.each([1, 3, 1000])('gives the same whatever the size of the batches (%i)', async (maxBatch) => {
      const process = await given.pipeline({ maxBatch });
      await publish(process, interleaved(leads, 12), 4);
      await expectJourneys(process, 12);
    });

    it('numbers the facts of a partition without a gap, from 0', async () => {
      const seen: number[] = [];
      const process = await given.pipeline({
        before: async (batch) => {
          seen.push(...batch.records.map((record) => record.position));
          return { publish: [] };
        },
      });
      await publish(process, interleaved(['ada'], 20), 3);
      await settled(process);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, position) => position));
    });

    it('hands over complete envelopes', async () => {
      const batches: Batch[] = [];
      const process = await given.pipeline({ before: async (batch) => (batches.push(batch), { publish: [] }) });
      const fact = {
        ...engaged('ada', 1, { page: '/pricing', nothing: undefined }),
        sequence: 7,
        traceparent: '00-abc-def-01',
      };
      await publish(process, [fact]);
      await settled(process);
      const { offset: _brokers, ...record } = batches[0]!.records[0]!;
      expect(JSON.parse(JSON.stringify(record))).toEqual({
        topic: 'lead.events',
        partition: partitionOf('ada', 4),
        position: 0,
        key: 'ada',
        envelope: {
          specversion: '1.0',
          id: 'ada.1',
          type: 'baton.lead.engaged.v1',
          source: 'ingest',
          subject: 'ada',
          time: fact.time,
          datacontenttype: 'application/json',
          partitionsequence: 0,
          sequence: 7,
          traceparent: '00-abc-def-01',
          data: { page: '/pricing' },
        },
      });
    });

    it('does not let a publisher change a fact after publishing it', async () => {
      const data = { page: '/pricing' };
      const gate = latch();
      const pages: unknown[] = [];
      const process = await given.pipeline({
        before: async (batch) => {
          await gate.opened;
          pages.push(...batch.records.map((record) => (record.envelope.data as { page: string }).page));
          return { publish: [] };
        },
      });
      await publish(process, [engaged('ada', 1, data)]);
      data.page = '/changed';
      gate.open();
      await settled(process);
      expect(pages).toEqual(['/pricing']);
    });

    it('puts a fact for everyone into every partition', async () => {
      const partitions: number[] = [];
      const process = await given.pipeline({
        before: async ({ records }) => (partitions.push(...records.map(({ partition }) => partition)), { publish: [] }),
      });
      await publish(process, [{ ...engaged('playbook', 1), everyPartition: true }]);
      await settled(process);
      expect(partitions.sort()).toEqual([0, 1, 2, 3]);
    });

    it('passes over facts of other types without a transaction, and soon notes that it has', async () => {
      const process = await given.installation.process();
      const database = await process.database('scoring');
      await createJourneys(database);
      const handed: string[] = [];
      const counted = countingTransactions(database);
      process.transport.subscribe({
        service: 'scoring',
        topic: topics.leadEvents,
        database: counted.database,
        types: ['baton.lead.identified.v1'],
        handler(batch, sql) {
          handed.push(...batch.records.map(({ envelope }) => envelope.id));
          return keepJourneys(batch, sql);
        },
      });
      await process.transport.start();
      const identified = { ...engaged('ada', 2), type: 'baton.lead.identified.v1' };
      await publish(process, [engaged('ada', 1), identified, ...interleaved(leads, 30).slice(21)], 1);
      const ends = await process.transport.endPositions([topics.leadEvents]);
      expect(await process.transport.waitFor('scoring', ends, 20_000)).toBe(true);
      expect(handed).toEqual(['ada.2']);
      expect(await journeysIn(database)).toEqual({ ada: ['ada.2'] });
      await eventually('the stored positions are at the end', async () => {
        const consumed = (await process.transport.consumedPositions('scoring'))['lead.events'] ?? {};
        return Object.entries(ends['lead.events'] ?? {}).every(
          ([partition, end]) => (consumed[partition] ?? 0) === end,
        );
      });
      expect(counted.transactions()).toBeLessThan(60);
    });

    /** Handles a first fact, passes over 30 in batches of their own, and handles a last one; `before` runs before each attempt at that. */
    async function behindPassedOver(before: (database: Database) => Promise<void>) {
      const process = await given.installation.process();
      const database = await process.database('scoring');
      await createJourneys(database);
      process.transport.subscribe({
        service: 'scoring',
        topic: topics.leadEvents,
        database,
        maxBatch: 5,
        types: ['baton.lead.identified.v1'],
        async handler(batch, sql) {
          if (batch.records.at(-1)?.envelope.id === 'ada.last') await before(database);
          return keepJourneys(batch, sql);
        },
      });
      await process.transport.start();
      const identified = (id: string) => ({ ...engaged('ada', 0), id, type: 'baton.lead.identified.v1' });
      await publish(process, [identified('ada.first'), ...interleaved(['ada'], 30), identified('ada.last')], 32);
      const ends = await process.transport.endPositions([topics.leadEvents]);
      expect(await process.transport.waitFor('scoring', ends, 20_000)).toBe(true);
      expect(process.transport.stalls()).toEqual([]);
      return journeysIn(database);
    }

    it('handles a fact behind others that it passed over, when the first attempts fail', async () => {
      let failures = 3;
      const journeys = await behindPassedOver(async () => {
        failures -= 1;
        if (failures >= 0) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      });
      expect(journeys).toEqual({ ada: ['ada.first', 'ada.last'] });
    });

    it('handles it when another consumer notes meanwhile that it passed over some of them', async () => {
      let attempts = 0;
      const place = { topic: 'lead.events', partition: partitionOf('ada', 4) };
      const journeys = await behindPassedOver(async (database) => {
        attempts += 1;
        if (attempts === 1) await storePosition(database, { ...place, next: 11, brokerNext: 11 });
      });
      expect(journeys).toEqual({ ada: ['ada.first', 'ada.last'] });
      expect(attempts).toBe(2);
    });

    it('carries a transaction larger than any segment', async () => {
      const process = await given.pipeline();
      const large = Array.from({ length: 40 }, (_, index) => engaged('ada', index + 1, { text: 'ä'.repeat(40_000) }));
      await publish(process, large, 40);
      await settled(process);
      expect(await journeysOf(process, 'reporting')).toEqual(expectedJourneys(['ada'], 40));
    });
  });
}
