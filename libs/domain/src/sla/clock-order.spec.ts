import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  aside,
  assigned,
  brought,
  entering,
  hour,
  minute,
  nine,
  play,
  touched,
  type Step,
} from '../../test/clock-steps.js';
import { propertyRuns } from '../../test/property-runs.js';
import type { ClockInput } from './clock.js';

describe('the clocks of a lead', () => {
  // Stages, assignments, touches and what absorbed leads bring each keep their order; how they interleave, and when timers run, is random.
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
    brought: fc.constantFrom<ClockInput[]>(
      [],
      [brought(nine - 5 * minute, nine + 4 * minute)],
      [brought(nine - 3 * minute, nine + 8 * minute), brought(nine - 4 * minute, nine + 50 * minute, 'third')],
    ),
    touches: fc.array(someMinutes, { maxLength: 4 }).map((ats) => ats.map((at) => touched(nine + at * minute))),
    picks: fc.array(fc.nat({ max: 4 }), { minLength: 30, maxLength: 30 }),
  });

  it('come out the same however the topics interleave and whenever timers run', () => {
    fc.assert(
      fc.property(history, ({ stages, assignments, touches, brought: promises, picks }) => {
        const horizon = { fire: nine + 200 * minute };
        const inOrder = play(...stages, ...assignments, ...touches, ...promises, horizon);
        const queues = [[...stages], [...assignments], [...touches], [...promises]];
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

  it('drop the oldest cycles, whatever order they are told in', () => {
    const numbers = [10, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const { clocks } = play(...numbers.flatMap((cycle) => [entering({ cycle }), assigned('ana', cycle)]));
    expect(clocks.cycles.map(({ cycle }) => cycle)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each([
    ['were promised nothing', (cycle: number) => [entering({ cycle, tier: null }), assigned('ana', cycle)]],
    ['only ended', (cycle: number) => [aside(nine, cycle)]],
  ])('keep no old cycle that waits for nothing: those that %s', (_, stepsOf) => {
    const numbers = Array.from({ length: 10 }, (__, index) => index + 1);
    const { clocks } = play(...numbers.flatMap(stepsOf));
    expect(clocks.cycles.map(({ cycle }) => cycle)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
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
