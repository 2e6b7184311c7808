import { visitorEventAccepted } from '@baton/contracts/visitor-events';
import { keepDeadLetter, listDeadLetters } from '@baton/messaging/dead-letter-store';
import { foreignType } from '@baton/messaging/foreign-messages';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { rowsWith } from '@baton/testing/stored-rows-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingest } from '../service.js';

let run: TestRun;
let database: Database;

beforeAll(async () => {
  run = await runForTest([ingest]);
  database = await openDatabase({ url: run.databaseUrl, schema: 'ingest', poolSize: 1 });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await run?.stop();
});

async function send(call: object): Promise<void> {
  expect((await run.request('POST', '/v1/batch', { batch: [call] })).status).toBe(200);
  await run.settled();
}

let position = 0;

/** Puts a record aside whose event is this. */
const deadLetter = (of: string, event: object) => keep(of, visitorEventAccepted.type, { event });

/** Puts a message aside that a stranger wrote. */
const foreignLetter = (of: string, text: string) => keep(of, foreignType, { text });

async function keep(of: string, type: string, data: object): Promise<void> {
  const time = new Date().toISOString();
  const envelope = { specversion: '1.0', id: of, type, source: 'x', subject: of, time, data } as const;
  const record = { topic: 'visitor.events', partition: 0, position: position++, key: of, envelope };
  await keepDeadLetter(database, record as never, { reason: 'of a test', attempts: 1, at: time });
}

const left = async () => (await listDeadLetters(database)).map(({ key }) => key).sort();

describe('the erasure of one person', () => {
  it('takes the dead letters that name them and no other person’s', async () => {
    await send({ type: 'identify', userId: '42', anonymousId: 'kims', traits: { email: 'kim@acme.example' } });
    await send({ type: 'identify', userId: '42', anonymousId: 'with "quotes"' });

    await deadLetter('theirs by user id', { userId: '42' });
    await deadLetter('theirs by browser', { anonymousId: 'kims' });
    await deadLetter('theirs by e-mail', { traits: { email: ' KIM@acme.example' } });
    await deadLetter('theirs by alias', { userId: 'x', previousId: '42' });
    await foreignLetter('theirs of a stranger', JSON.stringify({ data: { event: { userId: '42' } } }));
    await foreignLetter('theirs with quotes', JSON.stringify({ anonymousId: 'with "quotes"' }));
    await foreignLetter('theirs in escapes', '{"userId":"\\u0034\\u0032"}');

    await deadLetter('other with the number', { userId: '7', properties: { plan: '42', list: ['42'] } });
    await deadLetter('other in another case', { anonymousId: 'KIMS' });
    await deadLetter('other who is told of', { userId: '7', properties: { friend: 'kim@acme.example' } });
    await foreignLetter('other of a stranger', JSON.stringify({ userId: '7', plan: '42' }));
    const erased = await run.request('POST', '/api/privacy/erase', { email: 'kim@acme.example' });
    expect(await erased.json()).toMatchObject({ deleted: { deadLetters: 7 } });
    expect(await left()).toEqual([
      'other in another case',
      'other of a stranger',
      'other who is told of',
      'other with the number',
    ]);
  });

  it('takes what was believed of nobody and names them, and no other person’s', async () => {
    await send({ type: 'identify', userId: 'lee', traits: { email: 'lee@acme.example' } });
    const { writeKey } = run.settings;
    const alias = (userId: string, previousId: string) => ({ type: 'alias', userId, previousId, writeKey });
    for (const call of [alias('lee', 'told-1'), alias('told-2', 'lee'), alias('LEE', 'told-3')])
      await fetch(`${run.url}/v1/alias`, { method: 'POST', body: JSON.stringify(call) });
    await run.settled();
    const eventsTelling = async (text: string) => (await rowsWith(run.databaseUrl, 'ingest', text))['events'] ?? 0;
    expect(await eventsTelling('told-')).toBe(3);
    const erased = await run.request('POST', '/api/privacy/erase', { email: 'lee@acme.example' });
    expect(await erased.json()).toMatchObject({ deleted: { events: 3 } });
    expect([await eventsTelling('told-'), await eventsTelling('told-3')]).toEqual([1, 1]);
  });
});
