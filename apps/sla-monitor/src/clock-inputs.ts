import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import { leadAssigned } from '@baton/contracts/lead-assignments';
import {
  type LeadActivityRecorded,
  leadAbsorbed,
  leadActivityRecorded,
  leadErased,
} from '@baton/contracts/lead-events';
import {
  type LeadCorrected,
  type LeadStageChanged,
  leadCorrected,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import type { SlaTier } from '@baton/domain/playbook/definition';
import { ownerName } from '@baton/domain/routing/owner';
import type { ClockInput } from '@baton/domain/sla/clock';
import { type ActivityRecord, isTouch } from '@baton/domain/sla/touch';
import type { LogRecord } from '@baton/messaging/record';

type TierOf = (playbook: LeadStageChanged['playbook'], id: string) => SlaTier | null;

/** What a record of `lead.stages` means to clocks; null when nothing. */
export function stageInput({ envelope }: LogRecord, tierOf: TierOf): ClockInput | null {
  if (envelope.type === leadCorrected.type) return correctionInput(envelope.data as LeadCorrected);
  // Behind this one the stages tell nothing more of a lead: what it brings along its survivor is known.
  if (envelope.type === leadAbsorbed.type)
    return { ...goneInput(envelope, 'absorbed'), survivor: (envelope.data as { survivor: string }).survivor };
  if (envelope.type !== leadStageChanged.type) return null;
  const change = envelope.data as LeadStageChanged;
  const at = Date.parse(change.at);
  switch (change.to) {
    case 'mql':
    case 'sql': {
      const startedAt = change.historic ? at : Date.parse(change.receivedAt ?? change.decidedAt);
      const [first] = change.holds.slas;
      const tier = first === undefined ? null : tierOf(change.playbook, first);
      const { to, playbook, historic = false } = change;
      return {
        kind: 'start',
        cycle: change.cycle,
        start: { id: envelope.id, to, at, startedAt, tier, playbook, historic },
      };
    }
    case 'nurture':
    case 'disqualified':
    case 'lost':
      return { kind: 'end', cycle: change.cycle, end: { id: envelope.id, at, why: change.to } };
    default:
      return null;
  }
}

/** What a record of `lead.assignments` means to clocks; null when nothing. */
export function assignmentInput({ envelope }: LogRecord): ClockInput | null {
  if (envelope.type !== leadAssigned.type) return null;
  const { cycle, owner, decision, historic, at } = envelope.data as LeadAssigned;
  const history = historic ? { at: Date.parse(at), named: decision.by === 'import' } : undefined;
  const name = ownerName(owner);
  const { rosterVersion } = decision;
  return { kind: 'assigned', cycle, owner: { name, team: owner.team, rosterVersion, ...(history ? { history } : {}) } };
}

/** What a record of `lead.events` means to clocks; null when nothing, as for nearly all of them. */
export function eventInput({ envelope }: LogRecord): ClockInput | null {
  if (envelope.type === leadAbsorbed.type) return goneInput(envelope, 'absorbed');
  if (envelope.type === leadErased.type) return goneInput(envelope, 'erased');
  if (envelope.type !== leadActivityRecorded.type) return null;
  const { activity, eventId, at, receivedAt } = envelope.data as LeadActivityRecorded;
  if (!isTouch(activity as ActivityRecord)) return null;
  // A time ahead of its receipt is a wrong clock somewhere: the touch counts from when we knew of it.
  const time = Math.min(Date.parse(at), Date.parse(receivedAt));
  const { kind, rep } = activity;
  return { kind: 'touch', touch: { event: eventId, at: time, kind, ...(rep === undefined ? {} : { rep }) } };
}

function goneInput({ id, data }: LogRecord['envelope'], why: 'absorbed' | 'erased') {
  return { kind: 'gone' as const, end: { id, at: Date.parse((data as { receivedAt: string }).receivedAt), why } };
}

function correctionInput({ kind, cycle, corrects, at }: LeadCorrected): ClockInput {
  if (kind === 'undone') return { kind, cycle, corrects };
  return { kind: 're-dated', cycle, corrects, at: Date.parse(at) };
}
