import type { Logger } from '@baton/observability/logger';
import type { Metrics } from '@baton/observability/metrics';

/** Longer than this nobody who asks for metrics waits for a database or broker. */
const patienceMs = 3_000;

export interface Measuring {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Measurement {
  /** Constant, for the log: `dead letters`. */
  readonly what: string;
  /** All that it sets. */
  readonly gauges: readonly { reset(): void }[];
  readonly measure: () => Promise<void>;
}

/**
 * Measures, whenever metrics are asked for, what a database or broker must be asked. While that does not answer in three seconds
 * the gauges have no values, and all others are told as ever; the log has a line when it begins.
 */
export function measureReachable({ metrics, logger }: Measuring, { what, gauges, measure }: Measurement): void {
  const inTime = withPatience(measure);
  let isFailing = false;
  metrics.beforeReading(async () => {
    try {
      await inTime();
      isFailing = false;
    } catch (error) {
      for (const gauge of gauges) gauge.reset();
      if (!isFailing)
        logger.warn('a measurement fails and is left out of the metrics', { what, reason: String(error) });
      isFailing = true;
    }
  });
}

/** Tells, whenever metrics are asked for, whether something answers in three seconds: 1, else 0. */
export function measureUp(
  metrics: Metrics,
  name: string,
  { help, ask }: { readonly help: string; readonly ask: () => Promise<unknown> },
): void {
  const up = metrics.gauge({ name, help });
  const inTime = withPatience(ask);
  const show = (value: 0 | 1) => () => up.set(value);
  metrics.beforeReading(() => inTime().then(show(1), show(0)));
}

/** Rejects what takes longer. It is then still under way, and not begun a second time before it ends. */
function withPatience(work: () => Promise<unknown>): () => Promise<void> {
  let underWay: Promise<unknown> | undefined;
  return async () => {
    underWay ??= work().finally(() => (underWay = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    });
    await Promise.race([underWay, late]).finally(() => clearTimeout(timer));
  };
}
