import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import { leadAssigned } from '@baton/contracts/lead-assignments';
import {
  type Activity,
  type EngagementEvent,
  type LeadIdentified,
  leadAbsorbed,
  leadActivityRecorded,
  leadEngaged,
  leadErased,
  leadIdentified,
  leadsMerged,
} from '@baton/contracts/lead-events';
import { type LeadScored, leadScored } from '@baton/contracts/lead-scores';
import {
  type AnswerRecord,
  type LeadCorrected,
  type LeadStageChanged,
  leadAnswered,
  leadCorrected,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import { type Clock, clockStarted } from '@baton/contracts/sla-clocks';

/** A fact as a topic carries it, without its position. */
export interface Fact {
  readonly topic: string;
  readonly lead: string;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

const playbook = { name: 'starter', version: 1, hash: 'ab12' };
const noAccount = { domain: null, freeMail: true, traits: {} };
export const scores = { fit: 20, engagement: 10, total: 30, grade: 'C', asOf: '2026-03-02T10:00:00.000Z' } as const;

let made = 0;
const nextId = (): string => `id-${(made += 1)}`;

function leadEvent(lead: string, type: string, data: object): Fact {
  const id = nextId();
  return { topic: 'lead.events', lead, id, type, data: { eventId: id, ...data } };
}

type Given<Data> = Partial<Data> & { at: string };

export function identified(lead: string, given: Given<LeadIdentified>): Fact {
  return leadEvent(lead, leadIdentified.type, {
    receivedAt: given.at,
    anonymousIds: [],
    traits: {},
    account: noAccount,
    ...given,
  });
}

export function engaged(lead: string, at: string, event: Partial<EngagementEvent>): Fact {
  return leadEvent(lead, leadEngaged.type, { at, receivedAt: at, event: { type: 'page', source: 'web', ...event } });
}

export function activity(lead: string, at: string, given: Partial<Activity> = {}): Fact {
  const call = { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana', ...given };
  return leadEvent(lead, leadActivityRecorded.type, { at, receivedAt: at, activity: call, by: 'rep:ana' });
}

export function merged(lead: string, at: string, absorbed: string): Fact {
  return leadEvent(lead, leadsMerged.type, { at, receivedAt: at, absorbed, traits: {}, account: noAccount });
}

export function absorbed(lead: string, at: string, survivor: string): Fact {
  return leadEvent(lead, leadAbsorbed.type, { at, receivedAt: at, survivor });
}

export function erased(lead: string, at: string): Fact {
  return leadEvent(lead, leadErased.type, { at, receivedAt: at });
}

export function scored(
  lead: string,
  given: { at: string } & Partial<LeadScored['scores']>,
  rest: Partial<LeadScored> = {},
): Fact {
  const { at, ...values } = given;
  const data = {
    scores: { ...scores, ...values, asOf: at },
    previous: null,
    persona: 'unknown',
    cycle: 1,
    reasons: [],
    playbook,
    behind: { partition: 0, position: 0 },
    ...rest,
  };
  return { topic: 'lead.scores', lead, id: nextId(), type: leadScored.type, data };
}

export function moved(
  lead: string,
  given: Given<LeadStageChanged> & Pick<LeadStageChanged, 'from' | 'to'>,
  id = nextId(),
): Fact {
  const data = {
    cycle: 1,
    cycleStart: { at: null },
    decidedAt: given.at,
    behind: { partition: 0, position: 0 },
    actor: { kind: 'system' },
    criteria: [],
    via: null,
    traits: {},
    account: noAccount,
    persona: 'unknown',
    scores,
    signals: [],
    campaign: null,
    holds: { slas: [], routing: [] },
    playbook,
    ...given,
  };
  return { topic: 'lead.stages', lead, id, type: leadStageChanged.type, data };
}

export function corrected(lead: string, given: Pick<LeadCorrected, 'corrects' | 'stage' | 'kind' | 'at'>): Fact {
  const data = { cycle: 1, decidedAt: given.at, actor: { kind: 'sales', id: 'ana' }, ...given };
  return { topic: 'lead.stages', lead, id: nextId(), type: leadCorrected.type, data };
}

export function answered(lead: string, at: string, answers: Record<string, AnswerRecord>): Fact {
  return {
    topic: 'lead.stages',
    lead,
    id: nextId(),
    type: leadAnswered.type,
    data: { cycle: 1, answers, actor: { kind: 'sales' }, at },
  };
}

export function assigned(lead: string, given: Given<LeadAssigned>): Fact {
  const decision = { by: 'rule', rule: 'everyone', tried: [], rosterVersion: 1 };
  const data = {
    cycle: 1,
    decidedAt: given.at,
    owner: { rep: 'ana', team: 'inbound' },
    previous: null,
    decision,
    ...given,
  };
  return { topic: 'lead.assignments', lead, id: nextId(), type: leadAssigned.type, data };
}

/** A clock fact of any type; what is not given is a running hot clock of five minutes. */
export function clocked(
  lead: string,
  given: Partial<Clock> & { startedAt: string; dueAt: string },
  type = clockStarted.type as string,
): Fact {
  const clock = {
    id: `${lead}:${given.cycle ?? 1}`,
    cycle: 1,
    sla: 'hot',
    state: 'running',
    promiseSeconds: 300,
    hours: 'always',
    calendar: null,
    eventAt: given.startedAt,
    warnings: [],
    warnedAt: null,
    metAt: null,
    breachedAt: null,
    touch: null,
    owner: 'rep:ana',
    playbook,
    ...given,
  };
  return {
    topic: 'sla.clocks',
    lead,
    id: nextId(),
    type,
    data: { at: given.startedAt, decidedAt: given.startedAt, clock },
  };
}
