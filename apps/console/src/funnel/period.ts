/** The windows in which leads are taken up by the reports; what they became counts whenever it happened. */
export const periods = [
  { id: '30d', label: 'Last 30 days', days: 30 },
  { id: '90d', label: 'Last 90 days', days: 90 },
  { id: '365d', label: 'Last year', days: 365 },
  { id: 'all', label: 'All time', days: null },
] as const;

/** The start of a period, at a day's beginning in UTC so that the answer can be kept; undefined for all time. */
export function periodStart(id: string | undefined, now: number): string | undefined {
  const period = periods.find((known) => known.id === id) ?? periods[1];
  if (period.days === null) return undefined;
  return `${new Date(now - period.days * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
}

/** What the report can be grouped by. */
export const groupings = [
  { id: '', label: 'Everything' },
  { id: 'campaign', label: 'Campaign' },
  { id: 'source', label: 'Source' },
  { id: 'persona', label: 'Persona' },
] as const;
