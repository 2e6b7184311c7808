import { type Evidence, noEvidence } from '../evidence/evidence.js';
import type { StageId } from '../playbook/definition.js';

/** Partition and position in `lead.events` of the last fact folded. */
export interface FactPosition {
  readonly partition: number;
  readonly position: number;
}

/** A stage of this cycle with the time it was entered and the number of the change that entered it. */
export interface EnteredStage {
  readonly stage: StageId;
  readonly at: number;
  readonly change: number;
  /** Receipt of what led there, where that is another time: promises run from it. */
  readonly receivedAt?: number;
  /** Reason of an imported stage aside. */
  readonly reason?: string;
}

/** Why a lead is aside, who put it there, and what may bring it back. */
export interface Aside {
  /** A CRM's report counts as a person's. */
  readonly by: 'system' | 'person' | 'exclusion';
  readonly reason: string;
  readonly wakeAt: number | null;
  /** From this event time on a high signal wakes it (nurture only). */
  readonly wakesFrom: number;
}

/** The last move of a person, and what it replaced, for as long as it may be undone. */
export interface UndoableMove {
  readonly change: number;
  readonly actor: string;
  readonly movedAt: number;
  readonly before: Standing;
}

/** The part of a lead's state that a move changes. */
export interface Standing {
  readonly stage: StageId;
  readonly since: number | null;
  readonly entered: readonly EnteredStage[];
  readonly aside: Aside | null;
  /** Exit rules of the stage that held when it was entered and have not been false since: they do not act yet. */
  readonly waitingExits: readonly string[];
  readonly deal: Deal;
  readonly followUp: string | null;
}

export interface Deal {
  readonly amount?: number;
  readonly closeDate?: string;
  /** Event time of the outcome that told them. */
  readonly at?: number;
}

/** All that qualification keeps of one lead: bounded, plain JSON. The cycle's number is the length of `evidence.cycles`. */
export interface LeadState extends Standing {
  readonly id: string;
  readonly evidence: Evidence;
  /** Every fact so far came by import: no automation. */
  readonly historic: boolean;
  /** Stage changes so far; the last one's number. */
  readonly changes: number;
  readonly undo: UndoableMove | null;
  readonly behind: FactPosition | null;
  /** Until this moment nothing of this lead changes by time alone; null: never. */
  readonly quietUntil: number | null;
  /** When the stage changes next if nothing happens; null: never. */
  readonly due: number | null;
  /** Event ids of the newest outcomes, so that a repeat has no effect. */
  readonly outcomes: readonly string[];
  readonly gone: 'absorbed' | 'erased' | null;
  /** Of an absorbed lead: which goes on in its place. */
  readonly survivor?: string;
  /** Of an absorbed lead: those whose stage it was given when nothing was told of it any more, who had come there first. */
  readonly givenBy?: readonly string[];
  /** Leads that were absorbed by this one, and whose answers and stage are still to come: until then its own stays. */
  readonly absorbing?: readonly string[];
  /** What a CRM reported meanwhile. */
  readonly held?: readonly ReportedOutcome[];
}

/** What a CRM reports of a deal. */
export interface ReportedOutcome {
  readonly eventId: string;
  readonly at: number;
  readonly receivedAt: number;
  readonly outcome: 'created' | 'updated' | 'won' | 'lost';
  readonly amount?: number;
  readonly closeDate?: string;
  readonly reason?: string;
}

/** A lead of which nothing is known yet: a visitor in its first cycle. */
export function newLead(id: string): LeadState {
  return {
    id,
    evidence: noEvidence,
    stage: 'visitor',
    since: null,
    entered: [],
    aside: null,
    waitingExits: [],
    deal: {},
    followUp: null,
    historic: false,
    changes: 0,
    undo: null,
    behind: null,
    quietUntil: null,
    due: null,
    outcomes: [],
    gone: null,
  };
}

/** Number of the lead's current pass, from 1. */
export function cycleOf(state: LeadState): number {
  return state.evidence.cycles.length;
}

/**
 * What `requires` of a stage may find on a lead: answers to the checklist, and the deal as moves and the CRM told it. Never a
 * trait, which is whatever a website or a form said.
 */
export function requirable({ evidence, deal }: LeadState): Readonly<Record<string, unknown>> {
  const { at: _at, ...told } = deal;
  return { ...evidence.answers, ...told };
}

/** When to wake this lead up, in epoch milliseconds; null: only a fact or a person can change its stage, or nothing any more. */
export function dueAt({ gone, due }: LeadState): number | null {
  return gone === null ? due : null;
}
