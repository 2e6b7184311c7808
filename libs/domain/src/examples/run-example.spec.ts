import { describe, expect, it } from '@jest/globals';
import { aPlaybook, playbookText } from '../../test/playbook-text.js';
import { compilePlaybook } from '../playbook/compile-playbook.js';
import { compareExpectation } from './compare-expectation.js';
import { exampleSteps } from './example-facts.js';
import { runExamples } from './run-example.js';

function run(examples: string, options: Parameters<typeof runExamples>[1] = {}) {
  return runExamples(aPlaybook({ examples, mql: '{ enter: [ { id: one, when: "seen(\'hi\') >= 1" } ] }' }), options);
}

describe('an example that fails', () => {
  it('says what it expected and what came out, by path', () => {
    const [result] = run(
      '[ { name: x, now: 2026-03-02T00:00:00Z, lead: {}, events: [ { at: 2026-03-01T00:00:00Z, track: Hi } ], expect: { stage: lead, awards: { hi: 2 }, persona: unknown } } ]',
    );
    expect(result).toMatchObject({
      name: 'x',
      passed: false,
      differences: [
        { path: 'stage', expected: 'lead', actual: 'mql' },
        { path: 'awards.hi', expected: 2, actual: 1 },
      ],
    });
  });

  it('says when a move was refused that should not be, and the other way round', () => {
    const [result] = run(
      '[ { name: x, now: 2026-03-02T00:00:00Z, lead: {}, events: [ { at: 2026-03-01T00:00:00Z, move: customer, by: sales }, { at: 2026-03-01T01:00:00Z, move: sql, by: sales, refused: true } ], expect: {} } ]',
    );
    expect(result!.differences).toEqual([
      {
        path: 'move to customer at 2026-03-01T00:00:00.000Z',
        expected: 'accepted',
        actual: expect.stringMatching(/not-possible/),
      },
      { path: 'move to sql at 2026-03-01T01:00:00.000Z', expected: 'refused', actual: 'accepted' },
    ]);
  });
});

describe('the steps of an example', () => {
  const day = '2026-03-01T00:0';
  const start = Date.parse(`${day}0:00Z`);

  function stepsOf(events: readonly string[], more = '') {
    const { definition } = aPlaybook({
      traits: '{ seats: number, account.seats: text }',
      checklist: '[ { id: need, ask: "?", type: text } ]',
      examples: `[ { name: x, now: 2026-03-02T00:00:00Z, ${more} events: [ ${events.map((event, minute) => `{ at: ${day}${minute}:00Z, ${event} }`).join(', ')} ], expect: {} } ]`,
    });
    return exampleSteps(definition, definition.examples[0]!);
  }

  const origin = { eventId: '0', at: start, receivedAt: start, historic: false, position: null };

  it('begin with what is known of the lead and its account, and with its answers', () => {
    const known = { ...origin, eventId: '', at: start - 1, receivedAt: start - 1 };
    expect(
      stepsOf(['track: Hi'], 'lead: { seats: "7" }, account: { seats: 8 }, answers: { need: x },').slice(0, 2),
    ).toEqual([
      {
        kind: 'facts',
        at: start - 1,
        facts: [
          {
            ...known,
            kind: 'identified',
            traits: { seats: 7 },
            account: { domain: null, freeMail: null, traits: { seats: { value: '8', at: start - 1 } } },
          },
        ],
      },
      { kind: 'answers', at: start - 1, answers: { need: 'x' }, by: 'sales' },
    ]);
  });

  it.each([
    ['page: /pricing', { type: 'page', page: { path: '/pricing' }, source: 'example' }],
    ['page: { path: /a, title: A }, source: web', { type: 'page', page: { path: '/a', title: 'A' }, source: 'web' }],
    ['screen: Home', { type: 'screen', name: 'Home', source: 'example' }],
    [
      'track: Hi, properties: { a: 1 }, channel: ads, automated: bot, campaign: { name: c }',
      {
        type: 'track',
        name: 'Hi',
        source: 'example',
        properties: { a: 1 },
        channel: 'ads',
        automated: 'bot',
        campaign: { name: 'c' },
      },
    ],
    ['identify:', { type: 'track', source: 'example' }],
  ])('are events: %s', (text, event) => {
    expect(stepsOf([text])[1]).toStrictEqual({
      kind: 'facts',
      at: start,
      facts: [{ ...origin, kind: 'engaged', event }],
    });
  });

  it.each([
    [
      'identify: { email: kim@acme.io, seats: "9" }',
      { seats: 9, email: 'kim@acme.io' },
      { domain: 'acme.io', freeMail: false, traits: {} },
      'identify',
    ],
    ['identify: { seats: "9" }', { seats: 9 }, null, 'identify'],
    [
      'group: { seats: 9 }',
      {},
      { domain: null, freeMail: null, traits: { seats: { value: '9', at: start } } },
      'group',
    ],
  ])('are profiles and the events that told them: %s', (text, traits, account, type) => {
    expect(stepsOf([text])[1]).toStrictEqual({
      kind: 'facts',
      at: start,
      facts: [
        { ...origin, kind: 'profile-updated', traits, account },
        { ...origin, kind: 'engaged', event: { type, source: 'example' } },
      ],
    });
  });

  it('are moves and answers of people', () => {
    expect(
      stepsOf(['move: mql, by: marketing, note: Hot', 'answers: { need: x }, by: manager', 'answers: {}']).slice(1),
    ).toStrictEqual([
      {
        kind: 'move',
        at: start,
        command: { to: 'mql', by: 'marketing', actorId: 'marketing', note: 'Hot' },
        refused: false,
      },
      { kind: 'answers', at: start + 60_000, answers: { need: 'x' }, by: 'manager' },
      { kind: 'answers', at: start + 120_000, answers: {}, by: 'sales' },
    ]);
  });

  it('have ids that sort like their places', () => {
    const ten = stepsOf(Array.from({ length: 10 }, () => 'track: Hi')).slice(1);
    expect(ten.map((step) => (step.kind === 'facts' ? step.facts[0]!.eventId : null))).toEqual(
      Array.from({ length: 10 }, (_, index) => `0${index}`),
    );
  });
});

describe('running an example', () => {
  it('leaves out what happens after its now', () => {
    const [result] = run(
      '[ { name: x, now: 2026-03-02T00:00:00Z, lead: {}, events: [ { at: 2026-03-03T00:00:00Z, track: Hi } ], expect: { stage: lead } } ]',
    );
    expect(result).toMatchObject({ passed: true, actual: { history: ['lead'], sla: null, owner: null } });
  });

  it('tells the lead and its account just before the first event, and an event that is repeated twice', () => {
    const { definition } = aPlaybook({
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, lead: {}, events: [ { at: 2026-03-01T01:00:00Z, track: Hi, repeat: true }, { at: 2026-03-01T00:00:00Z, track: Hi } ], expect: {} } ]',
    });
    const steps = exampleSteps(definition, definition.examples[0]!);
    const first = Date.parse('2026-03-01T00:00:00Z');
    expect(steps.map(({ at }) => at - first)).toEqual([-1, 0, 3_600_000, 3_600_000]);
    expect(steps[3]).toEqual(steps[2]);
  });

  it('takes an account as it is written, and what a group event adds to it', () => {
    const [result] = runExamples(
      aPlaybook({
        fit: `{ rules: [ { id: free, when: "account.freeMail", points: 1 }, { id: acme, when: "account.domain == 'acme.io'", points: 2 }, { id: big, when: "account.employees >= 50", points: 4 } ] }`,
        examples:
          '[ { name: x, now: 2026-03-02T00:00:00Z, lead: { email: kim@other.io }, account: { domain: acme.io, freeMail: true }, events: [ { at: 2026-03-01T00:00:00Z, group: { employees: 60 } } ], expect: { fit: 7 } } ]',
      }),
    );
    expect(result!.differences).toEqual([]);
  });

  it('gives a lead that no rule routes to the fallback', () => {
    const text = playbookText({
      mql: '{ enter: [ { id: one, when: "seen(\'hi\') >= 1" } ] }',
      examples:
        '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, track: Hi } ], expect: { owner: "team:others" } } ]',
    }).replace('{ id: all, to: "team:inbound" } ], fallback: "team:inbound"', '], fallback: "team:others"');
    expect(runExamples(compilePlaybook(text).playbook!)[0]!.differences).toEqual([]);
  });

  it('says of answers that were refused when they were given', () => {
    const [result] = run(
      '[ { name: x, now: 2026-03-02T00:00:00Z, events: [ { at: 2026-03-01T00:00:00Z, answers: { shoe: 7 } } ], expect: {} } ]',
    );
    expect(result!.differences).toMatchObject([{ path: 'answers at 2026-03-01T00:00:00.000Z', expected: 'accepted' }]);
  });

  it('asks whoever routes for the owner', () => {
    const [result] = run(
      '[ { name: x, now: 2026-03-02T00:00:00Z, lead: {}, events: [ { at: 2026-03-01T00:00:00Z, track: Hi } ], expect: { owner: "rep:ana" } } ]',
      {
        route: ({ holds }) => (holds.routing[0] === 'all' ? 'rep:ana' : null),
      },
    );
    expect(result!.passed).toBe(true);
  });
});

describe('numbers', () => {
  it('are as exact as they are written: 10.00 is finer than 10', () => {
    const decayed = (expected: string) =>
      runExamples(
        aPlaybook({
          engagement: '{ halfLife: 10d, rules: [ { id: hi, signal: hi, points: 10 } ] }',
          examples: `[ { name: x, now: 2026-03-01T01:00:00Z, lead: {}, events: [ { at: 2026-03-01T00:00:00Z, track: Hi } ], expect: { engagement: ${expected} } } ]`,
        }),
      )[0]!;
    expect(decayed('10').differences).toEqual([]);
    expect(decayed('9.97').differences).toEqual([]);
    expect(decayed('10.00')).toMatchObject({ passed: false, differences: [{ path: 'engagement', expected: 10 }] });
  });

  it.each([
    [30, 30.5, true],
    [30, 30.51, false],
    [10.27, 10.274, true],
    [10.27, 10.276, false],
    [10.27, 10.275, true],
    [-0.5, -0.549, true],
    [-10.27, -10.276, false],
    [0.171729, 0.1717294, true],
  ])('%d is met by %d: %j', (expected, actual, met) => {
    expect(compareExpectation({ x: expected }, { x: actual })).toHaveLength(met ? 0 : 1);
  });

  it('are not texts', () => {
    expect(compareExpectation({ x: 1 }, { x: '1' })).toEqual([{ path: 'x', expected: 1, actual: '1' }]);
    expect(compareExpectation({ x: { y: 1 } }, {})).toEqual([{ path: 'x.y', expected: 1, actual: undefined }]);
    expect(compareExpectation({ x: '1' }, { x: 1 })).toHaveLength(1);
    expect(compareExpectation({ x: ['a'] }, { x: ['a', 'b'] })).toHaveLength(1);
    expect(compareExpectation({ x: null, y: null }, { x: null, y: 0 })).toEqual([
      { path: 'y', expected: null, actual: 0 },
    ]);
  });
});
