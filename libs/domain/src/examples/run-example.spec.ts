import { describe, expect, it } from '@jest/globals';
import { aPlaybook } from '../../test/playbook-text.js';
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
    expect(compareExpectation({ x: ['a'] }, { x: ['a', 'b'] })).toHaveLength(1);
  });
});
