import { type SpeedReport, speedTiers } from '@baton/contracts/http/reports';
import {
  type Calendar,
  type CalendarDefinition,
  compileCalendar,
  isOpen,
  openMsBetween,
} from '@baton/domain/hours/calendar';
import { percentile } from '@baton/domain/statistics/percentile';
import { wilsonInterval } from '@baton/domain/statistics/wilson-interval';
import type { Sql } from '@baton/persistence/sql';
import { type ReportScope, playbooksSpanned } from './report-scope-store.js';
import {
  type SpeedTier,
  type SpeedTotals,
  type TimedWait,
  currentCalendars,
  totalWaits,
  waitsByTier,
  waitsInHours,
} from './speed-store.js';

type Group = SpeedReport['groups'][number];

/** How long leads waited for the first touch after entering mql or sql, in plain and in working time, and what became of them. */
export async function speedReport(sql: Sql, scope: ReportScope): Promise<SpeedReport> {
  const totals = await totalWaits(sql, scope);
  const tiers = await waitsByTier(sql, scope);
  const waits = Map.groupBy(await waitsInHours(sql, scope), (wait) => wait.key);
  const calendars = compileAll(await currentCalendars(sql));
  return {
    ...scope,
    playbooks: [...(await playbooksSpanned(sql, scope))],
    groups: totals.map(({ key, ...total }) => ({
      key,
      ...total,
      business: businessTime(waits.get(key) ?? [], calendars),
      tiers: tiersOf(
        tiers.filter((tier) => tier.key === key),
        total,
      ),
    })),
  };
}

function compileAll(definitions: Readonly<Record<string, unknown>>): ReadonlyMap<string, Calendar> {
  return new Map(
    Object.entries(definitions).map(([id, definition]) => [id, compileCalendar(definition as CalendarDefinition)]),
  );
}

function businessTime(waits: readonly TimedWait[], calendars: ReadonlyMap<string, Calendar>): Group['business'] {
  const known = waits.flatMap(({ calendar: id, enteredAt, touchedAt }) => {
    const calendar = calendars.get(id);
    if (!calendar) return [];
    const seconds = openMsBetween(calendar, enteredAt.getTime(), touchedAt.getTime()) / 1000;
    return [{ seconds, outside: !isOpen(calendar, touchedAt.getTime()) }];
  });
  const seconds = known.map((wait) => wait.seconds);
  return {
    leads: known.length,
    medianSeconds: percentile(seconds, 0.5),
    p90Seconds: percentile(seconds, 0.9),
    outsideHours: known.filter((wait) => wait.outside).length,
  };
}

function tiersOf(found: readonly SpeedTier[], { leads: all }: Pick<SpeedTotals, 'leads'>): Group['tiers'] {
  return speedTiers.map((id) => {
    const { leads, converted } = found.find((tier) => tier.id === id) ?? { leads: 0, converted: 0 };
    const rate = leads === 0 ? null : converted / leads;
    return {
      id,
      leads,
      share: all === 0 ? null : leads / all,
      converted,
      rate,
      interval: wilsonInterval(converted, leads),
    };
  });
}
