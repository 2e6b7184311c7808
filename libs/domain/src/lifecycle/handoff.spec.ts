import { describe, expect, it } from '@jest/globals';
import { foldAll, identified, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { type Handoff, isRejection, type StageChange } from './fold.js';
import type { EngagementEvent, LeadFact } from './lead-fact.js';
import type { MoveCommand } from './move-command.js';
import { moveLead } from './move-lead.js';

const playbook = aPlaybook({
  signals:
    '{ demo: { on: Demo, intent: high, title: Asked for a demo, offer: demo, topic: security, product: suite }, hi: { on: Hi, intent: medium } }',
  engagement: '{ rules: [ { id: asked, signal: demo, points: 30 }, { id: greeted, signal: hi, points: 7.04 } ] }',
  fit: '{ rules: [ { id: size, when: "account.employees >= 50 && lead.title == \'CTO\'", points: 20 }, { id: all, when: "true", points: 5 } ] }',
  mql: '{ enter: [ { id: by-hand, by: [sales], when: "true" } ], motions: [ { id: evaluate, when: "lead.title == \'CTO\'", nextStep: Evaluation } ] }',
  sql: '{ enter: [ { id: by-hand, by: [sales], when: "true" } ], motions: [ { id: discover, nextStep: Discovery call } ] }',
  checklist: '[ { id: need, ask: What do they need?, type: text }, { id: size, ask: How many?, type: number } ]',
});

function visit(second: number, event: Partial<EngagementEvent>): LeadFact {
  const at = start + second * 1000;
  const origin = { eventId: `v${second}`, at, receivedAt: at, historic: false, position: null };
  return { ...origin, kind: 'engaged', event: { type: 'page', source: 'web', ...event } };
}

function change(facts: readonly LeadFact[], command: Partial<MoveCommand> = {}): StageChange {
  const { state } = foldAll(playbook, facts);
  const moved = moveLead(playbook, state, { to: 'mql', by: 'sales', actorId: 'ana', ...command }, start + 60_000);
  if (isRejection(moved)) throw new Error(moved.detail);
  return moved.changes[0]!;
}
const handoff = (facts: readonly LeadFact[], command: Partial<MoveCommand> = {}): Handoff =>
  change(facts, command).handoff!;

const cto = identified({ at: start, id: 'i' }, { title: 'CTO' }, { employees: 60 });
const anybody = identified({ at: start, id: 'i' });

describe('a handoff', () => {
  it('gives the reasons in words, most points first', () => {
    expect(
      handoff([cto, tracked({ at: start, id: 'h' }, 'Hi'), tracked({ at: start, id: 'd' }, 'Demo')]).reasons,
    ).toEqual(['Asked for a demo: +30', 'size: employees is 60, title is "CTO": +20', 'hi: +7', 'all: +5']);
  });

  it('counts points as they are at that moment', () => {
    const halved = aPlaybook({ engagement: '{ halfLife: 1m, rules: [ { id: hi, signal: hi, points: 20 } ] }' });
    const { state } = foldAll(halved, [anybody, tracked({ at: start, id: 'h' }, 'Hi')]);
    const moved = moveLead(halved, state, { to: 'mql', by: 'sales', actorId: 'ana' }, start + 60_000);
    if (isRejection(moved)) throw new Error(moved.detail);
    expect(moved.changes[0]!.handoff!.reasons).toEqual(['hi: +10']);
  });

  it('says of each signal what the playbook does', () => {
    const told = [tracked({ at: start, id: 'h' }, 'Hi'), tracked({ at: start + 1, id: 'd' }, 'Demo')];
    expect(handoff([anybody, ...told]).signals).toEqual([
      {
        signal: 'demo',
        at: start + 1,
        event: 'd',
        intent: 'high',
        title: 'Asked for a demo',
        offer: 'demo',
        topic: 'security',
        product: 'suite',
      },
      { signal: 'hi', at: start, event: 'h', intent: 'medium' },
    ]);
  });

  it('names the source of the lead, else of its first campaign, else none', () => {
    const campaign = visit(1, { campaign: { name: 'spring', source: 'news' } });
    const sourced = identified({ at: start, id: 'i' }, { source: 'fair' });
    expect(handoff([sourced, campaign])).toMatchObject({ source: 'fair', campaign: 'spring' });
    expect(handoff([anybody, campaign])).toMatchObject({ source: 'news', campaign: 'spring' });
    expect(handoff([anybody])).toMatchObject({ source: null, campaign: null });
  });

  it('shows pages and forms newest first', () => {
    const visits = [1, 2].flatMap((second) => [
      visit(second, { page: { path: `/${second}` } }),
      visit(second + 10, { type: 'track', name: 'Form', properties: { form: `form-${second}` } }),
    ]);
    const { pages, forms } = handoff([anybody, ...visits]);
    expect(pages.map(({ path }) => path)).toEqual(['/2', '/1']);
    expect(forms.map(({ form }) => form)).toEqual(['form-2', 'form-1']);
  });

  it('lists the questions that are still open, a blank answer among them', () => {
    const both = [
      { id: 'need', ask: 'What do they need?' },
      { id: 'size', ask: 'How many?' },
    ];
    expect(handoff([anybody]).open).toEqual(both);
    expect(handoff([anybody], { answers: { need: '', size: 3 } }).open).toEqual(both.slice(0, 1));
  });

  it('says the next step of the stage that is entered, by the first motion that holds', () => {
    expect(handoff([cto]).nextStep).toBe('Evaluation');
    expect(handoff([anybody]).nextStep).toBeNull();
    expect(handoff([cto], { to: 'sql' }).nextStep).toBe('Discovery call');
  });

  it('says when there is little to go by: no more than one signal and one page', () => {
    const one = [tracked({ at: start, id: 'h' }, 'Hi'), visit(1, { page: { path: '/1' } })];
    expect(handoff([anybody, ...one])).toHaveProperty('littleContext', true);
    expect(handoff([anybody, ...one, tracked({ at: start + 1, id: 'd' }, 'Demo')])).not.toHaveProperty('littleContext');
    expect(handoff([anybody, ...one, visit(2, { page: { path: '/2' } })])).not.toHaveProperty('littleContext');
  });

  it('comes with mql and sql alone', () => {
    expect(change([anybody], { to: 'nurture', reason: 'later' })).not.toHaveProperty('handoff');
  });
});
