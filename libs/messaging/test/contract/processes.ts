import { topics } from '@baton/contracts/topics';
import { describe, expect, it } from '@jest/globals';
import type { BatchHandler } from '../../src/handler.js';
import { partitionOf } from '../../src/partition-of.js';
import type { Publication } from '../../src/record.js';
import { createJourneys, journeysIn } from '../journey-store.js';
import { eventually } from '@baton/testing/eventually';
import { latch } from '../latch.js';
import { expectJourneys, journeysOf, keepJourneys, leads, publish, settled } from '../pipeline.js';
import { onceAt } from '../probes.js';
import { engaged, interleaved } from '../published-facts.js';
import type { Given } from './given.js';

/** What several processes share, and what they keep from each other. */
export function describeProcesses(given: Given): void {
  describe('several processes', () => {
    it('fences a process that lost its partitions while it had a batch in hand', async () => {
      const held = latch();
      const reached = latch();
      const probe = onceAt('after-read', async () => {
        reached.open();
        await held.opened;
      });
      const zombie = await given.pipeline({ probe, pollMs: 60_000 });
      const publisher = await given.installation.process();
      await publisher.transport.start();
      await publish(publisher, interleaved(leads, 3), 21);
      await reached.opened;
      await zombie.depose();
      const heir = await given.pipeline();
      await expectJourneys(heir, 3);
      held.open();
      await publish(
        publisher,
        leads.map((lead) => engaged(lead, 4)),
      );
      await expectJourneys(heir, 4);
      await zombie.stop();
      await expectJourneys(heir, 4);
    });

    it('shares the partitions of a service between its replicas, and hands them on when one dies', async () => {
      const counts = { one: 0, two: 0 };
      const counting =
        (who: 'one' | 'two'): BatchHandler =>
        async () => {
          counts[who] += 1;
          return { publish: [] };
        };
      const one = await given.pipeline({ before: counting('one') });
      const two = await given.pipeline({ before: counting('two') });
      let count = 0;
      await eventually('both have handled something', async () => {
        count += 1;
        await publish(
          one,
          leads.map((lead) => engaged(lead, count)),
        );
        return counts.one > 0 && counts.two > 0;
      });
      await one.kill();
      await publish(
        two,
        leads.map((lead) => engaged(lead, count + 1)),
      );
      await expectJourneys(two, count + 1);
    });

    it('hands at most one batch per partition to a slow handler, and the rest later', async () => {
      const gate = latch();
      const inHand = new Map<number, number>();
      const process = await given.pipeline({
        maxBatch: 10,
        before: async ({ records }) => {
          for (const { partition } of records) inHand.set(partition, (inHand.get(partition) ?? 0) + 1);
          await gate.opened;
          return { publish: [] };
        },
      });
      await publish(process, interleaved(leads, 100), 100);
      await eventually(
        'every partition with facts has a batch',
        () => inHand.size === new Set(leads.map((lead) => partitionOf(lead, 4))).size,
      );
      expect(Math.max(...inHand.values())).toBeLessThanOrEqual(10);
      const behind = () => {
        const lags = process.transport.lags().filter(({ service }) => service === 'scoring');
        return lags.reduce((sum, { records }) => sum + records, 0);
      };
      await eventually('all are known to be behind', () => behind() === leads.length * 100);
      gate.open();
      await expectJourneys(process, 100);
      await eventually('nothing is behind', () => process.transport.lags().every(({ records }) => records === 0));
    });

    it('lets a service that joins later read everything from the start, to the same result', async () => {
      const first = await given.pipeline();
      await publish(first, interleaved(leads, 10));
      await expectJourneys(first, 10);
      const late = await given.installation.process();
      const database = await late.database('sla-monitor');
      await createJourneys(database);
      late.transport.subscribe({
        service: 'sla-monitor',
        topic: topics.leadEvents,
        database,
        maxBatch: 7,
        handler: keepJourneys,
      });
      await late.transport.start();
      expect(
        await late.transport.waitFor('sla-monitor', await late.transport.endPositions([topics.leadEvents]), 10_000),
      ).toBe(true);
      expect(await journeysIn(database)).toEqual(await journeysOf(first, 'scoring'));
    });

    it('says how far a service has come, and gives up waiting when told to', async () => {
      const process = await given.pipeline();
      await publish(process, [engaged('ada', 1), engaged('ada', 2)]);
      await settled(process);
      const partition = partitionOf('ada', 4);
      const ends = await process.transport.endPositions([topics.leadEvents]);
      expect(ends['lead.events']).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0, [partition]: 2 });
      expect((await process.transport.consumedPositions('scoring'))['lead.events']?.[partition]).toBe(2);
      expect(await process.transport.waitFor('scoring', { 'lead.events': { [partition]: 3 } }, 60)).toBe(false);
    });

    it('reads a table: the newest record of each key, from where it is asked to', async () => {
      const process = await given.installation.process();
      await process.transport.start();
      const unit = process.transport.unitOfWork('routing', await process.database('routing'));
      const roster = (key: string, version: number): Publication => ({
        topic: topics.roster,
        key,
        type: 'baton.roster.published.v1',
        id: `${key} ${version}`,
        time: '2026-03-02T09:00:00.000Z',
        data: { version },
      });
      expect(await process.transport.readTable(topics.roster)).toEqual([]);
      for (const fact of [roster('a', 1), roster('b', 1), roster('a', 2)])
        await unit.run(async () => ({ result: null, publish: [fact] }));
      const idsFrom = async (position: number) =>
        (await process.transport.readTable(topics.roster, { roster: { 0: position } })).flatMap(({ records }) =>
          records.map(({ envelope }) => envelope.id),
        );
      expect(await idsFrom(0)).toEqual(['b 1', 'a 2']);
      expect(await idsFrom(2)).toEqual(['a 2']);
    });
  });
}
