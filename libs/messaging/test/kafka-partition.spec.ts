import { type Topic, topics } from '@baton/contracts/topics';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { KafkaPartition, type PartitionControl } from '../src/kafka-partition.js';
import type { LogRecord } from '../src/record.js';
import { engaged } from './published-facts.js';

/** A consumer as kafkajs has it: what is paused stays so until it is resumed, whatever is assigned meanwhile. */
class Consumer implements PartitionControl {
  paused = false;
  /** What the next fetch asks for. */
  next = 0;
  stored = { position: 0, offset: 0 };
  log = { low: 0, high: 10_000 };
  seek = (offset: number) => void (this.next = offset);
  pause = () => void (this.paused = true);
  resume = () => void (this.paused = false);
  startAt = () => Promise.resolve(this.stored);
  bounds = () => Promise.resolve(this.log);
  forgetOffset = () => Promise.resolve(void (this.stored = { position: -1, offset: 0 }));
  passed = (position: number, offset: number) => void (this.stored = { position, offset });
}

let consumer: Consumer;

beforeEach(() => {
  consumer = new Consumer();
});

function partitionOn(topic: Topic): KafkaPartition {
  return new KafkaPartition(topic, 0, consumer, () => undefined);
}

function records(topic: Topic, from: number, to: number): LogRecord[] {
  return Array.from({ length: to - from }, (_, index) => recordAt(topic, from + index));
}

function recordAt(topic: Topic, position: number): LogRecord {
  const { key, type, id, time, data } = engaged('ada', position);
  const source = topic.producer;
  const envelope = {
    specversion: '1.0',
    id,
    type,
    source,
    subject: key,
    time,
    datacontenttype: 'application/json',
    data,
  };
  return { topic: topic.name, partition: 0, position, offset: position, key, envelope } as LogRecord;
}

/** Hands over what lies at offsets from `asked` to `next`. */
function fetch(
  partition: KafkaPartition,
  topic: Topic,
  { asked, next, bytes = next - asked }: { asked: number; next: number; bytes?: number },
) {
  const behind = consumer.log.high - next;
  return partition.take({ asked, next, behind, bytes, records: records(topic, asked, next) });
}

describe('a partition on Kafka', () => {
  it('fetches on after others joined while it was paused and half of it was handled', async () => {
    const partition = partitionOn(topics.leadEvents);
    await partition.goOn(0);
    await fetch(partition, topics.leadEvents, { asked: 0, next: 2_100 });
    expect(consumer.paused).toBe(true);
    await partition.read(null, 500, 500);
    partition.rejoin();
    await partition.read(null, 2_100, 500);
    expect(consumer).toMatchObject({ paused: false, next: 2_100 });
  });

  it('lets the broker wait while what it has is large, however few records that are', async () => {
    const partition = partitionOn(topics.leadEvents);
    await partition.goOn(0);
    for (let asked = 0; asked < 4; asked += 1) {
      expect(consumer.paused).toBe(false);
      await fetch(partition, topics.leadEvents, { asked, next: asked + 1, bytes: 1_000_000 });
    }
    expect(consumer.paused).toBe(true);
    partition.handled(3);
    expect(consumer.paused).toBe(false);
  });

  it('does not wait for room because of what it knew already', async () => {
    const partition = partitionOn(topics.leadEvents);
    await partition.goOn(0);
    await fetch(partition, topics.leadEvents, { asked: 0, next: 5 });
    partition.handled(5);
    const again = records(topics.leadEvents, 0, 5);
    for (let asked = 5; asked < 30; asked += 5)
      await partition.take({ asked, next: asked + 5, behind: 0, bytes: 1_000_000, records: again });
    expect(consumer).toMatchObject({ paused: false, stored: { position: 5, offset: 30 } });
  });

  it('fetches when it is given back what it lost while it was paused', async () => {
    const lost = partitionOn(topics.leadEvents);
    await lost.goOn(0);
    await fetch(lost, topics.leadEvents, { asked: 0, next: 2_100 });
    await partitionOn(topics.leadEvents).goOn(0);
    expect(consumer).toMatchObject({ paused: false, next: 0 });
  });

  it('refuses what was fetched for a later offset, and believes it when that comes again: all between was aborted', async () => {
    const partition = partitionOn(topics.visitorEvents);
    await partition.goOn(0);
    expect(await fetch(partition, topics.visitorEvents, { asked: 40, next: 50 })).toBe(false);
    expect(consumer.next).toBe(0);
    expect(await fetch(partition, topics.visitorEvents, { asked: 40, next: 50 })).toBe(true);
    expect(await partition.read(null, 0, 10)).toHaveLength(10);
  });

  it('handles what it has of a direct topic, then names what was deleted before it was handled', async () => {
    const partition = partitionOn(topics.visitorEvents);
    await partition.goOn(0);
    await fetch(partition, topics.visitorEvents, { asked: 0, next: 5 });
    consumer.log = { low: 8, high: 20 };
    expect(await fetch(partition, topics.visitorEvents, { asked: 8, next: 12 })).toBe(false);
    expect(await partition.read(null, 0, 10)).toHaveLength(5);
    expect(await partition.ends.above('visitor.events/0', 5, AbortSignal.timeout(1))).toBe(true);
    await expect(partition.read(null, 5, 10)).rejects.toThrow('visitor.events/0 no longer has positions 5 to 7');
  });

  it('notes what was put aside behind the last record, so that it is not missed when the broker deletes it', async () => {
    const partition = partitionOn(topics.visitorEvents);
    await partition.goOn(0);
    const foreign = { asked: 0, next: 7, behind: 0, bytes: 7, records: records(topics.visitorEvents, 0, 5) };
    await partition.take(foreign);
    await partition.read(null, 0, 10);
    partition.handled(5);
    expect(consumer.stored).toEqual({ position: 5, offset: 7 });
  });

  it('takes nothing for lost that was deleted before the service began', async () => {
    const partition = partitionOn(topics.visitorEvents);
    consumer.stored = { position: -1, offset: 0 };
    consumer.log = { low: 8, high: 20 };
    await partition.goOn(-1);
    expect(await fetch(partition, topics.visitorEvents, { asked: 8, next: 12 })).toBe(true);
    expect(await partition.read(null, -1, 10)).toHaveLength(4);
  });

  it('is at the end of what was deleted before the service began, though nothing comes', async () => {
    let handled = 0;
    const partition = new KafkaPartition(topics.leadEvents, 0, consumer, (offset) => void (handled = offset));
    consumer.stored = { position: -1, offset: 0 };
    consumer.log = { low: 8, high: 8 };
    await partition.goOn(-1);
    partition.handled(-1);
    expect(handled).toBe(8);
    expect(consumer).toMatchObject({ next: 8, stored: { position: -1, offset: 8 } });
  });

  it('stops where the log ends before what was read of it, and begins anew at the next start', async () => {
    const partition = partitionOn(topics.leadEvents);
    consumer.stored = { position: 500, offset: 500 };
    await partition.goOn(500);
    consumer.log = { low: 0, high: 3 };
    expect(await fetch(partition, topics.leadEvents, { asked: 0, next: 3 })).toBe(false);
    await expect(partition.read(null, 500, 10)).rejects.toThrow(
      'lead.events/0 ends at offset 3 on the broker, but was read up to 500',
    );
    expect(consumer.stored).toEqual({ position: -1, offset: 0 });
    expect(consumer.paused).toBe(true);
  });
});
