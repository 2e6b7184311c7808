import { describe, expect, it } from '@jest/globals';
import { aPlaybook } from '../../test/playbook-text.js';
import { noEvidence } from './evidence.js';
import { answersFrom, forgetAnswers, mergeAnswers, recordAnswers } from './record-answers.js';

const playbook = aPlaybook({
  checklist:
    '[ { id: need, ask: "?", type: text, from: event.properties.need }, { id: size, ask: "?", type: number, from: event.properties.size }, { id: plan, ask: "?", type: choice, options: [a, b] } ]',
});
const told = (by: 'lead' | 'person', at = 5, event = 'm') => ({ by, at, event });
const fact = (value: string, by: 'lead' | 'person', at = 5, event = 'm') => ({ value, by, at, event });

type Teller = readonly [by: 'lead' | 'person', at: number, event: string];

describe('answers', () => {
  it('are taken by their question; what does not fit it is kept beside, and nothing of what nobody asks', () => {
    const given = { need: 'x', size: 'many', plan: 'c', shoe: 7, constructor: 'y' };
    const { evidence, taken } = recordAnswers(playbook, noEvidence, given, told('person'));
    expect(taken).toEqual({ need: fact('x', 'person') });
    expect(evidence).toMatchObject({ answers: { need: 'x' }, answerFacts: taken });
    expect(evidence.besides).toEqual({ size: fact('many', 'person'), plan: fact('c', 'person') });
    const none = recordAnswers(playbook, noEvidence, { need: null, size: undefined }, told('person'));
    expect(none).toEqual({ evidence: noEvidence, taken: {} });
    const beside = recordAnswers(playbook, evidence, { size: 'few' }, told('person', 6));
    expect(beside.evidence.besides).toEqual({ size: fact('few', 'person', 6), plan: fact('c', 'person') });
    expect(recordAnswers(playbook, evidence, { size: 'few' }, told('person', 4)).evidence).toBe(evidence);
  });

  it.each<readonly [Teller, Teller, boolean]>([
    [['lead', 5, 'm'], ['lead', 6, 'a'], true],
    [['lead', 5, 'm'], ['lead', 5, 'n'], true],
    [['lead', 5, 'm'], ['lead', 5, 'm'], false],
    [['lead', 5, 'm'], ['lead', 4, 'z'], false],
    [['lead', 5, 'm'], ['person', 1, 'a'], true],
    [['person', 5, 'm'], ['lead', 9, 'z'], false],
    [['person', 5, 'm'], ['person', 6, 'a'], true],
    [['person', 5, 'm'], ['person', 4, 'z'], false],
  ])('by %j give way to those by %j: %j', (one, other, taken) => {
    const first = recordAnswers(playbook, noEvidence, { need: 'old' }, told(...one)).evidence;
    const second = recordAnswers(playbook, first, { need: 'new' }, told(...other)).evidence;
    const merged = mergeAnswers(first, { need: fact('new', ...other) });
    expect([second.answers['need'], merged.answers['need']]).toEqual(taken ? ['new', 'new'] : ['old', 'old']);
    if (!taken) expect([second, merged]).toEqual([first, first]);
  });

  it('that an event gives by itself are those of its questions, and none of most events', () => {
    const scope = (properties: Record<string, string>) => ({ now: 1, event: { properties } });
    expect(answersFrom(playbook, scope({ need: 'x', size: '7', plan: 'a' }))).toEqual({ need: 'x', size: '7' });
    expect(answersFrom(playbook, scope({ plan: 'a' }))).toBeNull();
  });

  it('go with the event that had filled them in, those of people and of other events stay', () => {
    const { evidence } = recordAnswers(playbook, noEvidence, { need: 'x', size: 7 }, told('lead', 5, 'gone'));
    const whole = recordAnswers(playbook, evidence, { size: 8 }, told('person', 6, 'gone')).evidence;
    const left = forgetAnswers(whole, 'gone');
    expect(left.answers).toEqual({ size: 8 });
    expect(Object.keys(left.answerFacts)).toEqual(['size']);
    expect(forgetAnswers(left, 'gone')).toBe(left);
    expect(forgetAnswers(whole, 'other')).toBe(whole);
  });
});
