/** A recorded sales activity, as `lead.activity-recorded` has it. */
export interface ActivityRecord {
  readonly kind: string;
  readonly direction: string;
  readonly outcome: string;
  readonly rep?: string;
  readonly automated?: boolean;
}

/** A touch of a lead: event id, event time in ms, and who made it. */
export interface Touch {
  readonly event: string;
  readonly at: number;
  readonly kind: string;
  readonly rep?: string;
}

/** The outcome that makes an outbound activity a touch. */
const reached: Readonly<Record<string, string>> = {
  call: 'connected',
  email: 'sent',
  message: 'sent',
  meeting: 'held',
};

/**
 * Whether an activity is a touch, the only thing that stops a clock: outbound, by a person, and it came about; or an
 * inbound call that was answered. An attempt, an automated sequence and an inbound reply are none.
 */
export function isTouch(activity: ActivityRecord): boolean {
  if (activity.automated === true) return false;
  if (activity.direction === 'inbound') return activity.kind === 'call' && activity.outcome === 'connected';
  if (activity.direction !== 'outbound' || !activity.rep) return false;
  return Object.hasOwn(reached, activity.kind) && reached[activity.kind] === activity.outcome;
}
