import { leadAbsorbed, leadActivityRecorded, leadErased } from '@baton/contracts/lead-events';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { type CalendarOf, type ClockInput, foldClock } from '@baton/domain/sla/clock';
import type { ClockFact, LeadClocks } from '@baton/domain/sla/clock-state';
import { promiseOf } from '@baton/domain/sla/inherit-clock';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import { lockMerges } from '@baton/persistence/lock-merges';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { type Clock, CLOCK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { clockFacts } from './clock-facts.js';
import { assignmentInput, eventInput, stageInput } from './clock-inputs.js';
import { type WatchedLead, eraseLeads, lockLeads, lineOf, saveLeads } from './clock-store.js';
import { DueClocks } from './due-clocks.js';
import { PublishedSlas } from './published-slas.js';
import { TeamCalendars } from './team-calendars.js';

/** What a batch means to the clocks of its leads. */
type Inputs = ReadonlyMap<string, readonly ClockInput[]>;

/** A lead in the course of a batch. */
interface Folding {
  readonly lead: WatchedLead;
  clocks: LeadClocks;
  readonly facts: ClockFact[];
}

/**
 * Folds stage changes, assignments and touches into the clocks of their leads. The three topics may run ahead of each
 * other: a clock is a function of the set.
 */
@Controller()
export class WatchLeads {
  constructor(
    @Inject(PublishedSlas) private readonly slas: PublishedSlas,
    @Inject(TeamCalendars) private readonly calendars: TeamCalendars,
    @Inject(DueClocks) private readonly due: DueClocks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Consumes(topics.leadStages)
  async watchStages(batch: Batch, sql: Sql): Promise<Effects> {
    const starting = batch.records.flatMap(({ envelope: { type, data } }) => {
      const change = data as LeadStageChanged;
      return type === leadStageChanged.type && change.holds.slas.length > 0 ? [change.playbook] : [];
    });
    await this.slas.learn(starting);
    return this.fold(
      sql,
      inputsOf(batch, (record) => stageInput(record, (playbook, id) => this.slas.tier(playbook, id))),
    );
  }

  @Consumes(topics.leadAssignments)
  async watchAssignments(batch: Batch, sql: Sql): Promise<Effects> {
    return this.fold(sql, inputsOf(batch, assignmentInput));
  }

  @Consumes(topics.leadEvents, { types: [leadActivityRecorded.type, leadAbsorbed.type, leadErased.type] })
  async watchTouches(batch: Batch, sql: Sql): Promise<Effects> {
    const effects = await this.fold(sql, inputsOf(batch, eventInput));
    const erased = batch.records.filter(({ envelope }) => envelope.type === leadErased.type).map(({ key }) => key);
    await eraseLeads(sql, erased);
    await forgetKeys(sql, erased);
    return effects;
  }

  private async fold(sql: Sql, byLead: Inputs): Promise<Effects> {
    if (byLead.size === 0) return { publish: [] };
    const begin = [...byLead].filter(([, list]) => list.some(mayBegin)).map(([id]) => id);
    const absorbed = [...byLead].flatMap(([id, list]) => (list.some(goesOn) ? [id] : []));
    if (absorbed.length > 0) await lockMerges(sql);
    const survivors = await lineOf(sql, [...byLead.values()].flat().flatMap(survivorIn));
    const leads = await lockLeads(
      sql,
      [...new Set([...byLead.keys(), ...survivors])],
      [...new Set([...begin, ...survivors])],
    );
    const calendarOf = await this.calendars.of(sql, rosterVersions(leads, byLead));
    const decidedAt = this.clock();
    const foldings = new Map(leads.map((lead) => [lead.id, { lead, clocks: lead.clocks, facts: [] as ClockFact[] }]));
    for (const [id, folding] of foldings) for (const input of byLead.get(id) ?? []) take(folding, input, calendarOf);
    for (const id of absorbed) handOn(foldings, id, calendarOf);
    const changed = [...foldings.values()].filter(({ lead, clocks }) => clocks !== lead.clocks);
    const folded = changed.map(({ lead: { id, sequence }, clocks, facts }) => {
      return { id, clocks, sequence: sequence + facts.length };
    });
    await saveLeads(sql, folded);
    const publish = changed.flatMap(({ lead: { id, sequence }, facts }) =>
      clockFacts(facts, { lead: id, sequence, decidedAt }),
    );
    return { publish, committed: () => this.due.expect(folded) };
  }
}

function take(folding: Folding, input: ClockInput, calendarOf: CalendarOf): void {
  const { clocks, facts } = foldClock(folding.clocks, input, calendarOf);
  folding.clocks = clocks;
  folding.facts.push(...facts);
}

/** What an absorbed lead waits for goes to its survivor, and on along the line where that was absorbed before. */
function handOn(foldings: ReadonlyMap<string, Folding>, absorbed: string, calendarOf: CalendarOf): void {
  for (let from = foldings.get(absorbed); from?.clocks.goesOnAs !== undefined;) {
    const { lead, at } = from.clocks.goesOnAs;
    const start = promiseOf(from.clocks, at);
    const to = foldings.get(lead);
    if (start === null || to === undefined) return;
    take(to, { kind: 'brought', brought: { lead: from.lead.id, at, start } }, calendarOf);
    from = to;
  }
}

/** A lead without clocks that ends needs none, unless it has to be remembered that it was erased, or as whom it goes on. */
function mayBegin(input: ClockInput): boolean {
  return input.kind !== 'gone' || input.end.why === 'erased' || goesOn(input);
}

function goesOn(input: ClockInput): boolean {
  return survivorIn(input).length > 0;
}

function survivorIn(input: ClockInput): readonly string[] {
  return input.kind === 'gone' && input.survivor !== undefined ? [input.survivor] : [];
}

function inputsOf(batch: Batch, read: (record: Batch['records'][number]) => ClockInput | null): Inputs {
  const byLead = new Map<string, ClockInput[]>();
  for (const record of batch.records) {
    const input = read(record);
    if (input === null) continue;
    const known = byLead.get(record.key);
    if (known === undefined) byLead.set(record.key, [input]);
    else known.push(input);
  }
  return byLead;
}

function rosterVersions(leads: readonly WatchedLead[], inputs: Inputs): ReadonlySet<number> {
  const stored = leads.flatMap(({ clocks }) => clocks.cycles.flatMap(({ first }) => first?.rosterVersion ?? []));
  const arriving = [...inputs.values()]
    .flat()
    .flatMap((input) => (input.kind === 'assigned' ? [input.owner.rosterVersion] : []));
  return new Set([...stored, ...arriving]);
}
