import { describe, expect, it } from '@jest/globals';
import { type PlaybookText, playbookText } from '../../test/playbook-text.js';
import { compilePlaybook } from './compile-playbook.js';

type Told = readonly (readonly [path: string, message: string])[];

function faultsOf(text: string): Told {
  return compilePlaybook(text).faults.map(({ path, message }) => [path, message]);
}

/** A part of the playbook, and every fault that it has with the whole sentence. */
const parts: readonly (readonly [PlaybookText, Told])[] = [
  [{ lead: '{ carry: 1 }' }, [['stages.lead.carry', '"carry" must be true or false']]],
  [
    { engagement: '{ rules: [ { id: hi, signal: hi, points: .inf } ] }' },
    [['scores.engagement.rules[0].points', '"points" must be a number']],
  ],
  [
    { engagement: '{ rules: [ { id: hi, signal: hi, points: "5" } ] }' },
    [['scores.engagement.rules[0].points', '"points" must be a number']],
  ],
  [
    { engagement: '{ rules: [ { id: hi, signal: hi, points: 5, times: "2" } ] }' },
    [['scores.engagement.rules[0].times', '"times" must be a whole number from 1 to 1000']],
  ],
  [
    { engagement: '{ cap: 0, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }' },
    [['scores.engagement.cap', '"cap" must be more than zero, not 0']],
  ],
  [
    { engagement: '{ cap: -1, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }' },
    [['scores.engagement.cap', '"cap" must be more than zero, not -1']],
  ],
  [
    { engagement: '{ cap: many, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }' },
    [['scores.engagement.cap', '"cap" must be a number']],
  ],
  [
    { slas: '[ { id: p, firstTouch: 1h, warnAt: [0%, 50.55%, a50%, 50%b, 5.x%, 99.9%] } ]' },
    [
      ['slas[0].warnAt[0]', 'a percent must be more than zero, not 0%'],
      ['slas[0].warnAt[2]', '"a50%" is no percent; write a number with a percent sign, such as 80%'],
      ['slas[0].warnAt[3]', '"50%b" is no percent; write a number with a percent sign, such as 80%'],
      ['slas[0].warnAt[4]', '"5.x%" is no percent; write a number with a percent sign, such as 80%'],
    ],
  ],
  [
    { slas: '[ { id: p, firstTouch: 1h, hours: never } ]' },
    [['slas[0].hours', '"never" is not one of business, always']],
  ],
  [
    { slas: '[ { id: p, firstTouch: 1h, hours: alwys } ]' },
    [['slas[0].hours', '"alwys" is not one of business, always; did you mean "always"?']],
  ],
  [
    { slas: '[ { id: [p], firstTouch: [1h], warnAt: [[50%]] } ]' },
    [
      ['slas[0].id', '"" is no id; write small letters, digits and hyphens, at most 60'],
      ['slas[0].firstTouch', '"" is no duration; write a whole number with a unit, such as 30s, 5m, 24h, 14d or 2w'],
      ['slas[0].warnAt[0]', '"" is no percent; write a number with a percent sign, such as 80%'],
    ],
  ],
  [
    { examples: '[ { name: x, now: [7], expect: { stage } } ]' },
    [
      ['examples[0].now', '"" is no time; write it as in 2026-03-02T12:00:00Z'],
      ['examples[0].expect.stage', '"null" is not a stage'],
    ],
  ],
  [{ slas: '[ { id: p, firstTouch: 1h, cadence: 1d } ]' }, [['slas[0].cadence', '"cadence" must be a list']]],
  [
    { slas: '[ { id: p, firstTouch: 1h, cadence: [1d, 1.5h, 40000d, 2w] } ]' },
    [
      ['slas[0].cadence[1]', 'write 1.5h with a whole number, in a smaller unit'],
      ['slas[0].cadence[2]', '40000d is longer than a hundred years'],
    ],
  ],
  [
    { personas: '[ { id: p, when: [a] }, { id: q, when: 5 }, { id: r, when: } ]' },
    [
      ['personas[0].when', '"when" must be a condition, written as a text in quotes'],
      ['personas[1].when', '"when" must be a condition, written as a text in quotes'],
      ['personas[2].when', '"when" must be a condition, written as a text in quotes'],
    ],
  ],
  [
    { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: [a] } ]' },
    [['examples[0].expect', '"expect" must be a map']],
  ],
  [
    { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: yes } ]' },
    [['examples[0].expect', '"expect" must be a map']],
  ],
  [
    { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: {}, lead: 7 } ]' },
    [['examples[0].lead', '"lead" must be a map']],
  ],
  [
    { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: {}, events: {} } ]' },
    [['examples[0].events', '"events" must be a list']],
  ],
  [
    { examples: '[ { name: x, now: 7, expect: {} } ]' },
    [['examples[0].now', '"7" is no time; write it as in 2026-03-02T12:00:00Z']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.fit <= -1" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the fit is never below 0']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.fit == 21" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the fit reaches 20 at most, with every rule counted']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.fit == -1" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the fit is never below 0']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.fit < 0" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the fit is never below 0']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.fit >= 21" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the fit reaches 20 at most, with every rule counted']],
  ],
  [
    { mql: `{ enter: [ { id: a, when: "seen('hi') < 0" } ] }` },
    [['stages.mql.enter[0].when', 'this can never hold: a count is never below 0']],
  ],
  [
    { mql: `{ enter: [ { id: a, when: "daysSince('hi') < 0" } ] }` },
    [['stages.mql.enter[0].when', 'this can never hold: the number of days is never below 0']],
  ],
  [
    { mql: `{ enter: [ { id: a, when: "seen('hi') + seen('mid') < 0" } ] }` },
    [['stages.mql.enter[0].when', 'this can never hold: this sum is never below 0']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.engagement + score.total > 220" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: this sum reaches 220 at most, with every rule counted']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.total > 120" } ] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the total reaches 120 at most, with every rule counted']],
  ],
  [
    {
      mql: `{ enter: [ { id: a, when: "score.grade == 'D'" } ] }`,
      fit: '{ rules: [], grades: { A: 20, B: 10, C: 0 } }',
    },
    [['stages.mql.enter[0].when', 'this can never hold: a fit of at most 0 never gives the grade D']],
  ],
  [
    {
      mql: `{ enter: [ { id: a, when: "score.grade in ['A', 'B']" } ] }`,
      fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }',
    },
    [['stages.mql.enter[0].when', 'this can never hold: a fit of at most 0 never gives the grade A or B']],
  ],
  [
    { mql: `{ enter: [ { id: a, when: "score.grade == 'A'" } ] }`, fit: '{ rules: [] }' },
    [['stages.mql.enter[0].when', 'this can never hold: the playbook has no grades; add them to scores.fit']],
  ],
  [
    { mql: `{ enter: [ { id: a, when: "score.grade == 'E'" } ] }` },
    [['stages.mql.enter[0].when', 'this can never hold: a fit of at most 20 never gives the grade E']],
  ],
  [
    { mql: '{ enter: [ { id: a, when: "score.engagement >= 1000" } ] }', lead: '{ carry: false }' },
    [['stages.mql.enter[0].when', 'this can never hold: the engagement reaches 100 at most, with every rule counted']],
  ],
  [
    {
      mql: '{ enter: [ { id: a, when: "score.engagement >= 1" } ] }',
      lead: '{ carry: true }',
      engagement: '{ rules: [] }',
    },
    [['stages.mql.enter[0].when', 'this can never hold: the engagement reaches 0 at most, with every rule counted']],
  ],
  [
    { mql: `{ enter: [ { id: a, when: "score.grade == 'C'" } ] }`, fit: '{ rules: [], grades: { A: 20, B: 10 } }' },
    [['scores.fit.grades.C', '"C" is missing']],
  ],
  [
    {
      mql: `{ enter: [ { id: a, when: "score.grade == 'B'" } ] }`,
      fit: '{ rules: [], grades: { A: 20, B: x, C: 1 } }',
    },
    [['scores.fit.grades.B', '"B" must be a number']],
  ],
  [
    { signals: '{ hi: 7, mid: { on: Mid, intent: medium } }' },
    [['signals.hi', '"hi" must be a map of keys and values']],
  ],
  [
    { signals: '{ constructor: { on: Hi, intent: high }, hi: { on: Hi, intent: high } }' },
    [['signals.constructor', '"constructor" is reserved; choose another id']],
  ],
  [
    {
      engagement: '{ rules: [ { points: 1 } ] }',
      examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { awards: { hi: 1 } } } ]',
    },
    [
      ['scores.engagement.rules[0].id', '"id" is missing'],
      ['scores.engagement.rules[0].signal', '"signal" is missing'],
      ['examples[0].expect.awards.hi', '"hi" is not a rule of this playbook'],
    ],
  ],
  [
    {
      engagement: '7',
      fit: '7',
      examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { awards: { hi: 1 } } } ]',
    },
    [
      ['scores.engagement', '"engagement" must be a map of keys and values'],
      ['scores.fit', '"fit" must be a map of keys and values'],
      ['examples[0].expect.awards.hi', '"hi" is not a rule of this playbook'],
    ],
  ],
  [
    { slas: '[ { id: p, when: "lead.titel == 1", firstTouch: 1h, warnAt: [100%] } ]' },
    [
      ['slas[0].when', '"lead.titel" is not a trait of leads; did you mean "lead.title"?'],
      ['slas[0].warnAt[0]', 'a warning comes before the promise is due; write less than 100%, or an escalation'],
    ],
  ],
  [
    { sql: '{ from: [customer], by: [sales] }' },
    [
      ['stages.sql', 'no path of moves reaches sql: none of customer is reached'],
      ['stages.sql.from[0]', 'there is no move from customer to sql; sql can follow lead, mql, accepted'],
      ['stages.opportunity', 'no path of moves reaches opportunity: none of sql is reached'],
      ['stages.customer', 'no path of moves reaches customer: none of opportunity is reached'],
    ],
  ],
  [
    { mql: '{}', accepted: '{}', sql: '{ from: [mql, accepted], by: [sales] }' },
    [
      ['stages.mql', 'no path of moves reaches mql: it has neither an entry rule nor people in "by"'],
      ['stages.accepted', 'no path of moves reaches accepted: it has neither an entry rule nor people in "by"'],
      ['stages.sql', 'no path of moves reaches sql: none of mql, accepted is reached'],
      ['stages.opportunity', 'no path of moves reaches opportunity: none of sql is reached'],
      ['stages.customer', 'no path of moves reaches customer: none of opportunity is reached'],
    ],
  ],
];

/** What is written, what is written instead, and every fault. */
const pieces: readonly (readonly [string, string, Told])[] = [
  ['about: "A test."', 'about: 5', [['metadata.about', '"about" must be a text; put it in quotes']]],
  ['about: "A test."', 'about: true', [['metadata.about', '"about" must be a text; put it in quotes']]],
  ['about: "A test."', 'about: [a]', [['metadata.about', '"about" must be a text']]],
  ['about: "A test."', 'about: { a: b }', [['metadata.about', '"about" must be a text']]],
  ['about: "A test."', 'about: "  "', [['metadata.about', '"about" must not be empty']]],
  ['about: "A test."', 'about: ~', [['metadata.about', '"about" must be a text']]],
  [
    'intents: [high, medium, low, negative]',
    'intents: [high, {]',
    [
      ['intents[1]', 'this is not YAML: flow map in block collection must be sufficiently indented and end with a }'],
      [
        'intents[1]',
        'this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
  ],
  [
    'intents: [high, medium, low, negative]',
    'intents: [high, !a low]',
    [
      ['intents', 'the intents are fixed: [high, medium, low, negative]'],
      ['intents[1]', 'the tag !a is not allowed; write plain texts, numbers, lists and maps'],
    ],
  ],
  [
    'intents: [high, medium, low, negative]',
    'intents: [high, *low]',
    [
      ['intents', 'the intents are fixed: [high, medium, low, negative]'],
      ['intents[1]', 'nothing above is marked &low'],
    ],
  ],
  [
    'intents: [high, medium, low, negative]',
    '? [a]\n: b\nintents: [high, medium, low, negative]',
    [['', 'a key must be a plain text']],
  ],
  [
    'intents: [high, medium, low, negative]',
    '~: b\nintents: [high, medium, low, negative]',
    [['', 'a key must be a plain text']],
  ],
  [
    'intents: [high, medium, low, negative]',
    '7: b\nintents: [high, medium, low, negative]',
    [
      [
        '7',
        '"7" is not a key here; known keys are apiVersion, kind, metadata, intents, traits, personas, signals, exclusions, scores, stages, checklist, reasons, slas, routing, benchmarks, examples',
      ],
    ],
  ],
  [
    'intents: [high, medium, low, negative]',
    'intents: &all [high, medium, low, *all]',
    [
      ['intents', 'the intents are fixed: [high, medium, low, negative]'],
      ['intents[3]', '*all stands inside what it repeats'],
    ],
  ],
  ['intents: [high, medium, low, negative]', 'intents: ~', [['intents', '"intents" must be a list']]],
  [
    'intents: [high, medium, low, negative]',
    'intents: [high, medium, low, ~]',
    [
      ['intents', 'the intents are fixed: [high, medium, low, negative]'],
      ['intents[3]', '"" is not one of high, medium, low, negative'],
    ],
  ],
  [
    'intents: [high, medium, low, negative]',
    'intents: !!set {a, b}',
    [
      ['intents', 'the tag !!set is not allowed; write plain texts, numbers, lists and maps'],
      ['intents', '"intents" must be a list'],
    ],
  ],
  ['routing:', 'benchmarks: { lead-mql: 5% }\nrouting:', [['benchmarks.lead-mql', '"lead-mql" must be a list']]],
];

const sound: readonly PlaybookText[] = [
  { engagement: '{ rules: [ { id: hi, signal: hi, points: -5 } ] }' },
  { engagement: '{ rules: [ { id: hi, signal: hi, points: 5, times: 1 } ] }' },
  { engagement: '{ rules: [ { id: hi, signal: hi, points: 5, times: 1000 } ] }' },
  { engagement: '{ cap: 0.5, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit <= 0" } ] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit == 20" } ] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit == 0" } ] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit >= 20" } ] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit >= 0" } ] }', fit: '{ rules: [] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit == 0" } ] }', fit: '{ rules: [] }' },
  { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, lead: { title }, expect: {} } ]' },
  { mql: '{ enter: [ { id: a, when: "score.fit != -5" } ] }' },
  { mql: '{ enter: [ { id: a, when: "score.fit > -1" } ] }' },
  { mql: `{ enter: [ { id: a, when: "seen('hi') >= 900" } ] }` },
  { mql: '{ enter: [ { id: a, when: "score.total >= 120" } ] }' },
  { mql: `{ enter: [ { id: a, when: "score.grade == 'D'" } ] }` },
  {
    mql: `{ enter: [ { id: a, when: "score.grade in ['A', 'B', 'D']" } ] }`,
    fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }',
  },
  {
    mql: `{ enter: [ { id: a, when: "score.grade in [lead.title, 'A']" } ] }`,
    fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }',
  },
  {
    mql: '{ enter: [ { id: a, when: "score.grade in account.technologies" } ] }',
    fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }',
  },
  {
    mql: '{ enter: [ { id: a, when: "score.grade == lead.title" } ] }',
    fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }',
  },
  { mql: `{ enter: [ { id: a, when: "score.grade != 'A'" } ] }`, fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }' },
  { mql: `{ enter: [ { id: a, when: "lead.title == 'A'" } ] }`, fit: '{ rules: [], grades: { A: 20, B: 10, C: 5 } }' },
  { mql: `{ enter: [ { id: a, when: "score.grade == 'A'" } ] }` },
  { mql: '{ enter: [ { id: a, when: "score.engagement >= 1000" } ] }', lead: '{ carry: true }' },
  { mql: '{ enter: [ { id: a, when: "score.engagement >= 1" } ] }', lead: '{}' },
  { mql: '{ enter: [ { id: a, when: "score.engagement >= score.fit" } ] }' },
];

describe('what a value of a playbook may be: every fault', () => {
  it.each(parts)('with %j', (part, told) => {
    expect(faultsOf(playbookText(part))).toEqual(told);
  });

  it.each(pieces)('with %s written as %s', (piece, instead, told) => {
    const text = playbookText({});
    expect(text).toContain(piece);
    expect(faultsOf(text.replace(piece, () => instead))).toEqual(told);
  });

  it.each(sound)('of a sound one is none: %j', (part) => {
    expect(faultsOf(playbookText(part))).toEqual([]);
  });

  it.each([['routing:', 'benchmarks: { lead-mql: [50%, 100%] }\nrouting:']])(
    'is none with %s written as %s',
    (piece, instead) => {
      const text = playbookText({});
      expect(text).toContain(piece);
      expect(faultsOf(text.replace(piece, () => instead))).toEqual([]);
    },
  );
});
