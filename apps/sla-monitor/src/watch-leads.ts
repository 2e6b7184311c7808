import { leadAbsorbed, leadActivityRecorded, leadErased } from '@baton/contracts/lead-events';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { type CalendarOf, type ClockInput, foldClock } from '@baton/domain/sla/clock';
import type { ClockFact, LeadClocks } from '@baton/domain/sla/clock-state';
import { inheritedStart } from '@baton/domain/sla/inherit-clock';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { type Clock, CLOCK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { clockFacts } from './clock-facts.js';
import { assignmentInput, eventInput, stageInput, survivorIn } from './clock-inputs.js';
import { type WatchedLead, eraseLeads, lockLeads, saveLeads } from './clock-store.js';
import { DueClocks } from './due-clocks.js';
import { PublishedSlas } from './published-slas.js';
import { TeamCalendars } from './team-calendars.js';

/** What a batch means to the clocks of its leads, and which leads go on as which. */
interface Inputs {
  readonly byLead: ReadonlyMap<string, readonly ClockInput[]>;
  readonly merges: readonly Merge[];
}

interface Merge {
  readonly absorbed: string;
  readonly survivor: string;
}

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

  private async fold(sql: Sql, { byLead, merges }: Inputs): Promise<Effects> {
    if (byLead.size === 0) return { publish: [] };
    const begin = [...byLead].filter(([, list]) => list.some(mayBegin)).map(([id]) => id);
    const survivors = merges.map(({ survivor }) => survivor).filter((id) => !byLead.has(id));
    const leads = await lockLeads(sql, [...byLead.keys(), ...new Set(survivors)], begin);
    const calendarOf = await this.calendars.of(sql, rosterVersions(leads, byLead));
    const decidedAt = this.clock();
    const foldings = new Map(leads.map((lead) => [lead.id, { lead, clocks: lead.clocks, facts: [] as ClockFact[] }]));
    for (const [id, folding] of foldings) for (const input of byLead.get(id) ?? []) take(folding, input, calendarOf);
    for (const { absorbed, survivor } of merges) {
      const [gone, goesOn] = [foldings.get(absorbed), foldings.get(survivor)];
      const inherited = gone && goesOn ? inheritedStart(goesOn.clocks, gone.clocks) : null;
      if (goesOn && inherited) take(goesOn, inherited, calendarOf);
    }
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

/** A lead without clocks that is absorbed needs none; one that is erased must be remembered. */
function mayBegin(input: ClockInput): boolean {
  return input.kind !== 'gone' || input.end.why === 'erased';
}

function inputsOf(batch: Batch, read: (record: Batch['records'][number]) => ClockInput | null): Inputs {
  const byLead = new Map<string, ClockInput[]>();
  const merges: Merge[] = [];
  for (const record of batch.records) {
    const input = read(record);
    if (input === null) continue;
    const known = byLead.get(record.key);
    if (known === undefined) byLead.set(record.key, [input]);
    else known.push(input);
    const survivor = survivorIn(record);
    if (survivor !== null) merges.push({ absorbed: record.key, survivor });
  }
  return { byLead, merges };
}

function rosterVersions(leads: readonly WatchedLead[], inputs: Inputs['byLead']): ReadonlySet<number> {
  const stored = leads.flatMap(({ clocks }) => clocks.cycles.flatMap(({ first }) => first?.rosterVersion ?? []));
  const arriving = [...inputs.values()]
    .flat()
    .flatMap((input) => (input.kind === 'assigned' ? [input.owner.rosterVersion] : []));
  return new Set([...stored, ...arriving]);
}
