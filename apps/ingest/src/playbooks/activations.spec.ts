import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { playbookPublished } from '@baton/contracts/definitions';
import { playbookActivated } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { type Feed, feedAs } from '@baton/testing/feed';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { readFileSync } from 'node:fs';
import { ingest } from '../service.js';

const source = readFileSync(new URL('../../../../libs/domain/presets/starter.yaml', import.meta.url), 'utf8');
let run: TestRun;
let feed: Feed;

beforeAll(async () => {
  run = await runForTest([ingest]);
  feed = await feedAs(run, 'qualification');
}, 60_000);
afterAll(async () => {
  await feed.close();
  await run.stop();
});

function published(version: number, fields: object = {}): Publication {
  const publishedAt = '2026-03-02T12:00:00.000Z';
  return {
    topic: topics.playbooks,
    key: `starter@${version}`,
    type: playbookPublished.type,
    id: `starter@${version}:${JSON.stringify(fields)}`,
    time: publishedAt,
    data: { name: 'starter', version, hash: `hash-${version}`, source, publishedAt, signatures: [], ...fields },
  };
}

async function markers(version: number) {
  const records = await readTopic(run.databaseUrl, topics.leadEvents);
  return records.filter(
    ({ envelope }) =>
      envelope.type === playbookActivated.type && (envelope.data as { version: number }).version === version,
  );
}

describe('a published playbook', () => {
  it('that asks for nothing activates nothing', async () => {
    await feed.publish(published(1));
    expect(await markers(1)).toEqual([]);
  });

  it('that asks for its activation is marked once in every partition, however often it is published', async () => {
    const asked = published(2, { activation: { effectiveAt: '2026-03-02T12:00:00.000Z' } });
    await feed.publish(asked);
    await feed.publish({ ...asked, id: 'again' });
    const found = await markers(2);
    expect(found.map(({ partition }) => partition)).toEqual(
      Array.from({ length: run.transport.partitionsOf(topics.leadEvents) }, (_, index) => index),
    );
    expect(found[0]?.envelope.data).toEqual({
      name: 'starter',
      version: 2,
      hash: 'hash-2',
      at: '2026-03-02T12:00:00.000Z',
    });
  });

  it('is activated when its time comes, not before', async () => {
    const effectiveAt = new Date(Date.now() + 400).toISOString();
    await feed.publish(published(3, { activation: { effectiveAt } }));
    expect(Date.now() < Date.parse(effectiveAt) ? await markers(3) : []).toEqual([]);
    let found = await markers(3);
    while (found.length === 0) found = await markers(3);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(effectiveAt));
  }, 20_000);
});
