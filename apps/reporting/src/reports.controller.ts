import { reportingRoutes as routes } from '@baton/contracts/http/reporting';
import { type ReportGroup } from '@baton/contracts/http/reports';
import type { Database } from '@baton/persistence/sql';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves } from '@baton/service-kit/serves';
import { CLOCK, type Clock, DATABASE } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { funnelReport } from './funnel-report.js';
import type { ReportScope } from './report-scope-store.js';
import { readConsistently } from './read-consistently-store.js';
import { slaReport } from './sla-report.js';
import { speedReport } from './speed-report.js';

/** The reports. Every rate comes with numerator, denominator and interval. */
@Controller()
export class ReportsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Serves(routes.funnel)
  async funnel({ query }: Call<typeof routes.funnel>) {
    return this.consistently((sql) => funnelReport(sql, scopeOf(query), this.clock()));
  }

  @Serves(routes.speedToLead)
  async speedToLead({ query }: Call<typeof routes.speedToLead>) {
    return this.consistently((sql) => speedReport(sql, scopeOf(query)));
  }

  @Serves(routes.sla)
  async sla({ query }: Call<typeof routes.sla>) {
    return this.consistently((sql) => slaReport(sql, scopeOf(query)));
  }

  /** The statements of one report see one state of the tables: its parts must add up. */
  private consistently: Database['transaction'] = (work) => readConsistently(this.database, work);
}

function scopeOf({ from, to, by }: { from?: string; to?: string; by?: unknown }): ReportScope {
  const scope = { from: timeOf(from), to: timeOf(to), by: (by ?? null) as ReportGroup | null };
  if (scope.from !== null && scope.to !== null && scope.from >= scope.to) {
    const message = 'must be later than from';
    throw problem(400, 'Invalid request', `/query/to ${message}`, { errors: [{ path: '/query/to', message }] });
  }
  return scope;
}

function timeOf(text: string | undefined): string | null {
  return text === undefined ? null : new Date(text).toISOString();
}
