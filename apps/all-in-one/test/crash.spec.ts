import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import type { LeadEngaged } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { createLogger } from '@baton/observability/logger';
import type { Evidence } from '@baton/domain/evidence/evidence';
import type { LogRecord } from '@baton/messaging/record';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { keptSecrets } from '@baton/service-kit/secrets';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Product, startProduct } from './product.js';
import { recordingClient } from './recording-client.js';
import { announcedStages, type Expected, foldSequentially } from './sequential-oracle.js';
import { foldedStates, scoredEvidence } from './folded-states-store.js';

const kills = Number(process.env['CRASH_KILLS'] ?? 25);
const leads = 60;
/** More than a round lasts: the kill comes in the middle of the load. */
const eventsPerRound = 2000;
const playbookFile = fileURLToPath(new URL('playbook.yaml', import.meta.url));

describe('the product under SIGKILL', () => {
  let home: string;
  let acknowledged: Set<string>;
  let records: LogRecord[];
  let stages: LogRecord[];
  let assignments: LogRecord[];
  let clocks: LogRecord[];
  let scores: LogRecord[];
  let states: Map<string, Expected['state']>;
  let evidence: Map<string, Evidence>;
  let shown: Map<string, string>;
  let oracle: Map<string, Expected>;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'baton-crash-'));
    acknowledged = await attack(home);
    shown = await settleAndRead(home);
    const postgres = await startEmbeddedPostgres({ home, log: createLogger({ level: 'error' }) });
    records = await readTopic(postgres.url, topics.leadEvents);
    stages = await readTopic(postgres.url, topics.leadStages);
    assignments = await readTopic(postgres.url, topics.leadAssignments);
    clocks = await readTopic(postgres.url, topics.slaClocks);
    scores = await readTopic(postgres.url, topics.leadScores);
    states = await foldedStates(postgres.url);
    evidence = await scoredEvidence(postgres.url);
    await postgres.stop();
    const { playbook } = compilePlaybook(await readFile(playbookFile, 'utf8'));
    oracle = foldSequentially(playbook!, records);
    console.info(
      `${kills} kills, ${acknowledged.size} acknowledged events, ${records.length} facts of ${oracle.size} leads`,
    );
  }, 600_000);

  afterAll(async () => {
    await rm(home, { recursive: true, force: true });
  });

  it('lost no acknowledged event', () => {
    const stored = new Set(engagedEvents(records));
    const lost = [...acknowledged].filter((id) => !stored.has(id));
    expect(acknowledged.size).toBeGreaterThan(kills * 60);
    expect(lost).toEqual([]);
  });

  it('gave no event an effect twice', () => {
    const ids = records
      .filter(({ envelope }) => envelope.type !== 'baton.playbook.activated.v1')
      .map(({ envelope }) => envelope.id);
    expect(new Set(ids).size).toBe(ids.length);
    const events = engagedEvents(records);
    expect(new Set(events).size).toBe(events.length);
  });

  it('stands where a sequential fold of the stored log stands', () => {
    expect([...states.keys()].sort()).toEqual([...oracle.keys()].sort());
    for (const [lead, { state }] of oracle) expect(states.get(lead)).toEqual(JSON.parse(JSON.stringify(state)));
  });

  it('came to the same ledger in scoring, which folds on its own', () => {
    for (const [lead, { state }] of oracle) {
      const { awards, cycles, progress, profile } = evidence.get(lead)!;
      const { evidence: expected } = state;
      expect({ awards, cycles, progress, profile }).toEqual({
        awards: expected.awards,
        cycles: expected.cycles,
        progress: expected.progress,
        profile: expected.profile,
      });
    }
  });

  it('announced each stage once, in order, and shows the last one', () => {
    const announced = announcedStages(stages);
    for (const [lead, { history, state }] of oracle) {
      expect(announced.get(lead) ?? []).toEqual(history);
      expect(shown.get(lead)).toBe(state.stage);
    }
    expect([...oracle.values()].some(({ state }) => state.stage === 'mql')).toBe(true);
  });

  it('numbers every public fact of a lead without a gap', () => {
    for (const facts of [stages, assignments, clocks, scores]) {
      for (const [, ofLead] of Map.groupBy(facts, ({ key }) => key)) {
        expect(ofLead.map(({ envelope }) => envelope.sequence)).toEqual(ofLead.map((_, index) => index + 1));
      }
    }
  });

  it('gave each lead from MQL on exactly one owner at a time, and each cycle one clock', () => {
    const owned = Map.groupBy(assignments, ({ key }) => key);
    const started = clocks.filter(({ envelope }) => envelope.type === 'baton.clock.started.v1');
    const timed = Map.groupBy(started, ({ key }) => key);
    for (const [lead, { history }] of oracle) {
      const mqls = history.filter((stage) => stage === 'mql').length;
      const decisions = (owned.get(lead) ?? []).map(({ envelope }) => envelope.data as LeadAssigned);
      expect(decisions.map(({ previous }) => previous)).toEqual(
        [null, ...decisions.map(({ owner }) => owner)].slice(0, mqls),
      );
      expect(new Set(decisions.map(({ cycle }) => cycle)).size).toBe(mqls);
      expect((timed.get(lead) ?? []).length).toBe(mqls);
    }
  });
});

function engagedEvents(records: readonly LogRecord[]): string[] {
  return records
    .filter(({ envelope }) => envelope.type === 'baton.lead.engaged.v1')
    .map(({ envelope }) => (envelope.data as LeadEngaged).eventId.split(':').slice(1).join(':'));
}

/** Load from the real SDK while the product is killed and started, again and again; answers what was acknowledged. */
async function attack(home: string): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  for (let round = 0; round < kills; round++) {
    const product = await startProduct(environment(home));
    const load = sendRound(product, keptSecrets(home).writeKey!, { round, acknowledged });
    await untilAcknowledged(acknowledged, acknowledged.size + 60 + ((round * 137) % 400));
    await product.kill();
    await load;
  }
  return acknowledged;
}

async function sendRound(
  product: Product,
  writeKey: string,
  { round, acknowledged }: { round: number; acknowledged: Set<string> },
): Promise<void> {
  const { analytics } = recordingClient(writeKey, product.url, acknowledged);
  for (
    let number = 0;
    number < eventsPerRound && product.process.exitCode === null && product.process.signalCode === null;
    number++
  ) {
    sendOne(analytics, round * eventsPerRound + number);
    if (number % 8 === 7) await delay(4);
  }
  await analytics.closeAndFlush({ timeout: 500 });
}

/** Four of five events are in order; the fifth is hours late. */
function sendOne(analytics: ReturnType<typeof recordingClient>['analytics'], number: number): void {
  const lead = number % leads;
  const who = { userId: `user-${lead}`, anonymousId: `browser-${lead}` };
  const timestamp = new Date(Date.now() - (number % 5 === 4 ? 3_600_000 * (1 + (number % 7)) : 0));
  if (number % 11 === 0) {
    analytics.identify({
      ...who,
      messageId: `identify-${number}`,
      timestamp,
      traits: { email: `user-${lead}@company-${lead % 9}.example`, round: number },
    });
    analytics.group({
      ...who,
      timestamp,
      groupId: `company-${lead % 9}.example`,
      traits: { employees: 40 + (lead % 9) * 10 },
    });
    return;
  }
  if (number % 7 === 0)
    analytics.track({ ...who, timestamp, event: number % 3 === 0 ? 'Unsubscribed' : 'Demo Requested' });
  else analytics.page({ ...who, timestamp, properties: { path: number % 2 === 0 ? '/pricing' : '/blog' } });
}

async function untilAcknowledged(acknowledged: Set<string>, count: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (acknowledged.size < count && Date.now() < deadline) await delay(5);
}

/** Lets the survivor finish what is in its logs and answers the stages it shows. */
async function settleAndRead(home: string): Promise<Map<string, string>> {
  const product = await startProduct(environment(home));
  const { adminToken } = keptSecrets(home);
  const headers = { authorization: `Bearer ${adminToken}` };
  await untilCaughtUp(product.url, headers);
  const answer = await fetch(`${product.url}/api/leads?limit=200`, { headers });
  const { items } = (await answer.json()) as { items: { id: string; stage: string }[] };
  expect(await product.stop()).toBe(0);
  return new Map(items.map(({ id, stage }) => [id, stage]));
}

async function untilCaughtUp(url: string, headers: Record<string, string>): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (let still = 0; still < 3 && Date.now() < deadline;) {
    const text = await (await fetch(`${url}/metrics`, { headers })).text();
    const lags = text.split('\n').filter((line) => line.startsWith('baton_consumer_lag{'));
    if (lags.length === 0) throw new Error('The product measures no consumer lag; /metrics has no baton_consumer_lag.');
    still = lags.every((line) => line.endsWith(' 0')) ? still + 1 : 0;
  }
}

function environment(home: string): Record<string, string> {
  // Several partitions, so that batches of one service and of one lead meet.
  return { BATON_HOME: home, PORT: '0', BATON_PLAYBOOK: playbookFile, BATON_PARTITIONS: '4' };
}
