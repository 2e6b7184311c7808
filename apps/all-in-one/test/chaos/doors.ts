import type { Analytics } from '@segment/analytics-node';

/** A form that a visitor fills in. */
export interface FilledForm {
  readonly messageId: string;
  readonly email: string;
  readonly anonymousId: string;
  readonly message: string;
}

/** Every way in that the workload uses. */
export interface Doors {
  /** With the write key that stands in pages. */
  readonly analytics: Analytics;
  /** With a secret key, as a CRM on a server has it. */
  readonly crm: Analytics;
  fillIn(form: FilledForm): void;
}

/** One thing that somebody does, or how long they do nothing. */
export type Step = ((doors: Doors) => void) | { readonly pauseMs: number };
