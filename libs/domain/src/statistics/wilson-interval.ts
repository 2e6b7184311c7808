/** The 97.5th percentile of the standard normal distribution: two-sided 95 %. */
const z = 1.959963984540054;

/**
 * The 95 % Wilson score interval of a rate: where the true rate lies, given `successes` of `trials`. Never leaves [0, 1] and
 * contains the observed rate. Null without trials.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonInterval(successes: number, trials: number): readonly [low: number, high: number] | null {
  if (trials <= 0) return null;
  const rate = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (rate + (z * z) / (2 * trials)) / scale;
  const reach = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials));
  // At the ends of the range the formula is exactly 0 or 1; rounding must not push it past the rate.
  const low = successes === 0 ? 0 : Math.max(0, centre - reach);
  const high = successes === trials ? 1 : Math.min(1, centre + reach);
  return [low, high];
}
