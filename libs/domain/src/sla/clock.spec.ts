import { describe, expect, it } from '@jest/globals';
import {
  aside,
  assigned,
  businessDay,
  clockOf,
  entering,
  hot,
  hour,
  kinds,
  minute,
  nine,
  play,
  touched,
  type Step,
} from '../../test/clock-steps.js';
import { type ClockInput, acknowledgeClock, dueAt, fireClock } from './clock.js';
import { noClocks } from './clock-state.js';

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

  it.each([
    ['the earlier', nine - hour],
    ['the later', nine + hour],
  ])('has next to do what comes first of all cycles, also when that is of %s one', (_, at) => {
    const second = entering({ cycle: 2, at, startedAt: at });
    const { clocks } = play(entering(), assigned(), second, assigned('ana', 2));
    expect(dueAt(clocks)).toBe(Math.min(nine, at) + 5 * minute);
  });

  it('starts by whichever stage came first, in whatever order they are told', () => {
    const sql = { id: 'a-sql', to: 'sql', tier: { ...hot, id: 'later-stage' } } as const;
    const told: [ClockInput, ClockInput, string][] = [
      [entering({ at: nine + hour }), entering(sql), 'later-stage'],
      [entering(), entering(sql), 'hot'],
      [entering({ id: 'a' }), entering({ id: 'b', tier: { ...hot, id: 'second' } }), 'hot'],
    ];
    for (const [one, other, sla] of told) {
      expect(clockOf(play(assigned(), one, other))?.sla).toBe(sla);
      expect(clockOf(play(assigned(), other, one))?.sla).toBe(sla);
    }
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
    expect(clockOf(play(touched(nine), entering(), assigned()))?.state).toBe('met');
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
    const at = nine + 2 * minute;
    const fold = play(entering(), assigned(), touched(nine + 9 * minute, 'a'), touched(at, 'b'));
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', was: 'met', at, clock: { metAt: at } });
  });

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('at the same moment as another counts by its event id: %s was told before %s', (...events) => {
    const touches = events.map((event) => touched(nine + minute, event));
    expect(clockOf(play(entering(), assigned(), ...touches))?.touch?.event).toBe('a');
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
    expect(fold.clocks.touches).toHaveLength(2);
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
});

describe('the warnings of a clock', () => {
  const steps = [entering(), assigned()];

  it('are laid out when it starts, and the first is remembered', () => {
    expect(clockOf(play(...steps))).toMatchObject({
      state: 'running',
      warnings: [
        { at: nine + 5 * minute, percent: 50 },
        { at: nine + 8 * minute, percent: 80 },
      ],
      warnedAt: null,
    });
    for (const later of [5, 8]) {
      expect(clockOf(play(...steps, { fire: nine + later * minute }))).toMatchObject({
        state: 'warned',
        warnedAt: nine + 5 * minute,
      });
    }
  });

  it('came before a touch or did not, whenever the timers ran', () => {
    expect(clockOf(play(...steps, touched(nine + 5 * minute)))?.warnedAt).toBeNull();
    expect(clockOf(play(...steps, touched(nine + 5 * minute + 1)))?.warnedAt).toBe(nine + 5 * minute);
  });

  it('are not the pauses', () => {
    const closing = nine + 8 * hour;
    const evening = [entering({ at: closing, startedAt: closing, tier: { ...hot, hours: 'business' } }), assigned()];
    const paused = play(...evening, { fire: closing });
    expect(clockOf(paused)).toMatchObject({ state: 'paused', warnedAt: null });
    expect(clockOf(play(...evening, touched(closing + hour)))).toMatchObject({ state: 'met', warnedAt: null });
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
