import { describe, expect, it } from '@jest/globals';
import { type PlaybookText, playbookText } from '../../test/playbook-text.js';
import { compilePlaybook } from './compile-playbook.js';

type Told = readonly (readonly [path: string, message: string])[];

function faultsOf(text: string): Told {
  return compilePlaybook(text).faults.map(({ path, message }) => [path, message]);
}

/** A part of the playbook, and every fault that it has with the whole sentence. */
const parts: readonly (readonly [PlaybookText, Told])[] = [
  [
    { checklist: '[ { id: a, ask: A, type: text }, { id: a, ask: B, type: text } ]' },
    [['checklist[1].id', 'the id "a" is used twice in this list; each must be unique']],
  ],
  [
    { checklist: '[ { id: a, ask: A, type: choices } ]' },
    [['checklist[0].options', 'a choices needs options to choose from']],
  ],
  [
    { checklist: '[ { id: a, ask: A, type: choices, options: [x, y, x] } ]' },
    [['checklist[0].options[2]', 'the option "x" is used twice in this list; each must be unique']],
  ],
  [{ checklist: '[ { id: a, ask: A, options: [x] } ]' }, [['checklist[0].type', '"type" is missing']]],
  [{ checklist: '[ { ask: A, type: text } ]' }, [['checklist[0].id', '"id" is missing']]],
  [
    { checklist: '[ { id: a, ask: A, type: number, options: [x] } ]' },
    [['checklist[0].options', 'options belong to the types choice and choices, not to number']],
  ],
  [
    { reasons: '[ { id: later, label: L, to: [lost] }, { id: later, label: L, to: [lost] } ]' },
    [['reasons[1].id', 'the id "later" is used twice in this list; each must be unique']],
  ],
  [
    { reasons: '[ { label: L, to: [nurture] } ]' },
    [
      ['reasons[0].id', '"id" is missing'],
      [
        'reasons[0].wakeAfter',
        'a reason for nurture needs wakeAfter, so that no lead is forgotten; for example wakeAfter: 60d',
      ],
    ],
  ],
  [
    { personas: '[ { id: p, when: "true" }, { id: p, when: "true" } ]' },
    [['personas[1].id', 'the id "p" is used twice in this list; each must be unique']],
  ],
  [
    { exclusions: '[ { id: p, when: "true", reason: no }, { id: p, when: "true", reason: quite-another } ]' },
    [
      ['exclusions[1].id', 'the id "p" is used twice in this list; each must be unique'],
      ['exclusions[1].reason', '"quite-another" is not a listed reason; known are later, no'],
    ],
  ],
  [
    { exclusions: '[ { id: p, when: "true", reason: zzz } ]', reasons: '[]' },
    [['exclusions[0].reason', '"zzz" is not a listed reason']],
  ],
  [
    {
      exclusions: '[ { id: p, when: "true", reason: zzz } ]',
      reasons: '[ { label: L, to: [lost] }, { id: no, label: No, to: [lost] } ]',
    },
    [
      ['exclusions[0].reason', '"zzz" is not a listed reason; known are no'],
      ['reasons[0].id', '"id" is missing'],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, track: Hi, ? [a] : b } ], expect: {} } ]',
    },
    [['examples[0].events[0]', 'a key must be a plain text']],
  ],
  [
    { slas: '[ { id: p, firstTouch: 1h }, { id: p, firstTouch: 1h } ]' },
    [['slas[1].id', 'the id "p" is used twice in this list; each must be unique']],
  ],
  [
    { slas: '[ { id: p, firstTouch: 1h, warnAt: [100%], escalate: [ { at: 50%, reassign: false } ] } ]' },
    [
      ['slas[0].warnAt[0]', 'a warning comes before the promise is due; write less than 100%, or an escalation'],
      ['slas[0].escalate[0].reassign', 'write reassign: true, or leave it out'],
    ],
  ],
  [
    { engagement: '{ rules: [ { id: a, signal: zzzz, points: 1 } ] }' },
    [['scores.engagement.rules[0].signal', '"zzzz" is not a signal of this playbook; known are hi, mid, lo, neg']],
  ],
  [
    {
      fit: '{ rules: [ { id: a, when: "true", points: 1 }, { id: a, when: "true", points: 1 } ], grades: { A: 5, B: 5, C: 1 } }',
    },
    [
      ['scores.fit.rules[1].id', 'the id "a" is used twice in this list; each must be unique'],
      ['scores.fit.grades', 'the lower bound of A must be above that of B, and that of B above that of C'],
    ],
  ],
  [
    { fit: '{ rules: [], grades: { A: 5, B: 1, C: 1 } }' },
    [['scores.fit.grades', 'the lower bound of A must be above that of B, and that of B above that of C']],
  ],
  [{ fit: '{ rules: [], grades: { A: 5, B: 9 } }' }, [['scores.fit.grades.C', '"C" is missing']]],
  [
    { fit: '{ rules: [], grades: { A: 1, B: 5, C: 0 } }' },
    [['scores.fit.grades', 'the lower bound of A must be above that of B, and that of B above that of C']],
  ],
  [
    { mql: '{ by: [sales], motions: [ { id: a, nextStep: x }, { id: a, nextStep: y } ] }' },
    [['stages.mql.motions[1].id', 'the id "a" is used twice in this list; each must be unique']],
  ],
  [
    { sql: '{ by: [sales], requires: [zzzzz], enter: [ { id: a, by: [sales] }, { id: a, by: [sales] } ] }' },
    [
      [
        'stages.sql.requires[0]',
        '"zzzzz" is not a field of a move or a checklist item; known are amount, closeDate, followUp',
      ],
      ['stages.sql.enter[1].id', 'the id "a" is used twice in this list; each must be unique'],
    ],
  ],
  [
    {
      lead: '{ exit: [ { id: a, when: "true", to: nurture, reason: later }, { id: a, when: "true", to: lost, reason: no } ] }',
    },
    [
      ['stages.lead.exit[1].id', 'the id "a" is used twice in this list; each must be unique'],
      ['stages.lead.exit[1].to', 'there is no move from lead to lost; possible are nurture, disqualified'],
    ],
  ],
  [
    { lead: '{ exit: [ { id: a, when: "true", to: nowhere, reason: later } ] }' },
    [['stages.lead.exit[0].to', '"nowhere" is not one of nurture, disqualified, lost']],
  ],
  [{ lead: '{ exit: [ { id: a, when: "true", reason: later } ] }' }, [['stages.lead.exit[0].to', '"to" is missing']]],
  [
    { accepted: '{ by: [sales], from: [lead, customer, zzzzzzzzz] }' },
    [
      ['stages.accepted.from[0]', 'there is no move from lead to accepted; accepted can follow mql'],
      ['stages.accepted.from[1]', 'there is no move from customer to accepted; accepted can follow mql'],
      ['stages.accepted.from[2]', '"zzzzzzzzz" is not a stage that leads here; known are mql'],
    ],
  ],
  [
    { accepted: '{ by: [system] }' },
    [['stages.accepted', 'no path of moves reaches accepted: it has neither an entry rule nor people in "by"']],
  ],
  [
    { sql: '{ from: [accepted] , by: [sales] }', accepted: '{}' },
    [
      ['stages.accepted', 'no path of moves reaches accepted: it has neither an entry rule nor people in "by"'],
      ['stages.sql', 'no path of moves reaches sql: none of accepted is reached'],
      ['stages.opportunity', 'no path of moves reaches opportunity: none of sql is reached'],
      ['stages.customer', 'no path of moves reaches customer: none of opportunity is reached'],
    ],
  ],
  [
    {
      checklist: '[ { id: need, ask: "?", type: text }, { ask: A, type: text } ]',
      sql: `{ enter: [ { id: a, by: [system, sales], when: "answers.need == 'x'" } ] }`,
    },
    [['checklist[1].id', '"id" is missing']],
  ],
  [
    {
      checklist: '[ { ask: A, type: text }, { id: need, ask: "?", type: text } ]',
      sql: `{ enter: [ { id: a, when: "answers.need == 'x'" } ] }`,
    },
    [
      [
        'stages.sql.enter[0].when',
        'the system alone reads this rule, but only people answer "need"; name people in "by" or give the answer a "from"',
      ],
      ['checklist[0].id', '"id" is missing'],
    ],
  ],
  [
    { sql: '{ enter: [ { id: a, when: "lead.titel" } ] }' },
    [['stages.sql.enter[0].when', '"lead.titel" is not a trait of leads; did you mean "lead.title"?']],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, track: Hi, page: /x } ], expect: {} } ]',
    },
    [
      [
        'examples[0].events[0]',
        'an event of an example is one of track, page, screen, identify, group, move, outcome, answers',
      ],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, move: mql, track: Hi } ], expect: {} } ]',
    },
    [
      [
        'examples[0].events[0]',
        'an event of an example is one of track, page, screen, identify, group, move, outcome, answers',
      ],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, answers: {}, track: Hi } ], expect: {} } ]',
    },
    [
      [
        'examples[0].events[0]',
        'an event of an example is one of track, page, screen, identify, group, move, outcome, answers',
      ],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, move: mql, answers: {}, track: x } ], expect: {} } ]',
    },
    [
      [
        'examples[0].events[0]',
        'an event of an example is one of track, page, screen, identify, group, move, outcome, answers',
      ],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, move: mqll } ], expect: {} } ]',
    },
    [['examples[0].events[0].move', '"mqll" is not a stage; did you mean "mql"?']],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, shoe: 7, track: x } ], expect: {} } ]',
    },
    [
      [
        'examples[0].events[0].shoe',
        '"shoe" is not a key here; known keys are at, track, page, screen, identify, group, move, outcome, answers, properties, title, url, referrer, campaign, channel, source, automated, repeat, by, reason, note, amount, closeDate, followUp, refused',
      ],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, trak: x } ], expect: {} } ]',
    },
    [
      ['examples[0].events[0].trak', '"trak" is not a key here; did you mean "track"?'],
      [
        'examples[0].events[0]',
        'an event of an example is one of track, page, screen, identify, group, move, outcome, answers',
      ],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: yesterday, track: Hi }, { track: Hi } ], expect: {} } ]',
    },
    [
      ['examples[0].events[0].at', '"yesterday" is no time; write it as in 2026-03-02T12:00:00Z'],
      ['examples[0].events[1].at', '"" is no time; write it as in 2026-03-02T12:00:00Z'],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { stage: mqll, history: [lead, mqll], awards: [], signals: { hii: 1 }, zzzzzzz: 1 } } ]',
    },
    [
      [
        'examples[0].expect.zzzzzzz',
        '"zzzzzzz" is not a key here; known keys are stage, via, reason, cycle, persona, fit, engagement, total, grade, history, awards, signals, owner, sla',
      ],
      ['examples[0].expect.stage', '"mqll" is not a stage; did you mean "mql"?'],
      ['examples[0].expect.history', '"mqll" is not a stage; did you mean "mql"?'],
      ['examples[0].expect.signals.hii', '"hii" is not a signal of this playbook; did you mean "hi"?'],
    ],
  ],
  [
    {
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { stage: zzzzzzz, awards: { zzzzz: 1, size: 1 }, history: lead, signals: 7 } } ]',
    },
    [
      ['examples[0].expect.stage', '"zzzzzzz" is not a stage'],
      ['examples[0].expect.awards.zzzzz', '"zzzzz" is not a rule of this playbook'],
      ['examples[0].expect.signals', '"signals" must be a map of ids and how often each counts'],
    ],
  ],
  [
    { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { awards: null, signals: { hi: 1 } } } ]' },
    [['examples[0].expect.awards', '"awards" must be a map of ids and how often each counts']],
  ],
  [
    { examples: '[ { name: x, now: 2026-03-02T00:00:00Z, events: [] } ]' },
    [['examples[0].expect', '"expect" is missing']],
  ],
  [{ examples: '[ { now: 2026-03-02T00:00:00Z, expect: {} } ]' }, [['examples[0].name', '"name" is missing']]],
  [
    {
      traits:
        '{ toString: text, "0x": text, a-b: text, account.name: text, account.in: text, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: text }',
    },
    [
      [
        'traits.toString',
        '"toString" cannot be read in conditions; write letters, digits and underscores, beginning with a letter',
      ],
      [
        'traits.0x',
        '"0x" cannot be read in conditions; write letters, digits and underscores, beginning with a letter',
      ],
      [
        'traits.a-b',
        '"a-b" cannot be read in conditions; write letters, digits and underscores, beginning with a letter',
      ],
      ['traits.account.name', '"account.name" is built in and need not be declared'],
      [
        'traits.account.in',
        '"account.in" cannot be read in conditions; write letters, digits and underscores, beginning with a letter',
      ],
      [
        'traits.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        '"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" cannot be read in conditions; write letters, digits and underscores, beginning with a letter',
      ],
    ],
  ],
  [
    { signals: '{ toString: { on: Hi, intent: high }, "a b": { on: Hi, intent: low }, hi: { on: Hi, intent: high } }' },
    [
      ['signals.toString', '"toString" is no id; write small letters, digits and hyphens, at most 60'],
      ['signals.a b', '"a b" is no id; write small letters, digits and hyphens, at most 60'],
    ],
  ],
  [
    { engagement: '{}', examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { awards: { hi: 1 } } } ]' },
    [
      ['scores.engagement.rules', '"rules" is missing'],
      ['examples[0].expect.awards.hi', '"hi" is not a rule of this playbook'],
    ],
  ],
  [
    {
      fit: '{ grades: { A: 3, B: 2, C: 1 } }',
      examples: '[ { name: x, now: 2026-03-02T00:00:00Z, expect: { awards: { hi: 1 } } } ]',
    },
    [['scores.fit.rules', '"rules" is missing']],
  ],
];

/** What is written, what is written instead, and every fault. */
const pieces: readonly (readonly [string, string, Told])[] = [
  [
    'rules: [ { id: all, to: "team:inbound" } ]',
    'rules: [ { id: all, to: "team:inbound" }, { id: all, to: "my team:inbound" }, { id: c, to: "team:in bound" } ]',
    [
      ['routing.rules[1].id', 'the id "all" is used twice in this list; each must be unique'],
      ['routing.rules[1].to', '"my team:inbound" is no team; write it as in "team:inbound"'],
      ['routing.rules[2].to', '"team:in bound" is no team; write it as in "team:inbound"'],
    ],
  ],
  [
    'routing:',
    'benchmarks: { lead-mql: [5%], mql-sql: [5%, 10%, 20%], sql-opportunity: [5%, 5%], opportunity-customer: [50%, 101%] }\nrouting:',
    [
      ['benchmarks.lead-mql', 'write the healthy band from low to high, as in lead-mql: [5%, 20%]'],
      ['benchmarks.mql-sql', 'write the healthy band from low to high, as in mql-sql: [5%, 20%]'],
      ['benchmarks.sql-opportunity', 'write the healthy band from low to high, as in sql-opportunity: [5%, 20%]'],
      [
        'benchmarks.opportunity-customer',
        'write the healthy band from low to high, as in opportunity-customer: [5%, 20%]',
      ],
    ],
  ],
  [
    'intents: [high, medium, low, negative]',
    'intents: [high, medium, low, negative, low]',
    [['intents', 'the intents are fixed: [high, medium, low, negative]']],
  ],
  [
    'intents: [high, medium, low, negative]',
    'intents: [high, medium, low, low]',
    [['intents', 'the intents are fixed: [high, medium, low, negative]']],
  ],
  ['scores: {', 'zcores: {', [['zcores', '"zcores" is not a key here; did you mean "scores"?']]],
  [
    'stages: {',
    'ztages: {',
    [
      ['stages', '"stages" is missing'],
      ['ztages', '"ztages" is not a key here; did you mean "stages"?'],
    ],
  ],
  [
    'metadata: {',
    'mezadata: {',
    [
      ['metadata', '"metadata" is missing'],
      ['mezadata', '"mezadata" is not a key here; did you mean "metadata"?'],
    ],
  ],
];

const sound: readonly PlaybookText[] = [
  { accepted: '{ by: [system, sales] }' },
  {
    checklist: '[ { id: need, ask: "?", type: text, from: event.properties.x } ]',
    sql: `{ enter: [ { id: a, when: "answers.need == 'x'" } ] }`,
  },
  { sql: '{ enter: [ { id: a } ] }' },
  {
    examples:
      '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, move: mql, answers: {} } ], expect: {} } ]',
  },
  { mql: '{ enter: [ { id: x, when: "score.fit >= 0 && score.total > -1" } ] }' },
];

describe('every fault of a playbook', () => {
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

  it.each([
    ['scores: { engagement: { rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }, fit:', 'scores: { fit:'],
  ])('is none with %s written as %s', (piece, instead) => {
    const text = playbookText({});
    expect(text).toContain(piece);
    expect(faultsOf(text.replace(piece, () => instead))).toEqual([]);
  });
});
