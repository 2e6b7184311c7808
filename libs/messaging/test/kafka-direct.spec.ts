import { topics } from '@baton/contracts/topics';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { describeWithKafka } from '@baton/testing/kafka';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { listDeadLetters } from '../src/dead-letter-store.js';
import { openEmbeddedLog } from '../src/embedded-log.js';
import type { BatchHandler } from '../src/handler.js';
import { partitionOf } from '../src/partition-of.js';
import type { Transport } from '../src/transport.js';
import { type KafkaInstallation, kafkaInstallation } from './kafka-harness.js';
import { eventually } from '@baton/testing/eventually';
import { goBackToEmbeddedLog, storePosition } from './positions-store.js';
import { engaged } from './published-facts.js';
import type { TestProcess } from './transport-harness.js';

jest.setTimeout(60_000);

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const topic = topics.visitorEvents;
const partition = partitionOf('v', 4);

/** A direct topic: nobody's outbox holds what the broker lost, and its positions are the broker's offsets. */
describeWithKafka('Kafka direct topic tests', () => {
  let installation: KafkaInstallation;
  let seen: string[];

  beforeEach(async () => {
    installation = await kafkaInstallation();
    seen = [];
  });

  afterEach(async () => {
    await installation.drop();
  });

  async function reading(): Promise<TestProcess> {
    const process = await installation.process();
    const database = await process.database('ingest');
    process.transport.subscribe({ service: 'ingest', topic, database, handler: see });
    await process.transport.start();
    return process;
  }

  const see: BatchHandler = ({ records }) => {
    seen.push(...records.map(({ envelope }) => envelope.id));
    return Promise.resolve({ publish: [] });
  };

  const event = (id: string) => ({ ...engaged('v', 1), topic, type: 'baton.visitor.event-accepted.v1', id });

  async function append(process: TestProcess, ...ids: string[]): Promise<void> {
    await process.transport.append('ingest', await process.database('ingest'), ids.map(event));
  }

  async function settled({ transport }: TestProcess): Promise<void> {
    expect(await transport.waitFor('ingest', await transport.endPositions([topic]), 20_000)).toBe(true);
  }

  const foreign = (value: string) => installation.produce('visitor.events', [{ partition, key: 'v', value }]);

  /** What a stranger leaves open on the partition; answers how to end it. */
  async function openTransaction(value: string): Promise<(end: 'commit' | 'abort') => Promise<void>> {
    const producer = installation.kafka.producer({ transactionalId: installation.prefix, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({
      topic: `${installation.prefix}visitor.events`,
      messages: [{ partition, key: 'v', value }],
    });
    return async (end) => {
      await transaction[end]();
      await producer.disconnect();
    };
  }

  it('puts a foreign message aside and goes on behind it, at once and after a restart', async () => {
    const process = await reading();
    await append(process, 'one');
    await foreign('not JSON');
    await append(process, 'two');
    await foreign('nor this');
    await settled(process);
    expect(seen).toEqual(['one', 'two']);
    expect(await listDeadLetters(await process.database('ingest'))).toHaveLength(2);
    await process.stop();
    const heir = await reading();
    await append(heir, 'three');
    await settled(heir);
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(heir.transport.stalls()).toEqual([]);
  });

  it('goes on behind the marks that a stranger’s transactions leave', async () => {
    const process = await reading();
    await append(process, 'one');
    for (const end of ['commit', 'abort'] as const) await (await openTransaction(end))(end);
    await append(process, 'two');
    // The mark of the end may come behind it, so the end of the log is no sign that it was read.
    await eventually('all is handled', () => seen.length === 2);
    expect(seen).toEqual(['one', 'two']);
    const database = await process.database('ingest');
    await eventually('both are put aside', async () => (await listDeadLetters(database)).length === 2);
  });

  it('waits for no transaction of a stranger, and misses nothing that was written while it was open', async () => {
    const process = await reading();
    const endTransaction = await openTransaction('open');
    await append(process, 'one');
    await append(process, 'two');
    await settled(process);
    expect(seen).toEqual(['one', 'two']);
    await endTransaction('abort');
    await append(process, 'three');
    await eventually('what follows is handled', () => seen.length >= 3);
    expect(seen).toEqual(['one', 'two', 'three']);
    expect(process.transport.stalls()).toEqual([]);
  });

  it('takes no open transaction for the end of the log, at a start either', async () => {
    const first = await reading();
    const endTransaction = await openTransaction('open');
    await append(first, 'one');
    await eventually('it is handled', () => seen.length > 0);
    await first.stop();
    const second = await reading();
    await append(second, 'two');
    await eventually('it goes on or says why not', () => seen.length > 1 || second.transport.stalls().length > 0);
    expect(second.transport.stalls()).toEqual([]);
    expect(seen).toEqual(['one', 'two']);
    await endTransaction('commit');
  });

  it('stops where the broker deleted what was not handled, naming it', async () => {
    const process = await reading();
    await append(process, 'one');
    await settled(process);
    await process.stop();
    const publisher = await installation.process();
    await publisher.transport.start();
    await append(publisher, 'two', 'three', 'four');
    await installation.lose('visitor.events', partition, { from: 1, to: 2 });
    await publisher.stop();
    const late = await reading();
    await eventually('it is stopped', () => late.transport.stalls().some(({ retrying }) => !retrying));
    expect(late.transport.stalls()[0]?.reason).toContain(
      `visitor.events/${partition} no longer has positions 1 to 2, which were never handled`,
    );
    expect(seen).toEqual(['one']);
  });

  it('is at the end where everything was deleted before it began', async () => {
    const publisher = await installation.process();
    await publisher.transport.start();
    await append(publisher, 'one', 'two');
    await installation.lose('visitor.events', partition, { from: 0, to: 1 });
    const late = await reading();
    await settled(late);
    // A process that does not read knows it too.
    await settled(publisher);
    await append(publisher, 'three');
    await settled(late);
    expect(seen).toEqual(['three']);
  });

  it('is at the end behind what was put aside, as other processes see it too', async () => {
    const publisher = await installation.process();
    await publisher.transport.start();
    const process = await reading();
    await append(process, 'one');
    await foreign('not JSON');
    await settled(process);
    await settled(publisher);
  });

  it('stops where the topic was made anew, saying so, and reads all of it after the next start', async () => {
    const first = await reading();
    await append(first, 'one', 'two', 'three');
    await settled(first);
    await first.stop();
    await installation.administer((admin) => admin.deleteTopics({ topics: [`${installation.prefix}visitor.events`] }));
    const second = await reading();
    await append(second, 'four');
    await eventually('it is stopped', () => second.transport.stalls().some(({ retrying }) => !retrying));
    expect(second.transport.stalls()[0]?.reason).toMatch(
      new RegExp(`^visitor.events/${partition} ends at offset [01] on the broker, but was read up to 3: .*start again`),
    );
    await append(second, 'five', 'six', 'seven');
    await second.stop();
    const third = await reading();
    await settled(third);
    expect(seen).toEqual(['one', 'two', 'three', 'four', 'five', 'six', 'seven']);
  });

  describe('between the embedded log and Kafka', () => {
    let ingest: Database;

    beforeEach(async () => {
      ingest = await openDatabase({ url: installation.url, schema: 'ingest' });
    });

    afterEach(async () => {
      await ingest.close();
    });

    /** On the embedded log, with a reader or without. */
    async function embedded(
      act: (transport: Transport) => Promise<void>,
      { reads }: { reads: boolean },
    ): Promise<void> {
      const transport = await openEmbeddedLog({ url: installation.url, log: quiet, pollMs: 20 });
      if (reads) transport.subscribe({ service: 'ingest', topic, database: ingest, handler: see });
      await transport.start();
      await act(transport);
      await transport.stop();
    }

    const appendTo = (transport: Transport, ...ids: string[]) => transport.append('ingest', ingest, ids.map(event));

    it('brings along what the embedded log has, unread or read, before anything that comes later', async () => {
      await embedded(
        async (transport) => {
          await appendTo(transport, 'one', 'two');
          expect(await transport.waitFor('ingest', await transport.endPositions([topic]), 20_000)).toBe(true);
        },
        { reads: true },
      );
      await embedded((transport) => appendTo(transport, 'three'), { reads: false });
      expect(seen.splice(0)).toEqual(['one', 'two']);
      const process = await reading();
      await append(process, 'four');
      await settled(process);
      expect(seen).toEqual(['one', 'two', 'three', 'four']);
      await process.stop();
      const again = await reading();
      await append(again, 'five');
      await settled(again);
      expect(seen).toEqual(['one', 'two', 'three', 'four', 'five']);
    });

    it('takes no number of the embedded log for an offset', async () => {
      await embedded((transport) => appendTo(transport, 'before'), { reads: false });
      await storePosition(ingest, { topic: topic.name, partition, next: 100_000, brokerNext: null });
      const process = await reading();
      await append(process, 'one');
      await eventually('both are handled', () => seen.length >= 2);
      expect(seen).toEqual(['before', 'one']);
    });

    it('does not go back by itself, and goes back when it is told that Kafka has nothing left', async () => {
      const process = await reading();
      await append(process, 'one', 'two', 'three');
      await settled(process);
      await process.stop();
      await embedded(
        async (transport) => {
          await appendTo(transport, 'four');
          await eventually('it is stopped', () => transport.stalls().some(({ retrying }) => !retrying));
          expect(transport.stalls()[0]?.reason).toBe(
            `ingest has read visitor.events/${partition} on Kafka up to offset 3, where more may wait: ` +
              'start with KAFKA_BROKERS again, or go back for good as docs/scale.md tells',
          );
        },
        { reads: true },
      );
      await goBackToEmbeddedLog(ingest);
      await embedded(
        async (transport) => {
          await appendTo(transport, 'five');
          expect(await transport.waitFor('ingest', await transport.endPositions([topic]), 20_000)).toBe(true);
        },
        { reads: true },
      );
      expect(seen).toEqual(['one', 'two', 'three', 'four', 'five']);
    });
  });
});
