import type { Playbook } from '../playbook/definition.js';
import { foldComputedTimes, withSchedule } from './computed-times.js';
import type { Fold } from './fold.js';
import { beginRun, finishRun } from './lead-run.js';
import type { LeadState } from './lead-state.js';

/**
 * Folds the lead's computed times up to `now` (epoch ms, inclusive), each at its due time. Times that change no stage are
 * discarded whole: the next fact folds them again, and only the schedule of the returned state may differ then.
 */
export function advanceLead(playbook: Playbook, state: LeadState, now: number): Fold {
  let kept = beginRun(playbook, state, { at: now, decidedAt: now, receivedAt: now, behind: state.behind });
  if (state.gone !== null) {
    return finishRun(kept);
  }
  const changes = [];
  while (kept.state.due !== null && kept.state.due <= now) {
    const next = beginRun(playbook, kept.state, kept.moment);
    foldComputedTimes(next, kept.state.due + 1);
    changes.push(...next.changes);
    kept = next.changed > 0 ? next : kept;
    kept.state = withSchedule(kept);
  }
  return { ...finishRun(kept), changes };
}
