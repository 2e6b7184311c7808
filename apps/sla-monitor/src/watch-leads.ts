import { leadAbsorbed, leadActivityRecorded, leadErased } from '@baton/contracts/lead-events';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import { type ClockInput, foldClock } from '@baton/domain/sla/clock';
import type { ClockFact } from '@baton/domain/sla/clock-state';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, Publication } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { type Clock, CLOCK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { clockFacts } from './clock-facts.js';
import { assignmentInput, eventInput, stageInput } from './clock-inputs.js';
import { type WatchedLead, eraseLeads, lockLeads, saveLeads } from './clock-store.js';
import { DueClocks } from './due-clocks.js';
import { PublishedSlas } from './published-slas.js';
import { TeamCalendars } from './team-calendars.js';

type Inputs = ReadonlyMap<string, readonly ClockInput[]>;

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

  private async fold(sql: Sql, inputs: Inputs): Promise<Effects> {
    if (inputs.size === 0) return { publish: [] };
    const begin = [...inputs].filter(([, list]) => list.some(mayBegin)).map(([id]) => id);
    const leads = await lockLeads(sql, [...inputs.keys()], begin);
    const calendarOf = await this.calendars.of(sql, rosterVersions(leads, inputs));
    const decidedAt = this.clock();
    const publish: Publication[] = [];
    const folded = leads.map((lead) => {
      let { clocks } = lead;
      const facts: ClockFact[] = [];
      for (const input of inputs.get(lead.id) ?? []) {
        const fold = foldClock(clocks, input, calendarOf);
        clocks = fold.clocks;
        facts.push(...fold.facts);
      }
      publish.push(...clockFacts(facts, { lead: lead.id, sequence: lead.sequence, decidedAt }));
      return { id: lead.id, clocks, sequence: lead.sequence + facts.length };
    });
    await saveLeads(sql, folded);
    return { publish, committed: () => this.due.expect(folded) };
  }
}

/** A lead without clocks that is absorbed needs none; one that is erased must be remembered. */
function mayBegin(input: ClockInput): boolean {
  return input.kind !== 'gone' || input.end.why === 'erased';
}

function inputsOf(batch: Batch, read: (record: Batch['records'][number]) => ClockInput | null): Inputs {
  const inputs = new Map<string, ClockInput[]>();
  for (const record of batch.records) {
    const input = read(record);
    if (input === null) continue;
    const known = inputs.get(record.key);
    if (known === undefined) inputs.set(record.key, [input]);
    else known.push(input);
  }
  return inputs;
}

function rosterVersions(leads: readonly WatchedLead[], inputs: Inputs): ReadonlySet<number> {
  const stored = leads.flatMap(({ clocks }) => clocks.cycles.flatMap(({ first }) => first?.rosterVersion ?? []));
  const arriving = [...inputs.values()]
    .flat()
    .flatMap((input) => (input.kind === 'assigned' ? [input.owner.rosterVersion] : []));
  return new Set([...stored, ...arriving]);
}
