export interface AttackOptions {
  /** How long the workload and the faults last; preparing and checking come on top. */
  readonly minutes: number;
  readonly seed: number;
  readonly transport: 'kafka' | 'embedded';
}

/** As tools/chaos.mjs passes them on. */
export function attackOptions(environment = process.env): AttackOptions {
  return {
    minutes: Number(environment['CHAOS_MINUTES'] ?? 2.5),
    seed: Number(environment['CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000)),
    transport: environment['CHAOS_TRANSPORT'] === 'embedded' ? 'embedded' : 'kafka',
  };
}
