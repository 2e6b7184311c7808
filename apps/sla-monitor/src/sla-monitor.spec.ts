import type { ListedClock } from '@baton/contracts/http/sla-monitor';
import { type LeadAssigned, leadAssigned } from '@baton/contracts/lead-assignments';
import { type Activity, leadActivityRecorded, leadErased } from '@baton/contracts/lead-events';
import { rosterPublished } from '@baton/contracts/definitions';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import type { Clock } from '@baton/contracts/sla-clocks';
import { topics } from '@baton/contracts/topics';
import { openEmbeddedLog } from '@baton/messaging/embedded-log';
import type { LogRecord, Publication } from '@baton/messaging/record';
import { createLogger } from '@baton/observability/logger';
import { openDatabase } from '@baton/persistence/open-database';
import { startServices } from '@baton/service-kit/start-services';
import { type TestServer, testServer } from '@baton/testing/database';
import { type Feed, feedAs } from '@baton/testing/feed';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { aPlaybook, stageChanged, testPlaybook } from '@baton/testing/stage-facts';
import { rowsWith } from '@baton/testing/stored-rows-store';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { DueClocks } from './due-clocks.js';
import { slaMonitor } from './service.js';

const playbook = `
apiVersion: baton/v1
kind: Playbook
metadata: { name: under-test, owners: { marketing: [a@example.com], sales: [b@example.com] } }
signals:
  visit: { on: page, intent: low }
scores:
  engagement: { rules: [{ id: visit, signal: visit, points: 1 }] }
  fit: { rules: [] }
stages:
  mql: { enter: [{ id: any, when: "score.engagement >= 1" }] }
slas:
  - { id: second, when: "seen('visit') > 5", firstTouch: 1s, warnAt: [], hours: always, escalate: [] }
  - { id: hot, when: "seen('visit') > 3", firstTouch: 10m, warnAt: [50%], hours: always, escalate: [{ at: 100%, notify: manager }, { at: 200%, reassign: true }] }
  - { id: office, firstTouch: 2h, warnAt: [], hours: business, escalate: [] }
routing:
  rules: [{ id: everyone, to: "team:inbound" }]
  fallback: "team:inbound"
`;

const roster = {
  calendars: { office: { zone: 'Europe/Berlin', hours: { 'mon-fri': ['09:00-17:00'] }, holidays: ['2026-03-05'] } },
  teams: [{ id: 'inbound', name: 'Inbound', calendar: 'office', members: ['ana'], ownerOfLastResort: 'ana' }],
  reps: [{ id: 'ana', name: 'Ana', email: 'ana@example.com', weight: 1, skills: [], leave: [], notify: [] }],
  accounts: {},
};

const minute = 60_000;
/** A Wednesday, 11:00 in Berlin. */
const ten = Date.parse('2026-03-04T10:00:00.000Z');
const iso = (at: number): string => new Date(at).toISOString();

function aRoster(version: number): Publication {
  const data = { version, roster, publishedAt: iso(ten) };
  return {
    topic: topics.roster,
    key: 'roster',
    type: rosterPublished.type,
    id: `roster@${version}`,
    time: iso(ten),
    data,
  };
}

const mql = (lead: string, sla: string, over: Partial<LeadStageChanged> & { id?: string } = {}) =>
  stageChanged(lead, { to: 'mql', at: iso(ten), holds: { slas: [sla], routing: [] }, ...over });

function assigned(lead: string, over: Partial<LeadAssigned> = {}): Publication {
  const { cycle = 1 } = over;
  const data = {
    cycle,
    at: iso(ten),
    decidedAt: iso(ten),
    owner: { rep: 'ana', team: 'inbound' },
    previous: null,
    decision: { by: 'rule', tried: [], rosterVersion: 1 },
    playbook: testPlaybook,
    ...over,
  };
  return {
    topic: topics.leadAssignments,
    key: lead,
    type: leadAssigned.type,
    id: `${lead}:a:${cycle}`,
    time: iso(ten),
    sequence: cycle,
    data,
  };
}

function activity(lead: string, at: number, over: Partial<Activity> = {}): Publication {
  const call = { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana', ...over };
  const eventId = `crm:${lead}-${at}`;
  const data = { eventId, at: iso(at), receivedAt: iso(at), activity: call, by: 'crm' };
  return { topic: topics.leadEvents, key: lead, type: leadActivityRecorded.type, id: eventId, time: iso(at), data };
}

interface ClockData {
  clock: Clock;
  basis?: string;
  percent?: number;
  action?: object;
  was?: string;
}

async function clockFacts(databaseUrl: string, lead: string): Promise<LogRecord<ClockData>[]> {
  const records = (await readTopic(databaseUrl, topics.slaClocks)) as LogRecord<ClockData>[];
  return records.filter(({ key }) => key === lead);
}

const kindOf = ({ envelope: { type } }: LogRecord): string => type.split('.')[2] ?? type;

/** Asks until the condition holds; fails with the last answer after ten seconds. */
async function until<Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer)} after ten seconds`);
    await delay(15);
  }
}

describe('sla-monitor', () => {
  let run: TestRun;
  let ingest: Feed;
  let qualification: Feed;
  let routing: Feed;
  /** Fifteen minutes past ten: a ten-minute promise made at ten is broken, one escalated at 200 % is not yet. */
  const now = ten + 15 * minute;

  beforeAll(async () => {
    run = await runForTest([slaMonitor], { clock: () => now });
    [ingest, qualification, routing] = await Promise.all([
      feedAs(run, 'ingest'),
      feedAs(run, 'qualification'),
      feedAs(run, 'routing'),
    ]);
    await qualification.publish(aPlaybook(playbook));
    await routing.publish(aRoster(1));
  });

  afterAll(async () => {
    await Promise.all([ingest, qualification, routing].map((feed) => feed?.close()));
    await run?.stop();
  });

  const facts = (lead: string) => clockFacts(run.databaseUrl, lead);
  const kinds = async (lead: string) => (await facts(lead)).map(kindOf);
  const told = (lead: string, count: number) =>
    until(
      () => facts(lead),
      (list) => list.length >= count,
    );
  const list = async (query: string) =>
    (await (await run.request('GET', `/api/clocks?${query}`)).json()) as { items: ListedClock[]; next: string | null };

  it('starts a clock from the receipt of the completing fact, by the hours of the first owner’s team', async () => {
    await qualification.publish(mql('started', 'office', { receivedAt: iso(ten + minute) }));
    expect(await kinds('started')).toEqual([]);
    await routing.publish(assigned('started'));
    const [start] = await facts('started');
    expect(start?.envelope).toMatchObject({ type: 'baton.clock.started.v1', subject: 'started', sequence: 1 });
    expect(start?.envelope.data.clock).toEqual({
      id: 'started:1',
      cycle: 1,
      sla: 'office',
      state: 'running',
      promiseSeconds: 7200,
      hours: 'business',
      calendar: 'office',
      startedAt: iso(ten + minute),
      eventAt: iso(ten),
      dueAt: iso(ten + 121 * minute),
      warnings: [],
      warnedAt: null,
      metAt: null,
      breachedAt: null,
      touch: null,
      owner: 'rep:ana',
      playbook: testPlaybook,
    });
  });

  it('counts over closed hours and a holiday', async () => {
    const evening = Date.parse('2026-03-04T15:30:00.000Z');
    await qualification.publish(mql('evening', 'office', { at: iso(evening), receivedAt: iso(evening) }));
    await routing.publish(assigned('evening'));
    // Half an hour on Wednesday; Thursday is a holiday; an hour and a half on Friday.
    expect((await facts('evening'))[0]?.envelope.data.clock.dueAt).toBe('2026-03-06T09:30:00.000Z');
  });

  it('is met by a touch only', async () => {
    await qualification.publish(mql('met', 'office'));
    await routing.publish(assigned('met'));
    await ingest.publish(
      activity('met', ten + minute, { outcome: 'voicemail' }),
      activity('met', ten + 2 * minute, { automated: true, kind: 'email', outcome: 'sent' }),
    );
    await qualification.publish(stageChanged('met', { from: 'mql', to: 'accepted', at: iso(ten + 3 * minute) }));
    expect(await kinds('met')).toEqual(['started']);
    await ingest.publish(activity('met', ten + 4 * minute));
    expect(await kinds('met')).toEqual(['started', 'met']);
    expect((await facts('met')).at(-1)?.envelope.data.clock).toMatchObject({
      state: 'met',
      metAt: iso(ten + 4 * minute),
      touch: { kind: 'call', rep: 'ana' },
    });
  });

  it('warns, breaches and escalates by itself, on a complete basis', async () => {
    await qualification.publish(mql('late', 'hot'));
    await routing.publish(assigned('late'));
    const list = await told('late', 4);
    expect(list.map(kindOf)).toEqual(['started', 'warned', 'breached', 'escalated']);
    expect(list[2]?.envelope).toMatchObject({
      time: iso(ten + 10 * minute),
      data: { basis: 'complete', clock: { state: 'breached' } },
    });
    expect(list[3]?.envelope.data).toMatchObject({ percent: 100, action: { notify: 'manager' } });
    expect(list.map(({ envelope }) => envelope.sequence)).toEqual([1, 2, 3, 4]);
  });

  it('takes a breach back when the touch surfaces late', async () => {
    await qualification.publish(mql('surfaced', 'hot'));
    await routing.publish(assigned('surfaced'));
    await told('surfaced', 4);
    await ingest.publish(activity('surfaced', ten + 9 * minute));
    const last = (await facts('surfaced')).at(-1);
    expect(last?.envelope.data).toMatchObject({
      was: 'breached',
      clock: { state: 'met', breachedAt: null, metAt: iso(ten + 9 * minute) },
    });
  });

  it('is cancelled when the lead goes aside', async () => {
    await qualification.publish(
      mql('aside', 'office'),
      stageChanged('aside', { from: 'mql', to: 'disqualified', at: iso(ten + minute), reason: 'student' }),
    );
    await routing.publish(assigned('aside'));
    expect(await kinds('aside')).toEqual(['started', 'cancelled']);
  });

  it('judges history from event times alone and tells nobody to hurry', async () => {
    const then = Date.parse('2012-01-10T10:00:00.000Z');
    const history = { at: iso(then), historic: true } as const;
    await routing.publish(assigned('old', history), assigned('older', history));
    await ingest.publish(activity('old', then + 5 * minute));
    await qualification.publish(mql('old', 'hot', history), mql('older', 'hot', history));
    expect(await kinds('old')).toEqual(['started', 'met']);
    expect((await told('older', 2)).map(kindOf)).toEqual(['started', 'breached']);
    expect((await facts('older'))[1]?.envelope.data.clock).toMatchObject({
      historic: true,
      startedAt: iso(then),
      breachedAt: iso(then + 10 * minute),
    });
  });

  it('waits for a roster that an assignment names', async () => {
    const decision = { by: 'rule', tried: [], rosterVersion: 2 };
    await qualification.publish(mql('waiting', 'office'));
    // What settles here is everything but this: its partition waits.
    const late = routing.publish(assigned('waiting', { decision } as Partial<LeadAssigned>));
    await until(
      async () => run.transport.stalls().length,
      (stalls) => stalls > 0,
    );
    await routing.publish(aRoster(2));
    await late;
    expect(await kinds('waiting')).toEqual(['started']);
  });

  it('forgets a lead that is erased, cancels its clock, and drops what is still read of it', async () => {
    await qualification.publish(mql('forgotten', 'office'));
    await routing.publish(assigned('forgotten'));
    const data = { at: iso(ten), receivedAt: iso(ten) };
    await ingest.publish({
      topic: topics.leadEvents,
      key: 'forgotten',
      type: leadErased.type,
      id: 'erase-1',
      time: iso(ten),
      data,
    });
    await qualification.publish(mql('forgotten', 'office', { cycle: 2, id: 'late' }));
    await routing.publish(assigned('forgotten', { cycle: 2 }));
    expect((await list('limit=200')).items.map(({ lead }) => lead)).not.toContain('forgotten');
    expect(await kinds('forgotten')).toEqual(['started', 'cancelled']);
    expect(await rowsWith(run.databaseUrl, 'sla-monitor', 'forgotten')).toEqual({ leads: 1 });
  });

  it('judges on an incomplete basis, and says so, when reading stands still', async () => {
    const start = now - 5 * minute;
    await qualification.publish(mql('blind', 'hot', { at: iso(start), receivedAt: iso(start) }));
    await routing.publish(assigned('blind'));
    const database = await openDatabase({ url: run.databaseUrl, schema: 'sla-monitor' });
    const unit = run.transport.unitOfWork('sla-monitor', database);
    // A log of which nothing more can be read, however long one waits.
    const standing = Object.assign(Object.create(run.transport) as typeof run.transport, {
      waitFor: () => Promise.resolve(false),
    });
    const blind = new DueClocks(database, unit, standing, () => start + 11 * minute);
    blind.onApplicationBootstrap();
    const [, , breach] = await told('blind', 3);
    await blind.beforeApplicationShutdown();
    await database.close();
    expect(breach?.envelope).toMatchObject({ type: 'baton.clock.breached.v1', data: { basis: 'incomplete' } });
  });

  describe('over HTTP', () => {
    it('lists clocks by due time, by state and page by page', async () => {
      await qualification.publish(mql('listed', 'hot'));
      await routing.publish(assigned('listed'));
      await told('listed', 4);
      const breached = (await list('state=breached')).items;
      expect(breached.map(({ lead }) => lead)).toContain('listed');
      expect(breached.every(({ state }) => state === 'breached')).toBe(true);
      const all = (await list('limit=200')).items;
      expect(all.map(({ dueAt }) => dueAt)).toEqual(all.map(({ dueAt }) => dueAt).toSorted());
      const paged: ListedClock[] = [];
      for (let query = 'limit=2'; ;) {
        const { items, next } = await list(query);
        paged.push(...items);
        if (next === null) break;
        query = `limit=2&cursor=${next}`;
      }
      expect(paged).toEqual(all);
    });

    it('acknowledges a clock that waits for its touch', async () => {
      await qualification.publish(mql('seen', 'hot'));
      await routing.publish(assigned('seen'));
      await told('seen', 4);
      const answer = await run.request('POST', '/api/clocks/seen:1/acknowledge');
      expect(answer.status).toBe(200);
      expect((await answer.json()) as ListedClock).toMatchObject({
        id: 'seen:1',
        state: 'breached',
        acknowledged: { at: iso(now) },
      });
      expect(await kinds('seen')).toEqual(['started', 'warned', 'breached', 'escalated', 'acknowledged']);
    });

    it.each([
      ['a clock that is none', 'POST', '/api/clocks/nothing:1/acknowledge', 404],
      ['an id that is none', 'POST', '/api/clocks/nothing/acknowledge', 404],
      ['a clock that was met', 'POST', '/api/clocks/met:1/acknowledge', 409],
      ['a state that is none', 'GET', '/api/clocks?state=late', 400],
      ['a cursor that is none', 'GET', '/api/clocks?cursor=nonsense', 400],
    ])('refuses %s', async (_, method, path, status) => {
      const answer = await run.request(method, path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    });
  });

  it('comes to the same clocks in whatever order its three topics are read', async () => {
    const order = fc.shuffledSubarray(['stages', 'assignments', 'touches'] as const, { minLength: 3 });
    const touches = fc.uniqueArray(fc.integer({ min: -5, max: 14 }), { maxLength: 3 });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(order, touches, fc.boolean(), async (topicOrder, minutes, goesAside) => {
        const clocks = [];
        for (const topicsInOrder of [['stages', 'assignments', 'touches'], topicOrder]) {
          const lead = `shuffled-${(number += 1)}`;
          const aside = goesAside
            ? [stageChanged(lead, { from: 'mql', to: 'nurture', at: iso(ten + 7 * minute), reason: 'bad-timing' })]
            : [];
          const publish: Record<string, () => Promise<void>> = {
            stages: () => qualification.publish(mql(lead, 'hot'), ...aside),
            assignments: () => routing.publish(assigned(lead)),
            touches: () => ingest.publish(...minutes.map((at) => activity(lead, ten + at * minute))),
          };
          for (const topic of topicsInOrder) await publish[topic]?.();
          const settled = await until(
            () => facts(lead),
            (all) => ['met', 'cancelled', 'breached'].includes(all.at(-1)?.envelope.data.clock.state ?? ''),
          );
          await until(
            () => nextDue(run),
            (due) => due === null || due > now,
          );
          const {
            id: _id,
            touch,
            ...clock
          } = (await facts(lead)).at(-1)?.envelope.data.clock ?? settled[0]!.envelope.data.clock;
          clocks.push({ ...clock, touchedAt: touch?.at ?? null });
        }
        expect(clocks[1]).toEqual(clocks[0]);
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});

async function nextDue(run: TestRun): Promise<number | null> {
  const database = await openDatabase({ url: run.databaseUrl, schema: 'sla-monitor', poolSize: 1 });
  try {
    const [row] = await database.query<{ due: Date | null }>('select min(due_at) as due from leads');
    return row?.due?.getTime() ?? null;
  } finally {
    await database.close();
  }
}

describe('deadlines', () => {
  it('fire within a second of their time', async () => {
    const run = await runForTest([slaMonitor]);
    const feeds = [await feedAs(run, 'qualification'), await feedAs(run, 'routing')] as const;
    try {
      await feeds[0].publish(aPlaybook(playbook));
      await feeds[1].publish(aRoster(1));
      const start = Date.now();
      await feeds[0].publish(mql('quick', 'second', { at: iso(start), receivedAt: iso(start) }));
      await feeds[1].publish(assigned('quick'));
      const list = await until(
        () => clockFacts(run.databaseUrl, 'quick'),
        (facts) => facts.length === 2,
      );
      const { decidedAt } = list[1]?.envelope.data as unknown as { decidedAt: string };
      const lateness = Date.parse(decidedAt) - (start + 1000);
      expect(lateness).toBeGreaterThanOrEqual(0);
      expect(lateness).toBeLessThan(1000);
    } finally {
      await Promise.all(feeds.map((feed) => feed.close()));
      await run.stop();
    }
  });
});

describe('a restart with a backlog', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await testServer();
  });

  afterAll(async () => {
    await server?.drop();
  });

  /** Publishes as other processes do while sla-monitor is down. */
  async function publishMeanwhile(
    service: 'qualification' | 'routing' | 'ingest',
    ...facts: Publication[]
  ): Promise<void> {
    const transport = await openEmbeddedLog({ url: server.url, log: createLogger({ level: 'error' }) });
    const database = await openDatabase({ url: server.url, schema: service, poolSize: 1 });
    await transport.unitOfWork(service, database).run(() => Promise.resolve({ result: null, publish: facts }));
    await database.close();
    await transport.stop();
  }

  function start(now: number) {
    const settings = {
      port: 0,
      host: '127.0.0.1',
      home: '.',
      databaseUrl: server.url,
      secret: 'the secret of a test, long enough',
      adminToken: 'the-admin-token-of-a-test',
      writeKey: 'the-write-key-of-a-test',
      logLevel: 'error',
    } as const;
    return startServices([slaMonitor], { settings, clock: () => now, logger: createLogger({ level: 'error' }) });
  }

  it('breaches nobody whose touch waits in the topic', async () => {
    const leads = Array.from({ length: 20 }, (_, index) => `patient-${index}`);
    await publishMeanwhile('qualification', aPlaybook(playbook), ...leads.map((lead) => mql(lead, 'hot')));
    await publishMeanwhile('routing', aRoster(1), ...leads.map((lead) => assigned(lead)));
    const before = await start(ten + minute);
    await until(
      async () => (await readTopic(server.url, topics.slaClocks)).length,
      (count) => count === leads.length,
    );
    await before.stop();

    // All but the last were touched in time, behind a long queue of other people's activities.
    const noise = Array.from({ length: 3000 }, (_, index) => activity(`other-${index % 50}`, ten + index));
    await publishMeanwhile('ingest', ...noise, ...leads.slice(0, -1).map((lead) => activity(lead, ten + 9 * minute)));
    const after = await start(ten + 60 * minute);
    const clocks = await until(
      () => readTopic(server.url, topics.slaClocks) as Promise<LogRecord<ClockData>[]>,
      (facts) =>
        new Set(facts.filter((fact) => /met|breached/.test(fact.envelope.type)).map(({ key }) => key)).size ===
        leads.length,
    );
    await after.stop();
    const breached = clocks.filter((fact) => kindOf(fact) === 'breached').map(({ key }) => key);
    expect(breached).toEqual(['patient-19']);
  });
});
