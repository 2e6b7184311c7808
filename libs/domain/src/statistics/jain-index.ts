/**
 * Jain's fairness index of shares (not negative): 1 when all are equal, 1/n when one has everything. For fairness by
 * weight give load/weight. Nothing to share counts as fair; null of nobody.
 * Source: R. Jain, D. Chiu, W. Hawe, DEC-TR-301 (1984): (Σx)² / (n·Σx²).
 */
export function jainIndex(shares: readonly number[]): number | null {
  if (shares.length === 0) return null;
  const most = Math.max(...shares);
  if (most === 0) return 1;
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    // Scaled by the greatest, so that squares neither overflow nor vanish.
    sum += share / most;
    squares += (share / most) ** 2;
  }
  return (sum * sum) / (shares.length * squares);
}
