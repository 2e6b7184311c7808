import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, identified, type Kept, revoked, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import type { LeadFact } from '../lifecycle/lead-fact.js';
import type { Occurrence } from './evidence.js';
import { type EvidenceFold, foldEvidence } from './fold-evidence.js';

const playbook = aPlaybook({
  signals:
    '{ hi: { on: Hi, intent: high, every: 1h }, one: { on: Twin, intent: low }, two: { on: Twin, when: "event.properties.both", intent: low }, noon: { on: Noon, when: "event.at < \'2026-03-01T12:00:00Z\'", intent: low } }',
  engagement: '{ rules: [ { id: hi, signal: hi, points: 1, times: 9 } ] }',
  checklist: '[ { id: need, ask: "?", type: text, from: event.properties.need } ]',
});

function fold({ state }: Kept, fact: LeadFact, history: readonly Occurrence[] | null = null) {
  return foldEvidence(playbook, state.evidence, fact, history);
}

function folded(kept: Kept, fact: LeadFact, history: readonly Occurrence[] | null = null): EvidenceFold {
  const result = fold(kept, fact, history);
  if ('needs' in result) throw new Error(`needs ${result.signals.join(', ')}`);
  return result;
}

const twin = (hours: number, id: string) => tracked({ at: start + hours * hour, id }, 'Twin', { both: true });
const hi = (hours: number, id: string) => tracked({ at: start + hours * hour, id }, 'Hi');

describe('a fact that comes late', () => {
  const kept = foldAll(playbook, [twin(4, 'd'), hi(4, 'h')]);

  it('asks for the history of exactly the signals that it is late for', () => {
    expect(fold(kept, twin(1, 'a'))).toEqual({ needs: 'history', signals: ['one', 'two'] });
    expect(fold(kept, hi(1, 'a'))).toEqual({ needs: 'history', signals: ['hi'] });
    expect(fold(kept, tracked({ at: start, id: 'a' }, 'Twin'))).toEqual({ needs: 'history', signals: ['one'] });
    expect(fold(kept, hi(5, 'a'))).toMatchObject({ changed: true });
    expect(fold(kept, tracked({ at: start, id: 'a' }, 'Other'))).toMatchObject({
      changed: false,
      newOccurrences: [],
      counted: [],
    });
  });

  it('counts once, however often it comes, and only where `every` lets it', () => {
    const first = folded(kept, hi(1, 'a'), kept.stored);
    const late = { at: start + hour, event: 'a', signal: 'hi' };
    expect(first).toMatchObject({ newOccurrences: [late], counted: [late], changed: true });
    expect(first.evidence.signals['hi']).toMatchObject({ count: 2, last: { event: 'h' } });
    expect(first.evidence.leadTime).toBe(start + 4 * hour);
    const again = folded(kept, hi(1, 'a'), [...kept.stored, late]);
    expect(again).toMatchObject({ newOccurrences: [], counted: [], changed: false });
    expect(again.evidence).toBe(kept.state.evidence);
    const other = folded(kept, hi(1, 'a'), [...kept.stored, { ...late, signal: 'one' }]);
    expect(other.newOccurrences).toEqual([late]);
    const thinned = folded(kept, hi(1.5, 'b'), [...kept.stored, late]);
    expect(thinned).toMatchObject({ newOccurrences: [{ event: 'b' }], counted: [] });
  });

  it('repeats nothing when it is the last of its signal', () => {
    const again = folded(kept, hi(4, 'h'));
    expect(again).toMatchObject({ newOccurrences: [], counted: [], changed: false });
    expect(again.evidence).toBe(kept.state.evidence);
  });
});

describe('a fact in order', () => {
  const kept = foldAll(playbook, [hi(1, 'a')]);

  it('that `every` passes over is stored, not counted, and the latest all the same', () => {
    const soon = folded(kept, hi(1.5, 'b'));
    expect(soon).toMatchObject({ newOccurrences: [{ event: 'b' }], counted: [], changed: true });
    expect(soon.evidence.signals['hi']).toMatchObject({ count: 1, last: { event: 'b' }, counted: { event: 'a' } });
    expect(folded(kept, hi(2, 'b')).counted).toHaveLength(1);
  });

  it('gives its answers, and the signals whose conditions hold', () => {
    const told = tracked({ at: start + 2 * hour, id: 'b' }, 'Other', { need: 'x' });
    expect(folded(kept, told)).toMatchObject({
      answered: { need: { value: 'x', by: 'lead', at: start + 2 * hour, event: 'b' } },
      changed: true,
      newOccurrences: [],
    });
    const known = foldAll(playbook, [told], kept);
    expect(folded(known, tracked({ at: start, id: '0' }, 'Other', { need: 'y' }))).toMatchObject({
      answered: {},
      changed: false,
    });
    const outdated = tracked({ at: start + hour, id: '0' }, 'Twin', { need: 'y', both: false });
    expect(folded(known, outdated)).toMatchObject({ answered: {}, changed: true });
    const both = tracked({ at: start + 3 * hour, id: 'c' }, 'Hi', { need: null });
    expect(folded(known, both)).toMatchObject({ answered: {}, changed: true });
    const old = folded(known, tracked({ at: start + 3 * hour, id: 'c' }, 'Twin', { need: 'z', both: false }));
    expect(old.newOccurrences.map(({ signal }) => signal)).toEqual(['one']);
    for (const [hours, count] of [
      [1, 1],
      [4, 0],
    ] as const) {
      const noon = tracked({ at: start + hours * hour, id: 'n' }, 'Noon');
      expect(folded(foldAll(playbook, []), noon).newOccurrences).toHaveLength(count);
    }
  });

  it('of a machine gives nothing', () => {
    const robot = hi(2, 'b');
    const event = { type: 'track', name: 'Hi', source: 'web', properties: {}, automated: 'bot' } as const;
    expect(folded(kept, { ...robot, kind: 'engaged', event } as LeadFact)).toMatchObject({
      newOccurrences: [],
      changed: false,
    });
  });
});

describe('a fact that takes another back', () => {
  const kept = foldAll(playbook, [identified({ at: start, id: 'i' }), twin(1, 'a'), twin(2, 'b')]);
  const back = revoked({ at: start + 3 * hour, id: 'r' }, 'a');

  it('asks for the history of all signals, does it once, and keeps the last hundred in mind', () => {
    expect(fold(kept, back)).toEqual({ needs: 'history', signals: ['one', 'two'] });
    expect(folded(foldAll(playbook, []), back)).toMatchObject({ revoked: ['a'], changed: true });
    const once = folded(kept, back, kept.stored);
    expect(once).toMatchObject({ revoked: ['a'], changed: true });
    expect(once.evidence.signals).toMatchObject({ one: { count: 1, newest: [{ event: 'b' }] }, two: { count: 1 } });
    expect(once.evidence.recent.map(({ event, signal }) => `${event} ${signal}`)).toEqual(['b one', 'b two']);
    const taken: Kept = { ...kept, state: { ...kept.state, evidence: once.evidence } };
    expect(folded(taken, back)).toMatchObject({ revoked: [], changed: false });
    expect(folded(taken, twin(5, 'a'))).toMatchObject({ newOccurrences: [], changed: false });
    const many = Array.from({ length: 120 }, (_, index) =>
      revoked({ at: start + 4 * hour, id: `r${index}` }, `x${index}`),
    );
    const { revoked: known } = foldAll(playbook, many).state.evidence;
    expect([known.length, known[0], known.at(-1)]).toEqual([100, 'x20', 'x119']);
  });
});

describe('a fact about who the lead is', () => {
  const about = { receivedAt: start, historic: false, position: null, account: null } as const;
  const told = { ...about, at: start, eventId: 'i' } as const;
  const accountless = { domain: null, freeMail: null, traits: {} };
  const nobody = foldAll(playbook, []);

  it.each<readonly [LeadFact, object]>([
    [{ ...told, kind: 'identified', traits: {}, account: accountless }, {}],
    [{ ...told, kind: 'profile-updated', traits: {} }, {}],
    [{ ...told, kind: 'profile-updated', traits: { title: 'CEO' } }, { title: 'CEO' }],
    [{ ...told, kind: 'merged', traits: { title: 'CTO' }, account: accountless, absorbed: 'lead-2' }, { title: 'CTO' }],
  ])('%j makes a profile once', (fact, traits) => {
    const first = folded(nobody, fact);
    expect(first).toMatchObject({ changed: true, newOccurrences: [], revoked: [] });
    expect(first.evidence.lead).toEqual({ ...traits, persona: 'unknown' });
    expect(first.evidence.profile.grade).toBe('D');
    const again = foldEvidence(playbook, first.evidence, fact, null);
    expect(again).toMatchObject({ changed: false, evidence: first.evidence });
    expect((again as EvidenceFold).evidence).toBe(first.evidence);
  });

  it.each<LeadFact>([
    { ...told, kind: 'activity-recorded' },
    { ...told, kind: 'outcome-recorded', outcome: 'won' },
    { ...told, kind: 'stage-imported', stage: 'mql' },
    { ...told, kind: 'absorbed', survivor: 'lead-2' },
    { ...told, kind: 'erased' },
  ])('$kind says nothing but its time', (fact) => {
    const { evidence, ...given } = folded(nobody, fact);
    expect(evidence).toEqual({ ...nobody.state.evidence, leadTime: start });
    expect(given).toEqual({ newOccurrences: [], counted: [], revoked: [], answered: {}, changed: false });
  });
});
