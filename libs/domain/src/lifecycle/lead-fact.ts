import type { Campaign } from '../evidence/evidence.js';
import type { Value } from '../playbook/definition.js';
import type { FactPosition } from './lead-state.js';

interface Origin {
  /** Has effect once, for ever. */
  readonly eventId: string;
  /** Event time in epoch milliseconds, never after the receipt. */
  readonly at: number;
  readonly receivedAt: number;
  readonly historic: boolean;
  readonly position: FactPosition | null;
}

/** Traits of an account with the event time of each; null domain: no account; null freeMail: nobody told an e-mail. */
export interface AccountFact {
  readonly domain: string | null;
  readonly freeMail: boolean | null;
  readonly traits: Readonly<Record<string, { readonly value: Value; readonly at: number }>>;
}

export interface EngagementEvent {
  readonly type: 'page' | 'screen' | 'track' | 'identify' | 'group';
  readonly name?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly page?: {
    readonly path?: string;
    readonly url?: string;
    readonly title?: string;
    readonly referrer?: string;
  };
  readonly campaign?: Campaign;
  readonly channel?: string;
  readonly source: string;
  readonly automated?: string;
}

export interface Outcome {
  readonly outcome: 'created' | 'updated' | 'won' | 'lost';
  readonly amount?: number;
  readonly closeDate?: string;
  readonly reason?: string;
}

/** A fact of `lead.events` as the domain folds it: the same content, with times in epoch milliseconds. */
export type LeadFact = Origin &
  (
    | { readonly kind: 'identified'; readonly traits: Readonly<Record<string, Value>>; readonly account: AccountFact }
    | { readonly kind: 'engaged'; readonly event: EngagementEvent }
    | { readonly kind: 'engagement-revoked'; readonly revokes: string }
    | {
        readonly kind: 'profile-updated';
        readonly traits: Readonly<Record<string, Value>>;
        readonly account: AccountFact | null;
      }
    | { readonly kind: 'activity-recorded' }
    | ({ readonly kind: 'outcome-recorded' } & Outcome)
    | { readonly kind: 'stage-imported'; readonly stage: string; readonly reason?: string; readonly owner?: string }
    | {
        readonly kind: 'merged';
        readonly traits: Readonly<Record<string, Value>>;
        readonly account: AccountFact;
        readonly absorbed: string;
      }
    | { readonly kind: 'absorbed'; readonly survivor: string }
    | { readonly kind: 'erased' }
  );

export type LeadFactOf<Kind extends LeadFact['kind']> = Extract<LeadFact, { kind: Kind }>;

/** The structure of a fact's data that this reader relies on; it has been checked against its schema before. */
interface FactData {
  readonly [field: string]: unknown;
  readonly at: string;
  readonly receivedAt: string;
  readonly eventId?: string;
  readonly historic?: true;
  readonly account?: AccountData;
}

interface AccountData {
  readonly domain: string | null;
  readonly freeMail: boolean;
  readonly traits: Readonly<Record<string, { readonly value: Value; readonly at: string }>>;
}

const kinds: Readonly<Record<string, LeadFact['kind']>> = {
  'baton.lead.identified.v1': 'identified',
  'baton.lead.engaged.v1': 'engaged',
  'baton.lead.engagement-revoked.v1': 'engagement-revoked',
  'baton.lead.profile-updated.v1': 'profile-updated',
  'baton.lead.activity-recorded.v1': 'activity-recorded',
  'baton.lead.outcome-recorded.v1': 'outcome-recorded',
  'baton.lead.stage-imported.v1': 'stage-imported',
  'baton.leads.merged.v1': 'merged',
  'baton.lead.absorbed.v1': 'absorbed',
  'baton.lead.erased.v1': 'erased',
};

/**
 * Reads a fact of `lead.events` by its CloudEvents type; null for types that are no lead's fact (`baton.playbook.activated.v1`).
 * An event time after its receipt counts as its receipt.
 */
export function readLeadFact(type: string, data: object, position: FactPosition | null): LeadFact | null {
  const kind = kinds[type];
  if (kind === undefined) {
    return null;
  }
  const { at, receivedAt, eventId, historic, account, email, ...content } = data as FactData;
  const received = Date.parse(receivedAt);
  return {
    ...content,
    kind,
    eventId: eventId ?? '',
    at: Math.min(Date.parse(at), received),
    receivedAt: received,
    historic: historic === true,
    position,
    ...profileOf(kind, { ...content, email }, account),
  } as unknown as LeadFact;
}

function profileOf(
  kind: LeadFact['kind'],
  content: { readonly traits?: object; readonly email?: unknown },
  account: AccountData | undefined,
): object {
  if (kind !== 'identified' && kind !== 'profile-updated' && kind !== 'merged') {
    return {};
  }
  const { traits = {}, email } = content;
  const named = email === undefined ? traits : { email, ...traits };
  return { traits: named, account: account === undefined ? null : readAccount(account) };
}

/** Facts say `freeMail: false` of a lead without any e-mail too; with neither domain nor free mail it is not known. */
function readAccount({ domain, freeMail, traits }: AccountData): AccountFact {
  const timed = Object.entries(traits).map(([name, { value, at }]) => [name, { value, at: Date.parse(at) }] as const);
  const isKnown = freeMail || domain !== null;
  return { domain, freeMail: isKnown ? freeMail : null, traits: Object.fromEntries(timed) };
}
