import { describe, expect, it } from '@jest/globals';
import { day, foldAll, hour, identified, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { advanceLead } from './advance-lead.js';
import { answerLead } from './answer-lead.js';
import { type Fold, isRejection, type Rejection } from './fold.js';
import type { LeadState } from './lead-state.js';
import type { MoveCommand } from './move-command.js';
import { moveLead } from './move-lead.js';
import { undoMove } from './undo-move.js';

const playbook = aPlaybook({
  mql: '{ enter: [ { id: points, when: "score.engagement >= 30" }, { id: by-hand, by: [marketing], when: "score.engagement >= 20" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
  sql: '{ enter: [ { id: confirmed, by: [sales], from: [mql, accepted], when: "answers.need != \'\'" } ], motions: [ { id: technical, when: "lead.title == \'CTO\'", nextStep: Technical evaluation }, { id: discovery, nextStep: Discovery call } ] }',
  checklist:
    '[ { id: need, ask: What do they need?, type: text, required: true }, { id: size, ask: How many?, type: number, from: event.properties.size } ]',
});

const lead = foldAll(playbook, [identified({ at: start, id: 'i' }, { title: 'CTO', source: 'website' })]);
const warm = foldAll(playbook, [tracked({ at: start + hour, id: 'h1' }, 'Hi')], lead);
const mql = foldAll(
  playbook,
  [tracked({ at: start + 2 * hour, id: 'h2' }, 'Hi', { form: 'demo', size: '12', secret: { deep: 1 } })],
  warm,
);
const now = start + day;

function ask(state: LeadState, command: Partial<MoveCommand> & Pick<MoveCommand, 'to'>, at = now): Fold | Rejection {
  return moveLead(playbook, state, { by: 'sales', actorId: 'ana', ...command }, at);
}

function accepted(result: Fold | Rejection): Fold {
  if (isRejection(result)) {
    throw new Error(`${result.rejected}: ${result.detail}`);
  }
  return result;
}

describe('a move that is refused', () => {
  it('names the moves that are possible', () => {
    expect(ask(warm.state, { to: 'accepted' })).toMatchObject({
      rejected: 'not-possible',
      possible: ['mql', 'sql', 'nurture', 'disqualified'],
    });
    expect(ask(warm.state, { to: 'sql', answers: { need: 'speed' } })).toMatchObject({
      rejected: 'not-possible',
      detail: 'The playbook lets sql be entered from mql, accepted only.',
    });
  });

  it('names the reasons of the stage when one is missing or belongs elsewhere', () => {
    expect(ask(warm.state, { to: 'nurture' })).toMatchObject({ rejected: 'missing-reason', names: ['later'] });
    expect(ask(warm.state, { to: 'disqualified', reason: 'later' })).toMatchObject({
      rejected: 'missing-reason',
      names: ['no'],
    });
  });

  it('says what there is to give instead of a reason that is missing, or none of that stage', () => {
    expect(ask(warm.state, { to: 'nurture' })).toMatchObject({ detail: 'A reason is required; give one of: later.' });
    expect(ask(warm.state, { to: 'disqualified', reason: 'later' })).toMatchObject({
      detail: '"later" is no reason for disqualified; give one of: no.',
    });
  });

  it('is up to people and the CRM when it leads aside', () => {
    for (const by of ['marketing', 'sales', 'manager', 'crm'] as const) {
      expect(isRejection(ask(warm.state, { to: 'nurture', reason: 'later', by }))).toBe(false);
    }
    expect(ask(warm.state, { to: 'nurture', reason: 'later', by: 'system' })).toMatchObject({
      rejected: 'not-allowed',
      detail: 'Only marketing, sales, manager, crm may move a lead to nurture.',
    });
  });

  it('names the fields that the stage requires and nobody has told', () => {
    const asking = aPlaybook({
      mql: '{ by: [sales], requires: [need, amount, closeDate, followUp] }',
      checklist: '[ { id: need, ask: What?, type: text } ]',
    });
    const { state } = foldAll(asking, [identified({ at: start, id: 'i' })]);
    const command = { to: 'mql', by: 'sales', actorId: 'ana', answers: { need: 'speed' } } as const;
    const fields = { amount: 0, closeDate: '2026-06-01', followUp: '2026-04-01' };
    expect(moveLead(asking, state, { ...command, answers: { need: '' } }, now)).toMatchObject({
      rejected: 'missing-fields',
      names: ['need', 'amount', 'closeDate', 'followUp'],
      detail: 'Moving to mql needs need, amount, closeDate, followUp.',
    });
    expect(moveLead(asking, state, { ...command, ...fields }, now)).toMatchObject({ state: { stage: 'mql' } });
    expect(moveLead(asking, state, { ...command, ...fields, by: 'marketing' }, now)).toMatchObject({
      rejected: 'not-allowed',
    });
  });

  it('leaves nothing behind, not even its answers', () => {
    const { evidence } = mql.state;
    ask(mql.state, { to: 'customer', answers: { need: 'speed' }, amount: 5 });
    expect(mql.state.evidence).toBe(evidence);
    expect(ask(mql.state, { to: 'sql' })).toMatchObject({ rejected: 'missing-answers' });
  });

  it('names the answers that are missing, blank ones included', () => {
    expect(ask(mql.state, { to: 'sql' })).toMatchObject({ rejected: 'missing-answers', names: ['need'] });
    expect(ask(mql.state, { to: 'sql', answers: { need: '' } })).toMatchObject({
      rejected: 'missing-answers',
      names: ['need'],
    });
  });

  it('says whose move it is, and what is missing until the rule holds', () => {
    expect(ask(warm.state, { to: 'mql' })).toMatchObject({ rejected: 'not-allowed' });
    const cold = ask(lead.state, { to: 'mql', by: 'marketing' });
    expect(cold).toMatchObject({ rejected: 'criteria-not-met' });
    expect((cold as Rejection).names.join()).toMatch(/engagement/);
  });

  it('does not know questions that the checklist does not have', () => {
    expect(ask(mql.state, { to: 'sql', answers: { nead: 'x' } })).toMatchObject({
      rejected: 'invalid-answers',
      names: ['nead'],
    });
    expect(answerLead(playbook, mql.state, { answers: { nead: 'x' }, by: 'sales', actorId: 'ana' }, now)).toMatchObject(
      {
        rejected: 'invalid-answers',
        names: ['nead'],
      },
    );
  });

  it('needs somebody who told us who they are', () => {
    expect(ask(foldAll(playbook, []).state, { to: 'lead' })).toMatchObject({ rejected: 'not-possible' });
  });
});

describe('a move that is made', () => {
  it('carries what it was decided on and what the rep needs to know', () => {
    const { changes, state } = accepted(ask(mql.state, { to: 'sql', answers: { need: 'speed' }, note: 'Called.' }));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      number: 3,
      from: 'mql',
      to: 'sql',
      at: now,
      decidedAt: now,
      receivedAt: now,
      cycle: 1,
      cycleStart: { at: null },
      actor: { kind: 'sales', id: 'ana' },
      criteria: [{ id: 'confirmed', values: { 'answers.need': 'speed' } }],
      via: 'confirmed',
      note: 'Called.',
      traits: { title: 'CTO', source: 'website' },
      account: { domain: 'acme.example', freeMail: false, traits: {} },
      scores: { engagement: 40, fit: 0, total: 40, grade: 'D', asOf: now },
      holds: { slas: ['day'], routing: ['all'] },
      handoff: {
        source: 'website',
        reasons: ['hi: +20', 'hi: +20'],
        nextStep: 'Technical evaluation',
        forms: [{ form: 'demo', fields: { size: '12' }, event: 'h2' }],
        answers: { need: { value: 'speed', by: 'person' }, size: { value: 12, by: 'lead' } },
        open: [],
      },
    });
    expect(changes[0]!.signals.map(({ event }) => event)).toEqual(['h2', 'h1']);
    expect(state).toMatchObject({ stage: 'sql', since: now, changes: 3 });
  });

  it('takes effect at the lead time when it is late', () => {
    const { changes } = accepted(ask(mql.state, { to: 'nurture', reason: 'later' }, start));
    expect(changes[0]).toMatchObject({ at: start + 2 * hour, decidedAt: start, wakeAt: start + 2 * hour + 10 * day });
  });

  it('comes behind the computed times that fell due before it', () => {
    const decaying = aPlaybook({
      engagement: '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }',
      mql: '{ enter: [ { id: points, when: "score.engagement >= 15" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
    });
    const { state } = foldAll(decaying, [
      identified({ at: start, id: 'i' }),
      tracked({ at: start + hour, id: 'h' }, 'Hi'),
    ]);
    const late = moveLead(decaying, state, { to: 'accepted', by: 'sales', actorId: 'ana' }, start + 3 * day);
    expect(late).toMatchObject({ rejected: 'not-possible', possible: ['lead', 'disqualified'] });
  });

  it('back to lead begins the next cycle at that moment', () => {
    const aside = accepted(ask(mql.state, { to: 'nurture', reason: 'later' }));
    const { state, changes } = accepted(ask(aside.state, { to: 'lead' }, now + hour));
    expect(changes[0]).toMatchObject({
      from: 'nurture',
      to: 'lead',
      cycle: 2,
      cycleStart: { at: now + hour },
      scores: { engagement: 0 },
    });
    expect(state.evidence.signals['hi']).toMatchObject({ count: 0 });
  });

  it('keeps a follow-up date with the stage it was set for', () => {
    const working = accepted(ask(mql.state, { to: 'accepted', followUp: '2026-04-01' }));
    expect(working.state.followUp).toBe('2026-04-01');
    expect(working.changes[0]).toMatchObject({ to: 'accepted', followUp: '2026-04-01', via: 'moved' });
  });
});

describe('undo', () => {
  const aside = accepted(ask(mql.state, { to: 'nurture', reason: 'later' }));

  it('puts the lead back where it stood, in the same cycle, with a correction of that change', () => {
    const fold = accepted(undoMove(playbook, aside.state, { by: 'sales', actorId: 'ana' }, now + 10 * 60_000));
    expect(fold.corrected).toEqual([
      {
        corrects: 3,
        cycle: 1,
        stage: 'mql',
        kind: 'undone',
        at: now,
        decidedAt: now + 600_000,
        actor: { kind: 'sales', id: 'ana' },
      },
    ]);
    expect(fold.state).toMatchObject({
      stage: 'mql',
      since: start + 2 * hour,
      aside: null,
      entered: mql.state.entered,
      changes: 3,
    });
    expect(isRejection(ask(fold.state, { to: 'nurture', reason: 'later' }, now + hour))).toBe(false);
  });

  it('is refused to others, after ten minutes, and when others followed', () => {
    const undo = (actorId: string, at: number, state = aside.state) =>
      undoMove(playbook, state, { by: 'sales', actorId }, at);
    expect(undo('ben', now)).toMatchObject({
      rejected: 'nothing-to-undo',
      names: [],
      detail: expect.stringMatching(/whoever/),
    });
    expect(undo('ana', now + 600_001)).toMatchObject({
      rejected: 'nothing-to-undo',
      detail: expect.stringMatching(/ten minutes/),
    });
    const moved = accepted(
      ask(aside.state, { to: 'disqualified', reason: 'no', by: 'manager', actorId: 'sam' }, now + 1),
    );
    expect(undo('ana', now + 2, moved.state)).toMatchObject({ rejected: 'nothing-to-undo' });
    expect(undo('ana', now, mql.state)).toMatchObject({
      rejected: 'nothing-to-undo',
      detail: expect.stringMatching(/not a move/),
    });
  });

  it('is refused once the lead goes on as another one, and says as which', () => {
    const gone: LeadState = { ...aside.state, gone: 'absorbed', survivor: 'older' };
    expect(undoMove(playbook, gone, { by: 'sales', actorId: 'ana' }, now)).toEqual({
      rejected: 'not-possible',
      detail: 'This lead goes on as another one; work on lead older.',
      possible: [],
      names: [],
    });
  });

  it('does not take back a return to lead, which began a new cycle', () => {
    const back = accepted(ask(aside.state, { to: 'lead' }));
    expect(undoMove(playbook, back.state, { by: 'sales', actorId: 'ana' }, now)).toMatchObject({
      rejected: 'nothing-to-undo',
    });
  });

  it('lets a lead wake up at once whose time to wake up passed while it stood elsewhere', () => {
    const wakeAt = now + 60_000;
    const asleep = { ...aside.state, aside: { ...aside.state.aside!, wakeAt }, due: wakeAt };
    const away = accepted(ask(asleep, { to: 'disqualified', reason: 'no' }, now + 30_000));
    const later = { ...away.state, evidence: { ...away.state.evidence, leadTime: now + 120_000 } };
    const back = accepted(undoMove(playbook, later, { by: 'sales', actorId: 'ana' }, now + 180_000));
    expect(back.state).toMatchObject({ stage: 'nurture', due: now + 120_001 });
    const [woken] = advanceLead(playbook, back.state, now + 180_001).changes;
    expect(woken).toMatchObject({ from: 'nurture', to: 'lead', via: 'woken-by-time', at: now + 120_001 });
  });

  it('takes back the amount that came with the move', () => {
    const sql = accepted(ask(mql.state, { to: 'sql', answers: { need: 'speed' } }));
    const deal = accepted(ask(sql.state, { to: 'opportunity', amount: 100, closeDate: '2026-06-01' }));
    expect(deal.changes[0]).toMatchObject({ amount: 100, closeDate: '2026-06-01' });
    const undone = accepted(undoMove(playbook, deal.state, { by: 'sales', actorId: 'ana' }, now));
    expect(undone.state).toMatchObject({ stage: 'sql', deal: {} });
  });
});
