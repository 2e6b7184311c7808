import { leadIdentified } from '@baton/contracts/lead-events';
import { type LeadScored } from '@baton/contracts/lead-scores';
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
import { checkClockFacts, touchesIn } from './clock-facts.js';
import { clocksOf } from './clock-oracle.js';
import { checkDeliveries } from './deliveries.js';
import { eventsOnce } from './events-once.js';
import { type LifecycleOracle, replayLifecycle } from './lifecycle-oracle.js';
import { type Merges, mergesIn } from './merges.js';
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
  let merges: Merges;
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
      const events = of(topics.leadEvents);
      merges = mergesIn(events);
      oracle = replayLifecycle(playbook, { events, stages: of(topics.leadStages), merges: merges.all });
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
    counts['outcomes'] = { acknowledged: workload.outcomes.size, folded: oracle.outcomes };
    counts['merges'] = { ...handedOver(), aliases: workload.aliases.size };
    counts['on leads that were absorbed'] = workload.reps.onAbsorbed;
    counts['leads'] = oracle.states.size;
    counts['records'] = Object.fromEntries([...recorded].map(([name, { records }]) => [name, records.length]));
    counts['records shipped again'] = [...recorded.values()].reduce((sum, { repeated }) => sum + repeated, 0);
    counts['poison in the topic'] = recorded.get(topics.leadEvents.name)!.foreign;
    counts['stage facts compared'] = oracle.compared;
    counts['of them by command, by clock'] = [oracle.commands, oracle.timers];
    counts['webhook requests refused'] = receiver.refused;
  }

  /** How many merges there were, and of how many of them the stage, or answers, went on with the survivor. */
  function handedOver(): Readonly<Record<'leads' | 'stages' | 'answers', number>> {
    const folds = [...oracle.handOvers.values()].flat().map(({ fold }) => fold);
    const stages = folds.filter(({ changes }) => changes.some(({ via }) => via === 'merged')).length;
    return { leads: merges.all.size, stages, answers: folds.filter(({ answered }) => answered !== null).length };
  }

  check('was an attack: everything was hit, and the workload went on', () => {
    const { faults, workload } = attacked;
    expect(faults.kills).toBeGreaterThan(options.minutes * 4);
    expect(workload.acknowledged.size).toBeGreaterThan(options.minutes * 300);
    expect(oracle.timers).toBeGreaterThan(0);
    expect(oracle.commands).toBeGreaterThan(0);
    expect(workload.outcomes.size).toBeGreaterThan(options.minutes * 10);
    expect(workload.aliases.size).toBeGreaterThan(0);
    expect(merges.all.size).toBeGreaterThan(options.minutes * 4);
    expect(handedOver().stages).toBeGreaterThan(0);
    expect(workload.reps.onAbsorbed.touches + workload.reps.onAbsorbed.refused).toBeGreaterThan(0);
  });

  check('saw no process end by itself, and every one leave well that was asked to', () => {
    expect(attacked.fleet.deaths).toEqual([]);
    expect(attacked.fleet.badLeaves).toEqual([]);
  });

  check('left in lead.events what was acknowledged, each event once, with the lead that goes on', () => {
    const { acknowledged, outcomes, aliases, reps } = attacked.workload;
    const events = of(topics.leadEvents);
    expect(merges.faults.slice(0, shown)).toEqual([]);
    const once = eventsOnce(events, merges.all);
    counts['facts told again under a survivor'] = once.toldAgain;
    expect(once.faults.slice(0, shown)).toEqual([]);
    expect(once.toldAgain).toBeGreaterThan(0);
    const said = [...once.engaged].filter((id) => !id.startsWith('activities:')).map(messageIdOf);
    const named = events.filter(({ envelope: { type } }) => type === leadIdentified.type);
    const aliased = named.map(({ envelope }) => messageIdOf((envelope.data as { eventId: string }).eventId));
    expect(different(new Set([...said, ...aliased.filter((id) => aliases.has(id))]), acknowledged)).toEqual([]);
    expect(different(new Set([...once.outcomes].map(messageIdOf)), outcomes)).toEqual([]);
    expect(different(once.touches, new Set(reps.touches.keys()))).toEqual([]);
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
    for (const [lead, evidence] of oracle.evidence) {
      expect(ledgerOf(stored.get(lead)!)).toEqual(ledgerOf(evidence));
      const { scores } = last.get(lead)!;
      const asOf = Date.parse(scores.asOf);
      const { fit, engagement, total, grade } = scoresAt(playbook, { ...evidence, leadTime: asOf }, asOf);
      expect({ lead, ...scores }).toEqual({ lead, fit, engagement, total, grade, asOf: scores.asOf });
    }
  });

  check('chose each owner as its recorded inputs say, one at a time, each turn of a rotation once', () => {
    const [assignments, stages] = [of(topics.leadAssignments), of(topics.leadStages)];
    const routing = replayRouting(playbook, directory, { assignments, stages, merges: merges.all });
    counts['routing decisions replayed'] = routing.replayed;
    counts['owners handed over'] = routing.handedOver;
    counts['turns of rotations'] = Object.fromEntries(routing.turns);
    expect(routing.faults.slice(0, shown)).toEqual([]);
    expect(routing.handedOver.made).toBeGreaterThan(0);
    const owned = new Set(assignments.map(({ key }) => key));
    // A lead that was absorbed while its owner was still to come from another one is given nobody any more.
    const entered = stages.filter(({ key, envelope }) => {
      const { to, via } = envelope.data as { to?: string; via?: string };
      return to === 'mql' && !(via === 'merged' && merges.all.has(key));
    });
    expect(entered.filter(({ key }) => !owned.has(key))).toEqual([]);
  });

  check('ended every clock as the set of facts says', async () => {
    const [events, stages, assignments] = [of(topics.leadEvents), of(topics.leadStages), of(topics.leadAssignments)];
    const facts = { events, stages, assignments, merges: merges.all };
    const expected = clocksOf(playbook, directory, facts, Date.now() + 10 * minuteMs);
    const stored = await storedClocks(attacked.databaseUrl);
    let clocks = 0;
    let inherited = 0;
    for (const [lead, { cycles }] of expected) {
      for (const { cycle, shown: clock, inherited: promise } of cycles) {
        const kept = stored.get(lead)?.cycles.find((one) => one.cycle === cycle)?.shown ?? null;
        expect({ lead, cycle, clock: kept }).toEqual({ lead, cycle, clock: plain(clock) });
        if (clock) expect(['met', 'breached', 'cancelled']).toContain(clock.state);
        clocks += clock ? 1 : 0;
        inherited += promise ? 1 : 0;
      }
    }
    counts['clocks compared'] = clocks;
    counts['of them by the promise of an absorbed lead'] = inherited;
    expect(Math.min(clocks, inherited)).toBeGreaterThan(0);
  });

  check('started and breached no clock twice, and none whose touch the topic had in time', () => {
    const { faults: broken, workload } = attacked;
    const events = recorded.get(topics.leadEvents.name)!;
    const hadBy = touchesIn({
      events,
      confirmedAt: workload.reps.touches,
      brokenBrokers: broken.brokenBrokers,
    });
    const { faults, tally } = checkClockFacts(of(topics.slaClocks), hadBy);
    counts['clocks'] = tally;
    expect(faults.slice(0, shown)).toEqual([]);
    expect(tally.breached).toBeGreaterThan(0);
    expect(tally.touchedInTime).toBeGreaterThan(options.minutes * 4);
    expect(tally.inTheLastMoment).toBeGreaterThan(options.minutes);
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

/** What a set lacks or has beyond another. */
function different(one: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] {
  const missing = [...other].filter((id) => !one.has(id)).map((id) => `${id} is missing`);
  const unknown = [...one].filter((id) => !other.has(id)).map((id) => `${id} is unknown`);
  return [...missing, ...unknown].slice(0, shown);
}

/** Event ids are `<source>:<messageId>`. */
function messageIdOf(event: string): string {
  return event.slice(event.indexOf(':') + 1);
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
