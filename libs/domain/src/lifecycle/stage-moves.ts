import type { StageId } from '../playbook/definition.js';

export type AsideStage = 'nurture' | 'disqualified' | 'lost';

/** The only moves there are (design/playbook.md, section 7), in the order in which they are tried. */
const moves: Readonly<Record<StageId, readonly StageId[]>> = {
  visitor: ['lead'],
  lead: ['mql', 'sql', 'nurture', 'disqualified'],
  mql: ['accepted', 'sql', 'nurture', 'disqualified'],
  accepted: ['sql', 'nurture', 'disqualified'],
  sql: ['opportunity', 'nurture', 'disqualified'],
  opportunity: ['customer', 'nurture', 'disqualified', 'lost'],
  customer: ['lost', 'disqualified'],
  nurture: ['lead', 'disqualified'],
  disqualified: ['lead', 'nurture'],
  lost: ['lead'],
};

/** Stages on the way forward, in the order in which one evaluation tries them. */
export const forwardStages = ['mql', 'accepted', 'sql', 'opportunity', 'customer'] as const;

/** All stages, earliest first; of two imported at one moment the later in this list is where the lead stands. */
export const stageOrder: readonly StageId[] = ['visitor', 'lead', ...forwardStages, 'nurture', 'disqualified', 'lost'];

export function movesFrom(stage: StageId): readonly StageId[] {
  return moves[stage];
}

export function isMove(from: StageId, to: StageId): boolean {
  return moves[from].includes(to);
}

export function isAside(stage: StageId): stage is AsideStage {
  return stage === 'nurture' || stage === 'disqualified' || stage === 'lost';
}

/** The stages a lead enters on the shortest way from `from` to `to`, `to` included; empty when there is none. */
export function shortestPath(from: StageId, to: StageId): readonly StageId[] {
  const reached = new Map<StageId, readonly StageId[]>([[from, []]]);
  for (const [stage, path] of reached) {
    if (stage === to) {
      return path;
    }
    for (const next of isAside(stage) ? [] : moves[stage]) {
      if (!reached.has(next)) {
        reached.set(next, [...path, next]);
      }
    }
  }
  return [];
}
