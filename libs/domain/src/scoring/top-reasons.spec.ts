import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, identified, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { topReasons } from './top-reasons.js';

const playbook = aPlaybook({
  engagement:
    '{ halfLife: 1h, rules: [ { id: hi, signal: hi, points: 20, times: 5 }, { id: mid, signal: mid, points: 30 }, { id: neg, signal: neg, points: -15 } ] }',
  fit: '{ rules: [ { id: size, when: "account.employees >= 50", points: 12 }, { id: small, when: "account.employees < 100", points: -5 }, { id: any, when: "true", points: 0 } ] }',
});
const { evidence } = foldAll(playbook, [
  identified({ at: start, id: 'i' }, {}, { employees: 60 }),
  tracked({ at: start, id: 'old' }, 'Mid'),
  tracked({ at: start + hour, id: 'bad' }, 'Neg'),
  tracked({ at: start + 2 * hour, id: 'new' }, 'Hi'),
]).state;
const at = start + 2 * hour;

describe('the top reasons', () => {
  it('are what adds most now, decay counted, most first; what takes points is none', () => {
    expect(topReasons(playbook, evidence, { at })).toEqual([
      { rule: 'hi', points: 20, at, event: 'new' },
      { rule: 'size', points: 12 },
      { rule: 'mid', points: 7.5, at: start, event: 'old' },
    ]);
  });

  it('are at most as many as asked for', () => {
    expect(topReasons(playbook, evidence, { at, limit: 1 }).map(({ rule }) => rule)).toEqual(['hi']);
  });
});
