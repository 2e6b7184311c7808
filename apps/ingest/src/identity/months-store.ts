import type { Sql } from '@baton/persistence/sql';

/**
 * Makes sure that the history has a table for each month, `2026-03`; call it first in a transaction, because making one waits for
 * everybody who writes history. Two who make the same month do not collide.
 */
export async function ensureMonths(sql: Sql, months: readonly string[]): Promise<void> {
  if (months.length === 0) return;
  await sql.query(`select pg_advisory_xact_lock(hashtext('baton months of events'))`);
  for (const month of months) {
    const next = new Date(`${month}-01T00:00:00Z`);
    next.setUTCMonth(next.getUTCMonth() + 1);
    await sql.query(
      `create table if not exists "events_${month.replace('-', '_')}" partition of events
       for values from ('${month}-01T00:00:00Z') to ('${next.toISOString()}')`,
    );
  }
}

/** The month of a time in epoch milliseconds, as `2026-03`. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}
