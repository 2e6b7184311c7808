/** A playbook as data: what the YAML of one definition says, checked, with durations in milliseconds and defaults filled in. */
export interface PlaybookDefinition {
  readonly metadata: {
    readonly name: string;
    readonly about?: string;
    readonly owners: { readonly marketing: readonly string[]; readonly sales: readonly string[] };
    readonly reviewEveryMs?: number;
  };
  /** Declared custom traits; account traits are keyed `account.NAME`. */
  readonly traits: Readonly<Record<string, TraitType>>;
  readonly personas: readonly PersonaRule[];
  readonly signals: readonly SignalRule[];
  readonly exclusions: readonly ExclusionRule[];
  readonly scores: {
    readonly engagement: {
      readonly cap?: number;
      readonly halfLifeMs?: number;
      readonly rules: readonly EngagementRule[];
    };
    readonly fit: {
      readonly rules: readonly FitRule[];
      readonly grades?: { readonly A: number; readonly B: number; readonly C: number };
    };
  };
  readonly stages: Readonly<Partial<Record<RuledStage, StageRule>>>;
  readonly checklist: readonly ChecklistItem[];
  readonly reasons: readonly Reason[];
  readonly slas: readonly SlaTier[];
  readonly routing: RoutingDefinition;
  readonly benchmarks?: Readonly<Record<string, readonly [number, number]>>;
  readonly examples: readonly Example[];
}

export type TraitType = 'text' | 'number' | 'yes-no' | 'date' | 'list';
export type Intent = 'high' | 'medium' | 'low' | 'negative';
export type RuledStage = 'lead' | 'mql' | 'accepted' | 'sql' | 'opportunity' | 'customer';
export type StageId = RuledStage | 'visitor' | 'nurture' | 'disqualified' | 'lost';
export type Role = 'system' | 'marketing' | 'sales' | 'manager' | 'crm';

export interface PersonaRule {
  readonly id: string;
  readonly when: Condition;
}

export interface SignalRule {
  readonly id: string;
  /** `page`, `screen`, `identify`, `group` are reserved words; anything else is the exact name of a track event. */
  readonly on: readonly string[];
  readonly when?: Condition;
  readonly intent: Intent;
  readonly everyMs?: number;
  readonly offer?: string;
  readonly topic?: string;
  readonly product?: string;
  readonly title?: string;
}

export interface ExclusionRule {
  readonly id: string;
  readonly when: Condition;
  readonly reason: string;
}

export interface EngagementRule {
  readonly id: string;
  readonly signal: string;
  readonly points: number;
  readonly atLeast: number;
  readonly withinMs?: number;
  readonly times: number;
  readonly when?: Condition;
}

export interface FitRule {
  readonly id: string;
  readonly when: Condition;
  readonly points: number;
}

export interface StageRule {
  readonly from?: readonly StageId[];
  readonly by?: readonly Role[];
  readonly carry: boolean;
  readonly enter: readonly EntryRule[];
  readonly exit: readonly ExitRule[];
  readonly review?: { readonly when: Condition; readonly by: readonly Role[] };
  readonly requires: readonly string[];
  readonly motions: readonly { readonly id: string; readonly when?: Condition; readonly nextStep: string }[];
}

export interface EntryRule {
  readonly id: string;
  readonly when?: Condition;
  /** Resolved: the rule's own, else its stage's, else `[system]`. */
  readonly by: readonly Role[];
  /** Resolved: the rule's own, else its stage's, else every legal predecessor. */
  readonly from: readonly StageId[];
}

export interface ExitRule {
  readonly id: string;
  readonly when: Condition;
  readonly to: 'nurture' | 'disqualified' | 'lost';
  readonly reason: string;
}

export interface ChecklistItem {
  readonly id: string;
  readonly ask: string;
  readonly type: 'text' | 'choice' | 'choices' | 'number' | 'days' | 'date' | 'yes-no';
  readonly options?: readonly string[];
  readonly required: boolean;
  /** Expression over `event` that pre-fills the answer. */
  readonly from?: Expression;
}

export interface Reason {
  readonly id: string;
  readonly label: string;
  readonly to: readonly ('nurture' | 'disqualified' | 'lost')[];
  readonly wakeAfterMs?: number;
  readonly wakeQuietMs: number;
  readonly crm: readonly string[];
}

export interface SlaTier {
  readonly id: string;
  readonly when?: Condition;
  readonly firstTouchMs: number;
  /** Shares of the promise, 0.5 for `50%`. */
  readonly warnAt: readonly number[];
  readonly hours: 'business' | 'always';
  readonly escalate: readonly SlaEscalation[];
  readonly cadenceMs: readonly number[];
}

export interface SlaEscalation {
  readonly at: number;
  readonly notify?: string;
  readonly reassign?: true;
  readonly page?: string;
}

export interface RoutingDefinition {
  readonly sticky: readonly ('lead-owner' | 'account-owner')[];
  readonly rules: readonly {
    readonly id: string;
    readonly when?: Condition;
    readonly to: string;
    readonly skills: readonly string[];
  }[];
  /** `team:ID`. */
  readonly fallback: string;
}

/** An example as written; its runner is examples/run-example.ts. */
export interface Example {
  readonly name: string;
  readonly now: number;
  readonly lead: Readonly<Record<string, unknown>>;
  readonly account: Readonly<Record<string, unknown>>;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly order: 'time' | 'listed';
  readonly answers: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
  /** Digits behind the point with which each number of `expect` was written: `engagement: 40.50` has two. */
  readonly decimals: Readonly<Record<string, number>>;
}

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
/** Three-valued logic: `null` is unknown. */
export type Truth = boolean | null;

/** What a condition may look at. Absent means unknown. Counting functions answer for `now` and the current cycle only. */
export interface Scope {
  readonly now: number;
  readonly lead?: Readonly<Record<string, Value | undefined>>;
  readonly account?: Readonly<Record<string, Value | undefined>>;
  readonly answers?: Readonly<Record<string, Value | undefined>>;
  readonly event?: Readonly<Record<string, unknown>>;
  readonly stage?: StageId;
  readonly cycle?: number;
  readonly evidence?: EvidenceView;
}

/** What conditions and computed times need of a lead's evidence; implemented by evidence/. */
export interface EvidenceView {
  /** Scores at time `at`, given no further facts. `sum` is the engagement sum before floor and cap. */
  scores(at: number): {
    fit: number;
    engagement: number;
    total: number;
    grade: 'A' | 'B' | 'C' | 'D' | 'unknown';
    sum: number;
  };
  /** Half-life and limits that make threshold crossings closed form. */
  readonly decay: { readonly halfLifeMs: number | null; readonly cap: number | null };
  /** Occurrences of this cycle that match, oldest first, with at ≤ the evidence's lead time. May omit those no comparison can still ask for. */
  occurrences(pattern: Pattern): readonly { readonly at: number; readonly event: string; readonly signal: string }[];
  seen(pattern: Pattern, withinMs: number | null, at: number): number;
  distinct(pattern: Pattern, withinMs: number | null, at: number): number;
  /** Time of the last occurrence in this cycle, null when never. */
  last(pattern: Pattern): number | null;
}

/** `{ kind: 'signal', value: 'demo-request' }`, `{ kind: 'intent', value: 'high' }`, `value: '*'` for any. Interned: equal patterns of one playbook are one object with a small `index`. */
export interface Pattern {
  readonly kind: 'signal' | 'intent' | 'offer' | 'topic' | 'product';
  readonly value: string;
  readonly text: string;
  readonly index: number;
  /** Ids of the signals that match, resolved at compile time. */
  readonly signals: ReadonlySet<string>;
}

export interface Condition {
  readonly text: string;
  evaluate(scope: Scope): Truth;
  /**
   * The first millisecond after `scope.now` at which some comparison of this condition has another value than at
   * `scope.now`, given no further facts; null when none ever will. (The whole condition need not change then.)
   */
  nextFlip(scope: Scope): number | null;
  /** The fields it read and their values, for ledgers and criteria: `{ 'account.employees': 220, 'score.fit': 40 }`. */
  values(scope: Scope): Readonly<Record<string, unknown>>;
  /** What is missing until it holds, in plain words: `one more high-intent action`; empty when it holds. */
  missing(scope: Scope): readonly string[];
  readonly reads: ConditionReads;
}

/** Static facts of a condition, so that evidence keeps only what can still be asked for. */
export interface ConditionReads {
  readonly fields: ReadonlySet<string>;
  readonly answers: boolean;
  readonly timed: boolean;
  /** Every counted pattern with its window; counts beyond `atMost` need not be told apart (one more than the literal). */
  readonly counts: readonly {
    readonly pattern: Pattern;
    readonly withinMs: number | null;
    readonly atMost: number;
    readonly distinct: boolean;
  }[];
  readonly since: readonly Pattern[];
}

/** A compiled expression that yields a value (checklist `from`); undefined is unknown. */
export interface Expression {
  readonly text: string;
  evaluate(scope: Scope): Value | undefined;
}

/** A definition ready to run. `hash` is the SHA-256 of the source in hex, given by whoever read it (the domain has no crypto). */
export interface Playbook {
  readonly definition: PlaybookDefinition;
  readonly source: string;
  /** Signals by what they listen on: `page`, `screen`, `identify`, `group`, or `track:NAME`. */
  readonly signalsOn: ReadonlyMap<string, readonly SignalRule[]>;
  readonly patterns: readonly Pattern[];
}

/** One fault of a file: line and column from 1, the path in the document, a plain sentence. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}
