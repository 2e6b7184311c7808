import { type LeadAssigned, leadAssigned } from '@baton/contracts/lead-assignments';
import { type LeadActivityRecorded, leadAbsorbed, leadActivityRecorded } from '@baton/contracts/lead-events';
import {
  type LeadCorrected,
  type LeadStageChanged,
  leadCorrected,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import type { Playbook } from '@baton/domain/playbook/definition';
import { type Directory } from '@baton/domain/routing/directory';
import { ownerName } from '@baton/domain/routing/owner';
import { type CalendarOf, type ClockInput, fireClock, foldClock } from '@baton/domain/sla/clock';
import { type LeadClocks, noClocks } from '@baton/domain/sla/clock-state';
import { promiseOf } from '@baton/domain/sla/inherit-clock';
import { type ActivityRecord, isTouch } from '@baton/domain/sla/touch';
import type { LogRecord } from '@baton/messaging/record';
import { absorbedFirst, type Merge } from './merges.js';

export interface ClockTopics {
  readonly events: readonly LogRecord[];
  readonly stages: readonly LogRecord[];
  readonly assignments: readonly LogRecord[];
  readonly merges: ReadonlyMap<string, Merge>;
}

/**
 * The clocks of every lead as they must be at `now`, when everything has been read: one topic after the other folded whole,
 * then what absorbed leads bring along, then everything fired that is due.
 */
export function clocksOf(
  playbook: Playbook,
  directory: Directory,
  { events, stages, assignments, merges }: ClockTopics,
  now: number,
): Map<string, LeadClocks> {
  const calendarOf: CalendarOf = ({ team }) => {
    const name = team === null ? undefined : directory.teams.get(team)?.calendar;
    const calendar = name === undefined ? undefined : directory.calendars.get(name);
    return name !== undefined && calendar ? { name, calendar } : null;
  };
  const clocks = new Map<string, LeadClocks>();
  const inputs = [
    ...events.map((record) => ({ key: record.key, input: eventInput(record) })),
    ...assignments.map((record) => ({ key: record.key, input: assignmentInput(record) })),
    ...stages.map((record) => ({ key: record.key, input: stageInput(playbook, record) })),
  ];
  const fold = (lead: string, input: ClockInput): void => {
    clocks.set(lead, foldClock(clocks.get(lead) ?? noClocks(lead), input, calendarOf).clocks);
  };
  for (const { key, input } of inputs) if (input !== null) fold(key, input);
  for (const lead of absorbedFirst([...merges.keys()], merges)) {
    const { survivor, receivedAt: at } = merges.get(lead)!;
    const start = promiseOf(clocks.get(lead) ?? noClocks(lead), at);
    if (start !== null) fold(survivor, { kind: 'brought', brought: { lead, at, start } });
  }
  return new Map([...clocks].map(([lead, folded]) => [lead, fireClock(folded, now, 'complete').clocks]));
}

function goneInput({ envelope: { id, data } }: LogRecord): ClockInput {
  return { kind: 'gone', end: { id, at: Date.parse((data as { receivedAt: string }).receivedAt), why: 'absorbed' } };
}

function stageInput(playbook: Playbook, record: LogRecord): ClockInput | null {
  const { envelope } = record;
  if (envelope.type === leadAbsorbed.type) return goneInput(record);
  if (envelope.type === leadCorrected.type) {
    const { cycle, corrects } = envelope.data as LeadCorrected;
    return { kind: 'undone', cycle, corrects };
  }
  if (envelope.type !== leadStageChanged.type) return null;
  const { to, cycle, holds, playbook: ref, ...change } = envelope.data as LeadStageChanged;
  const at = Date.parse(change.at);
  if (to === 'mql' || to === 'sql') {
    const tier = playbook.definition.slas.find(({ id }) => id === holds.slas[0]) ?? null;
    const startedAt = Date.parse(change.receivedAt ?? change.decidedAt);
    return {
      kind: 'start',
      cycle,
      start: { id: envelope.id, to, at, startedAt, tier, playbook: ref, historic: false },
    };
  }
  const isEnd = to === 'nurture' || to === 'disqualified' || to === 'lost';
  return isEnd ? { kind: 'end', cycle, end: { id: envelope.id, at, why: to } } : null;
}

function assignmentInput({ envelope }: LogRecord): ClockInput | null {
  if (envelope.type !== leadAssigned.type) return null;
  const { cycle, owner, decision } = envelope.data as LeadAssigned;
  return {
    kind: 'assigned',
    cycle,
    owner: { name: ownerName(owner), team: owner.team, rosterVersion: decision.rosterVersion },
  };
}

function eventInput(record: LogRecord): ClockInput | null {
  const { envelope } = record;
  if (envelope.type === leadAbsorbed.type) return goneInput(record);
  if (envelope.type !== leadActivityRecorded.type) return null;
  const { activity, eventId, at, receivedAt } = envelope.data as LeadActivityRecorded;
  if (!isTouch(activity as ActivityRecord)) return null;
  const time = Math.min(Date.parse(at), Date.parse(receivedAt));
  const { kind, rep } = activity;
  return { kind: 'touch', touch: { event: eventId, at: time, kind, ...(rep === undefined ? {} : { rep }) } };
}
