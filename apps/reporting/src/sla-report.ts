import type { SlaReport } from '@baton/contracts/http/reports';
import { wilsonInterval } from '@baton/domain/statistics/wilson-interval';
import type { Sql } from '@baton/persistence/sql';
import { type ReportScope, playbooksSpanned } from './report-scope-store.js';
import { type PromiseCounts, countPromises } from './sla-store.js';

/** Promises of a first touch that were made, met and breached, per group and tier. */
export async function slaReport(sql: Sql, scope: ReportScope): Promise<SlaReport> {
  const byGroup = Map.groupBy(await countPromises(sql, scope), (counts) => counts.key);
  return {
    ...scope,
    playbooks: [...(await playbooksSpanned(sql, scope))],
    groups: [...byGroup].map(([key, tiers]) => ({
      key,
      ...judge(tiers),
      tiers: tiers.map((tier) => ({ id: tier.sla, ...judge([tier]) })),
    })),
  };
}

function judge(counts: readonly PromiseCounts[]) {
  const sum = (field: 'met' | 'breached' | 'open' | 'cancelled') =>
    counts.reduce((total, count) => total + count[field], 0);
  const [met, breached, open, cancelled] = [sum('met'), sum('breached'), sum('open'), sum('cancelled')];
  const decided = met + breached;
  return {
    promises: decided + open,
    met,
    breached,
    open,
    cancelled,
    rate: decided === 0 ? null : met / decided,
    interval: wilsonInterval(met, decided),
  };
}
