import type { TraitValue } from '@baton/contracts/lead-events';
import type { DeclaredTraits } from '@baton/domain/evidence/built-in-traits';
import type { HistoricEvent } from './event-facts.js';

/** A person as identity knows them; what they are like is folded by the readers of `lead.events`. */
export interface LeadRow {
  readonly id: string;
  readonly userId: string | null;
  readonly email: string | null;
  /** Event time that told the e-mail. */
  readonly emailAt: number | null;
  /** Id of the account: its domain, or `group:ID` while no domain is known. */
  readonly account: string | null;
  /** Event time of the group call that told it; null: it follows from the e-mail. */
  readonly accountAt: number | null;
  readonly createdAt: number;
  /** Last number given on `lead.events`. */
  readonly sequence: number;
  /** The lead this one was merged into. */
  readonly absorbedInto: string | null;
  /** Names of the traits nobody declared that this lead has told. */
  readonly undeclared: readonly string[];
}

export type AccountTraits = Readonly<Record<string, { readonly value: TraitValue; readonly at: number }>>;

export interface AccountRow {
  readonly id: string;
  /** Counts the changes that were published. */
  readonly version: number;
  readonly traits: AccountTraits;
}

/** What the fold works on; a visitor, identifier or group that is known to nobody stands for null. */
export interface IdentityRows {
  /** Of the active playbook. */
  readonly declared: DeclaredTraits;
  readonly visitors: ReadonlyMap<string, string | null>;
  /** By `user:ID` and `email:ADDRESS`. */
  readonly identifiers: ReadonlyMap<string, string | null>;
  readonly leads: ReadonlyMap<string, LeadRow>;
  readonly groups: ReadonlyMap<string, string | null>;
  readonly accounts: ReadonlyMap<string, AccountRow>;
  /** Anonymous history by visitor. */
  readonly pending: ReadonlyMap<string, readonly HistoricEvent[]>;
  /** Whole history by lead, for merges. */
  readonly histories: ReadonlyMap<string, readonly HistoricEvent[]>;
}

/** What a fold found missing: it has to be read, then the batch is folded again from its beginning. */
export interface MissingRows {
  readonly groups: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly pending: ReadonlySet<string>;
  readonly histories: ReadonlySet<string>;
}

export function userKey(userId: string): string {
  return `user:${userId}`;
}

export function emailKey(email: string): string {
  return `email:${email}`;
}
