import type { Answer, Handoff, Lead, Owner, QueueItem, Stage } from '../api/types.js';

/** The lead that keys and buttons act on, as the queue and the lead page both know it. */
export interface LeadTarget {
  id: string;
  name: string;
  stage: Stage;
  owner: Owner | null;
  handoff: Handoff | null;
  answers: Record<string, Answer>;
}

/** What a person can do with a lead. */
export type ActionKind =
  'accept' | 'log-call' | 'qualify' | 'open-deal' | 'win' | 'lose' | 'recycle' | 'disqualify' | 'reassign';

/** From a row of the queue. */
export function targetOfItem({ lead, stage, owner, handoff }: QueueItem): LeadTarget {
  return {
    id: lead.id,
    name: lead.name ?? lead.email ?? 'This lead',
    stage,
    owner,
    handoff,
    answers: handoff?.answers ?? {},
  };
}

/** From a lead's own page. */
export function targetOfLead({ id, name, email, stage, owner, handoff, answers }: Lead): LeadTarget {
  return { id, name: name ?? email ?? 'This lead', stage, owner, handoff, answers };
}

const movesFrom: Partial<Record<Stage, readonly ActionKind[]>> = {
  lead: ['recycle', 'disqualify'],
  mql: ['accept', 'qualify', 'recycle', 'disqualify'],
  accepted: ['qualify', 'recycle', 'disqualify'],
  sql: ['open-deal', 'recycle', 'disqualify'],
  opportunity: ['win', 'lose', 'recycle', 'disqualify'],
  nurture: ['disqualify'],
  customer: ['lose'],
};

/** Whether an action makes sense at this stage. The server has the last word; this only spares people a refusal. */
export function canDo(kind: ActionKind, stage: Stage): boolean {
  if (kind === 'log-call' || kind === 'reassign') return stage !== 'visitor';
  return movesFrom[stage]?.includes(kind) ?? false;
}

/** `rep:ana`, `team:inbound`, or null when nobody owns the lead yet. */
export function ownerId(owner: Owner | null): string | null {
  if (owner?.rep) return `rep:${owner.rep}`;
  return owner?.team ? `team:${owner.team}` : null;
}
