import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, start, tracked } from '../../test/lead-log.js';
import { aPlaybook, playbookText } from '../../test/playbook-text.js';
import { compilePlaybook } from '../playbook/compile-playbook.js';
import type { Playbook } from '../playbook/definition.js';
import { evidencePlan } from './evidence-plan.js';
import { stageScope } from './evidence-view.js';

const signals =
  '{ hi: { on: Hi, intent: high }, mid: { on: Mid, intent: medium }, one: { on: Twin, intent: low, topic: a }, two: { on: Twin, intent: low, topic: a }, none: { on: None, intent: low } }';
const playbook = aPlaybook({
  signals,
  mql: `{ enter: [ { id: a, when: "seen('hi', '2h') >= 9 && distinct('intent:*', '2h') >= 9 && daysSince('none') > 9 && seen('topic:*') > 9" } ] }`,
});
const { state } = foldAll(playbook, [
  identified({ at: start, id: 'i' }),
  tracked({ at: start, id: 'a' }, 'Hi'),
  tracked({ at: start + hour, id: 'b' }, 'Mid'),
  tracked({ at: start + hour, id: 'c' }, 'Hi'),
  tracked({ at: start + 2 * hour, id: 'd' }, 'Twin'),
  tracked({ at: start + 3 * hour, id: 'e' }, 'Hi'),
]);
const now = start + 3 * hour;
const view = stageScope(playbook, state.evidence, { now, stage: 'lead' }).evidence!;

function pattern(text: string, { patterns }: Playbook = playbook) {
  return patterns.find((known) => known.text === text)!;
}

describe('what a condition sees of a lead', () => {
  it('counts occurrences of all time, or those that are younger than the window', () => {
    expect(view.seen(pattern('hi'), null, now)).toBe(3);
    expect(view.seen(pattern('hi'), 2 * hour, now)).toBe(1);
    expect(view.seen(pattern('hi'), 2 * hour + 1, now)).toBe(2);
    expect(view.seen(pattern('intent:*'), 2 * hour + 1, now)).toBe(5);
    expect(view.seen(pattern('none'), null, now)).toBe(0);
  });

  it('tells different signals apart, but never more than there were events', () => {
    expect(view.distinct(pattern('intent:*'), null, now)).toBe(4);
    expect(view.distinct(pattern('topic:*'), null, now)).toBe(1);
    expect(view.distinct(pattern('intent:*'), 2 * hour, now)).toBe(2);
    expect(view.distinct(pattern('hi'), null, now)).toBe(1);
    expect(view.distinct(pattern('intent:*'), null, start)).toBe(1);
    expect(view.distinct(pattern('none'), null, now)).toBe(0);
  });

  it('knows the last of several signals, and none of what never happened', () => {
    expect(view.last(pattern('hi'))).toBe(now);
    expect(view.last(pattern('topic:*'))).toBe(start + 2 * hour);
    expect(view.last(pattern('intent:*'))).toBe(now);
    expect(view.last(pattern('none'))).toBeNull();
    const later = foldAll(playbook, [
      tracked({ at: start, id: 'a' }, 'Hi'),
      tracked({ at: now, id: 'b' }, 'Mid'),
    ]).state;
    const { evidence } = stageScope(playbook, later.evidence, { now, stage: 'lead' });
    expect(evidence!.last(pattern('intent:*'))).toBe(now);
  });

  it('has the occurrences of a pattern by time, whatever their signal', () => {
    expect(view.occurrences(pattern('intent:*')).map(({ event, signal }) => `${event} ${signal}`)).toEqual([
      'a hi',
      'b mid',
      'c hi',
      'd one',
      'd two',
      'e hi',
    ]);
    expect(view.occurrences(pattern('none'))).toEqual([]);
  });

  it('knows how engagement decays', () => {
    const decaying = aPlaybook({ engagement: '{ halfLife: 10d, cap: 50, rules: [] }' });
    expect(view.decay).toEqual({ halfLifeMs: null, cap: null });
    expect(stageScope(decaying, state.evidence, { now, stage: 'lead' }).evidence!.decay).toEqual({
      halfLifeMs: 10 * day,
      cap: 50,
    });
  });
});

describe('what is kept of a signal', () => {
  it('is as many of the newest as any condition can tell apart, and one where none asks', () => {
    const asking = aPlaybook({
      signals:
        '{ a: { on: A, intent: high }, b: { on: B, intent: high }, c: { on: C, intent: high }, d: { on: D, intent: high }, e: { on: E, intent: high }, f: { on: F, intent: high } }',
      engagement: '{ rules: [] }',
      mql: `{ by: [sales], enter: [ { id: x, when: "seen('a') >= 2" }, { id: y } ], exit: [ { id: x, when: "seen('b') >= 3.5", to: nurture, reason: later } ], motions: [ { id: x, when: "seen('c') >= 4", nextStep: N } ], review: { when: "seen('d') >= 5", by: [sales] } }`,
      slas: `[ { id: x, when: "seen('e') >= 6", firstTouch: 1h } ]`,
    });
    expect([...evidencePlan(asking).keep]).toEqual([
      ['a', 4],
      ['b', 5],
      ['c', 6],
      ['d', 7],
      ['e', 8],
      ['f', 1],
    ]);
    expect(evidencePlan(asking)).toBe(evidencePlan(asking));
    expect(evidencePlan(asking).carry).toBe(false);
    expect(evidencePlan(aPlaybook({ lead: '{ carry: true }' })).carry).toBe(true);
    const { playbook: leadless } = compilePlaybook(playbookText({}).replace('lead: {}, ', ''));
    expect(evidencePlan(leadless!).carry).toBe(false);
  });

  it('is dropped one by one, the newest of the dropped remembered', () => {
    const counting = aPlaybook({
      mql: `{ enter: [ { id: x, when: "seen('hi') >= 9" } ], by: [sales] }`,
      engagement: '{ rules: [] }',
    });
    const facts = Array.from({ length: 14 }, (_, index) => tracked({ at: start + index, id: `e${index + 10}` }, 'Hi'));
    const { evidence } = foldAll(counting, facts).state;
    const kept = evidence.signals['hi']!;
    const scope = stageScope(counting, evidence, { now, stage: 'lead' });
    expect(scope.evidence!.seen(pattern('hi', counting), null, now)).toBe(14);
    expect(kept.newest.map(({ event }) => event)).toEqual(facts.slice(-11).map(({ eventId }) => eventId));
    expect(kept.dropped).toEqual({ at: start + 2, event: 'e12' });
  });
});
