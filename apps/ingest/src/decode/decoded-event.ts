import type { Activity, Campaign, EngagementEvent } from '@baton/contracts/lead-events';

export type Json = Record<string, unknown>;

export const callTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type CallType = (typeof callTypes)[number];

/** What a CRM or an imported file reported about the deal. */
export interface ReportedOutcome {
  readonly outcome: 'created' | 'updated' | 'won' | 'lost';
  readonly amount?: number;
  readonly currency?: string;
  readonly closeDate?: string;
  readonly reason?: string;
}

/** A stage of imported history. */
interface ImportedStage {
  readonly stage: string;
  readonly reason?: string;
  readonly owner?: string;
}

/**
 * One event in the product's own words, whatever dialect brought it: checked, bounded, free of NUL characters, with at
 * least one identifier. It is what `visitor.events` carries.
 */
export interface DecodedEvent {
  readonly type: CallType | 'activity' | 'outcome' | 'stage';
  /** Unique within its source, shorter than 100 characters. */
  readonly messageId: string;
  /** Event time in epoch milliseconds, corrected for the client's clock, never after the receipt. */
  readonly at: number;
  readonly userId?: string;
  readonly anonymousId?: string;
  /** Of an alias: who the person was before. */
  readonly previousId?: string;
  readonly groupId?: string;
  readonly name?: string;
  readonly properties?: Json;
  /** Of an identify or a form: what the person told of themselves; of a group: what was told of the account. */
  readonly traits?: Json;
  readonly page?: NonNullable<EngagementEvent['page']>;
  readonly campaign?: Campaign;
  readonly channel?: string;
  readonly automated?: NonNullable<EngagementEvent['automated']>;
  readonly activity?: Activity;
  /** Who recorded an activity: `rep:ID` or `crm`. */
  readonly by?: string;
  readonly outcome?: ReportedOutcome;
  readonly stage?: ImportedStage;
  /** Imported history: judged by event times alone, nobody is notified. */
  readonly historic?: true;
}

/** An event that was not taken, and the field at fault with what was expected; its neighbours are taken all the same. */
export interface RejectedEvent {
  readonly messageId?: string;
  readonly path: string;
  readonly reason: string;
}

/** A request that was not taken at all: answered 400 with the field at fault. */
export interface Refusal {
  readonly refused: { readonly path: string; readonly message: string };
}

export interface Decoded {
  readonly events: readonly DecodedEvent[];
  readonly rejected: readonly RejectedEvent[];
}

/** What the edge knows about a request besides its body. */
export interface Reception {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Came with a secret key: sales activities, outcomes and history are taken as such. */
  readonly trusted: boolean;
  /** The request's own User-Agent: where the browser itself asks (pixels, forms). */
  readonly userAgent?: string;
  /** A fresh identifier, for events that bring none. */
  newId(): string;
}

export function refusal(path: string, message: string): Refusal {
  return { refused: { path, message } };
}

export function isRefusal(result: object): result is Refusal {
  return 'refused' in result;
}
