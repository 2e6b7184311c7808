import { topics } from '@baton/contracts/topics';
import type { Sql } from '@baton/persistence/sql';
import { createTimers } from '@baton/persistence/timers';
import { describe, expect, it } from '@jest/globals';
import { partitionOf } from '../../src/partition-of.js';
import { addDue, createCounters, nextDueIn, nextSequence, takeDue } from '../journey-store.js';
import { eventually } from '@baton/testing/eventually';
import { latch } from '../latch.js';
import { journeysOf, publish, settled } from '../pipeline.js';
import { onceAt } from '../probes.js';
import { engaged, interleaved, scored, stageChanged } from '../published-facts.js';
import type { Given } from './given.js';

/** What a transaction publishes, and what it does not. */
export function describePublishing(given: Given): void {
  describe('publishing', () => {
    it('publishes nothing of a transaction that fails, and gives its numbers to the next', async () => {
      const process = await given.pipeline();
      const unit = process.transport.unitOfWork('ingest', await process.database('ingest'));
      const failing = unit.run(async (sql) => {
        await sql.query('create table half_done (n int)');
        return {
          result: null,
          publish: [engaged('ada', 1), { ...engaged('ada', 2), data: { text: 'x'.repeat(900_001) } }],
        };
      });
      await expect(failing).rejects.toThrow('baton.lead.engaged.v1 of ada has');
      await expect((await process.database('ingest')).query('select * from half_done')).rejects.toThrow(
        'does not exist',
      );
      const { positions } = await unit.run(async () => ({ result: null, publish: [engaged('ada', 1)] }));
      expect(positions).toEqual({ 'lead.events': { [partitionOf('ada', 4)]: 0 } });
    });

    it('refuses a fact of another service’s topic and a public fact without a sequence', async () => {
      const process = await given.installation.process();
      const unit = process.transport.unitOfWork('ingest', await process.database('ingest'));
      await expect(unit.run(async () => ({ result: null, publish: [scored('ada', '1')] }))).rejects.toThrow(
        'belongs to scoring',
      );
      const qualification = process.transport.unitOfWork('qualification', await process.database('qualification'));
      const unnumbered = { ...stageChanged('ada', 1), sequence: undefined };
      await expect(qualification.run(async () => ({ result: null, publish: [unnumbered] }))).rejects.toThrow(
        'has no sequence',
      );
    });

    it('calls committed after the commit and rolledBack otherwise', async () => {
      const process = await given.installation.process();
      const unit = process.transport.unitOfWork('ingest', await process.database('ingest'));
      const calls: string[] = [];
      const hooks = { committed: () => void calls.push('committed'), rolledBack: () => void calls.push('rolled back') };
      await unit.run(async () => ({ result: null, publish: [engaged('ada', 1)], ...hooks }));
      await unit.run(async () => ({ result: null, publish: [scored('ada', '1')], ...hooks })).catch(() => undefined);
      expect(calls).toEqual(['committed', 'rolled back']);
    });

    it('skips nothing when one writer commits long after another began', async () => {
      const held = latch();
      const reached = latch();
      const probe = onceAt('after-counter-lock', async () => {
        reached.open();
        await held.opened;
      });
      const slow = await given.installation.process({ probe });
      const fast = await given.pipeline();
      const slowWrite = publish(slow, [engaged('ada', 1), engaged('ada', 2)]);
      await reached.opened;
      // It wants the same partition, whose numbers the slow one has taken: it must wait rather than overtake.
      const fastWrite = publish(fast, [engaged('ada', 3)]);
      await publish(fast, [engaged('grete', 1)]);
      held.open();
      await Promise.all([slowWrite, fastWrite]);
      await settled(fast);
      expect(await journeysOf(fast, 'scoring')).toMatchObject({ ada: ['ada.1', 'ada.2', 'ada.3'], grete: ['grete.1'] });
    });

    it('orders command, timer and batch on one lead by the lead’s own row', async () => {
      const process = await given.installation.process();
      const qualification = await process.database('qualification');
      await createCounters(qualification);
      const { transport } = process;
      const unit = transport.unitOfWork('qualification', qualification);
      const change = async (sql: Sql, lead: string) => ({
        result: null,
        publish: [stageChanged(lead, await nextSequence(sql, lead))],
      });
      const sequences: number[] = [];
      transport.subscribe({
        service: 'qualification',
        topic: topics.leadEvents,
        database: qualification,
        maxBatch: 2,
        handler: (_batch, sql) => change(sql, 'ada'),
      });
      transport.subscribe({
        service: 'reporting',
        topic: topics.leadStages,
        database: await process.database('reporting'),
        handler: async ({ records }) => {
          sequences.push(...records.map((record) => record.envelope.sequence ?? 0));
          return { publish: [] };
        },
      });
      const timers = createTimers({
        unit,
        clock: Date.now,
        nextDue: () => nextDueIn(qualification),
        claim: takeDue,
        fire: (_rows, sql) => change(sql, 'ada'),
      });
      await addDue(
        qualification,
        Array.from({ length: 20 }, () => 'ada'),
        Date.now(),
      );
      await transport.start();
      timers.start();
      const commands = Array.from({ length: 20 }, () => unit.run((sql) => change(sql, 'ada')));
      await Promise.all([publish(process, interleaved(['ada'], 20), 1), ...commands]);
      await eventually('all timers fired', async () => (await nextDueIn(qualification)) === null);
      await timers.stop();
      await transport.waitFor('qualification', await transport.endPositions([topics.leadEvents]), 10_000);
      await transport.waitFor('reporting', await transport.endPositions([topics.leadStages]), 10_000);
      expect(sequences.length).toBeGreaterThanOrEqual(50);
      expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index + 1));
    });
  });
}
