import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, type Kept, revoked, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import type { LeadFact } from '../lifecycle/lead-fact.js';
import { type CycleStart, type Evidence, noEvidence } from './evidence.js';
import { foldEvidence } from './fold-evidence.js';
import { isEvidence, startCycle } from './start-cycle.js';

const signals = '{ hi: { on: Hi, intent: high }, lo: { on: Lo, intent: low } }';
const engagement =
  '{ rules: [ { id: z, signal: hi, points: 1, times: 9 }, { id: a, signal: hi, points: 1, times: 9 } ] }';
const playbook = aPlaybook({ signals, engagement });
const carrying = aPlaybook({ signals, engagement, lead: '{ carry: true }' });

const at = (hours: number) => start + hours * hour;
const hi = (hours: number, id = `e${hours}`) => tracked({ at: at(hours), id }, 'Hi');
const lo = (hours: number, id = `e${hours}`) => tracked({ at: at(hours), id }, 'Lo');

const kept = foldAll(playbook, [hi(1), lo(2), hi(3), hi(4)]);
const { evidence } = kept.state;
const stamp = (hours: number) => ({ at: at(hours), event: `e${hours}` });

function begin(before: Evidence, next: CycleStart, stored: Kept['stored'] = []): Evidence {
  const begun = startCycle(playbook, before, { ...next, cycle: before.cycles.length + 1 }, stored);
  if (!isEvidence(begun)) throw new Error('asked twice for history');
  return begun;
}

function folded(before: Evidence, fact: LeadFact, stored: Kept['stored'] = []): Evidence {
  const result = foldEvidence(playbook, before, fact, stored);
  if ('needs' in result) throw new Error('asked twice for history');
  return result.evidence;
}

describe('a cycle that begins', () => {
  it('counts again what happened in it, and knows the ends of every signal', () => {
    const begun = begin(evidence, { at: at(3), event: 'e3' }, kept.stored);
    expect(begun.signals).toEqual({
      hi: { last: stamp(4), counted: stamp(4), count: 2, newest: [stamp(4)], dropped: stamp(3) },
      lo: { last: stamp(2), counted: stamp(2), count: 0, newest: [], dropped: null },
    });
    expect(begun.recent).toEqual([
      { ...stamp(3), signal: 'hi' },
      { ...stamp(4), signal: 'hi' },
    ]);
    expect(begun.awards.map(({ rule, event }) => `${event} ${rule}`)).toEqual(['e3 a', 'e3 z', 'e4 a', 'e4 z']);
    expect(begun.cycles).toEqual([{ at: null }, { at: at(3), event: 'e3' }]);
  });

  it('asks for the history of exactly the signals of which too little is kept', () => {
    const next = { at: at(2), event: 'e2', cycle: 2 };
    expect(startCycle(playbook, evidence, next, null)).toEqual({ needs: 'history', signals: ['hi'] });
    expect(startCycle(playbook, evidence, { ...next, cycle: 1 }, null)).toBe(evidence);
  });

  it('keeps all evidence where it begins like the one before', () => {
    const begun = begin(evidence, { at: at(3), event: 'e3' }, kept.stored);
    const again = startCycle(playbook, begun, { at: at(3), event: 'e3', cycle: 3 }, null);
    expect(again).toEqual({ ...begun, cycles: [...begun.cycles, { at: at(3), event: 'e3' }] });
    expect((again as Evidence).signals).toBe(begun.signals);
    const other = begin(begun, { at: at(3), event: 'e4' }, kept.stored);
    expect(other.signals).not.toBe(begun.signals);
  });

  it.each([
    [0, 'a'],
    [2, 'b'],
    [4, null],
  ])('at hour %i has the campaign %j as its first', (hours, first) => {
    const campaign = (time: number, event: string) => ({ at: at(time), event, campaign: { name: event } });
    const told = { ...noEvidence, firstCampaign: campaign(1, 'a'), lastCampaign: campaign(3, 'b') };
    const begun = begin(told, { at: at(hours) });
    expect([begun.firstCampaign?.event ?? null, begun.lastCampaign?.event]).toEqual([first, 'b']);
    const never = begin(noEvidence, { at: at(hours) });
    expect([never.firstCampaign, never.lastCampaign]).toEqual([null, null]);
  });
});

describe('where a cycle has begun, an occurrence', () => {
  const fresh = begin(noEvidence, { at: at(9) });

  it('before it counts nowhere, but is the last of its signal all the same', () => {
    const passed = { last: stamp(4), counted: stamp(4), count: 0, newest: [], dropped: null };
    const once = folded(fresh, hi(4));
    expect(once.signals).toEqual({ hi: passed });
    const stored = [{ ...stamp(4), signal: 'hi' }];
    expect(folded(once, hi(3), stored).signals).toEqual({ hi: passed });
    expect(folded(once, hi(10)).signals['hi']).toMatchObject({ count: 1, last: stamp(10) });
  });

  it.each([
    ['before it is appended', playbook, hi(4), false],
    ['before it needs its history where awards are carried on', carrying, hi(4), true],
    ['in it needs none there', carrying, hi(10), false],
  ])('%s', (_, by, fact, needs) => {
    expect('needs' in foldEvidence(by, fresh, fact, null)).toBe(needs);
  });
});

describe('a signal that the playbook no longer has', () => {
  it('is counted again when one of its events is taken back', () => {
    const bare = aPlaybook({ signals, engagement: '{ rules: [] }' });
    const known = foldAll(bare, [hi(1), hi(2), hi(3)]);
    const without = aPlaybook({ signals: '{ lo: { on: Lo, intent: low } }', engagement: '{ rules: [] }' });
    const { state } = foldAll(without, [revoked({ at: at(5), id: 'r' }, 'e2')], known);
    expect(state.evidence.signals['hi']).toMatchObject({ count: 2, last: stamp(3) });
    expect(state.evidence).toMatchObject({ awards: [], progress: {} });
  });
});
