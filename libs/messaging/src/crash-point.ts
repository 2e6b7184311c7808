/**
 * The steps of a transaction between which a process may die, in their order. The contract suite stops a process at each of
 * them; nothing else listens.
 */
export const crashPoints = [
  'after-read',
  'after-state-write',
  'after-position',
  'after-counter-lock',
  'after-commit',
  'after-hand-over',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Told of every step; a probe that never resolves is a process that died there. */
export interface Probe {
  at(point: CrashPoint): Promise<void> | void;
}

export const noProbe: Probe = { at: () => undefined };
