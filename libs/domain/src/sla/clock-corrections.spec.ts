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
} from '../../test/clock-steps.js';
import { dueAt, type ClockInput } from './clock.js';

describe('the end of a cycle', () => {
  it('cancels a clock that waits, and lets no later touch count', () => {
    const fold = play(entering(), assigned(), aside(nine + minute), touched(nine + 2 * minute), { fire: nine + hour });
    expect(kinds(fold)).toEqual(['started', 'cancelled']);
    expect(fold.facts.at(-1)).toMatchObject({
      why: 'nurture',
      at: nine + minute,
      clock: { state: 'cancelled', metAt: null },
    });
  });

  it('is the earliest of the changes that end it, in whatever order they are told', () => {
    const ends: ClockInput[] = [
      aside(nine + 5 * minute),
      { kind: 'end', cycle: 1, end: { id: 'g', at: nine + 3 * minute, why: 'absorbed' } },
    ];
    for (const order of [ends, ends.toReversed()]) {
      const fold = play(...order, entering(), assigned());
      expect(fold.facts.at(-1)).toMatchObject({ kind: 'cancelled', why: 'absorbed', at: nine + 3 * minute });
    }
  });

  it('does not take away a touch of the same moment', () => {
    const fold = play(touched(nine + minute), aside(nine + minute), entering(), assigned());
    expect(clockOf(fold)?.state).toBe('met');
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
    expect(fold.facts.at(-1)).toMatchObject({
      kind: 'corrected',
      was: 'cancelled',
      at: nine,
      clock: { state: 'running' },
    });
    expect(dueAt(fold.clocks)).toBe(nine + 5 * minute);
  });

  it('stays when another change is undone', () => {
    const fold = play(entering(), assigned(), aside(nine + minute, 1, 'e'), aside(nine + 2 * minute, 1, 'f'), {
      kind: 'undone',
      cycle: 1,
      corrects: 'f',
    });
    expect(clockOf(fold)).toMatchObject({ state: 'cancelled', cancelledAt: nine + minute });
  });

  it('comes with the undoing of the change that started the clock', () => {
    const undone: ClockInput = { kind: 'undone', cycle: 1, corrects: 's-1' };
    const fold = play(entering(), assigned(), undone, { fire: nine + hour }, touched(nine + hour));
    expect(kinds(fold)).toEqual(['started', 'cancelled']);
    expect(fold.facts.at(-1)).toMatchObject({ why: 'undone', clock: { state: 'cancelled' } });
    expect(clockOf(fold)?.state).toBe('cancelled');
  });

  it('does not come while another stage keeps its promise, which may be another one', () => {
    const sql = entering({ id: 'sql', to: 'sql', tier: { ...hot, id: 'later-stage' } });
    const fold = play(entering(), sql, assigned(), { kind: 'undone', cycle: 1, corrects: 's-1' });
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', clock: { sla: 'later-stage', startedAt: nine } });
  });

  it('comes with the lead going', () => {
    const fold = play(entering(), assigned(), { kind: 'gone', end: { id: 'g', at: nine + minute, why: 'absorbed' } });
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'cancelled', why: 'absorbed' });
  });
});

describe('a historic clock', () => {
  const historic = (at: number, id = 's-1', to: 'mql' | 'sql' = 'mql') =>
    entering({ id, to, at, startedAt: at, historic: true });
  const inBusinessHours = (at: number) => entering({ at, startedAt: at, historic: true, tier: businessDay });
  const owned = (team: string, history: { at: number; named: boolean }): ClockInput => ({
    kind: 'assigned',
    cycle: 1,
    owner: { name: `team:${team}`, team, rosterVersion: 1, history },
  });

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
    const rows = [
      owned('remote', { at: nine, named: false }),
      owned('remote', { at: nine + 2 * hour, named: true }),
      owned('inbound', { at: nine + hour, named: true }),
    ];
    for (const order of [rows, rows.toReversed(), [rows[1], rows[0], rows[2]]]) {
      const fold = play(inBusinessHours(nine), ...order.filter((row) => row !== undefined), assigned());
      expect(clockOf(fold)).toMatchObject({ calendar: 'office', owner: 'rep:ana' });
    }
  });

  it('is corrected when another first owner has other hours', () => {
    const fold = play(
      inBusinessHours(nine),
      owned('remote', { at: nine, named: false }),
      owned('inbound', { at: nine + hour, named: true }),
    );
    expect(fold.facts.map(({ kind, clock }) => [kind, clock.startedAt, clock.dueAt])).toEqual([
      ['started', nine, nine + 10 * hour],
      ['corrected', nine, nine + 26 * hour],
    ]);
  });

  it('is corrected when its change moves, also when the deadline stays', () => {
    const saturday = nine + 72 * hour;
    const fold = play(inBusinessHours(saturday), assigned(), {
      kind: 're-dated',
      cycle: 1,
      corrects: 's-1',
      at: saturday - hour,
    });
    expect(fold.facts.map(({ kind, clock }) => [kind, clock.startedAt, clock.dueAt])).toEqual([
      ['started', saturday, nine + 146 * hour],
      ['corrected', saturday - hour, nine + 146 * hour],
    ]);
  });

  it('stays where it is when history finds an earlier time for another change', () => {
    const changes: ClockInput[] = [
      historic(nine),
      historic(nine + hour, 'later', 'sql'),
      aside(nine + 5 * minute, 1, 'e'),
      aside(nine + 9 * minute, 1, 'f'),
      { kind: 're-dated', cycle: 1, corrects: 'later', at: nine + minute },
      { kind: 're-dated', cycle: 1, corrects: 'f', at: nine + 6 * minute },
    ];
    expect(clockOf(play(assigned(), ...changes))).toMatchObject({ startedAt: nine, cancelledAt: nine + 5 * minute });
  });

  it('ends earlier when history finds an earlier time for the move aside', () => {
    const fold = play(historic(nine), assigned(), aside(nine + 9 * minute, 1, 'e'), touched(nine + 5 * minute), {
      kind: 're-dated',
      cycle: 1,
      corrects: 'e',
      at: nine + 3 * minute,
    });
    expect(clockOf(fold)).toMatchObject({ state: 'cancelled', cancelledAt: nine + 3 * minute, metAt: null });
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', was: 'met', at: nine + 3 * minute });
  });

  it('starts at the earliest stage, whichever row came first', () => {
    const fold = play(historic(nine + hour, 'later', 'sql'), assigned(), historic(nine));
    expect(fold.facts.at(-1)).toMatchObject({ kind: 'corrected', clock: { startedAt: nine } });
  });
});
