import { leadAssigned, leadUnassigned } from '@baton/contracts/lead-assignments';
import type { PlaybookRef } from '@baton/contracts/lead-scores';
import type { LeadCorrected, LeadStageChanged, Stage } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { Owner } from '@baton/domain/routing/owner';
import type { Publication } from '@baton/messaging/record';

/** What routing knows of a lead that has, or had, an owner. JSON. */
export interface OwnedLead {
  readonly id: string;
  /** Last number given on `lead.assignments`. */
  readonly sequence: number;
  readonly cycle: number;
  readonly stage: Stage;
  /** The stage before the last change: what an undo goes back to. */
  readonly before: Stage;
  readonly lastChange: string | null;
  readonly owner: Owner | null;
  /** The cycle that the owner was decided in; 0: none. */
  readonly ownedCycle: number;
  /** Since when, RFC 3339. */
  readonly ownedAt: string | null;
  /** The owner is the one that imported history names. */
  readonly fromFile: boolean;
  readonly asked: Asked | null;
  /** Of a lead that was absorbed: who had it until then, or would have had it. The lead that goes on in its place asks. */
  readonly left?: Owner | null;
  /** Of a lead that was absorbed: which goes on in its place. */
  readonly survivor?: string;
  /** Absorbed leads whose owner it is to go on with, in the order of preference, until all of them are read to their end. */
  readonly awaits?: readonly string[];
}

/** What the last change that asked for an owner was decided on. */
export interface Asked {
  readonly change: string;
  readonly account: string | null;
  readonly holds: readonly string[];
  readonly playbook: PlaybookRef;
}

/** A decision about who owns a lead from `at` on. */
export interface Assignment {
  readonly owner: Owner;
  readonly decision: object;
  readonly at: string;
  readonly decidedAt: string;
  readonly actor?: string;
  readonly historic?: true;
}

const ownedStages: readonly Stage[] = ['mql', 'accepted', 'sql', 'opportunity', 'customer'];

/** Whether a lead in this stage must have an owner; aside it keeps the one it had. */
export function needsOwner(stage: Stage): boolean {
  return ownedStages.includes(stage);
}

export function newLead(id: string): OwnedLead {
  return {
    id,
    sequence: 0,
    cycle: 1,
    stage: 'lead',
    before: 'visitor',
    lastChange: null,
    owner: null,
    ownedCycle: 0,
    ownedAt: null,
    fromFile: false,
    asked: null,
  };
}

/** The absorbed leads whose stage a change takes over, the one that had come there first; none where it comes from elsewhere. */
export function joinedLeads({ via, criteria }: LeadStageChanged): readonly string[] {
  return via === 'merged' ? criteria.map(({ values }) => values['lead'] as string) : [];
}

/** The lead after a stage change, still with the owner it had. What an owner is awaited for stays what that is decided on. */
export function moved(lead: OwnedLead, change: LeadStageChanged, id: string): OwnedLead {
  const next = { ...lead, cycle: change.cycle, stage: change.to, before: change.from, lastChange: id };
  const joined = joinedLeads(change);
  const isAwaited = lead.awaits !== undefined && lead.cycle === change.cycle && joined.length === 0;
  if (!needsOwner(change.to) || isAwaited) return next;
  const asked = { change: id, account: change.account.domain, holds: change.holds.routing, playbook: change.playbook };
  if (joined.length === 0) return { ...next, asked };
  return { ...next, asked, awaits: [...new Set([...joined, ...(lead.awaits ?? [])])] };
}

/** The lead after its last change was taken back. */
export function undone(lead: OwnedLead, correction: LeadCorrected): OwnedLead {
  if (correction.kind !== 'undone' || correction.corrects !== lead.lastChange) return lead;
  return { ...lead, stage: lead.before, lastChange: null };
}

/** The lead with its new owner, for whom nobody else is awaited any more, and the fact that says so. */
export function assigned(before: OwnedLead, assignment: Assignment): { lead: OwnedLead; fact: Publication } {
  const lead = awaitsNobody(before);
  const sequence = lead.sequence + 1;
  const { owner, at, historic, ...decided } = assignment;
  const data = {
    cycle: lead.cycle,
    at,
    owner,
    previous: lead.owner,
    ...decided,
    ...(lead.asked === null ? {} : { change: lead.asked.change, playbook: lead.asked.playbook }),
    ...(historic ? { historic } : {}),
  };
  const id = `${lead.id}:assignment:${sequence}`;
  return {
    lead: { ...lead, sequence, owner, ownedCycle: lead.cycle, ownedAt: at },
    fact: { topic: topics.leadAssignments, key: lead.id, type: leadAssigned.type, id, time: at, sequence, data },
  };
}

export function awaitsNobody({ awaits: _awaits, ...lead }: OwnedLead): OwnedLead {
  return lead;
}

/** The lead that is nobody's any more because it goes on as another, and the fact that says so. `at` is RFC 3339. */
export function absorbed(
  lead: OwnedLead,
  { at, survivor }: { readonly at: string; readonly survivor: string },
): { lead: OwnedLead; facts: Publication[] } {
  const facts = unassigned(lead, { at, why: 'absorbed' });
  return { lead: { ...lead, owner: null, left: lead.owner, survivor, sequence: lead.sequence + facts.length }, facts };
}

/** The fact that a lead is nobody's any more; none where it was nobody's before. `at` is RFC 3339. */
export function unassigned(
  { id, owner, sequence }: OwnedLead,
  { at, why }: { readonly at: string; readonly why: 'erased' | 'absorbed' },
): Publication[] {
  if (owner === null) return [];
  const data = { at, previous: owner, why };
  const fact = { topic: topics.leadAssignments, key: id, type: leadUnassigned.type, id: `${id}:unassigned`, time: at };
  return [{ ...fact, sequence: sequence + 1, data }];
}
