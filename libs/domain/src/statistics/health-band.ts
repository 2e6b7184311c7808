/** What a conversion rate says about the definition before it. */
export type HealthBand = 'too-tight' | 'watch' | 'healthy' | 'too-loose';

/** Bounds of one transition: healthy within `healthy`, to be watched within `watch`, both inclusive, outside them `below` or `above`. */
interface Bands {
  readonly healthy: readonly [low: number, high: number];
  readonly watch: readonly [low: number, high: number];
  readonly below: HealthBand;
  readonly above: HealthBand;
}

/** Many conversions of leads mean that anybody becomes an MQL; few conversions of MQLs mean the same one step later. */
const transitions: Readonly<Record<string, Bands>> = {
  'lead-mql': { healthy: [0.05, 0.2], watch: [0.05, 0.3], below: 'too-tight', above: 'too-loose' },
  'mql-sql': { healthy: [0.2, 0.4], watch: [0.15, 0.5], below: 'too-loose', above: 'too-tight' },
  'sql-opportunity': { healthy: [0.5, 0.7], watch: [0.5, 0.7], below: 'too-loose', above: 'too-tight' },
  'opportunity-customer': { healthy: [0.2, 0.3], watch: [0.2, 0.3], below: 'too-loose', above: 'too-tight' },
};

export interface Transition {
  readonly from: string;
  readonly to: string;
  /** 0 to 1; null when nobody entered. */
  readonly rate: number | null;
}

/**
 * The band of a transition's rate, or null where none is defined or nobody entered. A playbook's own healthy range
 * (`benchmarks`) takes the place of the default and leaves nothing to watch.
 */
export function healthBand(
  { from, to, rate }: Transition,
  benchmark?: readonly [low: number, high: number],
): HealthBand | null {
  const name = `${from}-${to}`;
  const bands = Object.hasOwn(transitions, name) ? transitions[name] : undefined;
  if (rate === null || bands === undefined) return null;
  const healthy = benchmark ?? bands.healthy;
  const watch = benchmark ?? bands.watch;
  if (rate >= healthy[0] && rate <= healthy[1]) return 'healthy';
  if (rate >= watch[0] && rate <= watch[1]) return 'watch';
  return rate < watch[0] ? bands.below : bands.above;
}
