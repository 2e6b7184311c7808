import type { Value } from '../playbook/definition.js';

/** Place of an occurrence among all others: order is always (event time, event id). */
export interface Stamp {
  readonly at: number;
  readonly event: string;
}

/** One event that gave one signal, before `every` thins them out; at most one per event and signal. */
export interface Occurrence extends Stamp {
  readonly signal: string;
}

/** Where the evidence of a cycle begins, inclusive. `at` null: no lower bound. Without `event`: everything of that millisecond. */
export interface CycleStart {
  readonly at: number | null;
  readonly event?: string;
}

/** What is kept of one signal. */
export interface SignalEvidence {
  /** The last occurrence of all, counted or not; whatever is not after it is a repeat or late. */
  readonly last: Stamp;
  /** The last one that `every` let count, over the lead's whole life. */
  readonly counted: Stamp;
  /** How many count in this cycle. */
  readonly count: number;
  /** The newest of this cycle that a condition can still ask for, oldest first. */
  readonly newest: readonly Stamp[];
  /** The newest of this cycle that is no longer kept. */
  readonly dropped: Stamp | null;
}

/** How far a rule has got in this cycle: occurrences waiting for their completion, oldest first, and completions so far. */
export interface RuleProgress {
  readonly pending: readonly Stamp[];
  readonly done: number;
}

/** A completed engagement rule: its points count, and decay, from `at`. */
export interface Award extends Stamp {
  readonly rule: string;
}

/** `lead`: pre-filled from what the lead told; `person`: given by marketing, sales or a manager. */
export interface AnswerFact extends Stamp {
  readonly value: Value;
  readonly by: 'lead' | 'person';
}

/** A page that was looked at; known by its time and path, for an event id would double what is kept of it. */
export interface PageView {
  readonly at: number;
  readonly path: string;
  readonly title?: string;
}

export interface FormFill extends Stamp {
  readonly form: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface CampaignTouch extends Stamp {
  readonly campaign: Campaign;
}

export interface Campaign {
  readonly name?: string;
  readonly source?: string;
  readonly medium?: string;
  readonly term?: string;
  readonly content?: string;
}

/** What the playbook says of traits, account and answers alone; computed again whenever one of them changes. */
export interface Profile {
  readonly persona: string;
  readonly fit: number;
  /** Sum of the held fit rules before the floor. */
  readonly fitSum: number;
  readonly fitRules: readonly string[];
  readonly grade: Grade;
  /** Engagement rules whose own `when` does not hold now. */
  readonly muted: readonly string[];
  /** The first exclusion that holds. */
  readonly excluded: { readonly id: string; readonly reason: string } | null;
}

export type Grade = 'A' | 'B' | 'C' | 'D' | 'unknown';

/**
 * All that is known of a lead, bounded whatever the length of its history, and plain JSON.
 * Values stand apart from their times so that conditions read them as they are.
 */
export interface Evidence {
  /** The greatest event time folded so far; null before the first fact. */
  readonly leadTime: number | null;
  readonly lead: Readonly<Record<string, Value>>;
  readonly leadTimes: Readonly<Record<string, Stamp>>;
  readonly account: Readonly<Record<string, Value>>;
  readonly accountTimes: Readonly<Record<string, number>>;
  /** When the account's domain was last told. */
  readonly domainTime: Stamp | null;
  readonly answers: Readonly<Record<string, Value>>;
  readonly answerFacts: Readonly<Record<string, AnswerFact>>;
  /** Answers that fit neither the type nor the options of their question: kept beside, not taken. */
  readonly besides: Readonly<Record<string, AnswerFact>>;
  readonly profile: Profile;
  readonly signals: Readonly<Record<string, SignalEvidence>>;
  readonly progress: Readonly<Record<string, RuleProgress>>;
  /** In the order (event time, event id, rule id). */
  readonly awards: readonly Award[];
  /** One per cycle; the last is the current one. */
  readonly cycles: readonly CycleStart[];
  /** The newest twenty occurrences of this cycle that count, oldest first. */
  readonly recent: readonly Occurrence[];
  readonly pages: readonly PageView[];
  readonly forms: readonly FormFill[];
  readonly firstCampaign: CampaignTouch | null;
  readonly lastCampaign: CampaignTouch | null;
  /** Events taken back before they arrived. */
  readonly revoked: readonly string[];
}

/** What a lead is before anything is known. */
export const noEvidence: Evidence = {
  leadTime: null,
  lead: {},
  leadTimes: {},
  account: {},
  accountTimes: {},
  domainTime: null,
  answers: {},
  answerFacts: {},
  besides: {},
  profile: { persona: 'unknown', fit: 0, fitSum: 0, fitRules: [], grade: 'unknown', muted: [], excluded: null },
  signals: {},
  progress: {},
  awards: [],
  cycles: [{ at: null }],
  recent: [],
  pages: [],
  forms: [],
  firstCampaign: null,
  lastCampaign: null,
  revoked: [],
};

/** The same evidence without what only a handoff needs (pages, forms, the newest signals): for whoever keeps scores alone. */
export function withoutHandoff(evidence: Evidence): Evidence {
  const { pages, forms, recent } = evidence;
  return pages.length + forms.length + recent.length === 0
    ? evidence
    : { ...evidence, pages: [], forms: [], recent: [] };
}

/**
 * Asks the caller to fold the same fact again with `history`: every occurrence ever folded for this lead of these signals,
 * those returned as `newOccurrences` earlier in the same batch included, those of revoked events left out, in any order.
 */
export interface NeedsHistory {
  readonly needs: 'history';
  readonly signals: readonly string[];
}
