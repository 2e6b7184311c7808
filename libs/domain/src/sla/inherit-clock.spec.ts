import { describe, expect, it } from '@jest/globals';
import {
  aside,
  assigned,
  brought,
  clockOf,
  entering,
  kinds,
  minute,
  nine,
  play,
  touched,
} from '../../test/clock-steps.js';
import { promiseOf } from './inherit-clock.js';

const earlier = nine - 5 * minute;
const joinedAt = nine + 2 * minute;
const waiting = [entering(), assigned()];

describe('a clock whose lead absorbs one that waits longer', () => {
  it('runs from the earlier promise, and is said to be corrected', () => {
    const fold = play(...waiting, brought(earlier, joinedAt));
    expect(clockOf(fold)).toMatchObject({ state: 'running', startedAt: earlier, dueAt: earlier + 10 * minute });
    expect(kinds(fold)).toEqual(['started', 'corrected']);
  });

  it('runs from it too when its own promise, or its owner, is read behind the merge', () => {
    for (const steps of [
      [brought(earlier, joinedAt), ...waiting],
      [entering(), brought(earlier, joinedAt), assigned()],
    ])
      expect(clockOf(play(...steps))).toMatchObject({ startedAt: earlier });
  });

  it('is broken when the earlier promise was due before anybody looked', () => {
    const fold = play(...waiting, { fire: nine + 20 * minute }, brought(earlier, joinedAt), {
      fire: nine + 21 * minute,
    });
    expect(clockOf(fold)).toMatchObject({ state: 'breached', breachedAt: earlier + 10 * minute });
  });

  it.each([
    ['touched since the earlier promise', [touched(nine - minute)]],
    ['put aside', [aside(nine + minute)]],
  ])('keeps its own when it was %s', (_what, steps) => {
    const fold = play(...waiting, ...steps, brought(earlier, joinedAt));
    expect(clockOf(fold)).toMatchObject({ startedAt: nine });
    expect(kinds(fold)).not.toContain('corrected');
  });

  it.each([
    ['its own had been broken by then', nine + 11 * minute, earlier],
    ['the other had been broken by then', joinedAt, nine - 9 * minute],
    ['the other is the later one', joinedAt, nine + minute],
  ])('keeps its own when %s', (_what, at, promisedAt) => {
    expect(clockOf(play(...waiting, brought(promisedAt, at)))).toMatchObject({ startedAt: nine });
  });

  it('keeps its own in a cycle that began behind the merge', () => {
    const cycles = [entering({ cycle: 2, at: nine + 9 * minute }), assigned('ana', 2)];
    const fold = play(...waiting, aside(nine + 8 * minute), ...cycles, brought(earlier, joinedAt));
    expect(clockOf(fold, 2)).toMatchObject({ startedAt: nine + 9 * minute });
    expect(clockOf(fold, 1)).toMatchObject({ startedAt: earlier });
  });

  it('takes the earliest of several, and of each lead the last that it is told', () => {
    const fold = play(...waiting, brought(nine - 2 * minute, joinedAt), brought(nine - 4 * minute, joinedAt, 'third'));
    expect(clockOf(fold)).toMatchObject({ startedAt: nine - 4 * minute });
  });
});

describe('a lead that is absorbed', () => {
  const promiseIn = (...steps: Parameters<typeof play>) => promiseOf(play(...steps).clocks, joinedAt)?.startedAt;

  it('brings along the promise that it still waits under, be it its own or one that was brought to it', () => {
    expect(promiseIn(...waiting)).toBe(nine);
    expect(promiseIn(brought(earlier, nine))).toBe(earlier);
    expect(promiseIn(...waiting, brought(earlier, nine + minute))).toBe(earlier);
  });

  it('brings none when it was touched, put aside, or promised nothing', () => {
    expect(promiseIn(...waiting, touched(nine + minute))).toBeUndefined();
    expect(promiseIn(...waiting, brought(earlier, nine + minute), touched(nine - minute))).toBe(nine);
    expect(promiseIn(...waiting, aside(nine + minute))).toBeUndefined();
    expect(promiseIn(entering({ tier: null }), assigned())).toBeUndefined();
  });
});
