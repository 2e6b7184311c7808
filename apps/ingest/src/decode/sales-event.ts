import type { Activity } from '@baton/contracts/lead-events';
import type { Json, RejectedEvent, ReportedOutcome } from './decoded-event.js';
import { textOf } from './fields.js';

const activityKinds = ['call', 'email', 'message', 'meeting'] as const;
const activityOutcomes = [
  'connected',
  'voicemail',
  'no-answer',
  'busy',
  'wrong-number',
  'sent',
  'replied',
  'booked',
  'held',
  'no-show',
] as const;

type Preset = {
  readonly kind: Activity['kind'];
  readonly direction: Activity['direction'];
  readonly outcome?: Activity['outcome'];
};

/** Track events with a secret key that record what sales did. A call must say how it ended: only `connected` is a touch. */
const activities: Readonly<Record<string, Preset>> = {
  'Call Logged': { kind: 'call', direction: 'outbound' },
  'Email Sent': { kind: 'email', direction: 'outbound', outcome: 'sent' },
  'Email Replied': { kind: 'email', direction: 'inbound', outcome: 'replied' },
  'Message Sent': { kind: 'message', direction: 'outbound', outcome: 'sent' },
  'Meeting Booked': { kind: 'meeting', direction: 'outbound', outcome: 'booked' },
  'Meeting Held': { kind: 'meeting', direction: 'outbound', outcome: 'held' },
};

const outcomes: Readonly<Record<string, ReportedOutcome['outcome']>> = {
  'Opportunity Created': 'created',
  'Opportunity Updated': 'updated',
  'Opportunity Won': 'won',
  'Opportunity Lost': 'lost',
};

export interface SalesEvent {
  readonly activity?: Activity;
  readonly outcome?: ReportedOutcome;
  readonly fault?: RejectedEvent;
}

/** Reads a trusted track event as a sales activity or a CRM outcome where its name says so; empty for any other name. */
export function salesEvent(name: string, properties: Json): SalesEvent {
  const preset = Object.hasOwn(activities, name) ? activities[name] : undefined;
  if (preset) return readActivity({ ...preset, ...stated(properties) }, 'properties.');
  const outcome = Object.hasOwn(outcomes, name) ? outcomes[name] : undefined;
  return outcome ? { outcome: readOutcome(outcome, properties) } : {};
}

/** Checks an activity; the fault names the field and the values that are possible. */
export function readActivity(fields: Json, prefix: string): SalesEvent {
  const kind = oneOf(activityKinds, fields['kind']);
  if (!kind) return { fault: { path: `${prefix}kind`, reason: `expected one of ${activityKinds.join(', ')}` } };
  const outcome = oneOf(activityOutcomes, fields['outcome']);
  if (!outcome)
    return { fault: { path: `${prefix}outcome`, reason: `expected one of ${activityOutcomes.join(', ')}` } };
  const direction = oneOf(['outbound', 'inbound'] as const, fields['direction'] ?? 'outbound');
  if (!direction) return { fault: { path: `${prefix}direction`, reason: 'expected outbound or inbound' } };
  const rep = textOf(fields['rep']);
  const note = textOf(fields['note']);
  return {
    activity: {
      kind,
      direction,
      outcome,
      ...(rep && { rep }),
      ...(fields['automated'] === true && { automated: true }),
      ...(note && { note }),
    },
  };
}

/** What a CRM reports is never refused: what cannot be read is left out, and shows as missing. */
export function readOutcome(outcome: ReportedOutcome['outcome'], fields: Json): ReportedOutcome {
  const amount = Number(
    typeof fields['amount'] === 'string' && fields['amount'].trim() === ''
      ? Number.NaN
      : (fields['amount'] ?? Number.NaN),
  );
  const currency = textOf(fields['currency']);
  const closeDate = textOf(fields['closeDate'])?.slice(0, 10);
  const reason = textOf(fields['reason']);
  return {
    outcome,
    ...(Number.isFinite(amount) && { amount }),
    ...(currency && { currency }),
    ...(closeDate && isDay(closeDate) && { closeDate }),
    ...(reason && { reason }),
  };
}

export function outcomeOf(value: unknown): ReportedOutcome['outcome'] | undefined {
  return oneOf(['created', 'updated', 'won', 'lost'] as const, value);
}

function stated({ direction, outcome, rep, automated, note }: Json): Json {
  const fields: Json = { direction, outcome, rep, automated, note };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

function oneOf<const Choice extends string>(choices: readonly Choice[], value: unknown): Choice | undefined {
  return choices.find((choice) => choice === value);
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
