import type { LeadEngaged } from '@baton/contracts/lead-events';
import { type LeadScored } from '@baton/contracts/lead-scores';
import { type ClockFactData, clockBreached, clockCorrected, clockStarted } from '@baton/contracts/sla-clocks';
import { services, topics } from '@baton/contracts/topics';
import type { Evidence } from '@baton/domain/evidence/evidence';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { Playbook } from '@baton/domain/playbook/definition';
import { compileRoster, type Directory } from '@baton/domain/routing/directory';
import { validateRoster } from '@baton/domain/routing/roster';
import { scoresAt } from '@baton/domain/scoring/scores';
import type { LogRecord } from '@baton/messaging/record';
import { missingForKafka } from '@baton/testing/kafka-programs';
import { describeWith } from '@baton/testing/requirements';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { type Attacked, attack, playbookFile, rosterFile } from './attacked.js';
import { clocksOf } from './clock-oracle.js';
import { checkDeliveries } from './deliveries.js';
import { type LifecycleOracle, replayLifecycle } from './lifecycle-oracle.js';
import { attackOptions } from './options.js';
import { isPoison, type RecordedTopic, readTopics } from './recorded.js';
import { replayRouting } from './routing-oracle.js';
import { deadLettersIn, storedClocks } from './stored-store.js';
import { foldedStates, scoredEvidence } from '../folded-states-store.js';

const options = attackOptions();
const missing = options.transport === 'kafka' ? missingForKafka() : undefined;
const minuteMs = 60_000;
/** How many faults of a kind are shown. */
const shown = 5;

describeWith(`the attack on ${options.transport}`, missing === undefined, missing ?? '', () => {
  let attacked: Attacked;
  let recorded: Map<string, RecordedTopic>;
  let playbook: Playbook;
  let directory: Directory;
  let oracle: LifecycleOracle;
  const counts: Record<string, unknown> = {};
  let open = 0;

  /** A check that, when it fails, keeps what the attack left behind. */
  function check(title: string, body: () => void | Promise<void>): void {
    open += 1;
    it(title, async () => {
      await body();
      open -= 1;
    });
  }

  beforeAll(
    async () => {
      process.stdout.write(`seed ${options.seed}, ${options.minutes} minutes, ${options.transport}\n`);
      attacked = await attack(options);
      recorded = new Map();
      for (const topic of readTopics) recorded.set(topic.name, await attacked.read(topic));
      playbook = compilePlaybook(await readFile(playbookFile, 'utf8')).playbook!;
      directory = readDirectory(await readFile(rosterFile, 'utf8'));
      oracle = replayLifecycle(playbook, of(topics.leadEvents), of(topics.leadStages));
      count();
    },
    options.minutes * minuteMs + 10 * minuteMs,
  );

  afterAll(async () => {
    process.stdout.write(`${JSON.stringify(counts, null, 2)}\n`);
    if (attacked && open > 0) process.stdout.write(`what it left behind is in ${attacked.folder}\n`);
    await attacked?.end({ keep: open > 0 });
  });

  function of(topic: { readonly name: string }): readonly LogRecord[] {
    return recorded.get(topic.name)!.records;
  }

  function count(): void {
    const { faults, workload, receiver, fleet } = attacked;
    counts['seconds'] = attacked.seconds;
    counts['kills'] = faults.kills;
    counts['faults'] = faults.counts;
    counts['processes that ended by themselves'] = fleet.deaths;
    counts['replicas that left badly'] = fleet.badLeaves;
    counts['acknowledged events'] = workload.acknowledged.size;
    counts['requests sent again'] = workload.retries;
    counts['commands'] = { touch: workload.reps.touches.size, ...workload.reps.carriedOut };
    counts['leads'] = oracle.states.size;
    counts['records'] = Object.fromEntries([...recorded].map(([name, { records }]) => [name, records.length]));
    counts['records shipped again'] = [...recorded.values()].reduce((sum, { repeated }) => sum + repeated, 0);
    counts['poison in the topic'] = recorded.get(topics.leadEvents.name)!.foreign;
    counts['stage facts compared'] = oracle.compared;
    counts['of them by command, by clock'] = [oracle.commands, oracle.timers];
    counts['webhook requests refused'] = receiver.refused;
  }

  check('was an attack: everything was hit, and the workload went on', () => {
    expect(attacked.faults.kills).toBeGreaterThan(options.minutes * 4);
    expect(attacked.workload.acknowledged.size).toBeGreaterThan(options.minutes * 300);
    expect(oracle.timers).toBeGreaterThan(0);
    expect(oracle.commands).toBeGreaterThan(0);
  });

  check('saw no process end by itself, and every one leave well that was asked to', () => {
    expect(attacked.fleet.deaths).toEqual([]);
    expect(attacked.fleet.badLeaves).toEqual([]);
  });

  check('left in lead.events what was acknowledged, each event once', () => {
    const engaged = of(topics.leadEvents).filter(({ envelope }) => envelope.type === 'baton.lead.engaged.v1');
    const events = engaged.map(({ envelope }) => (envelope.data as LeadEngaged).eventId);
    const visitors = events.filter((id) => !id.startsWith('activities:')).map((id) => id.slice(id.indexOf(':') + 1));
    expect(repeated(events)).toEqual([]);
    const stored = new Set(visitors);
    expect(missingFrom(stored, attacked.workload.acknowledged)).toEqual([]);
    expect(missingFrom(attacked.workload.acknowledged, stored)).toEqual([]);
    const recordedTouches = of(topics.leadEvents)
      .filter(({ envelope }) => envelope.type === 'baton.lead.activity-recorded.v1')
      .map(({ envelope }) => (envelope.data as LeadEngaged).eventId);
    expect(repeated(recordedTouches)).toEqual([]);
    expect(new Set(recordedTouches)).toEqual(new Set(attacked.workload.reps.touches.keys()));
  });

  check('gave no fact twice on any topic, and no gap in the numbers of a partition or a lead', () => {
    for (const topic of readTopics) {
      const records = of(topic);
      const unmarked = records.filter(({ envelope }) => envelope.type !== 'baton.playbook.activated.v1');
      expect(repeated(unmarked.map(({ envelope }) => envelope.id))).toEqual([]);
      if (topic.name === topics.leadEvents.name) continue;
      for (const ofPartition of Map.groupBy(records, ({ partition }) => partition).values())
        expect(ofPartition.map(({ position }) => position)).toEqual(ofPartition.map((_, index) => index));
      for (const ofLead of Map.groupBy(records, ({ key }) => key).values())
        expect(ofLead.map(({ envelope }) => envelope.sequence)).toEqual(ofLead.map((_, index) => index + 1));
    }
  });

  check('published the stages that a sequential replay comes to, and stands where it stands', async () => {
    expect(oracle.faults.slice(0, shown)).toEqual([]);
    const stored = await foldedStates(attacked.databaseUrl);
    expect(new Set(leadsOf(stored))).toEqual(new Set(oracle.states.keys()));
    for (const [lead, state] of oracle.states) expect(lasting(stored.get(lead)!)).toEqual(lasting(state));
  });

  check('came to the same scores and ledgers in scoring', async () => {
    const stored = await scoredEvidence(attacked.databaseUrl);
    const last = new Map(of(topics.leadScores).map(({ key, envelope }) => [key, envelope.data as LeadScored]));
    for (const [lead, { evidence }] of oracle.states) {
      expect(ledgerOf(stored.get(lead)!)).toEqual(ledgerOf(evidence));
      const { scores } = last.get(lead)!;
      const asOf = Date.parse(scores.asOf);
      const { fit, engagement, total, grade } = scoresAt(playbook, { ...evidence, leadTime: asOf }, asOf);
      expect({ lead, ...scores }).toEqual({ lead, fit, engagement, total, grade, asOf: scores.asOf });
    }
  });

  check('chose each owner as its recorded inputs say, one at a time, each turn of a rotation once', () => {
    const routing = replayRouting(playbook, directory, of(topics.leadAssignments), of(topics.leadStages));
    counts['routing decisions replayed'] = routing.replayed;
    counts['turns of rotations'] = Object.fromEntries(routing.turns);
    expect(routing.faults.slice(0, shown)).toEqual([]);
    const owned = new Set(of(topics.leadAssignments).map(({ key }) => key));
    const entered = of(topics.leadStages).filter(({ envelope }) => (envelope.data as { to?: string }).to === 'mql');
    expect(entered.filter(({ key }) => !owned.has(key))).toEqual([]);
  });

  check('ended every clock as the set of facts says', async () => {
    const expected = clocksOf(
      playbook,
      directory,
      { events: of(topics.leadEvents), stages: of(topics.leadStages), assignments: of(topics.leadAssignments) },
      Date.now() + 10 * minuteMs,
    );
    const stored = await storedClocks(attacked.databaseUrl);
    let clocks = 0;
    for (const [lead, { cycles }] of expected) {
      for (const { cycle, shown: clock } of cycles) {
        const kept = stored.get(lead)?.cycles.find((one) => one.cycle === cycle)?.shown ?? null;
        expect({ lead, cycle, clock: kept }).toEqual({ lead, cycle, clock: plain(clock) });
        if (clock) expect(['met', 'breached', 'cancelled']).toContain(clock.state);
        clocks += clock ? 1 : 0;
      }
    }
    counts['clocks compared'] = clocks;
    expect(clocks).toBeGreaterThan(0);
  });

  check('started and breached no clock twice, and none whose touch the topic had in time', () => {
    const facts = of(topics.slaClocks).map(({ envelope }) => ({
      type: envelope.type,
      data: envelope.data as ClockFactData & { basis?: string },
    }));
    const appendedAt = recorded.get(topics.leadEvents.name)!.appendedAt;
    const confirmedAt = attacked.workload.reps.touches;
    const byClock = Map.groupBy(facts, ({ data }) => data.clock.id);
    const tally = { started: 0, breached: 0, corrected: 0, incomplete: 0 };
    for (const [id, ofClock] of byClock) {
      const types = ofClock.map(({ type }) => type);
      expect({ id, started: types.filter((type) => type === clockStarted.type).length }).toEqual({ id, started: 1 });
      const breaches = ofClock.filter(({ type }) => type === clockBreached.type);
      const corrections = ofClock.filter(({ type }) => type === clockCorrected.type);
      expect(breaches.length).toBeLessThanOrEqual(1 + corrections.length);
      const { touch, dueAt } = ofClock.at(-1)!.data.clock;
      const inTopicAt =
        touch === null ? undefined : appendedAt.size > 0 ? appendedAt.get(touch.event) : confirmedAt.get(touch.event);
      const complete = breaches.filter(({ data }) => data.basis === 'complete');
      if (inTopicAt !== undefined && inTopicAt < Date.parse(dueAt))
        expect({ id, breaches: complete.length }).toEqual({ id, breaches: 0 });
      tally.started += 1;
      tally.breached += breaches.length;
      tally.corrected += corrections.length;
      tally.incomplete += breaches.length - complete.length;
    }
    counts['clocks'] = tally;
    expect(tally.breached).toBeGreaterThan(0);
  });

  check('told the webhook everything, in order per lead, repeating only under the same id', () => {
    const facts = [topics.leadStages, topics.leadAssignments, topics.slaClocks].flatMap((topic) => of(topic));
    const deliveries = checkDeliveries(attacked.receiver.taken, facts);
    counts['webhook messages'] = deliveries.messages;
    counts['webhook messages repeated'] = deliveries.repeated;
    expect(deliveries.faults.slice(0, shown)).toEqual([]);
  });

  check('put nothing aside but the poison', async () => {
    for (const service of services) {
      const letters = await deadLettersIn(attacked.databaseUrl, service);
      counts[`dead letters of ${service}`] = letters.length;
      expect(letters.filter(({ key, reason }) => !isPoison(key) && !isForeign(reason)).slice(0, shown)).toEqual([]);
    }
    expect(counts['dead letters of qualification']).toBe(counts['poison in the topic']);
  });
});

function isForeign(reason: string): boolean {
  return /JSON|envelope/.test(reason);
}

function readDirectory(source: string): Directory {
  const checked = validateRoster(parse(source));
  if ('faults' in checked) throw new Error(`The roster of the attack has faults: ${JSON.stringify(checked.faults)}`);
  return compileRoster(1, checked.roster);
}

function repeated(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size).slice(0, shown);
}

function missingFrom(set: ReadonlySet<string>, wanted: Iterable<string>): readonly string[] {
  return [...wanted].filter((id) => !set.has(id)).slice(0, shown);
}

function leadsOf(stored: ReadonlyMap<string, unknown>): readonly string[] {
  return [...stored.keys()].filter((lead) => !isPoison(lead));
}

/** When to look again is not decided by facts alone: a look that changed nothing leaves another schedule behind. */
function lasting(state: LeadState): unknown {
  const { quietUntil: _quietUntil, due: _due, ...rest } = state;
  return plain(rest);
}

function ledgerOf({ awards, cycles, progress, profile }: Evidence): unknown {
  return plain({ awards, cycles, progress, profile });
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
