import { describe, expect, it } from '@jest/globals';
import { crashPoints } from '../../src/crash-point.js';
import { latch } from '../latch.js';
import { expectJourneys, journeysOf, leads, publish, settled } from '../pipeline.js';
import { crashAt } from '../probes.js';
import { engaged, interleaved } from '../published-facts.js';
import type { Given } from './given.js';

/** What a process that is killed at any step leaves behind. */
export function describeCrashes(given: Given): void {
  describe('crashes', () => {
    const cases = crashPoints.flatMap((point) => [1, 2, 5].map((visit) => [point, visit] as const));

    it.each(cases)('a consumer killed %s, at visit %i, loses nothing and repeats nothing', async (point, visit) => {
      const publisher = await given.installation.process();
      const crash = crashAt(point, visit);
      const doomed = await given.pipeline({ probe: crash.probe, maxBatch: 3 });
      await publish(publisher, interleaved(leads, 6));
      await crash.reached;
      await doomed.kill();
      await publish(publisher, [...leads.map((lead) => engaged(lead, 7))]);
      const heir = await given.pipeline();
      await expectJourneys(heir, 7);
    });

    it.each([
      ['after-counter-lock', 0],
      ['after-commit', 1],
      ['after-hand-over', 1],
    ] as const)('a command killed %s has its effect %i times and leaves no hole', async (point, times) => {
      const crash = crashAt(point, 1);
      const doomed = await given.installation.process({ probe: crash.probe });
      void publish(doomed, [engaged('ada', 1)]);
      await crash.reached;
      await doomed.kill();
      const heir = await given.pipeline();
      await publish(heir, [engaged('ada', 2)]);
      await settled(heir);
      expect(await journeysOf(heir, 'reporting')).toEqual({ ada: times === 0 ? ['ada.2'] : ['ada.1', 'ada.2'] });
    });

    it('survives one crash after another in one installation', async () => {
      const publisher = await given.installation.process();
      let count = 0;
      for (const point of crashPoints) {
        const crash = crashAt(point, 2);
        const doomed = await given.pipeline({ probe: crash.probe, maxBatch: 2 });
        count += 1;
        await publish(
          publisher,
          leads.map((lead) => engaged(lead, count)),
        );
        await crash.reached;
        await doomed.kill();
      }
      await expectJourneys(await given.pipeline(), count);
    });

    it('goes on by itself after all its connections were lost, as when the database restarts', async () => {
      const process = await given.pipeline({ maxBatch: 2 });
      const publisher = await given.installation.process();
      for (let count = 1; count <= 4; count += 1) {
        await publish(
          publisher,
          leads.map((lead) => engaged(lead, count)),
        );
        await process.disconnect();
      }
      await expectJourneys(process, 4);
    });

    it('goes on where it stood after an orderly stop, and finishes the batch in hand first', async () => {
      const gate = latch();
      const entered = latch();
      const first = await given.pipeline({
        before: async () => {
          entered.open();
          await gate.opened;
          return { publish: [] };
        },
      });
      await publish(first, interleaved(leads, 3));
      await entered.opened;
      const stopping = first.stop();
      gate.open();
      await stopping;
      const second = await given.pipeline();
      await publish(
        second,
        leads.map((lead) => engaged(lead, 4)),
      );
      await expectJourneys(second, 4);
    });
  });
}
