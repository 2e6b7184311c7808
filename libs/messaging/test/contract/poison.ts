import { deadLettersOf } from '@baton/contracts/topics';
import { describe, expect, it } from '@jest/globals';
import { listDeadLetters, showDeadLetter } from '../../src/dead-letter-store.js';
import { type BatchHandler, NotYetError, PoisonError } from '../../src/handler.js';
import { partitionOf } from '../../src/partition-of.js';
import { eventually } from '@baton/testing/eventually';
import { journeysOf, leads, publish, settled } from '../pipeline.js';
import { engaged, expectedJourneys, interleaved } from '../published-facts.js';
import type { Given } from './given.js';

/** What a service does with records that it cannot handle. */
export function describePoison(given: Given): void {
  describe('what cannot be handled', () => {
    const refusing = (isBad: (id: string) => boolean, fail: (position: number) => Error): BatchHandler => {
      return async ({ records }) => {
        const bad = records.find((record) => isBad(record.envelope.id));
        if (bad) throw fail(bad.position);
        return { publish: [] };
      };
    };

    it.each([
      ['an error of its own', () => new TypeError('cannot read it')],
      ['a declared poison', (position: number) => new PoisonError(position, 'cannot read it')],
    ])(
      'is put aside alone, with its reason, when it is %s; neighbours and later facts of its lead go on',
      async (_what, fail) => {
        const process = await given.pipeline({ before: refusing((id) => id === 'ada.3' || id === 'bob.1', fail) });
        await publish(process, interleaved(leads, 5), 35);
        await settled(process);
        const journeys = await journeysOf(process, 'reporting');
        expect(journeys).toEqual({
          ...expectedJourneys(leads, 5),
          ada: ['ada.1', 'ada.2', 'ada.4', 'ada.5'],
          bob: ['bob.2', 'bob.3', 'bob.4', 'bob.5'],
        });
        const letters = await listDeadLetters(await process.database('scoring'));
        expect(letters.map(({ key, topic }) => ({ key, topic })).sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
          { key: 'ada', topic: 'lead.events' },
          { key: 'bob', topic: 'lead.events' },
        ]);
        expect(letters[0]?.reason).toContain('cannot read it');
      },
    );

    it('is published on the service’s dead letters too', async () => {
      const process = await given.pipeline({
        before: refusing(
          (id) => id === 'ada.1',
          () => new TypeError('no'),
        ),
      });
      await publish(process, [engaged('ada', 1, { page: '/pricing' })]);
      await settled(process);
      const [batch] = await process.transport.readTable(deadLettersOf('scoring'));
      expect(batch?.records.map((record) => record.envelope.data)).toEqual([
        expect.objectContaining({
          service: 'scoring',
          reason: 'TypeError: no',
          attempts: 3,
          origin: { topic: 'lead.events', partition: partitionOf('ada', 4), position: 0 },
          original: expect.stringContaining('/pricing'),
        }),
      ]);
    });

    it('can be handled again once its cause is mended, once', async () => {
      let mended = false;
      const process = await given.pipeline({
        before: refusing(
          (id) => !mended && id === 'ada.1',
          () => new TypeError('no'),
        ),
      });
      await publish(process, [engaged('ada', 1)]);
      await settled(process);
      const scoring = await process.database('scoring');
      const id = (await listDeadLetters(scoring))[0]?.id ?? '';
      await expect(process.transport.replayDeadLetter('scoring', id)).rejects.toThrow('no');
      mended = true;
      expect(await process.transport.replayDeadLetter('scoring', id)).toBe(true);
      expect(await process.transport.replayDeadLetter('scoring', id)).toBe(false);
      await settled(process);
      expect(await journeysOf(process, 'reporting')).toEqual({ ada: ['ada.1'] });
      expect(await listDeadLetters(scoring)).toEqual([]);
      expect((await showDeadLetter(scoring, id))?.replayedAt).toBeInstanceOf(Date);
    });

    it.each([
      ['a conflict', () => Object.assign(new Error('deadlock detected'), { code: '40P01' })],
      ['a lost connection', () => Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
      ['a missing table', () => Object.assign(new Error('no such table'), { code: '42P01' })],
      ['something that has not arrived yet', () => new NotYetError('the playbook is on its way')],
    ])('waits for %s to pass instead, and puts nothing aside', async (_what, fail) => {
      let failures = 3;
      const process = await given.pipeline({
        before: async () => {
          failures -= 1;
          if (failures >= 0) throw fail();
          return { publish: [] };
        },
      });
      await publish(process, interleaved(['ada'], 4));
      await settled(process);
      expect(await journeysOf(process, 'reporting')).toEqual(expectedJourneys(['ada'], 4));
      expect(await listDeadLetters(await process.database('scoring'))).toEqual([]);
    });

    it('lets one partition wait while the others go on', async () => {
      const waiting = partitionOf('ada', 4);
      const other = leads.find((lead) => partitionOf(lead, 4) !== waiting) ?? '';
      let blocked = true;
      const process = await given.pipeline({
        before: async ({ records }) => {
          if (blocked && records.some(({ partition }) => partition === waiting)) throw new NotYetError('not yet');
          return { publish: [] };
        },
      });
      await publish(process, interleaved(['ada', other], 2));
      await eventually(
        'the other partition is handled',
        async () => (await journeysOf(process, 'reporting'))[other]?.length === 2,
      );
      await eventually('the first partition has been tried', () => process.transport.stalls().length > 0);
      expect(await journeysOf(process, 'scoring')).toEqual(expectedJourneys([other], 2));
      expect(process.transport.stalls()).toMatchObject([
        { service: 'scoring', partition: waiting, reason: 'not yet', retrying: true },
      ]);
      blocked = false;
      await settled(process);
      expect(await journeysOf(process, 'reporting')).toEqual(expectedJourneys(['ada', other].sort(), 2));
      expect(process.transport.stalls()).toEqual([]);
    });

    it('stops loudly where the log has a hole, naming what is missing, and hands nothing over behind it', async () => {
      const publisher = await given.pipeline({ maxBatch: 2 });
      await publish(publisher, interleaved(['ada'], 2), 1);
      await settled(publisher);
      await publisher.stop();
      const later = await given.installation.process();
      await later.transport.start();
      await publish(later, interleaved(['ada'], 6).slice(2), 1);
      const partition = partitionOf('ada', 4);
      await given.installation.lose('lead.events', partition, { from: 2, to: 3 });
      await later.stop();
      const errors: string[] = [];
      const log = {
        info: () => undefined,
        warn: () => undefined,
        error: (message: string) => void errors.push(message),
      };
      const process = await given.pipeline({ log, maxBatch: 2 });
      await eventually('the partition is stopped', () => process.transport.stalls().some((stall) => !stall.retrying));
      expect(process.transport.stalls()[0]?.reason).toContain(
        `lead.events/${partition} no longer has positions 2 to 3`,
      );
      expect(errors).toEqual(['A partition is stopped']);
      expect(await journeysOf(process, 'scoring')).toEqual(expectedJourneys(['ada'], 2));
    });
  });
}
