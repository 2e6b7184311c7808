import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { playbookPublished } from '@baton/contracts/definitions';
import { reportingRoutes } from '@baton/contracts/http/reporting';
import type { FunnelReport } from '@baton/contracts/http/reports';
import { topics } from '@baton/contracts/topics';
import { visitorEventAccepted } from '@baton/contracts/visitor-events';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { Value } from '@sinclair/typebox/value';
import type { TSchema } from '@sinclair/typebox';
import { reporting } from '../src/service.js';
import { type Fact, absorbed, activity, assigned, clocked, engaged, identified, moved, scored } from './facts.js';
import { Producers } from './publish-facts.js';
import { readEvents } from './read-events.js';

let run: TestRun;
let producers: Producers;
beforeAll(async () => {
  run = await runForTest([reporting]);
  producers = new Producers(run);
}, 30_000);
afterAll(async () => {
  await producers.close();
  await run.stop();
});

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();

/** The JSON of an answer, checked against the schema that the contract promises for it. */
async function get(
  path: string,
  schema?: TSchema,
): Promise<Record<string, unknown> & { items: Record<string, unknown>[]; next: string | null }> {
  const response = await run.request('GET', path);
  expect(response.status).toBe(200);
  const body = (await response.json()) as Record<string, unknown>;
  if (schema)
    expect([...Value.Errors(schema, body)].map(({ path: where, message }) => `${where} ${message}`)).toEqual([]);
  return body as Awaited<ReturnType<typeof get>>;
}

const kim: Fact[] = [
  engaged('kim', at(0), { page: { path: '/pricing' }, campaign: { name: 'spring' } }),
  identified('kim', { at: at(1), email: 'kim@acme.io', traits: { name: 'Kim Lee' } }),
  moved('kim', { from: 'visitor', to: 'lead', at: at(1) }),
  moved('kim', { from: 'lead', to: 'mql', at: at(2), via: 'two-high' }),
  scored('kim', { at: at(2), total: 65 }),
  assigned('kim', { at: at(2) }),
  clocked('kim', { startedAt: at(2), dueAt: at(7) }),
  activity('kim', at(5)),
];

describe('reporting over HTTP', () => {
  it('shows, after a command, what it did: lead, timeline and queue', async () => {
    const after = await producers.publish(kim);
    const lead = await get(`/api/leads/kim?after=${after}`, reportingRoutes.getLead.response);
    expect(lead).toMatchObject({
      id: 'kim',
      stage: 'mql',
      owner: { rep: 'ana' },
      scores: { total: 65 },
      clocks: [{ state: 'running' }],
    });
    const timeline = await get('/api/leads/kim/timeline', reportingRoutes.getTimeline.response);
    expect(timeline.items.map(({ kind }) => kind)).toEqual([
      'touch',
      'stage',
      'score',
      'clock',
      'assignment',
      'stage',
      'event',
    ]);
    const queue = await get('/api/queue?owner=rep:ana', reportingRoutes.getQueue.response);
    expect(queue.items).toMatchObject([
      { lead: { id: 'kim', name: 'Kim Lee' }, reason: 'two-high', clock: { dueAt: at(7) } },
    ]);
    expect((await get('/api/queue?owner=rep:ben,team:outbound')).items).toEqual([]);
  });

  it('pages through timelines and lists without losing or repeating anything', async () => {
    const many = Array.from({ length: 23 }, (_, index) => `p-${String(index).padStart(2, '0')}`);
    const after = await producers.publish([
      ...many.map((id, index) => identified(id, { at: at(index % 5), email: `${id}@pages.io` })),
      ...many.map((id) => scored(id, { at: at(1), total: id.charCodeAt(3) % 3 })),
      ...many.map(() => engaged('p-00', at(3), {})),
    ]);
    await get(`/api/leads?after=${after}`);
    for (const sort of ['created', 'since', 'score', 'email']) {
      const whole = await get(`/api/leads?q=@pages.io&sort=${sort}&limit=200`, reportingRoutes.listLeads.response);
      const ids: unknown[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await get(`/api/leads?q=@pages.io&sort=${sort}&limit=4${cursor && `&cursor=${cursor}`}`);
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      }
      expect(ids).toEqual(whole.items.map(({ id }) => id));
      expect([...ids].sort()).toEqual(many);
    }
    const events: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await get(`/api/leads/p-00/timeline?kind=event&limit=5${cursor && `&cursor=${cursor}`}`);
      events.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(events).toHaveLength(23);
    expect(new Set(events).size).toBe(23);
  });

  it('finds leads by e-mail, stage, owner and words, whatever their case', async () => {
    const ids = async (query: string) => (await get(`/api/leads?${query}`)).items.map(({ id }) => id);
    expect(await ids('email=KIM@acme.io')).toEqual(['kim']);
    expect(await ids('stage=mql')).toEqual(['kim']);
    expect(await ids('owner=rep:ana')).toEqual(['kim']);
    expect(await ids('q=kim%20LEE')).toEqual(['kim']);
    expect(await ids('q=%25')).toEqual([]);
    expect(await ids('stage=customer')).toEqual([]);
  });

  it('sends readers of an absorbed lead on to its survivor', async () => {
    const after = await producers.publish([identified('twin', { at: at(0) }), absorbed('twin', at(3), 'kim')]);
    await get(`/api/leads?after=${after}`);
    const response = await run.request('GET', '/api/leads/twin');
    expect([response.status, response.headers.get('location')]).toEqual([308, '/api/leads/kim']);
    expect((await run.request('GET', '/api/leads/twin/timeline')).headers.get('location')).toBe(
      '/api/leads/kim/timeline',
    );
  });

  it('answers the reports in the shape of the contract', async () => {
    const visitor = { eventId: 'w:1', source: 'web', trusted: false, receivedAt: at(0), at: at(0), event: {} };
    const after = await producers.publish([
      { topic: 'visitor.events', lead: 'web:anon-1', id: 'v1', type: visitorEventAccepted.type, data: visitor },
      { topic: 'visitor.events', lead: 'web:anon-1', id: 'v2', type: visitorEventAccepted.type, data: visitor },
    ]);
    const funnel = await get(`/api/reports/funnel?by=campaign&after=${after}`, reportingRoutes.funnel.response);
    expect(funnel).toMatchObject({ visitors: 1, by: 'campaign', groups: [{ key: 'spring' }] });
    expect(await get('/api/reports/speed-to-lead', reportingRoutes.speedToLead.response)).toMatchObject({
      groups: [{ leads: 1, touched: 1, medianSeconds: 180 }],
    });
    expect(await get('/api/reports/sla?by=rep', reportingRoutes.sla.response)).toMatchObject({
      groups: [{ key: 'ana', promises: 1, open: 1 }],
    });
  });

  it.each([
    ['/api/leads?limit=1000', '/query/limit'],
    ['/api/leads?stage=prospect', '/query/stage'],
    ['/api/leads?owner=ana', '/query/owner'],
    ['/api/leads?cursor=nonsense', '/query/cursor'],
    ['/api/leads?sort=score&cursor=WyJ4IiwieSJd', '/query/cursor'],
    ['/api/leads/kim/timeline?kind=rumour', '/query/kind'],
    ['/api/queue?cursor=W10', '/query/cursor'],
    ['/api/reports/funnel?by=moon', '/query/by'],
    ['/api/reports/funnel?from=yesterday', '/query/from'],
    ['/api/reports/funnel?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', '/query/to'],
  ])('names the field at fault in %s', async (path, field) => {
    const response = await run.request('GET', path);
    const body = (await response.json()) as { errors: { path: string; message: string }[] };
    expect(response.status).toBe(400);
    expect(body.errors[0]?.path).toBe(field);
  });

  it('answers 404 with what to do for a lead nobody knows', async () => {
    const response = await run.request('GET', '/api/leads/nobody');
    expect(response.status).toBe(404);
    expect(((await response.json()) as { detail: string }).detail).toContain('GET /api/leads?email=');
  });

  it('names the fallback queue of the playbook as owner until routing has decided, and judges by its own bands', async () => {
    const after = await producers.publish([
      published('starter', 1, playbook),
      published('broken', 1, 'not a playbook'),
      identified('new', { at: at(0) }),
      moved('new', { from: 'lead', to: 'mql', at: at(0) }),
    ]);
    expect(await get(`/api/leads/new?after=${after}`)).toMatchObject({ owner: { rep: null, team: 'night' } });
    const { groups } = (await get('/api/reports/funnel')) as unknown as FunnelReport;
    expect(groups[0]?.transitions[0]).toMatchObject({ from: 'lead', to: 'mql', rate: 1, band: 'healthy', check: null });
  });

  it('tells open pages what was committed, and continues behind the last id they read', async () => {
    const first = await run.request('GET', '/api/live');
    expect(first.headers.get('content-type')).toBe('text/event-stream');
    const heard = readEvents(first);
    await producers.publish([moved('kim', { from: 'mql', to: 'accepted', at: at(9) })]);
    const stage = await heard.next((event) => event['event'] === 'stage');
    expect(JSON.parse(stage['data'] ?? '')).toMatchObject({ lead: 'kim', from: 'mql', to: 'accepted' });
    await heard.stop();
    const after = await producers.publish([moved('kim', { from: 'accepted', to: 'sql', at: at(10) })]);
    await get(`/api/leads?after=${after}`);
    const second = readEvents(await run.request('GET', '/api/live', undefined, { 'last-event-id': stage['id'] ?? '' }));
    const missed = await second.next((event) => event['event'] === 'stage');
    expect(JSON.parse(missed['data'] ?? '')).toMatchObject({ from: 'accepted', to: 'sql' });
    await second.stop();
  });

  it('publishes snapshots to its own public topic, numbered per lead', async () => {
    const table = await run.transport.readTable(topics.leadSnapshots);
    const mine = table.flatMap(({ records }) => records).filter(({ key }) => key === 'kim');
    expect(mine).toHaveLength(1);
    expect(mine[0]?.envelope).toMatchObject({ source: 'reporting', data: { stage: 'sql', email: 'kim@acme.io' } });
    expect(mine[0]?.envelope.sequence).toBeGreaterThan(1);
  });

  it('is open to people who are signed in and to nobody else', async () => {
    for (const path of ['/api/leads', '/api/queue', '/api/live', '/api/reports/funnel']) {
      expect((await fetch(`${run.url}${path}`)).status).toBe(401);
    }
  });
});

const playbook = `
apiVersion: baton/v1
kind: Playbook
metadata: { name: starter, about: A test., owners: { marketing: [a@example.com], sales: [b@example.com] } }
intents: [high, medium, low, negative]
signals: { hi: { on: Hi, intent: high } }
scores: { engagement: { rules: [ { id: hi, signal: hi, points: 20 } ] }, fit: { rules: [ { id: size, when: "account.employees >= 50", points: 20 } ] } }
stages:
  lead: {}
  mql: { enter: [ { id: by-hand, by: [marketing, sales], when: "true" } ] }
  accepted: { by: [sales] }
  sql: { enter: [ { id: by-hand, by: [sales], when: "true" } ] }
  opportunity: { by: [sales, crm] }
  customer: { by: [sales, crm] }
checklist: []
reasons: [ { id: later, label: Later, to: [nurture], wakeAfter: 10d }, { id: no, label: No, to: [disqualified, lost] } ]
slas: [ { id: day, firstTouch: 24h, hours: always } ]
routing: { rules: [ { id: all, to: "team:inbound" } ], fallback: "team:night" }
benchmarks: { lead-mql: [90%, 100%] }
`;

function published(name: string, version: number, source: string): Fact {
  const data = { name, version, hash: 'ab12', source, publishedAt: at(0), signatures: [] };
  return {
    topic: topics.playbooks.name,
    lead: `${name}@${version}`,
    id: `${name}-${version}`,
    type: playbookPublished.type,
    data,
  };
}
