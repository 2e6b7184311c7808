import { describe, expect, it } from '@jest/globals';
import {
  day,
  foldAll,
  foldKept,
  hour,
  identified,
  keepFold,
  nobody,
  revoked,
  second,
  stagesOf,
  start,
  tracked,
} from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { noEvidence } from '../evidence/evidence.js';
import { advanceLead } from './advance-lead.js';
import { isFold } from './fold.js';
import { foldLead } from './fold-lead.js';
import type { LeadFact } from './lead-fact.js';
import { dueAt, newLead } from './lead-state.js';

const playbook = aPlaybook({
  engagement:
    '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 3 }, { id: pair, signal: mid, atLeast: 2, within: 1h, points: 5 } ] }',
  mql: '{ enter: [ { id: hot, when: "score.engagement >= 30" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
});
const known = foldAll(playbook, [identified({ at: start, id: 'i' })]);

describe('folding a fact', () => {
  it('leaves a visitor a visitor until somebody is identified, then counts what came before', () => {
    const early = foldAll(playbook, [
      tracked({ at: start, id: 'a' }, 'Hi'),
      tracked({ at: start + second, id: 'b' }, 'Hi'),
    ]);
    expect(early.state).toMatchObject({ stage: 'visitor', due: null });
    const kept = foldAll(playbook, [identified({ at: start + hour, id: 'i' })], early);
    expect(stagesOf(kept)).toEqual([`lead@${hour}`, `mql@${hour}`]);
  });

  it('says when a change was decided, on a fact received when, behind which position', () => {
    const fact: LeadFact = {
      ...tracked({ at: start + hour, id: 'a' }, 'Hi'),
      position: { partition: 3, position: 17 },
    };
    const kept = foldAll(playbook, [tracked({ at: start + hour, id: '9' }, 'Hi'), fact], known);
    expect(kept.folds.at(-1)!.changes[0]).toMatchObject({
      at: start + hour,
      receivedAt: start + hour + 100,
      decidedAt: start + hour + 100,
      behind: { partition: 3, position: 17 },
      criteria: [{ id: 'hot', values: { 'score.engagement': 40 } }],
    });
  });

  it('asks for the stored occurrences of a late signal, of its own signal only, and nothing has happened', () => {
    const kept = foldAll(
      playbook,
      [tracked({ at: start + hour, id: 'a' }, 'Mid'), tracked({ at: start + hour, id: 'b' }, 'Lo')],
      known,
    );
    expect(foldLead(playbook, kept.state, tracked({ at: start + 1, id: 'c' }, 'Mid'), null)).toEqual({
      needs: 'history',
      signals: ['mid'],
    });
    const folded = foldKept(playbook, kept, tracked({ at: start + 1, id: 'c' }, 'Mid'));
    expect(folded.folds.at(-1)!.late).toBe(true);
    expect(folded.state.evidence.awards).toEqual([{ rule: 'pair', at: start + hour, event: 'a' }]);
  });

  it('needs no history for a late page that gives no signal, nor for the first of its signal', () => {
    const kept = foldAll(playbook, [tracked({ at: start + hour, id: 'a' }, 'Mid')], known);
    expect(foldLead(playbook, kept.state, tracked({ at: start + 1, id: 'c' }, 'Nothing'), null)).toHaveProperty(
      'state',
    );
    expect(foldLead(playbook, kept.state, tracked({ at: start + 1, id: 'c' }, 'Hi'), null)).toMatchObject({
      late: true,
      newOccurrences: [{ signal: 'hi', event: 'c', at: start + 1 }],
    });
  });

  it('folds what fell due before a fact at its due time', () => {
    const hot = foldAll(
      playbook,
      [tracked({ at: start, id: 'a' }, 'Hi'), tracked({ at: start, id: 'b' }, 'Hi')],
      known,
    );
    const due = dueAt(hot.state)!;
    expect(due).toBe(start + 2 * day + 1);
    const kept = foldAll(playbook, [tracked({ at: start + 20 * day, id: 'c' }, 'Nothing')], hot);
    expect(stagesOf(kept).slice(2)).toEqual([`nurture@${2 * day + 1}`, `lead@${12 * day + 1}`]);
    expect(kept.folds.at(-1)!.changes[0]).toMatchObject({ receivedAt: due, decidedAt: start + 20 * day + 100 });
  });

  it('takes back what an event gave once it is recognised as a machine', () => {
    const hot = foldAll(
      playbook,
      [tracked({ at: start, id: 'a' }, 'Hi'), tracked({ at: start, id: 'b' }, 'Hi')],
      known,
    );
    const kept = foldAll(playbook, [revoked({ at: start + hour, id: 'r' }, 'a')], hot);
    expect(kept.folds.at(-1)!.revoked).toEqual(['a']);
    expect(kept.state.evidence.awards).toEqual([{ rule: 'hi', at: start, event: 'b' }]);
    const late = foldAll(
      playbook,
      [revoked({ at: start + hour, id: 'r' }, 'z'), tracked({ at: start + 2 * hour, id: 'z' }, 'Hi')],
      known,
    );
    expect(late.state.evidence.signals).toEqual({});
  });

  it('wakes by a late signal with all that its cycle holds, the event itself included', () => {
    const twins = aPlaybook({
      signals: '{ hi: { on: Hi, intent: high }, lo: { on: [Lo, Hi], intent: low } }',
      engagement: '{ rules: [ { id: lo, signal: lo, points: 1, times: 9 } ] }',
      exclusions: '[]',
      mql: '{ enter: [ { id: warm, when: "score.fit >= 20" } ], exit: [ { id: small, when: "score.fit < 20", to: nurture, reason: later } ] }',
    });
    const aside = [
      identified({ at: start, id: 'i' }, {}, { employees: 90 }),
      identified({ at: start + hour, id: 'j' }, {}, { employees: 9 }),
    ];
    const later = [3, 4, 5].map((hours) => tracked({ at: start + hours * hour, id: `l${hours}` }, 'Lo'));
    const kept = foldAll(twins, [...aside, ...later, tracked({ at: start + 2 * hour, id: 'late' }, 'Hi')]);
    expect(kept.folds.at(-1)!.changes).toMatchObject([
      { from: 'nurture', to: 'lead', at: start + 5 * hour, cycleStart: { at: start + 2 * hour, event: 'late' } },
    ]);
    expect(kept.state.evidence.signals).toMatchObject({ hi: { count: 1 }, lo: { count: 4 } });
    expect(kept.state.evidence.awards.map(({ event }) => event)).toEqual(['late', 'l3', 'l4', 'l5']);
  });

  it('names the exclusion that holds, what it saw, and when the lead may come back', () => {
    const excluding = aPlaybook({
      exclusions: `[ { id: rival, when: "account.domain == 'rival.example'", reason: no }, { id: student, when: "lead.title == 'Student'", reason: no } ]`,
    });
    const kept = foldAll(excluding, [identified({ at: start, id: 'i' }, { title: 'Student' })]);
    expect(kept.folds[0]!.changes.at(-1)).toMatchObject({
      to: 'disqualified',
      actor: { kind: 'system' },
      via: 'student',
      reason: 'no',
      criteria: [{ id: 'student', values: { 'lead.title': 'Student' } }],
      wakeAt: start + 60 * day,
    });
    const free = foldAll(excluding, [identified({ at: start + hour, id: 'j' }, { title: 'CTO' })], kept);
    expect(free.folds.at(-1)!.changes).toMatchObject([
      { to: 'lead', cycle: 2, cycleStart: { at: null }, reason: 'no-longer-excluded' },
    ]);
  });

  it('ends with the lead: what follows has no effect', () => {
    const gone = foldAll(
      playbook,
      [{ ...tracked({ at: start + 1, id: 'x' }, 'Hi'), kind: 'absorbed', survivor: 'l2' } as LeadFact],
      known,
    );
    expect(gone.state.gone).toBe('absorbed');
    const ofImport = {
      ...identified({ at: start, id: 'x', historic: true }),
      kind: 'absorbed',
      survivor: 'l2',
    } as LeadFact;
    expect(foldAll(playbook, [ofImport]).state).toMatchObject({ gone: 'absorbed', stage: 'visitor' });
    expect(foldAll(playbook, [tracked({ at: start + 2, id: 'a' }, 'Hi')], gone).state).toBe(gone.state);
    expect(advanceLead(playbook, gone.state, start + 900 * day).state).toBe(gone.state);
  });

  it('leaves nothing of a lead that is erased, absorbed before or not, but that it was', () => {
    const erasure = { ...tracked({ at: start + 1, id: '' }, 'Hi'), kind: 'erased' } as LeadFact;
    const absorption = { ...tracked({ at: start + 1, id: 'x' }, 'Hi'), kind: 'absorbed', survivor: 'l2' } as LeadFact;
    const nothing = { ...newLead(known.state.id), gone: 'erased' };
    expect(foldAll(playbook, [erasure], known).state).toEqual(nothing);
    const both = foldAll(playbook, [absorption, erasure], known);
    expect(both.state).toEqual(nothing);
    expect(foldAll(playbook, [tracked({ at: start + 2, id: 'a' }, 'Hi')], both).state).toBe(both.state);
  });

  it('begins with a visitor of whom nothing is known', () => {
    expect(newLead('x')).toEqual({
      ...{ id: 'x', evidence: noEvidence, stage: 'visitor', since: null, entered: [], aside: null, waitingExits: [] },
      ...{ deal: {}, followUp: null, historic: false, changes: 0, undo: null, behind: null, quietUntil: null },
      ...{ due: null, outcomes: [], gone: null },
    });
  });

  it('makes a lead of a visitor, who goes on at once though the identification tells nothing new', () => {
    const [lead] = known.folds[0]!.changes;
    expect(lead).toMatchObject({ to: 'lead', via: 'identified', criteria: [{ id: 'identified', values: {} }] });
    const visitor = foldAll(playbook, [
      tracked({ at: start + hour, id: 'a' }, 'Hi'),
      tracked({ at: start + hour, id: 'b' }, 'Hi'),
      { ...identified({ at: start + hour, id: 'p' }), kind: 'profile-updated' } as LeadFact,
    ]);
    expect(stagesOf(foldAll(playbook, [identified({ at: start, id: 'i' })], visitor))).toEqual([
      `lead@${hour}`,
      `mql@${hour}`,
    ]);
  });

  it('says what an event answered by itself, and nothing where it answered nothing', () => {
    const asking = aPlaybook({
      checklist: '[ { id: size, ask: How many?, type: number, from: event.properties.size } ]',
    });
    const kept = foldAll(asking, [
      identified({ at: start, id: 'i' }),
      tracked({ at: start + hour, id: 'a' }, 'Hi', { size: '12' }),
    ]);
    const size = { value: 12, at: start + hour, event: 'a', by: 'lead' };
    expect(kept.folds.map(({ answered }) => answered)).toEqual([
      null,
      { cycle: 1, answers: { size }, actor: { kind: 'system' }, at: start + hour },
    ]);
  });

  it('is late only where it is older than the lead time', () => {
    const kept = foldAll(
      playbook,
      [start, start + 1, start + 1, start].map((at, index) => tracked({ at, id: `${index}` }, 'Nothing')),
    );
    expect(kept.folds.map(({ late }) => late)).toEqual([false, false, false, true]);
  });

  it('tells a fold from a request for the history of everything that a lead aside has done', () => {
    const hot = foldAll(
      playbook,
      [
        tracked({ at: start, id: 'a' }, 'Hi'),
        tracked({ at: start, id: 'b' }, 'Hi'),
        tracked({ at: start, id: 'c' }, 'Lo'),
      ],
      known,
    );
    const aside = keepFold(hot, advanceLead(playbook, hot.state, dueAt(hot.state)!));
    expect(aside.state.stage).toBe('nurture');
    const needs = foldLead(playbook, aside.state, tracked({ at: start - 1, id: 'd' }, 'Lo'), null);
    expect(needs).toEqual({ needs: 'history', signals: ['hi', 'lo'] });
    expect([isFold(needs), isFold(known.folds[0]!)]).toEqual([false, true]);
  });

  it('never changes what it was given', () => {
    const frozen = (value: unknown): void => {
      if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(frozen);
      }
    };
    const facts = ['Hi', 'Mid', 'Mid', 'Hi', 'Neg', 'Hi', 'Mid'].map((name, index) =>
      tracked({ at: start + index * 9 * hour, id: `e${index}` }, name),
    );
    let kept = nobody;
    for (const fact of [
      identified({ at: start, id: 'i' }, { title: 'CTO' }),
      ...facts,
      tracked({ at: start + 1, id: 'l' }, 'Mid'),
    ]) {
      frozen(kept);
      frozen(fact);
      kept = foldKept(playbook, kept, fact);
    }
    expect(kept.state.evidence.signals['mid']!.count).toBe(4);
  });

  it('stays bounded however long the history', () => {
    const visits = Array.from({ length: 3000 }, (_, index) =>
      tracked({ at: start + index * hour, id: `e${String(index).padStart(5, '0')}` }, index % 2 ? 'Mid' : 'Lo', {
        form: `f${index}`,
      }),
    );
    const sizes = [1000, 3000].map(
      (count) => JSON.stringify(foldAll(playbook, visits.slice(0, count), known).state).length,
    );
    expect(Math.abs(sizes[1]! - sizes[0]!)).toBeLessThan(50);
    expect(sizes[1]!).toBeLessThan(6000);
  });
});
