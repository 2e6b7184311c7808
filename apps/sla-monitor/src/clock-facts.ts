import {
  clockAcknowledged,
  clockBreached,
  clockCancelled,
  clockCorrected,
  clockEscalated,
  clockMet,
  clockPaused,
  clockResumed,
  clockStarted,
  clockWarned,
  type Clock,
} from '@baton/contracts/sla-clocks';
import { topics } from '@baton/contracts/topics';
import type { ClockFact, ClockView } from '@baton/domain/sla/clock-state';
import type { Publication } from '@baton/messaging/record';

const types: Readonly<Record<ClockFact['kind'], string>> = {
  started: clockStarted.type,
  warned: clockWarned.type,
  paused: clockPaused.type,
  resumed: clockResumed.type,
  met: clockMet.type,
  breached: clockBreached.type,
  escalated: clockEscalated.type,
  acknowledged: clockAcknowledged.type,
  corrected: clockCorrected.type,
  cancelled: clockCancelled.type,
};

export interface Numbering {
  readonly lead: string;
  /** Last number given on `sla.clocks` for this lead. */
  readonly sequence: number;
  readonly decidedAt: number;
}

/** The facts as they are published, numbered on from `sequence`. */
export function clockFacts(
  facts: readonly ClockFact[],
  { lead, sequence, decidedAt }: Numbering,
): readonly Publication[] {
  return facts.map((fact, index) => {
    const { kind, at, clock, ...rest } = fact;
    const detail = 'until' in rest ? { until: rfc3339(rest.until) } : rest;
    const number = sequence + index + 1;
    return {
      topic: topics.slaClocks,
      key: lead,
      type: types[kind],
      id: `${lead}:clock:${number}`,
      time: rfc3339(at),
      sequence: number,
      data: { at: rfc3339(at), decidedAt: rfc3339(decidedAt), clock: contractClock(clock), ...detail },
    };
  });
}

/** The clock in the words and units of the contract. */
export function contractClock(view: ClockView): Clock {
  const { promiseMs, cancelledAt: _cancelledAt, historic, touch, ...clock } = view;
  return {
    ...clock,
    promiseSeconds: promiseMs / 1000,
    startedAt: rfc3339(view.startedAt),
    eventAt: rfc3339(view.eventAt),
    dueAt: rfc3339(view.dueAt),
    warnings: view.warnings.map(({ at, percent }) => ({ at: rfc3339(at), percent })),
    warnedAt: orNull(view.warnedAt),
    metAt: orNull(view.metAt),
    breachedAt: orNull(view.breachedAt),
    touch: touch === null ? null : { ...touch, at: rfc3339(touch.at) },
    ...(historic ? { historic } : {}),
  };
}

function rfc3339(at: number): string {
  return new Date(at).toISOString();
}

function orNull(at: number | null): string | null {
  return at === null ? null : rfc3339(at);
}
