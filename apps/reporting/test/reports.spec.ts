import { afterAll, beforeEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase } from '@baton/testing/database';
import { funnelReport } from '../src/funnel-report.js';
import { readModels } from '../src/migrations/0001-read-models.js';
import type { ReportScope } from '../src/report-scope-store.js';
import { slaReport } from '../src/sla-report.js';
import { speedReport } from '../src/speed-report.js';
import { type Fact, activity, assigned, clocked, engaged, identified, moved } from './facts.js';
import { foldAll } from './fold-facts.js';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase('reporting', [readModels]);
});
beforeEach(async () => {
  await database.query(
    'truncate profiles, attributions, touches, changes, standings, cycles, assignments, owners, clocks, timeline, snapshots, rosters, visitors',
  );
});
afterAll(() => database.drop());

const minute = 60_000;
const start = Date.UTC(2026, 2, 2, 9);
const at = (minutes: number): string => new Date(start + minutes * minute).toISOString();
const now = start + 365 * 24 * 60 * minute;
const everything: ReportScope = { from: null, to: null, by: null };

/** A lead that enters these stages at these minutes after nine o'clock. */
function journey(lead: string, entries: readonly [Parameters<typeof moved>[1]['to'], number][], cycle = 1): Fact[] {
  return entries.map(([to, minutes], index) => {
    const from = entries[index - 1]?.[0] ?? (cycle === 1 ? 'visitor' : 'nurture');
    return moved(lead, {
      from,
      to,
      at: at(minutes),
      cycle,
      cycleStart: { at: cycle === 1 ? null : at(entries[0]?.[1] ?? 0) },
    });
  });
}

describe('the funnel', () => {
  it('counts how far each cycle came, the skipped apart, with rate, interval and pace', async () => {
    await foldAll(database, [
      ...journey('a', [
        ['lead', 0],
        ['mql', 10],
        ['accepted', 15],
        ['sql', 40],
        ['opportunity', 60],
        ['customer', 90],
      ]),
      ...journey('b', [
        ['lead', 0],
        ['mql', 20],
        ['sql', 30],
      ]),
      ...journey('c', [
        ['lead', 0],
        ['mql', 60],
        ['nurture', 90],
      ]),
      ...journey('d', [
        ['lead', 5],
        ['sql', 6],
      ]),
      ...journey('e', [['lead', 5]]),
    ]);
    const { groups, playbooks } = await funnelReport(database, everything, now);
    expect(playbooks).toEqual(['starter@1']);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.stages).toEqual([
      { stage: 'lead', reached: 5, entered: 5 },
      { stage: 'mql', reached: 4, entered: 3 },
      { stage: 'accepted', reached: 3, entered: 1 },
      { stage: 'sql', reached: 3, entered: 3 },
      { stage: 'opportunity', reached: 1, entered: 1 },
      { stage: 'customer', reached: 1, entered: 1 },
    ]);
    const [leadToMql] = groups[0]?.transitions ?? [];
    // 3 of 5 after 10, 20 and 60 minutes: median 20 min; p90 by linear interpolation 20 + 0.8 × 40 = 52 min.
    expect(leadToMql).toMatchObject({
      from: 'lead',
      to: 'mql',
      entered: 5,
      converted: 3,
      direct: 0,
      rate: 0.6,
      medianSeconds: 1200,
      band: 'too-loose',
    });
    expect(leadToMql?.p90Seconds).toBeCloseTo(3120, 6);
    // Wilson, 3 of 5: 0.2307 to 0.8824.
    expect(leadToMql?.interval?.map((bound) => Math.round(bound * 10_000))).toEqual([2307, 8824]);
    expect(leadToMql?.check).toContain('raise the threshold');
    const mqlToSql = groups[0]?.transitions.find(({ from, to }) => from === 'mql' && to === 'sql');
    expect(mqlToSql).toMatchObject({ entered: 3, converted: 2, direct: 1 });
  });

  it('leaves out a stage that nobody uses', async () => {
    await foldAll(
      database,
      journey('a', [
        ['lead', 0],
        ['mql', 10],
        ['sql', 40],
      ]),
    );
    const { groups } = await funnelReport(database, everything, now);
    expect(groups[0]?.stages.map(({ stage }) => stage)).toEqual(['lead', 'mql', 'sql', 'opportunity', 'customer']);
    expect(groups[0]?.transitions.map(({ from, to }) => `${from}-${to}`)).toEqual([
      'lead-mql',
      'mql-sql',
      'sql-opportunity',
      'opportunity-customer',
    ]);
  });

  it('takes the cycles that began in the window, whenever they convert', async () => {
    await foldAll(database, [
      ...journey('in', [
        ['lead', 0],
        ['mql', 10_000],
      ]),
      ...journey('before', [
        ['lead', -1],
        ['mql', 10],
      ]),
      ...journey('after', [
        ['lead', 60],
        ['mql', 61],
      ]),
    ]);
    const { groups } = await funnelReport(database, { from: at(0), to: at(60), by: null }, now);
    expect(groups[0]?.stages.slice(0, 2)).toEqual([
      { stage: 'lead', reached: 1, entered: 1 },
      { stage: 'mql', reached: 1, entered: 1 },
    ]);
  });

  it('counts a recycled lead once per cycle', async () => {
    await foldAll(database, [
      ...journey('kim', [
        ['lead', 0],
        ['mql', 10],
        ['nurture', 20],
      ]),
      ...journey(
        'kim',
        [
          ['lead', 100],
          ['mql', 110],
        ],
        2,
      ),
    ]);
    const { groups } = await funnelReport(database, everything, now);
    expect(groups[0]?.stages.slice(0, 2)).toEqual([
      { stage: 'lead', reached: 2, entered: 2 },
      { stage: 'mql', reached: 2, entered: 2 },
    ]);
  });

  it('says how mature a cohort is', async () => {
    await foldAll(database, [
      ...journey('a', [
        ['lead', 0],
        ['mql', 60],
      ]),
      ...journey('b', [
        ['lead', 0],
        ['nurture', 30],
      ]),
      ...journey('c', [['lead', 0]]),
      ...journey('d', [['lead', 100]]),
    ]);
    // Converted after 60 minutes; at minute 70 c has waited longer than that, d has not even begun to.
    const { groups } = await funnelReport(database, everything, start + 70 * minute);
    expect(groups[0]?.transitions[0]).toMatchObject({ entered: 4, converted: 1, maturity: 0.75 });
  });

  it('groups by the first event of each cycle that has the value', async () => {
    await foldAll(database, [
      engaged('kim', at(-5), {}),
      engaged('kim', at(-4), { campaign: { name: 'spring', source: 'google' } }),
      engaged('kim', at(-3), { campaign: { name: 'late', source: 'bing' } }),
      engaged('kim', at(101), { campaign: { name: 'autumn' } }),
      identified('lee', { at: at(0), traits: { source: 'website', country: 'DE' } }),
      ...journey('kim', [
        ['lead', 0],
        ['mql', 10],
        ['nurture', 20],
      ]),
      ...journey('kim', [['lead', 100]], 2),
      ...journey('lee', [['lead', 0]]),
      assigned('kim', { at: at(10), owner: { rep: null, team: 'inbound' } }),
      assigned('kim', { at: at(11), owner: { rep: 'ana', team: 'inbound' } }),
    ]);
    const keys = async (by: NonNullable<ReportScope['by']>) => {
      const { groups } = await funnelReport(database, { ...everything, by }, now);
      return Object.fromEntries(groups.map(({ key, stages }) => [String(key), stages[0]?.reached]));
    };
    expect(await keys('campaign')).toEqual({ spring: 1, autumn: 1, null: 1 });
    expect(await keys('source')).toEqual({ google: 1, website: 1, null: 1 });
    expect(await keys('territory')).toEqual({ DE: 1, null: 2 });
    expect(await keys('rep')).toEqual({ ana: 1, null: 2 });
    expect(await keys('team')).toEqual({ inbound: 1, null: 2 });
    expect(await keys('persona')).toEqual({ unknown: 3 });
    expect(await keys('playbook')).toEqual({ 'starter@1': 3 });
    expect(await keys('offer')).toEqual({ null: 3 });
    expect(await keys('medium')).toEqual({ null: 3 });
    expect(await keys('product')).toEqual({ null: 3 });
  });

  it('is empty, not broken, before anything has happened', async () => {
    expect(await funnelReport(database, everything, now)).toMatchObject({ groups: [], playbooks: [], visitors: 0 });
  });
});

describe('speed to lead', () => {
  it('measures the first touch after entering mql or sql, and conversion by how soon it was', async () => {
    await foldAll(database, [
      ...journey('quick', [
        ['lead', 0],
        ['mql', 10],
        ['sql', 60],
      ]),
      ...journey('hour', [
        ['lead', 0],
        ['mql', 10],
      ]),
      ...journey('direct', [
        ['lead', 0],
        ['sql', 10],
        ['opportunity', 30],
      ]),
      ...journey('never', [
        ['lead', 0],
        ['mql', 10],
      ]),
      ...journey('cold', [['lead', 0]]),
      activity('quick', at(5)),
      activity('quick', at(12), { outcome: 'voicemail' }),
      activity('quick', at(14)),
      activity('quick', at(15)),
      activity('hour', at(50)),
      activity('direct', at(30)),
      activity('never', at(9)),
      activity('cold', at(9)),
    ]);
    const { groups } = await speedReport(database, everything);
    // Waits of 4, 40 and 20 minutes.
    expect(groups).toEqual([
      {
        key: null,
        leads: 4,
        touched: 3,
        medianSeconds: 1200,
        p90Seconds: 2160,
        business: { leads: 0, medianSeconds: null, p90Seconds: null, outsideHours: 0 },
        tiers: [
          expect.objectContaining({ id: '5m', leads: 1, share: 0.25, converted: 1, rate: 1 }),
          expect.objectContaining({ id: '1h', leads: 2, share: 0.5, converted: 1, rate: 0.5 }),
          { id: '1d', leads: 0, share: 0, converted: 0, rate: null, interval: null },
          { id: '1w', leads: 0, share: 0, converted: 0, rate: null, interval: null },
          { id: 'later', leads: 0, share: 0, converted: 0, rate: null, interval: null },
          expect.objectContaining({ id: 'never', leads: 1, share: 0.25, converted: 0, rate: 0 }),
        ],
      },
    ]);
  });

  it('gives a touch to the cycle in which it happened', async () => {
    await foldAll(database, [
      ...journey('kim', [
        ['lead', 0],
        ['mql', 10],
        ['nurture', 20],
      ]),
      ...journey(
        'kim',
        [
          ['lead', 100],
          ['mql', 110],
        ],
        2,
      ),
      activity('kim', at(115)),
    ]);
    const { groups } = await speedReport(database, everything);
    expect(groups[0]).toMatchObject({ leads: 2, touched: 1, medianSeconds: 300 });
  });

  it('shows working time beside it, for teams that keep hours', async () => {
    const berlin = { zone: 'Europe/Berlin', hours: { 'mon-fri': ['09:00-17:00'] }, holidays: [] };
    await database.query('insert into rosters (version, roster) values (1, $1)', [
      JSON.stringify({ calendars: { berlin } }),
    ]);
    // Monday 2 March 2026: 17:00 in Berlin is 16:00 UTC, seven hours after nine o'clock UTC.
    await foldAll(database, [
      ...journey('open', [
        ['lead', 0],
        ['mql', 10],
      ]),
      ...journey('night', [
        ['lead', 0],
        ['mql', 8 * 60],
      ]),
      activity('open', at(40)),
      activity('night', at(9 * 60)),
      clocked('open', { startedAt: at(10), dueAt: at(15), calendar: 'berlin' }),
      clocked('night', { startedAt: at(480), dueAt: at(485), calendar: 'berlin' }),
    ]);
    const { groups } = await speedReport(database, everything);
    expect(groups[0]?.business).toEqual({ leads: 2, medianSeconds: 900, p90Seconds: 1620, outsideHours: 1 });
  });
});

describe('the report on promises', () => {
  it('counts met, breached and open clocks by tier; a late touch does not mend a breach', async () => {
    const started = { startedAt: at(0), dueAt: at(5) };
    await foldAll(database, [
      ...['met', 'breached', 'mended', 'open', 'cancelled', 'slow'].flatMap((lead) =>
        journey(lead, [
          ['lead', 0],
          ['mql', 0],
        ]),
      ),
      clocked('met', { ...started, state: 'met', metAt: at(3) }),
      clocked('breached', { ...started, state: 'breached', breachedAt: at(5) }),
      clocked('mended', { ...started, state: 'met', breachedAt: at(5), metAt: at(9) }),
      clocked('open', started),
      clocked('cancelled', { ...started, state: 'cancelled' }),
      clocked('slow', { ...started, sla: 'standard', state: 'met', metAt: at(3) }),
    ]);
    const { groups } = await slaReport(database, everything);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ key: null, promises: 5, met: 2, breached: 2, open: 1, cancelled: 1, rate: 0.5 });
    expect(groups[0]?.tiers).toMatchObject([
      { id: 'hot', promises: 4, met: 1, breached: 2, open: 1, cancelled: 1 },
      { id: 'standard', promises: 1, met: 1, breached: 0, rate: 1 },
    ]);
  });
});
