import { leadAbsorbed, leadsMerged } from '@baton/contracts/lead-events';
import type { LogRecord } from '@baton/messaging/record';

/** Two leads of which one goes on as the other, as either of the two facts that say so tells it. */
export interface Merge {
  readonly absorbed: string;
  readonly survivor: string;
  /** Receipt of the event that joined them; of both facts the same. */
  readonly receivedAt: number;
}

/** The merges that these records tell of, in their order. */
export function mergesOf(records: readonly LogRecord[]): readonly Merge[] {
  const telling = records.filter(({ envelope: { type } }) => type === leadAbsorbed.type || type === leadsMerged.type);
  return telling.map(({ key, envelope: { data } }) => {
    const told = data as { receivedAt: string; survivor?: string; absorbed?: string };
    const { receivedAt, survivor = key, absorbed = key } = told;
    return { absorbed, survivor, receivedAt: Date.parse(receivedAt) };
  });
}
