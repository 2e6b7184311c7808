import { leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { rowsWith as storedRows } from '@baton/testing/stored-rows-store';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingest } from '../service.js';

let run: TestRun;

beforeAll(async () => {
  run = await runForTest([ingest]);
}, 60_000);
afterAll(() => run?.stop());

/** Sends calls with the admin's secret key and waits until they are attached. */
async function send(...calls: readonly object[]): Promise<void> {
  const response = await run.request('POST', '/v1/batch', { batch: calls });
  expect(response.status).toBe(200);
  await run.settled();
}

async function body<Answer = Record<string, unknown>>(response: Promise<Response>): Promise<Answer> {
  return (await (await response).json()) as Answer;
}

interface Erased {
  readonly erasedAt: string;
  readonly repeated: boolean;
  readonly leads: readonly string[];
  readonly deleted: Record<string, number>;
  readonly lastCopyExpiresAt: string;
}

/** Sends one person: an anonymous visit, two leads that merge into one, a second address, an alias that was not believed. */
async function aPerson(name: string): Promise<void> {
  await send({ type: 'page', anonymousId: `browser-of-${name}`, properties: { path: '/pricing' } });
  await send({ type: 'identify', anonymousId: `browser-of-${name}`, traits: { email: `${name}@acme.example` } });
  await send({ type: 'identify', userId: `user-${name}`, traits: { company: { name: 'Acme' } } });
  await send({ type: 'identify', userId: `user-${name}`, traits: { email: `${name}@acme.example` } });
  await send({ type: 'identify', userId: `user-${name}`, traits: { email: `${name}@home.example` } });
  const untrusted = { type: 'alias', userId: `user-${name}`, previousId: 'somebody', writeKey: run.settings.writeKey };
  await fetch(`${run.url}/v1/alias`, { method: 'POST', body: JSON.stringify(untrusted) });
  await run.settled();
}

const rowsWith = (text: string) => storedRows(run.databaseUrl, 'ingest', text);

const factsOf = async (lead: string) =>
  (await readTopic(run.databaseUrl, topics.leadEvents)).filter(({ key }) => key === lead);

describe('erasure', () => {
  it('leaves nothing of a person in the schema of ingest, and tells lead.erased last under every lead they were', async () => {
    await aPerson('kim');
    expect(Object.keys(await rowsWith('kim'))).toEqual(expect.arrayContaining(['leads', 'identifiers', 'visitors']));
    const erased = await body<Erased>(run.request('POST', '/api/privacy/erase', { email: 'KIM@acme.example' }));
    expect(erased).toMatchObject({
      repeated: false,
      deleted: { events: 6, identifiers: 3, visitors: 1, leads: 2, deadLetters: 0 },
    });
    const days = (Date.parse(erased.lastCopyExpiresAt) - Date.parse(erased.erasedAt)) / 86_400_000;
    expect(days).toBeCloseTo(7 + 1 / 24);
    expect(erased.leads).toHaveLength(2);
    expect(await rowsWith('kim')).toEqual({});
    for (const lead of erased.leads) {
      expect(await rowsWith(lead)).toEqual({});
      const facts = await factsOf(lead);
      expect(facts.at(-1)?.envelope.type).toBe(leadErased.type);
      expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    }
  });

  it('is the same when it is asked again, by any name of the person', async () => {
    for (const who of [{ email: 'kim@home.example' }, { email: 'kim@acme.example' }]) {
      const again = await body(run.request('POST', '/api/privacy/erase', who));
      expect(again).toMatchObject({ repeated: true, leads: [], deleted: { events: 0, leads: 0 } });
    }
  });

  it('takes and drops what still comes of the person, live or imported, and counts it', async () => {
    const before = (await readTopic(run.databaseUrl, topics.leadEvents)).length;
    const again = { type: 'identify', anonymousId: 'another-browser', traits: { email: 'kim@acme.example' } };
    await send(
      again,
      { type: 'page', anonymousId: 'browser-of-kim' },
      { type: 'track', userId: 'user-kim', event: 'x' },
    );
    const imported = { type: 'outcome', userId: 'user-kim', outcome: 'won', timestamp: '2025-01-01T00:00:00Z' };
    const answer = await run.request('POST', '/v1/import', { source: 'crm', batch: [{ ...imported, historic: true }] });
    expect(await answer.json()).toEqual({ success: true });
    await run.settled();
    expect((await readTopic(run.databaseUrl, topics.leadEvents)).length).toBe(before);
    expect(await rowsWith('kim')).toEqual({});
    const metrics = await (await run.request('GET', '/metrics')).text();
    expect(metrics).toMatch(/baton_ingest_erased_events_total 4\b/);
  });

  it('takes another person in the browser of an erased one', async () => {
    await send(
      { type: 'identify', anonymousId: 'browser-of-kim', traits: { email: 'lee@acme.example' } },
      { type: 'page', anonymousId: 'browser-of-kim', properties: { path: '/after-lee' } },
    );
    await send({ type: 'page', anonymousId: 'browser-of-kim', properties: { path: '/later' } });
    const exported = await body<{ events: { content: { page?: { path: string } } }[] }>(
      run.request('GET', '/api/privacy/export?email=lee@acme.example'),
    );
    expect(exported.events.flatMap(({ content }) => content.page?.path ?? [])).toEqual(['/after-lee', '/later']);
  });

  it('waits for what is being attached at the same moment, and forgets that too', async () => {
    await aPerson('sam');
    const visits = Array.from({ length: 200 }, (_, index) => ({
      type: 'identify',
      anonymousId: `sam-browser-${index}`,
      traits: { email: 'sam@acme.example' },
    }));
    const sending = Promise.all(visits.map((visit) => run.request('POST', '/v1/batch', { batch: [visit] })));
    const erased = await body<Erased>(run.request('POST', '/api/privacy/erase', { email: 'sam@acme.example' }));
    expect(erased.repeated).toBe(false);
    await sending;
    await run.settled();
    expect(await rowsWith('sam-browser')).toEqual({});
    expect(await rowsWith('sam@acme.example')).toEqual({});
  });

  it('says what is wrong with a request', async () => {
    const status = async (who: object) => (await run.request('POST', '/api/privacy/erase', who)).status;
    expect(await status({})).toBe(400);
    expect(await status({ email: 'a@b.example', leadId: 'x' })).toBe(400);
    expect(await status({ email: 'nobody' })).toBe(400);
    expect(await status({ email: 'nobody@acme.example' })).toBe(404);
    expect(await status({ leadId: 'nobody' })).toBe(404);
  });
});

describe('export', () => {
  it('tells everything that was received of a person, by e-mail and by the id of a lead they were', async () => {
    await aPerson('pat');
    const byEmail = await body<{ lead: { id: string; absorbed: string[] } }>(
      run.request('GET', '/api/privacy/export?email=pat@home.example'),
    );
    expect(byEmail).toMatchObject({
      identifiers: ['email:pat@acme.example', 'email:pat@home.example', 'user:user-pat'],
      visitors: ['browser-of-pat'],
      lead: { userId: 'user-pat', email: 'pat@home.example', account: 'home.example' },
    });
    expect((byEmail as unknown as { events: unknown[] }).events).toHaveLength(5);
    const [absorbed] = byEmail.lead.absorbed;
    const byId = await body(run.request('GET', `/api/privacy/export?leadId=${absorbed}`));
    expect({ ...byId, exportedAt: '' }).toEqual({ ...byEmail, exportedAt: '' });
  });
});
