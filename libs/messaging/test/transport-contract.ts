import { deadLettersOf, topics } from '@baton/contracts/topics';
import type { Database, Sql } from '@baton/persistence/sql';
import { createTimers } from '@baton/persistence/timers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crashPoints } from '../src/crash-point.js';
import { listDeadLetters, showDeadLetter } from '../src/dead-letter-store.js';
import { type BatchHandler, NotYetError, PoisonError } from '../src/handler.js';
import { partitionOf } from '../src/partition-of.js';
import type { Batch, Publication } from '../src/record.js';
import {
  addDue,
  createCounters,
  createJourneys,
  journeysIn,
  nextDueIn,
  nextSequence,
  takeDue,
} from './journey-store.js';
import { eventually, latch } from './latch.js';
import {
  type PipelineOptions,
  expectJourneys,
  journeysOf,
  keepJourneys,
  leads,
  publish,
  settled,
  startPipeline,
} from './pipeline.js';
import { crashAt, onceAt } from './probes.js';
import { engaged, expectedJourneys, interleaved, scored, stageChanged } from './published-facts.js';
import type { Installation, TransportHarness } from './transport-harness.js';

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

/** What every transport must pass: see `Transport` for the promises. */
export function describeTransport(name: string, harness: TransportHarness): void {
  let installation: Installation;

  beforeEach(async () => {
    installation = await harness.installation();
  });

  afterEach(async () => {
    await installation.drop();
  });

  const pipeline = (options?: PipelineOptions) => startPipeline(installation, options);

  describe(`${name}: order and effects`, () => {
    it('gives each lead’s facts in the order of their publication, each once, along a chain of services', async () => {
      const process = await pipeline();
      await publish(process, interleaved(leads, 30));
      await expectJourneys(process, 30);
    });

    it.each([1, 3, 1000])('gives the same whatever the size of the batches (%i)', async (maxBatch) => {
      const process = await pipeline({ maxBatch });
      await publish(process, interleaved(leads, 12), 4);
      await expectJourneys(process, 12);
    });

    it('numbers the facts of a partition without a gap, from 0', async () => {
      const seen: number[] = [];
      const process = await pipeline({
        before: async (batch) => {
          if (batch.partition === partitionOf('ada', 4)) seen.push(...batch.records.map((record) => record.position));
          return { publish: [] };
        },
      });
      await publish(process, interleaved(['ada'], 20), 3);
      await settled(process);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, position) => position));
    });

    it('hands over complete envelopes', async () => {
      const batches: Batch[] = [];
      const process = await pipeline({ before: async (batch) => (batches.push(batch), { publish: [] }) });
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
      const process = await pipeline({
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
      const process = await pipeline({
        before: async ({ partition }) => (partitions.push(partition), { publish: [] }),
      });
      await publish(process, [{ ...engaged('playbook', 1), everyPartition: true }]);
      await settled(process);
      expect(partitions.sort()).toEqual([0, 1, 2, 3]);
    });

    it('passes over facts of other types without a transaction, and soon notes that it has', async () => {
      const process = await installation.process();
      const database = await process.database('scoring');
      await createJourneys(database);
      const given: string[] = [];
      const counted = countingTransactions(database);
      process.transport.subscribe({
        service: 'scoring',
        topic: topics.leadEvents,
        database: counted.database,
        types: ['baton.lead.identified.v1'],
        handler(batch, sql) {
          given.push(...batch.records.map(({ envelope }) => envelope.id));
          return keepJourneys(batch, sql);
        },
      });
      await process.transport.start();
      const identified = { ...engaged('ada', 2), type: 'baton.lead.identified.v1' };
      await publish(process, [engaged('ada', 1), identified, ...interleaved(leads, 30).slice(21)], 1);
      const ends = await process.transport.endPositions([topics.leadEvents]);
      expect(await process.transport.waitFor('scoring', ends, 20_000)).toBe(true);
      expect(given).toEqual(['ada.2']);
      expect(await journeysIn(database)).toEqual({ ada: ['ada.2'] });
      await eventually('the stored positions are at the end', async () => {
        const consumed = (await process.transport.consumedPositions('scoring'))['lead.events'] ?? {};
        return Object.entries(ends['lead.events'] ?? {}).every(
          ([partition, end]) => (consumed[partition] ?? 0) === end,
        );
      });
      expect(counted.transactions()).toBeLessThan(60);
    });

    it('carries a transaction larger than any segment', async () => {
      const process = await pipeline();
      const large = Array.from({ length: 40 }, (_, index) => engaged('ada', index + 1, { text: 'ä'.repeat(40_000) }));
      await publish(process, large, 40);
      await settled(process);
      expect(await journeysOf(process, 'reporting')).toEqual(expectedJourneys(['ada'], 40));
    });
  });

  describe(`${name}: publishing`, () => {
    it('publishes nothing of a transaction that fails, and gives its numbers to the next', async () => {
      const process = await pipeline();
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
      const process = await installation.process();
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
      const process = await installation.process();
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
      const slow = await installation.process({ probe });
      const fast = await pipeline();
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
      const process = await installation.process();
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

  describe(`${name}: crashes`, () => {
    const cases = crashPoints.flatMap((point) => [1, 2, 5].map((visit) => [point, visit] as const));

    it.each(cases)('a consumer killed %s, at visit %i, loses nothing and repeats nothing', async (point, visit) => {
      const publisher = await installation.process();
      const crash = crashAt(point, visit);
      const doomed = await pipeline({ probe: crash.probe, maxBatch: 3 });
      await publish(publisher, interleaved(leads, 6));
      await crash.reached;
      await doomed.kill();
      await publish(publisher, [...leads.map((lead) => engaged(lead, 7))]);
      const heir = await pipeline();
      await expectJourneys(heir, 7);
    });

    it.each([
      ['after-counter-lock', 0],
      ['after-commit', 1],
      ['after-hand-over', 1],
    ] as const)('a command killed %s has its effect %i times and leaves no hole', async (point, times) => {
      const crash = crashAt(point, 1);
      const doomed = await installation.process({ probe: crash.probe });
      void publish(doomed, [engaged('ada', 1)]);
      await crash.reached;
      await doomed.kill();
      const heir = await pipeline();
      await publish(heir, [engaged('ada', 2)]);
      await settled(heir);
      expect(await journeysOf(heir, 'reporting')).toEqual({ ada: times === 0 ? ['ada.2'] : ['ada.1', 'ada.2'] });
    });

    it('survives one crash after another in one installation', async () => {
      const publisher = await installation.process();
      let count = 0;
      for (const point of crashPoints) {
        const crash = crashAt(point, 2);
        const doomed = await pipeline({ probe: crash.probe, maxBatch: 2 });
        count += 1;
        await publish(
          publisher,
          leads.map((lead) => engaged(lead, count)),
        );
        await crash.reached;
        await doomed.kill();
      }
      await expectJourneys(await pipeline(), count);
    });

    it('goes on by itself after all its connections were lost, as when the database restarts', async () => {
      const process = await pipeline({ maxBatch: 2 });
      const publisher = await installation.process();
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
      const first = await pipeline({
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
      const second = await pipeline();
      await publish(
        second,
        leads.map((lead) => engaged(lead, 4)),
      );
      await expectJourneys(second, 4);
    });
  });

  describe(`${name}: what cannot be handled`, () => {
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
        const process = await pipeline({ before: refusing((id) => id === 'ada.3' || id === 'bob.1', fail) });
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
      const process = await pipeline({
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
      const process = await pipeline({
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
      const process = await pipeline({
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
      const process = await pipeline({
        before: async ({ partition }) => {
          if (blocked && partition === waiting) throw new NotYetError('not yet');
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
      const publisher = await pipeline({ maxBatch: 2 });
      await publish(publisher, interleaved(['ada'], 2), 1);
      await settled(publisher);
      await publisher.stop();
      const later = await installation.process();
      await later.transport.start();
      await publish(later, interleaved(['ada'], 6).slice(2), 1);
      const partition = partitionOf('ada', 4);
      await installation.lose('lead.events', partition, { from: 2, to: 3 });
      await later.stop();
      const errors: string[] = [];
      const log = {
        info: () => undefined,
        warn: () => undefined,
        error: (message: string) => void errors.push(message),
      };
      const process = await pipeline({ log, maxBatch: 2 });
      await eventually('the partition is stopped', () => process.transport.stalls().some((stall) => !stall.retrying));
      expect(process.transport.stalls()[0]?.reason).toContain(
        `lead.events/${partition} no longer has positions 2 to 3`,
      );
      expect(errors).toEqual(['A partition is stopped']);
      expect(await journeysOf(process, 'scoring')).toEqual(expectedJourneys(['ada'], 2));
    });
  });

  describe(`${name}: several processes`, () => {
    it('fences a process that lost its partitions while it had a batch in hand', async () => {
      const held = latch();
      const reached = latch();
      const probe = onceAt('after-read', async () => {
        reached.open();
        await held.opened;
      });
      const zombie = await pipeline({ probe, pollMs: 60_000 });
      const publisher = await installation.process();
      await publisher.transport.start();
      await publish(publisher, interleaved(leads, 3), 21);
      await reached.opened;
      await zombie.depose();
      const heir = await pipeline();
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
      const one = await pipeline({ before: counting('one') });
      const two = await pipeline({ before: counting('two') });
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
      const process = await pipeline({
        maxBatch: 10,
        before: async ({ partition, records }) => {
          inHand.set(partition, (inHand.get(partition) ?? 0) + records.length);
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
      const first = await pipeline();
      await publish(first, interleaved(leads, 10));
      await expectJourneys(first, 10);
      const late = await installation.process();
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
      const process = await pipeline();
      await publish(process, [engaged('ada', 1), engaged('ada', 2)]);
      await settled(process);
      const partition = partitionOf('ada', 4);
      const ends = await process.transport.endPositions([topics.leadEvents]);
      expect(ends['lead.events']).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0, [partition]: 2 });
      expect((await process.transport.consumedPositions('scoring'))['lead.events']?.[partition]).toBe(2);
      expect(await process.transport.waitFor('scoring', { 'lead.events': { [partition]: 3 } }, 60)).toBe(false);
    });

    it('reads a table: the newest record of each key, from where it is asked to', async () => {
      const process = await installation.process();
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
