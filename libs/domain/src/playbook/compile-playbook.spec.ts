import { describe, expect, it } from '@jest/globals';
import { compilePlaybook } from './compile-playbook.js';
import type { Fault } from './definition.js';

const valid = `apiVersion: baton/v1
kind: Playbook
metadata:
  name: tight-b2b
  about: MQL is fit and behaviour.
  owners: { marketing: [ana@example.com], sales: [sam@example.com] }
  reviewEvery: 90d
intents: [high, medium, low, negative]
traits: { seats: number, account.tier: text }
personas:
  - { id: technical, when: "lead.title.contains('Engineer')" }
signals:
  demo-request: { on: Form Submitted, when: "event.properties.form == 'demo'", intent: high, offer: demo }
  visit: { on: [page, screen], every: 30m, intent: low }
exclusions:
  - { id: rival, when: "account.domain == 'rival.example'", reason: competitor }
scores:
  engagement:
    halfLife: 30d
    cap: 100
    rules:
      - { id: demo, signal: demo-request, points: 30 }
      - { id: visits, signal: visit, points: 5, atLeast: 2, within: 7d, times: 4 }
  fit:
    rules:
      - { id: size, when: account.employees >= 50, points: 20 }
    grades: { A: 20, B: 10, C: 5 }
stages:
  lead: { carry: false }
  mql:
    enter:
      - { id: score-and-fit, when: "score.engagement >= 30 && score.fit >= 20" }
    exit:
      - { id: cold, when: score.engagement < 10, to: nurture, reason: went-cold }
  accepted: { from: [mql], by: [sales] }
  sql:
    enter:
      - { id: confirmed, by: [sales], when: "answers.need != ''" }
    motions:
      - { id: discovery, nextStep: Discovery call }
  opportunity: { from: [sql], by: [sales, crm], requires: [amount] }
  customer: { by: [sales, crm] }
checklist:
  - { id: need, ask: What do they need?, type: text, required: true }
  - { id: budget, ask: Budget, type: choice, options: [approved, none], from: event.properties.budget }
reasons:
  - { id: went-cold, label: Went cold, to: [nurture], wakeAfter: 90d }
  - { id: competitor, label: Competitor, to: [disqualified], crm: ["Chose us not"] }
slas:
  - { id: hot, when: "seen('demo-request', '1d') > 0", firstTouch: 5m, warnAt: [50%, 80%], escalate: [{ at: 100%, notify: manager }] }
routing:
  sticky: [lead-owner]
  rules:
    - { id: everyone, to: "team:inbound" }
  fallback: "team:inbound"
benchmarks: { lead-mql: [5%, 20%] }
examples:
  - name: A demo alone
    now: 2026-03-02T12:00:00Z
    lead: { email: kim@acme.example }
    events:
      - { at: 2026-03-01T09:00:00Z, track: Form Submitted, properties: { form: demo } }
    expect: { stage: lead, engagement: 29.20, awards: { demo: 1 } }
`;

/** No more than a playbook needs. */
const least = `apiVersion: baton/v1
kind: Playbook
metadata: { name: least, owners: { marketing: [a@example.com], sales: [b@example.com] } }
stages: {}
routing: { fallback: "team:inbound" }
`;

/** The faults after one piece of the valid playbook was written differently. */
function faultsAfter(piece: string, instead: string): readonly Fault[] {
  expect(valid).toContain(piece);
  return compilePlaybook(valid.replace(piece, () => instead)).faults;
}

/** Line and column, from 1, of the mark ¦ in the changed text, and the text without it. */
function placeOf(piece: string, marked: string): { line: number; column: number; instead: string } {
  const text = valid.replace(piece, () => marked);
  const before = text.slice(0, text.indexOf('¦')).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1, instead: marked.replace('¦', '') };
}

describe('a playbook that compiles', () => {
  const { playbook, faults } = compilePlaybook(valid, { roster: { teams: [{ id: 'inbound' }] } });

  it('has no faults', () => {
    expect(faults).toEqual([]);
  });

  it('has durations in milliseconds, percents as shares and defaults filled in', () => {
    expect(playbook?.definition.scores.engagement).toMatchObject({ halfLifeMs: 30 * 86_400_000, cap: 100 });
    expect(playbook?.definition.scores.engagement.rules).toMatchObject([
      { id: 'demo', atLeast: 1, times: 1 },
      { id: 'visits', atLeast: 2, times: 4, withinMs: 7 * 86_400_000 },
    ]);
    expect(playbook?.definition.slas).toMatchObject([
      {
        firstTouchMs: 300_000,
        warnAt: [0.5, 0.8],
        hours: 'business',
        escalate: [{ at: 1, notify: 'manager' }],
        cadenceMs: [],
      },
    ]);
    expect(playbook?.definition.reasons[0]).toMatchObject({
      wakeAfterMs: 90 * 86_400_000,
      wakeQuietMs: 86_400_000,
      crm: [],
    });
    expect(playbook?.definition.benchmarks).toEqual({ 'lead-mql': [0.05, 0.2] });
  });

  it('keeps what a promise and a handoff are to do, and nothing that is not written', () => {
    const text = valid
      .replace(
        '{ at: 100%, notify: manager }',
        '{ at: 100%, notify: manager }, { at: 150%, reassign: true, page: on-call }',
      )
      .replace(
        'nextStep: Discovery call }',
        'nextStep: Discovery call }\n      - { id: demo, nextStep: Demo, when: account.freeMail }',
      );
    const { definition } = compilePlaybook(text).playbook!;
    expect(definition.slas[0]!.escalate).toStrictEqual([
      { at: 1, notify: 'manager' },
      { at: 1.5, reassign: true, page: 'on-call' },
    ]);
    expect(definition.stages.sql!.motions).toStrictEqual([
      { id: 'discovery', nextStep: 'Discovery call' },
      { id: 'demo', nextStep: 'Demo', when: expect.objectContaining({ text: 'account.freeMail' }) },
    ]);
    expect(definition.metadata).toStrictEqual({
      name: 'tight-b2b',
      about: 'MQL is fit and behaviour.',
      owners: { marketing: ['ana@example.com'], sales: ['sam@example.com'] },
      reviewEveryMs: 90 * 86_400_000,
    });
    expect(definition.examples[0]!.name).toBe('A demo alone');
    expect(definition.examples[0]!.expect).toEqual({ stage: 'lead', engagement: 29.2, awards: { demo: 1 } });
  });

  it.each([
    [
      'engagement: 29.20',
      'engagement: -1.50, fit: +.5, total: 1e3, cycle: 7',
      { engagement: 2, fit: 1, total: 0, cycle: 0 },
    ],
    ['engagement: 29.20', 'engagement: 1.5e-2, via: "1.5"', { engagement: 0 }],
  ])('knows how exactly the numbers of %s are written as %s', (piece, instead, decimals) => {
    const { playbook: changed } = compilePlaybook(valid.replace(piece, instead));
    expect(changed!.definition.examples[0]!.decimals).toEqual(decimals);
  });

  it('resolves who may use a rule and from where', () => {
    expect(playbook?.definition.stages.mql?.enter).toMatchObject([{ by: ['system'], from: ['lead'] }]);
    expect(playbook?.definition.stages.sql?.enter).toMatchObject([
      { by: ['sales'], from: ['lead', 'mql', 'accepted'] },
    ]);
  });

  it('finds signals by what they listen on', () => {
    expect([...playbook!.signalsOn].map(([on, signals]) => [on, signals.map(({ id }) => id)])).toEqual([
      ['track:Form Submitted', ['demo-request']],
      ['page', ['visit']],
      ['screen', ['visit']],
    ]);
  });

  it('has each pattern once', () => {
    const { patterns } = compilePlaybook(
      valid.replace("answers.need != ''", "answers.need != '' && seen('demo-request') > 0"),
    ).playbook!;
    expect(patterns.map(({ text, index }) => [text, index])).toEqual([['demo-request', 0]]);
  });

  it('counts a negative signal by no label', () => {
    const labelled =
      'signals: { a: { on: A, intent: negative, topic: negative }, b: { on: B, intent: low, topic: negative } }';
    const stages = `stages: { mql: { enter: [ { id: x, when: "seen('topic:negative') > 0" } ] } }`;
    const { patterns } = compilePlaybook(least.replace('stages: {}', `${stages}\n${labelled}`)).playbook!;
    expect(patterns.map((pattern) => [...pattern.signals])).toEqual([['b']]);
  });

  it('keeps the precision with which an example expects numbers', () => {
    expect(playbook?.definition.examples[0]).toMatchObject({
      now: Date.UTC(2026, 2, 2, 12),
      order: 'time',
      decimals: { engagement: 2 },
    });
  });

  it('takes a condition written as a bare true', () => {
    expect(faultsAfter('"answers.need != \'\'"', 'true')).toEqual([]);
  });

  it('reads anchors as what they repeat', () => {
    const text = valid.replace(
      '[ana@example.com], sales: [sam@example.com]',
      '&people [ana@example.com, sam@example.com], sales: *people',
    );
    expect(compilePlaybook(text).playbook?.definition.metadata.owners.sales).toEqual([
      'ana@example.com',
      'sam@example.com',
    ]);
  });
});

describe('what a playbook does not say', () => {
  it('is empty', () => {
    const { definition, patterns, signalsOn } = compilePlaybook(least).playbook!;
    expect(definition).toStrictEqual({
      metadata: { name: 'least', owners: { marketing: ['a@example.com'], sales: ['b@example.com'] } },
      traits: {},
      personas: [],
      signals: [],
      exclusions: [],
      scores: { engagement: { rules: [] }, fit: { rules: [] } },
      stages: {},
      checklist: [],
      reasons: [],
      slas: [],
      routing: { sticky: [], rules: [], fallback: 'team:inbound' },
      examples: [],
    });
    expect([patterns, signalsOn]).toEqual([[], new Map()]);
  });

  it('of a stage, a promise, a route or an example is empty, too', () => {
    const text = least
      .replace('stages: {}', 'stages: { lead: {}, sql: { by: [sales] } }')
      .replace('{ fallback', '{ rules: [ { id: all, to: "team:inbound" } ], fallback');
    const parts =
      'slas: [ { id: day, firstTouch: 1d } ]\nexamples: [ { name: x, now: 2026-03-02T12:00:00Z, expect: {} } ]\n';
    const { definition } = compilePlaybook(text + parts).playbook!;
    const ruleless = { carry: false, enter: [], exit: [], requires: [], motions: [] };
    expect(definition.stages).toStrictEqual({ lead: ruleless, sql: { ...ruleless, by: ['sales'] } });
    expect(definition.slas).toStrictEqual([
      { id: 'day', firstTouchMs: 86_400_000, warnAt: [], hours: 'business', escalate: [], cadenceMs: [] },
    ]);
    expect(definition.routing.rules).toStrictEqual([{ id: 'all', to: 'team:inbound', skills: [] }]);
    const now = Date.UTC(2026, 2, 2, 12);
    const told = { lead: {}, account: {}, events: [], answers: {}, expect: {}, decimals: {} };
    expect(definition.examples).toStrictEqual([{ name: 'x', now, order: 'time', ...told }]);
  });

  it.each([
    ['score.engagement >= 1', 'this can never hold: the engagement reaches 0 at most, with every rule counted'],
    ['score.fit > 0', 'this can never hold: the fit reaches 0 at most, with every rule counted'],
  ])('cannot be reached: %s', (when, message) => {
    const text = least.replace('stages: {}', `stages: { mql: { enter: [ { id: a, when: "${when}" } ] } }`);
    expect(compilePlaybook(text).faults.map((fault) => [fault.path, fault.message])).toEqual([
      ['stages.mql.enter[0].when', message],
    ]);
  });

  it.each([
    [
      'exclusions: [ { id: rival, when: "true", reason: competitor } ]',
      'exclusions[0].reason',
      '"competitor" is not a listed reason',
    ],
    [
      'examples: [ { name: x, now: 2026-03-02T12:00:00Z, expect: { signals: { hi: 1 } } } ]',
      'examples[0].expect.signals.hi',
      '"hi" is not a signal of this playbook',
    ],
    [
      'examples: [ { name: x, now: 2026-03-02T12:00:00Z, expect: { awards: { hi: 1 } } } ]',
      'examples[0].expect.awards.hi',
      '"hi" is not a rule of this playbook',
    ],
  ])('cannot be named: %s', (part, path, message) => {
    expect(compilePlaybook(`${least}${part}\n`).faults.map((fault) => [fault.path, fault.message])).toEqual([
      [path, message],
    ]);
  });
});

/** What was written, what is written instead with the place of the fault marked ¦, the path, words of the sentence. */
const refusals: readonly (readonly [string, string, string, string, string])[] = [
  ['an unknown key', 'kind: Playbook', 'kind: Playbook\n¦colour: red', 'colour', '"colour" is not a key here'],
  ['a misspelt key', 'points: 30', '¦point: 30', 'scores.engagement.rules[0].point', 'did you mean "points"?'],
  ['another version', 'baton/v1', '¦baton/v2', 'apiVersion', '"baton/v2" is not one of baton/v1'],
  ['a missing key', 'kind: Playbook\n', '', 'kind', '"kind" is missing'],
  ['a name with capitals', 'tight-b2b', '¦Tight B2B', 'metadata.name', 'is no name; write small letters'],
  ['an owner group without anybody', '[sam@example.com]', '¦[]', 'metadata.owners.sales', 'must name at least one'],
  ['other intents', '[high, medium, low, negative]', '¦[high, low]', 'intents', 'the intents are fixed'],
  ['an unknown trait type', 'seats: number', 'seats: ¦numbr', 'traits.seats', 'did you mean "number"?'],
  ['a built-in trait declared', 'seats: number', '¦title: text', 'traits.title', 'is built in'],
  ['a trait that CEL cannot read', 'seats: number', '¦in: number', 'traits.in', 'cannot be read in conditions'],
  ['a reserved persona', 'id: technical', 'id: ¦unknown', 'personas[0].id', '"unknown" is reserved'],
  ['a reserved name', 'id: technical', 'id: ¦constructor', 'personas[0].id', '"constructor" is reserved'],
  ['an id with capitals', 'id: technical', 'id: ¦Technical', 'personas[0].id', 'is no id'],
  ['a signal id with capitals', 'visit: {', '¦Visit: {', 'signals.Visit', 'is no id'],
  [
    'an unknown intent',
    'every: 30m, intent: low',
    'every: 30m, intent: ¦lwo',
    'signals.visit.intent',
    'did you mean "low"?',
  ],
  [
    'an unknown variable',
    "event.properties.form == 'demo'",
    "¦evnt.properties.form == 'demo'",
    'signals.demo-request.when',
    '"evnt" is unknown; did you mean "event"?',
  ],
  [
    'a variable where it is not allowed',
    "event.properties.form == 'demo'",
    "event.name == 'x' && ¦lead.title == 'x'",
    'signals.demo-request.when',
    '"lead" cannot be used in a signal',
  ],
  [
    'an unknown trait',
    "lead.title.contains('Engineer')",
    "lead.¦titel.contains('Engineer')",
    'personas[0].when',
    'did you mean "lead.title"?',
  ],
  [
    'an unknown function',
    "lead.title.contains('Engineer')",
    "¦lead.title.has_word('Engineer')",
    'personas[0].when',
    '"has_word" is not a function of values',
  ],
  [
    'a wrong type',
    'account.employees >= 50',
    "¦account.employees >= '50'",
    'scores.fit.rules[0].when',
    'compare values of one type',
  ],
  [
    'a condition that does not parse',
    'account.employees >= 50',
    'account.employees >= 50 &&¦',
    'scores.fit.rules[0].when',
    'the expression ends too early',
  ],
  [
    'a condition that is not decidable in time',
    'score.engagement < 10',
    '¦score.engagement < score.fit',
    'stages.mql.exit[0].when',
    'can be decided in time',
  ],
  [
    'an unknown signal in a rule',
    'signal: demo-request',
    'signal: ¦demo-reqest',
    'scores.engagement.rules[0].signal',
    'did you mean "demo-request"?',
  ],
  [
    'an unknown signal in a count',
    "seen('demo-request', '1d')",
    "seen(¦'demo-rquest', '1d')",
    'slas[0].when',
    'did you mean "demo-request"?',
  ],
  [
    'an unknown reason',
    'reason: went-cold',
    'reason: ¦wentcold',
    'stages.mql.exit[0].reason',
    'did you mean "went-cold"?',
  ],
  ['an exclusion without a reason', ', reason: competitor', '', 'exclusions[0].reason', '"reason" is missing'],
  [
    'an exclusion with an unlisted reason',
    ', reason: competitor',
    ', reason: ¦rival',
    'exclusions[0].reason',
    '"rival" is not a listed reason',
  ],
  [
    'an exclusion whose reason does not disqualify',
    ', reason: competitor',
    ', reason: ¦went-cold',
    'exclusions[0].reason',
    'does not lead to disqualified',
  ],
  [
    'an exit with a reason for another stage',
    'reason: went-cold',
    'reason: ¦competitor',
    'stages.mql.exit[0].reason',
    'does not lead to nurture',
  ],
  [
    'a move that does not exist',
    'from: [sql]',
    'from: [¦mql]',
    'stages.opportunity.from[0]',
    'there is no move from mql to opportunity',
  ],
  ['an unknown stage', 'from: [sql]', 'from: [¦sq1]', 'stages.opportunity.from[0]', 'did you mean "sql"?'],
  [
    'a stage of another kind',
    '  lead: { carry: false }',
    '  lead: { carry: false }\n  ¦demo: {}',
    'stages.demo',
    '"demo" is not a key here',
  ],
  [
    'an exit to where no move leads',
    'to: nurture, reason',
    'to: ¦lost, reason',
    'stages.mql.exit[0].to',
    'there is no move from mql to lost',
  ],
  ['duplicate ids', 'id: visits', 'id: ¦demo', 'scores.engagement.rules[1].id', 'the id "demo" is used twice'],
  [
    'a signal written twice',
    '  visit: {',
    '  ¦demo-request: {',
    'signals.demo-request',
    'the key "demo-request" is written twice',
  ],
  [
    'a stage that nothing leads to',
    'accepted: { from: [mql], by: [sales] }',
    'accepted: ¦{ from: [mql] }',
    'stages.accepted',
    'no path of moves reaches accepted: it has neither an entry rule nor people in "by"',
  ],
  [
    'a stage behind an unreached one',
    'opportunity: { from: [sql], by: [sales, crm], requires: [amount] }',
    'opportunity: {}',
    'stages.customer',
    'none of opportunity is reached',
  ],
  [
    'a system rule that needs people to answer',
    '{ id: confirmed, by: [sales], when: "answers',
    '{ id: confirmed, when: ¦"answers',
    'stages.sql.enter[0].when',
    'only people answer "need"',
  ],
  [
    'engagement that no points reach',
    'score.engagement >= 30',
    '¦score.engagement >= 51',
    'stages.mql.enter[0].when',
    'the engagement reaches 50 at most',
  ],
  [
    'engagement above its cap',
    'cap: 100\n    rules:',
    'cap: 20\n    rules:',
    'stages.mql.enter[0].when',
    'the engagement reaches 20 at most',
  ],
  [
    'fit that no points reach',
    '&& score.fit >= 20',
    '&& ¦score.fit > 20',
    'stages.mql.enter[0].when',
    'the fit reaches 20 at most',
  ],
  [
    'a total that no points reach',
    'score.engagement >= 30',
    '¦score.total >= 71',
    'stages.mql.enter[0].when',
    'the total reaches 70 at most',
  ],
  [
    'a score below zero',
    'score.engagement < 10',
    '¦score.engagement < 0',
    'stages.mql.exit[0].when',
    'is never below 0',
  ],
  [
    'a negative duration',
    'halfLife: 30d',
    'halfLife: ¦-30d',
    'scores.engagement.halfLife',
    'a duration must be more than zero, not -30d',
  ],
  ['a zero duration', 'within: 7d', 'within: ¦0d', 'scores.engagement.rules[1].within', 'must be more than zero'],
  ['a duration without a unit', 'firstTouch: 5m', 'firstTouch: ¦5', 'slas[0].firstTouch', '"5" is no duration'],
  ['times below one', 'times: 4', 'times: ¦0', 'scores.engagement.rules[1].times', 'a whole number from 1 to 1000'],
  [
    'times above a thousand',
    'times: 4',
    'times: ¦1001',
    'scores.engagement.rules[1].times',
    'a whole number from 1 to 1000',
  ],
  [
    'atLeast below one',
    'atLeast: 2',
    'atLeast: ¦-1',
    'scores.engagement.rules[1].atLeast',
    'a whole number from 1 to 1000',
  ],
  [
    'atLeast with a fraction',
    'atLeast: 2',
    'atLeast: ¦1.5',
    'scores.engagement.rules[1].atLeast',
    'a whole number from 1 to 1000',
  ],
  ['points that are no number', 'points: 30', 'points: ¦many', 'scores.engagement.rules[0].points', 'must be a number'],
  [
    'grades that do not descend',
    'B: 10, C: 5',
    'B: 10, C: 15',
    'scores.fit.grades',
    'the lower bound of A must be above that of B',
  ],
  [
    'a reason that leads nowhere',
    'label: Competitor, to: [disqualified]',
    'label: Competitor',
    'reasons[1].to',
    '"to" is missing',
  ],
  [
    'a nurture reason that never wakes',
    ', wakeAfter: 90d',
    '',
    'reasons[0].wakeAfter',
    'a reason for nurture needs wakeAfter',
  ],
  ['a reserved reason', 'id: competitor, label', 'id: ¦unstated-by-crm, label', 'reasons[1].id', 'is reserved'],
  [
    'a CRM text of two reasons',
    'wakeAfter: 90d }',
    'wakeAfter: 90d, crm: [Chose us not] }',
    'reasons[1].crm[0]',
    'the CRM text "Chose us not" is used twice',
  ],
  [
    'a choice without options',
    'type: choice, options: [approved, none]',
    'type: choice',
    'checklist[1].options',
    'a choice needs options',
  ],
  [
    'options without a choice',
    'type: choice, options',
    'type: text, options',
    'checklist[1].options',
    'options belong to the types choice and choices',
  ],
  [
    'a pre-fill from what is not known',
    'from: event.properties.budget',
    'from: event.¦propertys.budget',
    'checklist[1].from',
    'did you mean "event.properties"?',
  ],
  [
    'an unknown role',
    'from: [mql], by: [sales]',
    'from: [mql], by: [¦sale]',
    'stages.accepted.by[0]',
    'did you mean "sales"?',
  ],
  [
    'something unknown required',
    'requires: [amount]',
    'requires: [¦amonut]',
    'stages.opportunity.requires[0]',
    'did you mean "amount"?',
  ],
  ['a reserved entry rule', 'id: score-and-fit', 'id: ¦implied', 'stages.mql.enter[0].id', '"implied" is reserved'],
  [
    'motions where there is no handoff',
    'customer: { by',
    'customer: ¦{ motions: [{ id: a, nextStep: b }], by',
    'stages.customer.motions',
    'motions belong to mql and sql',
  ],
  [
    'a warning after the promise',
    'warnAt: [50%, 80%]',
    'warnAt: [50%, ¦120%]',
    'slas[0].warnAt[1]',
    'a warning comes before the promise is due',
  ],
  ['a percent without its sign', 'warnAt: [50%, 80%]', 'warnAt: [50%, ¦80]', 'slas[0].warnAt[1]', '"80" is no percent'],
  [
    'an escalation that does nothing',
    '{ at: 100%, notify: manager }',
    '¦{ at: 100% }',
    'slas[0].escalate[0]',
    'an escalation needs notify, reassign or page',
  ],
  [
    'an owner that is no team',
    'to: "team:inbound"',
    'to: ¦"rep:ana"',
    'routing.rules[0].to',
    'write it as in "team:inbound"',
  ],
  ['a band the wrong way round', '[5%, 20%]', '¦[20%, 5%]', 'benchmarks.lead-mql', 'from low to high'],
  ['an example without a time', '2026-03-02T12:00:00Z', '¦2026-02-30T12:00:00Z', 'examples[0].now', 'is no time'],
  [
    'an example that expects an unknown rule',
    'awards: { demo: 1 }',
    'awards: { dmeo: 1 }',
    'examples[0].expect.awards.dmeo',
    'did you mean "demo"?',
  ],
  [
    'an example that expects an unknown thing',
    'stage: lead, engagement',
    'stge: lead, engagement',
    'examples[0].expect.stge',
    'did you mean "stage"?',
  ],
  [
    'an example with an event of no kind',
    'track: Form Submitted, properties',
    'properties',
    'examples[0].events[0]',
    'an event of an example is one of',
  ],
  ['a key without a value', 'lead: { carry: false }', 'lead: { ¦carry }', 'stages.lead.carry', 'must be true or false'],
  ['a list where a map belongs', 'metadata:\n', 'traits: ¦[a]\nmetadata:\n', 'traits', 'must be a map'],
  [
    'a map where a list belongs',
    '  sticky: [lead-owner]',
    '  sticky: ¦{ lead-owner: true }',
    'routing.sticky',
    'must be a list',
  ],
  ['a tag of another schema', 'kind: Playbook', 'kind: ¦!secret Playbook', 'kind', 'the tag !secret is not allowed'],
  ['a timestamp tag', '2026-03-02T12:00:00Z', '¦!!timestamp 2026-03-02', 'examples[0].now', 'is not allowed'],
  ['text that is no YAML', 'benchmarks: {', 'benchmarks: ¦}{', 'benchmarks', 'this is not YAML'],
  [
    'an alias of nothing',
    'sales: [sam@example.com]',
    'sales: ¦*nobody',
    'metadata.owners.sales',
    'nothing above is marked &nobody',
  ],
  [
    'an anchor inside itself',
    '[sam@example.com]',
    '&a [¦*a]',
    'metadata.owners.sales[0]',
    'stands inside what it repeats',
  ],
  [
    'a reserved key',
    'properties: { form: demo }',
    'properties: { ¦__proto__: demo }',
    'examples[0].events[0].properties.__proto__',
    'is reserved',
  ],
];

describe('a playbook is refused for', () => {
  const cases = refusals.map(([name, piece, marked, path, words]) => ({ name, piece, marked, path, words }));

  it.each(cases)('$name', ({ piece, marked, path, words }) => {
    const { line, column, instead } = placeOf(piece, marked);
    const fault = faultsAfter(piece, instead).find((found) => found.path === path);
    expect(fault).toMatchObject({ path, message: expect.stringContaining(words) });
    if (marked.includes('¦')) expect(fault).toMatchObject({ line, column });
  });

  it('a grade that no points reach', () => {
    const text = valid
      .replace('grades: { A: 20,', 'grades: { A: 30,')
      .replace('score.fit >= 20', "score.grade in ['A']");
    const [fault, ...others] = compilePlaybook(text).faults;
    expect(others).toEqual([]);
    expect(fault).toMatchObject({
      path: 'stages.mql.enter[0].when',
      message: expect.stringContaining('a fit of at most 20 never gives the grade A'),
    });
  });

  it('a team that is not on the roster', () => {
    const { faults } = compilePlaybook(valid, { roster: { teams: [{ id: 'inbond' }] } });
    expect(faults.map(({ path, message }) => [path, message])).toEqual([
      ['routing.rules[0].to', '"team:inbound" is not a team of the roster; did you mean "team:inbond"?'],
      ['routing.fallback', '"team:inbound" is not a team of the roster; did you mean "team:inbond"?'],
    ]);
  });

  it('more than one MiB of text', () => {
    expect(compilePlaybook(`${valid}# ${'x'.repeat(1024 * 1024)}`).faults).toMatchObject([
      { line: 1, column: 1, message: expect.stringContaining('larger than 1 MiB') },
    ]);
  });

  it('anchors that expand past one MiB, without expanding them', () => {
    const lists = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array.from({ length: 10 }, () => `*l${level}`).join(', ')}]`,
    );
    const bomb = ['l0: &l0 lol', ...lists].join('\n');
    expect(compilePlaybook(bomb).faults).toMatchObject([
      { line: 2, column: 10, message: expect.stringContaining('expand to more than 1 MiB') },
    ]);
  });

  it.each([
    ['', 'the file is empty'],
    ['# only a comment', 'the file is empty'],
    ['just text', '"the file" must be a map of keys and values'],
    ['x'.repeat(1024 * 1024), '"the file" must be a map of keys and values'],
    ['[1, 2]', 'must be a map'],
    [`${valid}---\n${valid}`, 'one file holds one playbook'],
    [`${'['.repeat(60)}${']'.repeat(60)}`, 'nested more than 40 levels deep'],
    ['['.repeat(200_000), 'nested more than 40 levels deep'],
    ['{ ? [a, b] : c }', 'a key must be a plain text'],
  ])('a file of another kind (%#)', (text, words) => {
    const { playbook, faults } = compilePlaybook(text);
    expect(playbook).toBeNull();
    expect(faults.map(({ message }) => message)).toContainEqual(expect.stringContaining(words));
  });
});

describe('the faults of a file', () => {
  it('come all at once, in the order of the file', () => {
    const text = valid
      .replace('points: 30', 'points: many')
      .replace('lead.title.contains', 'lead.titel.contains')
      .replace('firstTouch: 5m', 'firstTouch: 5');
    expect(compilePlaybook(text).faults.map(({ path }) => path)).toEqual([
      'personas[0].when',
      'scores.engagement.rules[0].points',
      'slas[0].firstTouch',
    ]);
  });

  it.each([
    ['plain text', `when: account.employees >= 5 && account.¦employes > 1`],
    ['single quotes', `when: 'lead.title == ''x'' || account.¦employes > 1'`],
    [
      'double quotes with escapes',
      `when: "lead.title == \\"x\\" || lead.name == 'a\\u0041\\\\\\\\b' || account.¦employes > 1"`,
    ],
    ['double quotes over two lines', `when: "lead.title == 'x' ||\n          account.¦employes > 1"`],
    ['a folded block', `when: >-\n          lead.title == 'x'\n          || account.¦employes > 1\n        `],
    ['a literal block', `when: |\n          lead.title == 'x'\n            || account.¦employes > 1\n        `],
    ['a literal block, at its beginning', `when: |\n          ¦acount.employees > 1\n        `],
    ['double quotes with an escaped line break', `when: "lead.title == 'x' || \\\n          account.¦employes > 1"`],
    ['plain text that ends too early', 'when: account.employees >= 5 &&¦'],
    ['double quotes that end too early', 'when: "account.employees >= 5 &&¦ "'],
    ['a folded block that ends too early', `when: >-\n          account.employees >= 5 &&¦\n        `],
    ['a literal block that ends too early', `when: |\n          account.employees >= 5 &&¦\n\n        `],
    ['letters that YAML takes for true', 'when: ¦TRUE'],
  ])('point into a condition written in %s', (_, marked) => {
    const item = (text: string) => `      - id: size\n        ${text}\n        points: 20`;
    const piece = '      - { id: size, when: account.employees >= 50, points: 20 }';
    const { line, column, instead } = placeOf(piece, item(marked));
    expect(faultsAfter(piece, instead)).toMatchObject([{ path: 'scores.fit.rules[0].when', line, column }]);
  });
});
