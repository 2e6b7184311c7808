import type { FunnelReport, Transition } from '@baton/contracts/http/reports';
import type { Sql } from '@baton/persistence/sql';
import { healthBand } from '@baton/domain/statistics/health-band';
import { wilsonInterval } from '@baton/domain/statistics/wilson-interval';
import { type Benchmarks, benchmarksOf } from './definition-store.js';
import {
  type FunnelStage,
  type StageCounts,
  type TransitionCounts,
  countStages,
  followTransition,
} from './funnel-store.js';
import { type ReportScope, playbooksSpanned } from './report-scope-store.js';
import { visitorsBetween } from './visitor-store.js';
import { whatToCheck } from './what-to-check.js';

interface Pair {
  readonly from: FunnelStage;
  readonly to: FunnelStage;
}

const pairs: readonly Pair[] = [
  { from: 'lead', to: 'mql' },
  { from: 'mql', to: 'accepted' },
  { from: 'accepted', to: 'sql' },
  { from: 'mql', to: 'sql' },
  { from: 'sql', to: 'opportunity' },
  { from: 'opportunity', to: 'customer' },
];

/** The funnel of the cycles that began in the window. A stage of the way that no cycle entered (`accepted`, where nobody uses it) is left out. */
export async function funnelReport(sql: Sql, scope: ReportScope, now: number): Promise<FunnelReport> {
  const counts = await countStages(sql, scope);
  const unused = counts.every(({ stage, entered }) => stage !== 'accepted' || entered === 0);
  const wanted = (stage: FunnelStage) => !(unused && stage === 'accepted');
  const shown = pairs.filter(({ from, to }) => wanted(from) && wanted(to));
  const followed = await inTurn(shown, async (pair) => ({
    pair,
    rows: await followTransition(sql, scope, { ...pair, now }),
  }));
  const stagesOf = Map.groupBy(counts, (count) => count.key);
  const playbooks = await playbooksSpanned(sql, scope);
  const benchmarks = playbooks.length === 1 ? await benchmarksOf(sql, playbooks[0] ?? '') : {};
  return {
    ...scope,
    playbooks: [...playbooks],
    visitors: await visitorsBetween(sql, scope.from, scope.to),
    groups: [...stagesOf].map(([key, stages]) => ({
      key,
      stages: stages
        .filter(({ stage }) => wanted(stage))
        .map(({ stage, reached, entered }: StageCounts) => ({ stage, reached, entered })),
      transitions: followed.flatMap(({ pair, rows }) =>
        rows.filter((row) => row.key === key).map((row) => transitionOf(pair, row, benchmarks)),
      ),
    })),
  };
}

async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function transitionOf({ from, to }: Pair, row: TransitionCounts, benchmarks: Benchmarks): Transition {
  const { entered, converted, direct, medianSeconds, p90Seconds, mature } = row;
  const rate = entered === 0 ? null : converted / entered;
  const band = healthBand({ from, to, rate }, benchmarks[`${from}-${to}`]);
  return {
    from,
    to,
    entered,
    converted,
    direct,
    rate,
    interval: wilsonInterval(converted, entered),
    medianSeconds,
    p90Seconds,
    band,
    check: whatToCheck(from, to, band),
    maturity: entered === 0 ? null : mature / entered,
  };
}
