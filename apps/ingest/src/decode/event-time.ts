import { earliestTime, readTime } from '@baton/domain/evidence/read-time';

export interface SentTimes {
  /** When it happened, by the client's clock. */
  readonly original: unknown;
  /** When it was sent, by the same clock. */
  readonly sentAt: unknown;
}

/**
 * The event time in epoch milliseconds, by Segment's correction `receivedAt − (sentAt − original)`: a client's wrong clock
 * cancels out. Without a readable `sentAt` the client's time stands; without a readable time of its own, or with one after
 * the receipt, the event counts as happening when it was received.
 */
export function eventTime({ original, sentAt }: SentTimes, receivedAt: number): number {
  const happened = readTime(original);
  if (happened === null) return receivedAt;
  const sent = readTime(sentAt);
  const corrected = sent === null ? happened : receivedAt - (sent - happened);
  return corrected < earliestTime ? receivedAt : Math.min(corrected, receivedAt);
}
