import { describeWithKafka, testKafkaBrokers } from '@baton/testing/kafka';
import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { kafkaClient } from '../src/kafka-client.js';
import { type Spell, isTolerable, passingTrouble, prolonged } from '../src/passing-trouble.js';

const seconds = (...times: number[]) =>
  times.reduce<Spell | undefined>((spell, time) => prolonged(spell, time * 1_000), undefined)!;

describe('a trouble of the brokers that passes by itself', () => {
  it('is tolerable at first, and no longer when it goes on for more than ten seconds', () => {
    expect(isTolerable(seconds(5))).toBe(true);
    expect(isTolerable(seconds(5, 6, 15))).toBe(true);
    expect(isTolerable(seconds(5, 6, 15, 15.1))).toBe(false);
  });

  it('goes on through the longest pause between two attempts', () => {
    expect(isTolerable(seconds(5, 20))).toBe(false);
  });

  it('is another after a minute without it', () => {
    expect(isTolerable(seconds(5, 14, 74))).toBe(true);
    expect(seconds(5, 14, 74)).toEqual({ since: 74_000, last: 74_000 });
  });

  it('is known by its words, wherever they stand', () => {
    expect(passingTrouble('This server is not the leader for that topic-partition')).toBeDefined();
    expect(passingTrouble('Crash: KafkaJSProtocolError: The group coordinator is not available')).toBe(
      passingTrouble('The group coordinator is not available'),
    );
    expect(passingTrouble('Not authorized to access topics: [Topic authorization failed]')).toBeUndefined();
  });
});

describeWithKafka('a client of Kafka', () => {
  it('does not warn of what passes by itself, and warns of anything else', async () => {
    const said: string[] = [];
    const say = (level: string) => (text: string, fields?: Record<string, unknown>) =>
      void said.push(`${level} ${text} ${String(fields?.['reason'])}`);
    const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
    const kafka = kafkaClient({ connection: { brokers: await testKafkaBrokers() }, clientId: 'told', log });
    const admin = kafka.admin();
    await admin.connect();
    const asked = admin.fetchTopicOffsets(randomUUID()).catch((error: unknown) => error);
    expect(String(await asked)).toContain('does not host this topic-partition');
    expect(said).toContainEqual(expect.stringMatching(/^debug .*does not host this topic-partition/));
    await admin.createTopics({ topics: [{ topic: 'not a name' }] }).catch(() => undefined);
    expect(said).toContainEqual(expect.stringMatching(/^warn .*Topic creation errors/));
    expect(said.filter((text) => text.startsWith('warn') && text.includes('does not host'))).toEqual([]);
    await admin.disconnect();
  });
});
