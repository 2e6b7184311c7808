import type { Rejection } from './fold.js';
import type { LeadState } from './lead-state.js';

/** Nothing that people do reaches a lead that has ended: not even taking back what they did before. */
export function refuseGone({ gone, survivor }: LeadState): Rejection | null {
  if (gone === null) {
    return null;
  }
  const detail =
    survivor === undefined ? 'This lead was erased.' : `This lead goes on as another one; work on lead ${survivor}.`;
  return { rejected: 'not-possible', detail, possible: [], names: [] };
}
