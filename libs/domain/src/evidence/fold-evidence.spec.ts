import { describe, expect, it } from '@jest/globals';
import { foldAll, hour, identified, revoked, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import type { LeadFact } from '../lifecycle/lead-fact.js';
import { withoutHandoff } from './evidence.js';

const playbook = aPlaybook({
  traits: '{ plan: text }',
  signals:
    '{ visit: { on: page, intent: low, every: 1h }, hi: { on: Hi, intent: high }, two: { on: Twin, intent: low }, one: { on: Twin, intent: low } }',
  engagement: '{ rules: [ { id: visit, signal: visit, points: 1, times: 100 } ] }',
});

function page(at: number, id: string, more: object): LeadFact {
  return {
    eventId: id,
    at,
    receivedAt: at,
    historic: false,
    position: null,
    kind: 'engaged',
    event: { type: 'page', source: 'web', ...more },
  };
}

describe('what is kept of a visit', () => {
  it('is the newest ten pages, whatever order they come in, each once', () => {
    const pages = Array.from({ length: 14 }, (_, index) =>
      page(start + index, `e${index}`, { page: { path: `/p${index}`, title: 'P' } }),
    );
    const { pages: kept } = foldAll(playbook, [...pages].reverse().concat(pages)).state.evidence;
    expect(kept.map(({ path }) => path)).toEqual([
      '/p4',
      '/p5',
      '/p6',
      '/p7',
      '/p8',
      '/p9',
      '/p10',
      '/p11',
      '/p12',
      '/p13',
    ]);
  });

  it('orders pages of one moment by their path, and takes a repeated one once', () => {
    const pages = [
      page(start, 'a', { page: { path: '/m' } }),
      page(start, 'b', { page: { path: '/c' } }),
      page(start + 1, 'c', { page: { path: '/b' } }),
    ];
    const { pages: kept } = foldAll(playbook, [...pages, ...pages, page(start, 'd', { page: { path: '/z' } })]).state
      .evidence;
    expect(kept).toEqual([
      { at: start, path: '/c' },
      { at: start, path: '/m' },
      { at: start, path: '/z' },
      { at: start + 1, path: '/b' },
    ]);
  });

  it('cuts long paths and keeps plain form fields only', () => {
    const long = foldAll(playbook, [page(start, 'a', { page: { path: `/${'x'.repeat(900)}` } })]);
    expect(long.state.evidence.pages[0]!.path).toHaveLength(300);
    const form: LeadFact = {
      ...page(start, 'f', {}),
      kind: 'engaged',
      event: {
        type: 'track',
        name: 'Form Submitted',
        source: 'web',
        properties: { form: 'demo', team: 'B'.repeat(900), deep: { a: 1 }, size: 7 },
      },
    };
    const [fill] = foldAll(playbook, [form]).state.evidence.forms;
    expect(fill).toEqual({ at: start, event: 'f', form: 'demo', fields: { team: 'B'.repeat(300), size: 7 } });
  });

  it('names the first campaign of the cycle, also when it is told late', () => {
    const later = page(start + hour, 'b', { campaign: { name: 'spring' } });
    const earlier = page(start, 'a', { campaign: { name: 'winter' } });
    expect(foldAll(playbook, [later, earlier]).state.evidence.firstCampaign?.campaign).toEqual({ name: 'winter' });
  });

  it('is a page by its path or a screen by its name, with a title only where there is one, and nothing of a track', () => {
    const { pages } = foldAll(playbook, [
      page(start, 'a', { page: { path: '/a', title: 'A' } }),
      page(start + 1, 'b', { name: 'B' }),
      page(start + 2, 'c', { type: 'screen', name: 'C' }),
      page(start + 3, 'd', { type: 'track', name: 'D', page: { path: '/d' } }),
    ]).state.evidence;
    expect(pages).toStrictEqual([
      { at: start, path: '/a', title: 'A' },
      { at: start + 1, path: 'B' },
      { at: start + 2, path: 'C' },
    ]);
  });

  it('is the newest five forms of twenty plain fields, which go when their event is taken back', () => {
    const fields = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, index]));
    const form = (index: number) =>
      tracked({ at: start + index, id: `e${index}` }, 'Form Submitted', { form: `form ${index}`, ...fields });
    const kept = foldAll(playbook, [
      ...Array.from({ length: 7 }, (_, index) => form(index)),
      page(start + 100, 'p', { properties: { form: 'no form' } }),
    ]);
    expect(kept.state.evidence.forms.map(({ event }) => event)).toEqual(['e2', 'e3', 'e4', 'e5', 'e6']);
    expect(Object.keys(kept.state.evidence.forms[0]!.fields)).toHaveLength(20);
    const without = foldAll(playbook, [revoked({ at: start + hour, id: 'r' }, 'e4')], kept);
    expect(without.state.evidence.forms.map(({ event }) => event)).toEqual(['e2', 'e3', 'e5', 'e6']);
  });

  it('is the first and the last campaign, whatever order they come in, and each goes alone', () => {
    const told = (at: number, id: string) => page(start + at, id, { campaign: { name: id } });
    const facts = [told(2, 'm'), told(1, 'b'), told(3, 'y'), told(1, 'a'), told(3, 'z'), told(2, 'n')];
    for (const order of [facts, facts.toReversed()]) {
      const kept = foldAll(playbook, order);
      expect(kept.state.evidence).toMatchObject({ firstCampaign: { event: 'a' }, lastCampaign: { event: 'z' } });
      const other = foldAll(playbook, [revoked({ at: start + hour, id: 'r' }, 'm')], kept).state.evidence;
      expect(other).toMatchObject({ firstCampaign: { event: 'a' }, lastCampaign: { event: 'z' } });
      const later = foldAll(playbook, [revoked({ at: start + hour, id: 'r' }, 'z')], kept).state.evidence;
      expect(later).toMatchObject({ firstCampaign: { event: 'a' }, lastCampaign: null });
    }
  });

  it('goes with the event when that is taken back', () => {
    const kept = foldAll(playbook, [
      page(start, 'a', { page: { path: '/a' }, campaign: { name: 'bots' } }),
      page(start + 2 * hour, 'b', { page: { path: '/b' } }),
      revoked({ at: start + 3 * hour, id: 'r' }, 'a'),
    ]);
    expect(kept.state.evidence).toMatchObject({ pages: [{ path: '/b' }], firstCampaign: null, lastCampaign: null });
    expect(kept.state.evidence.recent.map(({ event }) => event)).toEqual(['b']);
  });

  it('can be left out by whoever keeps scores alone', () => {
    const { evidence } = foldAll(playbook, [page(start, 'a', { page: { path: '/a' } })]).state;
    expect(withoutHandoff(evidence)).toMatchObject({
      pages: [],
      forms: [],
      recent: [],
      signals: evidence.signals,
      awards: evidence.awards,
    });
    const both = { ...evidence, recent: [], forms: [{ at: start, event: 'f', form: 'f', fields: {} }] };
    expect(withoutHandoff(both)).toMatchObject({ pages: [], forms: [] });
    const bare = withoutHandoff(evidence);
    expect(withoutHandoff(bare)).toBe(bare);
  });
});

describe('the newest signals', () => {
  it('are twenty, both signals of one event among them, a late one at its place', () => {
    const twins = Array.from({ length: 12 }, (_, index) =>
      tracked({ at: start + index, id: `e${String(index).padStart(2, '0')}` }, 'Twin'),
    );
    const kept = foldAll(playbook, [...twins, tracked({ at: start + 5, id: 'e05b' }, 'Hi')]).state.evidence.recent;
    const told = kept.map(({ event, signal }) => `${event} ${signal}`);
    expect(told).toHaveLength(20);
    expect(told.slice(5, 9)).toEqual(['e05 one', 'e05 two', 'e05b hi', 'e06 one']);
    expect(told.slice(-2)).toEqual(['e11 one', 'e11 two']);
  });
});

describe('traits', () => {
  it('are bounded, but never those that a condition may read', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`t${index}`, 'x']));
    const kept = foldAll(playbook, [
      identified({ at: start, id: 'a' }, Object.fromEntries(Object.entries(many).slice(0, 90))),
      identified({ at: start + 1, id: 'b' }, { ...many, plan: 'pro', title: 'CTO', t1: 'y' }),
    ]);
    expect(Object.keys(kept.state.evidence.lead)).toHaveLength(93);
    expect(kept.state.evidence.lead).toMatchObject({ plan: 'pro', title: 'CTO', t1: 'y' });
  });

  it('of one moment are those of the greater event id, and a persona is nobody’s to tell', () => {
    const [a, b] = [
      identified({ at: start, id: 'a' }, { title: 'CTO', persona: 'boss' }),
      identified({ at: start, id: 'b' }, { title: 'CEO' }),
    ];
    for (const order of [
      [a, b],
      [b, a],
    ]) {
      expect(foldAll(playbook, order).state.evidence.lead).toEqual({ title: 'CEO', persona: 'unknown' });
    }
  });
});
