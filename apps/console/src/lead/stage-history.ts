import type { Stage, TimelineItem } from '../api/types.js';

/** One stage entered in a cycle, read from the timeline. */
export interface StageEntry {
  stage: Stage;
  cycle: number;
  at: string;
  reason?: string | undefined;
}

/** The stages entered, oldest first, from the stage changes among the loaded items. */
export function stageHistory(items: readonly TimelineItem[]): StageEntry[] {
  return items
    .filter(({ kind }) => kind === 'stage')
    .flatMap(({ at, data }) => {
      const stage = data?.['to'];
      const cycle = data?.['cycle'];
      if (typeof stage !== 'string') return [];
      const reason = typeof data?.['reason'] === 'string' ? data['reason'] : undefined;
      return [{ stage: stage as Stage, cycle: typeof cycle === 'number' ? cycle : 1, at, reason }];
    })
    .reverse();
}
