import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, imported, outcome, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { explainLead } from './explain.js';
import { isRejection } from './fold.js';
import { moveLead } from './move-lead.js';

const playbook = aPlaybook({
  engagement: '{ cap: 100, halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 3 } ] }',
  mql: '{ enter: [ { id: hot, when: "score.engagement >= 30 && score.fit >= 20" }, { id: by-hand, by: [marketing], when: "true" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
});
const lead = foldAll(playbook, [
  identified({ at: start, id: 'i' }, {}, { employees: 220 }),
  tracked({ at: start, id: 'a' }, 'Hi'),
]);
const mql = foldAll(playbook, [tracked({ at: start, id: 'b' }, 'Hi')], lead);

describe('an explanation', () => {
  it('shows the ledger: what was earned by which event, what is left of it, and why the fit holds', () => {
    const { scores, asOf, persona } = explainLead(playbook, lead.state, start + day);
    expect(asOf).toBe('2026-03-02T09:00:00.000Z');
    expect(persona).toBe('unknown');
    expect(scores).toEqual({
      total: 30,
      grade: 'A',
      engagement: {
        value: 10,
        sum: 10,
        ledger: [{ rule: 'hi', signal: 'hi', event: 'a', at: '2026-03-01T09:00:00.000Z', awarded: 20, points: 10 }],
      },
      fit: { value: 20, sum: 20, ledger: [{ rule: 'size', points: 20, because: { 'account.employees': 220 } }] },
    });
  });

  it('says of every rule that leads on whether it holds, and what is missing', () => {
    const { stages, possible } = explainLead(playbook, lead.state, start);
    expect(stages.map(({ stage, criteria }) => [stage, ...criteria.map(({ id, holds }) => `${id} ${holds}`)])).toEqual([
      ['mql', 'hot false', 'by-hand true'],
      ['sql', 'by-hand true'],
    ]);
    expect(stages[0]!.criteria[0]!.missing).toMatch(/engagement/);
    expect(stages[0]!.criteria[1]!.missing).toBeNull();
    expect(possible).toEqual(['mql', 'sql', 'nurture', 'disqualified']);
  });

  it('says when something happens by itself', () => {
    const { computed, exits } = explainLead(playbook, mql.state, start + hour);
    expect(exits).toMatchObject([
      { to: 'nurture', reason: 'later', criterion: { id: 'cold', by: ['system'], holds: false } },
    ]);
    expect(computed).toEqual([
      {
        at: new Date(mql.state.due!).toISOString(),
        stage: 'nurture',
        rule: 'cold',
        words: expect.stringMatching(/cold comes to hold: .*10/),
      },
    ]);
  });

  it('says when a lead aside wakes up', () => {
    const moved = moveLead(
      playbook,
      mql.state,
      { to: 'nurture', by: 'sales', actorId: 'ana', reason: 'later' },
      start + hour,
    );
    if (isRejection(moved)) throw new Error(moved.detail);
    expect(explainLead(playbook, moved.state, start + hour).computed).toEqual([
      {
        at: '2026-03-11T10:00:00.000Z',
        stage: 'lead',
        rule: 'woken-by-time',
        words: 'wakes up from nurture and starts the next cycle',
      },
    ]);
    const told = (at: number, id: string) => ({ at: start + at * hour, id });
    const lost = foldAll(playbook, [outcome(told(1, 'o'), 'created'), outcome(told(2, 'p'), 'lost')], mql);
    expect(explainLead(playbook, lost.state, start + 2 * hour)).toMatchObject({ stage: 'lost', computed: [] });
  });

  it('names all that is missing of a condition, and when the whole of it turns, not a part', () => {
    const twofold = aPlaybook({
      mql: `{ enter: [ { id: late, by: [sales], when: "seen('hi', '1h') < 1 && daysSince('hi') > 1" }, { id: past, by: [sales], when: "daysSince('hi') > 0.5" }, { id: fitting, by: [sales], when: "score.engagement >= 30 && score.fit >= 20" } ] }`,
      lead: `{ exit: [ { id: gone, when: "seen('hi', '8h') < 1", to: nurture, reason: later } ] }`,
    });
    const { state } = foldAll(twofold, [identified({ at: start, id: 'i' }), tracked({ at: start, id: 'a' }, 'Hi')]);
    const { computed, stages } = explainLead(twofold, state, start);
    expect(computed.map(({ rule, at, words }) => [rule, Date.parse(at) - start, words.split(';').length])).toEqual([
      ['gone', 8 * hour, 1],
      ['past', day / 2 + 1, 1],
      ['late', day + 1, 2],
    ]);
    expect(computed[2]!.words).toMatch(/; /);
    expect(stages[0]!.criteria[2]!.missing).toBe('engagement 20 of 30; fit 0 of 20');
    expect(explainLead(twofold, state, start + 3 * day).computed).toEqual([]);
  });

  it('tells what ceases and what comes, the first to happen first, of rules that lead on from here', () => {
    const cooling = aPlaybook({
      engagement: '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20 } ] }',
      mql: '{ enter: [ { id: warm, by: [sales], when: "score.engagement >= 5" }, { id: any, by: [sales] } ] }',
      sql: '{ enter: [ { id: hot, by: [sales], from: [lead], when: "score.engagement >= 10" }, { id: later, by: [sales], from: [mql], when: "score.engagement >= 8" } ] }',
      lead: '{ exit: [ { id: cold, when: "score.engagement < 2.5", to: nurture, reason: later } ] }',
    });
    const { state } = foldAll(cooling, [identified({ at: start, id: 'i' }), tracked({ at: start, id: 'a' }, 'Hi')]);
    const { computed, stages } = explainLead(cooling, state, start);
    expect(computed.map(({ rule, stage, words }) => [rule, stage, words.slice(0, 20)])).toEqual([
      ['hot', 'sql', 'hot ceases to hold'],
      ['warm', 'mql', 'warm ceases to hold'],
      ['cold', 'nurture', 'cold comes to hold: '],
    ]);
    expect(stages.flatMap(({ criteria }) => criteria.map(({ id, values }) => [id, values]))).toEqual([
      ['warm', { 'score.engagement': 20 }],
      ['any', {}],
      ['hot', { 'score.engagement': 20 }],
    ]);
  });

  it('promises nothing of a lead of imported history', () => {
    const { state } = foldAll(playbook, [
      identified({ at: start, id: 'i', historic: true }),
      imported({ at: start + hour, id: 'r' }, 'nurture', { reason: 'later' }),
    ]);
    expect(explainLead(playbook, state, start + day)).toMatchObject({ stage: 'nurture', computed: [] });
  });

  it('does not explain a moment before the lead time', () => {
    expect(explainLead(playbook, lead.state, start - day).asOf).toBe('2026-03-01T09:00:00.000Z');
  });
});
