import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileCalendar } from '../hours/calendar.js';
import type { SlaTier } from '../playbook/definition.js';
import { type ClockFold, type ClockInput, acknowledgeClock, dueAt, fireClock, foldClock } from './clock.js';
import { type ClockStart, type ClockView, type LeadClocks, noClocks } from './clock-state.js';
import { isTouch } from './touch.js';
import { propertyRuns } from '../../test/property-runs.js';

const minute = 60_000;
const hour = 60 * minute;
/** A Wednesday. */
const nine = Date.parse('2026-03-04T09:00:00Z');

const office = {
  name: 'office',
  calendar: compileCalendar({ zone: 'UTC', hours: { 'mon-fri': ['09:00-17:00'] }, holidays: [] }),
};
const calendarOf = () => office;

const hot: SlaTier = {
  id: 'hot',
  firstTouchMs: 10 * minute,
  warnAt: [0.5, 0.8],
  hours: 'always',
  escalate: [
    { at: 1, notify: 'manager' },
    { at: 2, reassign: true },
    { at: 3, page: 'on-call' },
  ],
  cadenceMs: [],
};
const businessDay: SlaTier = {
  ...hot,
  id: 'day',
  firstTouchMs: 10 * hour,
  warnAt: [],
  hours: 'business',
  escalate: [],
};
const playbook = { name: 'starter', version: 1, hash: 'h' };

function entering(changes: Partial<ClockStart> & { cycle?: number } = {}): ClockInput {
  const { cycle = 1, ...start } = changes;
  const at = start.at ?? nine;
  return {
    kind: 'start',
    cycle,
    start: { id: `s-${cycle}`, to: 'mql', at, startedAt: at, tier: hot, playbook, historic: false, ...start },
  };
}
const assigned = (rep = 'ana', cycle = 1): ClockInput => ({
  kind: 'assigned',
  cycle,
  owner: { name: `rep:${rep}`, team: 'inbound', rosterVersion: 1 },
});
const touched = (at: number, event = `t-${at}`): ClockInput => ({
  kind: 'touch',
  touch: { event, at, kind: 'call', rep: 'ana' },
});
const aside = (at: number, cycle = 1, id = `e-${at}`): ClockInput => ({
  kind: 'end',
  cycle,
  end: { id, at, why: 'nurture' },
});

type Step = ClockInput | { fire: number };

function play(...steps: Step[]): ClockFold {
  let clocks = noClocks('lead-1');
  const facts: ClockFold['facts'][number][] = [];
  for (const step of steps) {
    const fold = 'fire' in step ? fireClock(clocks, step.fire, 'complete') : foldClock(clocks, step, calendarOf);
    // What is stored is JSON; a fold must not depend on anything that JSON loses.
    clocks = JSON.parse(JSON.stringify(fold.clocks)) as LeadClocks;
    facts.push(...fold.facts);
  }
  return { clocks, facts };
}

const kinds = (fold: ClockFold): string[] => fold.facts.map(({ kind }) => kind);
const clockOf = (fold: ClockFold, cycle = 1): ClockView | null =>
  fold.clocks.cycles.find((one) => one.cycle === cycle)?.shown ?? null;

describe('a clock', () => {
  it.each([
    ['the change', [entering(), assigned()]],
    ['the assignment', [assigned(), entering()]],
  ])('starts once change and first owner are both known, also when %s comes first', (_, steps) => {
    const fold = play(...steps);
    expect(kinds(fold)).toEqual(['started']);
    expect(clockOf(fold)).toMatchObject({
      id: 'lead-1:1',
      sla: 'hot',
      state: 'running',
      startedAt: nine,
      dueAt: nine + 10 * minute,
      owner: 'rep:ana',
    });
  });

  it('does not start under no tier, and starts at the later stage when one holds there', () => {
    expect(kinds(play(entering({ tier: null }), assigned()))).toEqual([]);
    const fold = play(
      entering({ tier: null }),
      assigned(),
      entering({ id: 'sql', to: 'sql', at: nine + hour, startedAt: nine + hour }),
    );
    expect(clockOf(fold)?.startedAt).toBe(nine + hour);
  });

  it('runs from the receipt of the fact, and tells the time of the event beside it', () => {
    const fold = play(entering({ startedAt: nine + minute }), assigned());
    expect(clockOf(fold)).toMatchObject({ eventAt: nine, startedAt: nine + minute, dueAt: nine + 11 * minute });
  });

  it('is the one clock of its cycle: a later stage starts no second', () => {
    const fold = play(
      entering(),
      assigned(),
      entering({ id: 'sql', to: 'sql', at: nine + minute, startedAt: nine + minute }),
    );
    expect(kinds(fold)).toEqual(['started']);
    expect(fold.clocks.cycles).toHaveLength(1);
  });

  it('counts only the working hours of the first owner’s team, and says when it pauses', () => {
    const at = nine + 6 * hour;
    const steps = [entering({ at, startedAt: at, tier: businessDay }), assigned()];
    expect(clockOf(play(...steps))).toMatchObject({ calendar: 'office', dueAt: nine + 32 * hour });
    const evening = play(...steps, { fire: nine + 8 * hour });
    expect(evening.facts.at(-1)).toMatchObject({ kind: 'paused', until: nine + 24 * hour, clock: { state: 'paused' } });
    const morning = play(...steps, { fire: nine + 8 * hour }, { fire: nine + 24 * hour });
    expect(morning.facts.at(-1)).toMatchObject({ kind: 'resumed', clock: { state: 'running' } });
    expect(kinds(play(...steps, { fire: nine + 30 * hour }))).toEqual(['started', 'resumed']);
  });

  it('keeps its deadline when the lead is reassigned, and names the new owner', () => {
    const fold = play(entering(), assigned('ana'), assigned('ben'), { fire: nine + 5 * minute });
    expect(fold.facts.at(-1)).toMatchObject({
      kind: 'warned',
      percent: 50,
      clock: { owner: 'rep:ben', dueAt: nine + 10 * minute },
    });
  });

  it('warns, breaches and escalates at its shares of the promise, in order', () => {
    const steps: Step[] = [entering(), assigned()];
    const told: [number, string[]][] = [
      [nine + 5 * minute - 1, []],
      [nine + 5 * minute, ['warned']],
      [nine + 8 * minute, ['warned']],
      [nine + 10 * minute, ['breached', 'escalated']],
      [nine + 20 * minute, ['escalated']],
      [nine + 30 * minute, ['escalated']],
    ];
    for (const [at, expected] of told) {
      const before = play(...steps).facts.length;
      steps.push({ fire: at });
      expect(kinds(play(...steps)).slice(before)).toEqual(expected);
    }
    const end = play(...steps);
    expect(end.facts.slice(-3).map((fact) => (fact.kind === 'escalated' ? [fact.percent, fact.action] : []))).toEqual([
      [100, { notify: 'manager' }],
      [200, { reassign: true }],
      [300, { page: 'on-call' }],
    ]);
    expect(dueAt(end.clocks)).toBeNull();
  });

  it('knows when it next has something to do', () => {
    expect(dueAt(noClocks('lead-1'))).toBeNull();
    const started = play(entering(), assigned()).clocks;
    expect(dueAt(started)).toBe(nine + 5 * minute);
    expect(dueAt(play(entering(), assigned(), touched(nine + minute)).clocks)).toBeNull();
  });

  it('says on which basis it breached', () => {
    const { clocks } = play(entering(), assigned());
    expect(fireClock(clocks, nine + hour, 'incomplete').facts.find(({ kind }) => kind === 'breached')).toMatchObject({
      basis: 'incomplete',
    });
  });
});

describe('a touch', () => {
  it('meets a clock, at the due time still', () => {
    const fold = play(entering(), assigned(), touched(nine + 10 * minute));
    expect(kinds(fold)).toEqual(['started', 'met']);
    expect(clockOf(fold)).toMatchObject({
      state: 'met',
      metAt: nine + 10 * minute,
      breachedAt: null,
      touch: { rep: 'ana' },
    });
  });

  it('that came before the stage does not count', () => {
    expect(clockOf(play(touched(nine - 1), entering(), assigned()))?.state).toBe('running');
  });

  it('after the due time is withheld until the breach is decided, then told as late', () => {
    const waiting = play(entering(), assigned(), touched(nine + 15 * minute));
    expect(kinds(waiting)).toEqual(['started']);
    expect(dueAt(waiting.clocks)).toBe(nine + 10 * minute);
    const fold = play(entering(), assigned(), touched(nine + 15 * minute), { fire: nine + hour });
    expect(kinds(fold)).toEqual(['started', 'breached', 'met']);
    expect(clockOf(fold)).toMatchObject({
      state: 'breached',
      breachedAt: nine + 10 * minute,
      metAt: nine + 15 * minute,
    });
  });

  it('that surfaces late takes back a breach', () => {
    const fold = play(entering(), assigned(), { fire: nine + hour }, touched(nine + 9 * minute));
    expect(fold.facts.at(-1)).toMatchObject({
      kind: 'corrected',
      was: 'breached',
      clock: { state: 'met', breachedAt: null, metAt: nine + 9 * minute },
    });
    expect(dueAt(fold.clocks)).toBeNull();
  });

  it('that surfaces late makes an earlier one the first', () => {
    const fold = play(entering(), assigned(), touched(nine + 9 * minute), touched(nine + 2 * minute));
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', was: 'met', clock: { metAt: nine + 2 * minute } });
  });

  it('that is told twice has effect once, and a second touch none', () => {
    const fold = play(
      entering(),
      assigned(),
      touched(nine + minute),
      touched(nine + minute),
      touched(nine + 2 * minute),
    );
    expect(kinds(fold)).toEqual(['started', 'met']);
  });

  it('ends the escalation of a breached clock', () => {
    const fold = play(entering(), assigned(), { fire: nine + 10 * minute }, touched(nine + 12 * minute), {
      fire: nine + hour,
    });
    expect(kinds(fold)).toEqual(['started', 'warned', 'warned', 'breached', 'escalated', 'met']);
    expect(clockOf(fold)).toMatchObject({ state: 'breached', metAt: nine + 12 * minute });
  });

  it('belongs to its own cycle', () => {
    const second = nine + 48 * hour;
    const fold = play(
      entering(),
      assigned(),
      touched(nine + minute),
      aside(nine + hour),
      entering({ cycle: 2, at: second, startedAt: second }),
      assigned('ana', 2),
    );
    expect([clockOf(fold, 1)?.state, clockOf(fold, 2)?.state]).toEqual(['met', 'running']);
  });

  it.each([
    [true, { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana' }],
    [true, { kind: 'email', direction: 'outbound', outcome: 'sent', rep: 'ana' }],
    [true, { kind: 'message', direction: 'outbound', outcome: 'sent', rep: 'ana', automated: false }],
    [true, { kind: 'meeting', direction: 'outbound', outcome: 'held', rep: 'ana' }],
    [true, { kind: 'call', direction: 'inbound', outcome: 'connected' }],
    [false, { kind: 'call', direction: 'outbound', outcome: 'voicemail', rep: 'ana' }],
    [false, { kind: 'call', direction: 'outbound', outcome: 'connected' }],
    [false, { kind: 'call', direction: 'outbound', outcome: 'sent', rep: 'ana' }],
    [false, { kind: 'meeting', direction: 'outbound', outcome: 'booked', rep: 'ana' }],
    [false, { kind: 'email', direction: 'outbound', outcome: 'sent', rep: 'ana', automated: true }],
    [false, { kind: 'email', direction: 'inbound', outcome: 'replied', rep: 'ana' }],
    [false, { kind: 'meeting', direction: 'inbound', outcome: 'held', rep: 'ana' }],
    [false, { kind: 'constructor', direction: 'outbound', outcome: 'sent', rep: 'ana' }],
  ])('is %s of %j', (expected, activity) => {
    expect(isTouch(activity)).toBe(expected);
  });
});

describe('the end of a cycle', () => {
  it('cancels a clock that waits, and lets no later touch count', () => {
    const fold = play(entering(), assigned(), aside(nine + minute), touched(nine + 2 * minute), { fire: nine + hour });
    expect(kinds(fold)).toEqual(['started', 'cancelled']);
    expect(fold.facts.at(-1)).toMatchObject({ why: 'nurture', clock: { state: 'cancelled', metAt: null } });
  });

  it('does not undo what was met or breached before it', () => {
    expect(clockOf(play(entering(), assigned(), touched(nine + minute), aside(nine + hour)))?.state).toBe('met');
    const fold = play(entering(), assigned(), aside(nine + hour), { fire: nine + 2 * hour });
    expect(kinds(fold)).toEqual(['started', 'breached', 'cancelled']);
    expect(clockOf(fold)).toMatchObject({ state: 'breached', breachedAt: nine + 10 * minute });
  });

  it('is corrected by a touch that surfaces late', () => {
    const fold = play(entering(), assigned(), aside(nine + 3 * minute), touched(nine + minute));
    expect(fold.facts.at(-1)).toMatchObject({
      kind: 'corrected',
      was: 'cancelled',
      clock: { state: 'met', cancelledAt: null },
    });
  });

  it('lets the clock run on when it is undone', () => {
    const fold = play(entering(), assigned(), aside(nine + minute, 1, 'e'), {
      kind: 'undone',
      cycle: 1,
      corrects: 'e',
    });
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', was: 'cancelled', clock: { state: 'running' } });
    expect(dueAt(fold.clocks)).toBe(nine + 5 * minute);
  });

  it('comes with the undoing of the change that started the clock', () => {
    const fold = play(entering(), assigned(), { kind: 'undone', cycle: 1, corrects: 's-1' }, { fire: nine + hour });
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'cancelled', why: 'undone', clock: { state: 'cancelled' } });
  });

  it('comes with the lead going', () => {
    const fold = play(entering(), assigned(), { kind: 'gone', end: { id: 'g', at: nine + minute, why: 'absorbed' } });
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'cancelled', why: 'absorbed' });
  });
});

describe('a historic clock', () => {
  const historic = (at: number, id = 's-1', to: 'mql' | 'sql' = 'mql') =>
    entering({ id, to, at, startedAt: at, historic: true });

  it('is judged from event times and neither warns nor escalates', () => {
    const fold = play(historic(nine), assigned(), { fire: nine + 1000 * hour });
    expect(kinds(fold)).toEqual(['started', 'breached']);
    expect(kinds(play(historic(nine), assigned(), touched(nine + minute), { fire: nine + 1000 * hour }))).toEqual([
      'started',
      'met',
    ]);
  });

  it('moves with its change when history finds an earlier time', () => {
    const fold = play(
      historic(nine + hour),
      assigned(),
      touched(nine + hour + minute),
      { kind: 're-dated', cycle: 1, corrects: 's-1', at: nine },
      { fire: nine + 48 * hour },
    );
    expect(clockOf(fold)).toMatchObject({
      startedAt: nine,
      eventAt: nine,
      state: 'breached',
      metAt: nine + hour + minute,
    });
  });

  it('counts by the hours of the first owner whom the file names, in whatever order the rows come', () => {
    const owned = (team: string, at: number, named: boolean): ClockInput => ({
      kind: 'assigned',
      cycle: 1,
      owner: { name: `team:${team}`, team, rosterVersion: 1, history: { at, named } },
    });
    const rows = [
      owned('filled-in', nine, false),
      owned('later', nine + 2 * hour, true),
      owned('first', nine + hour, true),
    ];
    for (const order of [rows, rows.toReversed(), [rows[1], rows[0], rows[2]]]) {
      const fold = play(historic(nine), ...order.filter((row) => row !== undefined));
      expect(fold.clocks.cycles[0]?.first?.team).toBe('first');
    }
  });

  it('ends earlier when history finds an earlier time for the move aside', () => {
    const fold = play(historic(nine), assigned(), aside(nine + 9 * minute, 1, 'e'), touched(nine + 5 * minute), {
      kind: 're-dated',
      cycle: 1,
      corrects: 'e',
      at: nine + 3 * minute,
    });
    expect(clockOf(fold)).toMatchObject({ state: 'cancelled', cancelledAt: nine + 3 * minute, metAt: null });
  });

  it('starts at the earliest stage, whichever row came first', () => {
    const fold = play(historic(nine + hour, 'later', 'sql'), assigned(), historic(nine));
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', clock: { startedAt: nine } });
  });
});

describe('acknowledging', () => {
  const by = { name: 'rep:sam', at: nine + hour };
  it('is possible while a touch is awaited', () => {
    const { clocks } = play(entering(), assigned(), { fire: nine + hour });
    expect(acknowledgeClock(clocks, 1, by)).toMatchObject({
      kind: 'acknowledged',
      by: 'rep:sam',
      clock: { state: 'breached' },
    });
    expect(acknowledgeClock(clocks, 2, by)).toBe('unknown');
  });

  it('is over once the lead was touched or went aside', () => {
    expect(acknowledgeClock(play(entering(), assigned(), touched(nine + 1)).clocks, 1, by)).toBe('over');
    expect(acknowledgeClock(play(entering(), assigned(), aside(nine + 1)).clocks, 1, by)).toBe('over');
  });
});

describe('the clocks of a lead', () => {
  // Stages, assignments and touches each keep their order; how the three interleave, and when timers run, is random.
  const someMinutes = fc.integer({ min: 0, max: 90 });
  const history = fc.record({
    stages: fc.constantFrom<ClockInput[]>(
      [entering()],
      [entering(), aside(nine + 30 * minute)],
      [
        entering(),
        aside(nine + 6 * minute),
        entering({ cycle: 2, at: nine + 40 * minute, startedAt: nine + 41 * minute }),
      ],
      [
        entering({ tier: null }),
        entering({ id: 'sql', to: 'sql', at: nine + 2 * minute, startedAt: nine + 3 * minute }),
      ],
      [entering(), aside(nine + 5 * minute, 1, 'e'), { kind: 'undone', cycle: 1, corrects: 'e' }],
      [entering({ historic: true }), { kind: 're-dated', cycle: 1, corrects: 's-1', at: nine - 20 * minute }],
    ),
    assignments: fc.constantFrom<ClockInput[]>(
      [assigned(), assigned('ben', 2)],
      [assigned(), assigned('cem'), assigned('ben', 2)],
    ),
    touches: fc.array(someMinutes, { maxLength: 4 }).map((ats) => ats.map((at) => touched(nine + at * minute))),
    picks: fc.array(fc.nat({ max: 3 }), { minLength: 30, maxLength: 30 }),
  });

  it('come out the same however the topics interleave and whenever timers run', () => {
    fc.assert(
      fc.property(history, ({ stages, assignments, touches, picks }) => {
        const horizon = { fire: nine + 200 * minute };
        const inOrder = play(...stages, ...assignments, ...touches, horizon);
        const queues = [[...stages], [...assignments], [...touches]];
        const steps: Step[] = [];
        let now = nine;
        for (const pick of picks) {
          const next = queues[pick]?.shift();
          if (next !== undefined) steps.push(next);
          else steps.push({ fire: (now += 7 * minute) });
        }
        const shuffled = play(...steps, ...queues.flat(), horizon);
        expect(shuffled.clocks.cycles.map(({ shown }) => shown)).toEqual(
          inOrder.clocks.cycles.map(({ shown }) => shown),
        );
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it('are told so that the newest fact of a clock is the clock', () => {
    fc.assert(
      fc.property(history, ({ stages, assignments, touches }) => {
        const fold = play(
          ...touches,
          ...assignments,
          ...stages,
          { fire: nine + 11 * minute },
          { fire: nine + 200 * minute },
        );
        for (const { shown } of fold.clocks.cycles) {
          const told = fold.facts.findLast(({ clock }) => clock.id === shown?.id)?.clock ?? null;
          expect(told).toEqual(shown);
        }
      }),
    );
  });

  it('stay bounded', () => {
    const many = Array.from({ length: 250 }, (_, index) => touched(nine + index));
    const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
    const cycles = numbers.flatMap((cycle) => [entering({ cycle }), assigned('ana', cycle)]);
    const { clocks } = play(...many, ...cycles);
    expect([clocks.touches.length, clocks.cycles.length]).toEqual([200, 8]);
    expect(clocks.touches[0]?.at).toBe(nine + 50);
  });

  it.each(['owners', 'promises'])('starts the clock of every cycle, however many cycles the %s are behind', (late) => {
    const cycles = Array.from({ length: 12 }, (_, index) => index + 1);
    const promises = cycles.flatMap((cycle) => [
      entering({ cycle, at: nine + cycle * hour }),
      aside(nine + cycle * hour + minute, cycle),
    ]);
    const owners = cycles.map((cycle) => assigned('ana', cycle));
    const { facts } = late === 'owners' ? play(...promises, ...owners) : play(...owners, ...promises);
    expect(facts.filter(({ kind }) => kind === 'started').map(({ clock }) => clock.cycle)).toEqual(cycles);
  });
});
