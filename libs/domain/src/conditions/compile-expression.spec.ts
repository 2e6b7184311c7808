import { describe, expect, it } from '@jest/globals';
import { conditionOf } from '../../test/conditions.js';
import type { Scope, Value } from '../playbook/definition.js';
import { compileCondition } from './compile-condition.js';
import { createPatternTable } from './pattern-table.js';

const now = 1_000_000;

describe('three values', () => {
  const scope: Scope = { now, lead: { seats: 1 } };
  const written = { yes: 'lead.seats == 1', no: 'lead.seats == 2', unknown: "lead.plan == 'pro'" };
  const { yes, no, unknown } = written;

  it.each([
    [yes, '&&', yes, true],
    [yes, '&&', no, false],
    [no, '&&', yes, false],
    [no, '&&', no, false],
    [unknown, '&&', yes, null],
    [yes, '&&', unknown, null],
    [unknown, '&&', unknown, null],
    [unknown, '&&', no, false],
    [no, '&&', unknown, false],
    [yes, '||', yes, true],
    [yes, '||', no, true],
    [no, '||', yes, true],
    [no, '||', no, false],
    [unknown, '||', no, null],
    [no, '||', unknown, null],
    [unknown, '||', unknown, null],
    [unknown, '||', yes, true],
    [yes, '||', unknown, true],
  ])('%s %s %s is %j', (left, op, right, expected) => {
    expect(conditionOf(`${left} ${op} ${right}`).evaluate(scope)).toBe(expected);
  });

  it.each([
    [yes, false],
    [no, true],
    [unknown, null],
  ])('!(%s) is %j', (text, expected) => {
    expect(conditionOf(`!(${text})`).evaluate(scope)).toBe(expected);
  });

  it.each([
    [yes, true],
    [no, false],
    [unknown, null],
  ])('%s ? true : false is %j', (text, expected) => {
    expect(conditionOf(`${text} ? true : false`).evaluate(scope)).toBe(expected);
  });
});

describe('what is not known', () => {
  it.each([
    'lead.seats > 3',
    '3 > lead.seats',
    'lead.seats != 3',
    '3 != lead.seats',
    '-lead.seats < 0',
    'lead.seats + 1 > 0',
    '1 - lead.seats > 0',
    "lead.title + 'x' != ''",
    "'x' + lead.title != ''",
    'lead.title.contains("x")',
    '"x".contains(lead.title)',
    'lead.title.lower() == "x"',
    'lead.title.matches("x")',
    'size(lead.title) == 0',
    'size(lead.tags) == 0',
    "lead.tags[0] == 'x'",
    "['x'][lead.seats] == 'x'",
    "lead.tags.exists(t, t == 'x')",
    "lead.tags.all(t, t == 'x')",
    "lead.title in ['x', '']",
    "lead.title in ['x', lead.name]",
    "'x' in lead.tags",
    'lead.title == lead.name',
    'score.fit == lead.seats',
    'score.fit >= 1',
    "score.grade == 'A'",
    "seen('download') == 0",
    'cycle == 1',
  ])('leaves %s open', (text) => {
    expect(conditionOf(text).evaluate({ now })).toBeNull();
    expect(conditionOf(text).evaluate({ now, lead: {}, account: {} })).toBeNull();
  });

  it.each(['has(event.properties.a)', 'has(event.properties.toString)', 'has(event.page.path)'])(
    'is what an absent event leaves: %s is false',
    (text) => {
      expect(conditionOf(text, { place: 'signal' }).evaluate({ now })).toBe(false);
    },
  );
});

describe('what an event brings along', () => {
  const scope: Scope = {
    now,
    event: {
      properties: JSON.parse(
        '{ "toString": "own", "s": "1", "n": 1, "1": "one", "first": [0], "list": ["a", "b"], "map": { "k": 1 }, "yes": true, "items": [{ "sku": "a" }, { "sku": null }] }',
      ),
    },
  };

  it.each([
    ["event.properties.toString == 'own'", true],
    ["event.properties['toString'] == 'own'", true],
    ['has(event.properties.valueOf)', false],
    ["event.properties.list['length'] == 2", null],
    ['event.properties.list.length == 2', null],
    ['event.properties.list.constructor == 2', null],
    ['event.properties.s.length == 1', null],
    ["event.properties.s['length'] == 1", null],
    ["event.properties.items[0].sku == 'a'", true],
    ["event.properties.items[0]['sku'] == 'a'", true],
    ["event.properties.items.exists(i, i.sku == 'a')", true],
    ["event.properties.items.exists(i, i['sku'] == 'a')", true],
    ["event.properties.items.all(i, i.sku == 'a')", null],
    ["event.properties.list[event.properties.n] == 'b'", true],
    ["event.properties.list[event.properties.first] == 'a'", null],
    ['event.properties.n[0] == 1', null],
    ['event.properties.n in event.properties', null],
    ['event.properties.s in event.properties', true],
    ['event.properties.s in event.properties.s', null],
    ["'k' in event.properties.map", true],
    ["'toString' in event.properties.map", false],
    ['event.properties.s + 1 == 2', null],
    ['1 + event.properties.s == 11', null],
    ['event.properties.s - event.properties.s == 0', null],
    ['event.properties.n - event.properties.s == 0', null],
    ['event.properties.s * event.properties.n == 1', null],
    ["event.properties.s + event.properties.s == '11'", true],
    ['event.properties.n + event.properties.n == 2', true],
    ["event.properties.yes + event.properties.s == 'true1'", null],
    ["event.properties.s + event.properties.yes == '1true'", null],
    ['-event.properties.s == -1', null],
    ['!event.properties.yes', false],
    ['!event.properties.s', null],
    ['event.properties.s ? true : true', null],
    ['event.properties.yes && event.properties.s', null],
    ['event.properties.s', null],
    ['size(event.properties.n) == 0', null],
    ['size(event.properties.map) == 1', true],
    ['event.properties.n.contains("1")', null],
    ['"1".contains(event.properties.n)', null],
    ['event.properties.n.lower() == "1"', null],
    ['event.properties.n.matches("1")', null],
    ['event.properties.n.exists(i, true)', null],
    ["event.properties.map.exists(key, key == 'k')", true],
    ["event.properties.map.all(key, key == 'x')", false],
    ['event.properties.list.exists(i, i == event.properties.absent)', null],
    ['event.properties.list.all(i, i == event.properties.absent)', null],
    ["event.properties.list.exists(i, i == 'b')", true],
    ["event.properties.list.all(i, i == 'a')", false],
    ["event.properties.list.exists(i, i == 'c')", false],
    ["event.properties.list.all(i, i != 'c')", true],
    ["event.properties.list == ['a', 'b']", true],
    ["event.properties.list == ['a', event.properties.absent]", null],
    ["event.properties.list in [['a', 'b']]", true],
    ["'event' in ['event']", true],
    ["event.properties.n in [1, '1']", true],
    ["event.properties.n in ['1']", false],
    ['event.properties.n in [-1, -(-1)]', true],
  ])('%s is %j', (text, expected) => {
    expect(conditionOf(text, { place: 'signal' }).evaluate(scope)).toBe(expected);
  });
});

it('a trait by the name of a score is a trait', () => {
  const names = { traits: { fit: 'number' }, answers: {} } as const;
  const options = { place: 'stage', names, patterns: createPatternTable([]), decaying: false } as const;
  const compiled = compileCondition('lead.fit > 3', options);
  expect('condition' in compiled && compiled.condition.evaluate({ now, lead: { fit: 4 } })).toBe(true);
});

describe('an answer by the name of what every object inherits', () => {
  const names = { traits: {}, answers: { toString: 'text' } } as const;
  const compiled = compileCondition('has(answers.toString)', {
    place: 'stage',
    names,
    patterns: createPatternTable([]),
    decaying: false,
  });

  it.each([
    [{}, false],
    [{ toString: 'own' }, true],
  ])('is known only of who gave it: %j', (answers, known) => {
    if ('faults' in compiled) throw new Error(JSON.stringify(compiled.faults));
    expect(compiled.condition.evaluate({ now, answers: answers as Record<string, Value> })).toBe(known);
  });
});

describe('what a stage knows of its lead', () => {
  const evidence = {
    scores: () => ({ fit: 12, engagement: 3, total: 15, grade: 'A' as const, sum: 3 }),
    decay: { halfLifeMs: null, cap: null },
    occurrences: () => [],
    seen: () => 2,
    distinct: () => 0,
    last: () => null,
  };

  it.each([
    ["'title' in lead", true],
    ["'plan' in lead", false],
    ["score['grade'] == 'A'", true],
    ["score.grade == 'A'", true],
    ["score['fit'] == lead.seats", true],
    ['score.fit == lead.seats', true],
    ['score.total == lead.seats', false],
    ['score.engagement < lead.seats', true],
    ['lead.seats < 12', false],
    ['lead.seats <= 12', true],
    ['lead.seats > 12', false],
    ['lead.seats >= 12', true],
    ["seen('download') == 2", true],
    ["3 <= seen('download')", false],
    ["1 < seen('download')", true],
    ["3 > seen('download')", true],
    ["2 > seen('download')", false],
    ["2 >= seen('download')", true],
    ["1 >= seen('download')", false],
    ["2 == seen('download')", true],
    ["2 != seen('download')", false],
    ["seen('download') != 2", false],
    ["seen('download') != 3", true],
    ["seen('download') > -1", true],
    ["seen('download') > -(1)", true],
    ["-(3) > seen('download')", false],
    ['score.fit == -lead.seats', false],
    ['lead.seats % 5 == 2 && lead.seats / 8 == 1.5 && lead.seats * 2 - 4 == 20', true],
  ])('%s is %j', (text, expected) => {
    const scope: Scope = { now, lead: { title: 'CTO', seats: 12 }, evidence };
    expect(conditionOf(text, { decaying: false }).evaluate(scope)).toBe(expected);
  });
});
