import type { Stage, TimelineItem } from '../api/types.js';

/** One stage entered in a cycle, read from the timeline. */
export interface StageEntry {
  stage: Stage;
  cycle: number;
  at: string;
  reason?: string | undefined;
}

/** The stages entered, oldest first, from stage changes newest first; what was taken back does not count. */
export function stageHistory(items: readonly TimelineItem[]): StageEntry[] {
  const undone = new Set(items.filter(({ data }) => data?.['kind'] === 'undone').map(({ data }) => data?.['corrects']));
  return items
    .filter(({ id }) => !undone.has(id))
    .flatMap(({ at, data }) => {
      const stage = data?.['to'];
      const cycle = data?.['cycle'];
      if (typeof stage !== 'string') return [];
      const reason = typeof data?.['reason'] === 'string' ? data['reason'] : undefined;
      return [{ stage: stage as Stage, cycle: typeof cycle === 'number' ? cycle : 1, at, reason }];
    })
    .reverse();
}
