import { describe, expect, it } from '@jest/globals';
import {
  day,
  foldAll,
  hour,
  identified,
  imported,
  keepFold,
  type Kept,
  outcome,
  start,
  tracked,
} from '../../test/lead-log.js';
import { aPlaybook, playbookText } from '../../test/playbook-text.js';
import { compilePlaybook } from '../playbook/compile-playbook.js';
import type { Playbook } from '../playbook/definition.js';
import { advanceLead } from './advance-lead.js';
import { explainLead } from './explain.js';
import { isRejection } from './fold.js';
import type { MoveCommand } from './move-command.js';
import { moveLead } from './move-lead.js';

const exclusions = `[ { id: student, when: "lead.title == 'Student'", reason: no } ]`;
const playbook = aPlaybook({
  exclusions,
  engagement: '{ halfLife: 1d, rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }',
  mql: '{ enter: [ { id: hot, when: "score.engagement >= 20" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
});
const titled = (title: string, at: number) => identified({ at, id: `${title}${at}` }, { title });

function move(rules: Playbook, kept: Kept, command: Partial<MoveCommand> & Pick<MoveCommand, 'to'>, at: number): Kept {
  const fold = moveLead(rules, kept.state, { by: 'sales', actorId: 'ana', ...command }, at);
  if (isRejection(fold)) throw new Error(`${fold.rejected}: ${fold.detail}`);
  return keepFold(kept, fold);
}
const last = ({ folds }: Kept) => folds.at(-1)!.changes;

describe('a lead that is aside', () => {
  const mql = foldAll(playbook, [titled('CTO', start), tracked({ at: start, id: 'h' }, 'Hi')]);
  const due = start + day + 1;
  const cold = keepFold(mql, advanceLead(playbook, mql.state, due));

  it('was put there by the system, for what it saw', () => {
    expect(last(cold)).toMatchObject([
      {
        to: 'nurture',
        via: 'cold',
        reason: 'later',
        criteria: [{ id: 'cold', values: { 'score.engagement': expect.closeTo(10, 5) } }],
      },
    ]);
    expect(cold.state.aside).toEqual({ by: 'system', reason: 'later', wakeAt: due + 10 * day, wakesFrom: due });
  });

  it.each([
    ['woken-by-time', keepFold(cold, advanceLead(playbook, cold.state, due + 10 * day)), due + 10 * day],
    ['woken-by-signal', foldAll(playbook, [tracked({ at: due + hour, id: 's' }, 'Hi')], cold), due + hour],
    ['no-longer-excluded', foldAll(playbook, [titled('Student', due), titled('CTO', due + hour)], cold), due + hour],
  ])('says why it comes back: %s', (reason, kept, at) => {
    const criteria = [{ id: reason, values: {} }];
    expect(last(kept)[0]).toMatchObject({ to: 'lead', at, actor: { kind: 'system' }, via: reason, reason, criteria });
    expect(kept.state.entered[0]).toMatchObject({ stage: 'lead', at });
  });

  it('comes back with the start of the cycle in which it was excluded', () => {
    const again = [2, 4].reduce(
      (kept, days) => {
        const aside = move(playbook, kept, { to: 'nurture', reason: 'later' }, start + days * day);
        return move(playbook, aside, { to: 'lead' }, start + (days + 1) * day);
      },
      foldAll(playbook, [titled('CTO', start)]),
    );
    const kept = foldAll(playbook, [titled('Student', start + 6 * day), titled('CTO', start + 7 * day)], again);
    expect(kept.folds.slice(-2).flatMap(({ changes }) => changes)).toMatchObject([
      { to: 'disqualified', cycle: 3, cycleStart: { at: start + 5 * day } },
      { to: 'lead', cycle: 4, cycleStart: { at: start + 5 * day } },
    ]);
  });

  it('is not disqualified twice in one cycle', () => {
    const excluded = foldAll(playbook, [titled('Student', start)]);
    const nurtured = move(playbook, excluded, { to: 'nurture', reason: 'later' }, start + hour);
    const kept = foldAll(playbook, [tracked({ at: start + 2 * hour, id: 'm' }, 'Mid')], nurtured);
    expect(kept.state.stage).toBe('nurture');
  });

  it('asks for the history that its next cycle counts, and wakes with it', () => {
    const pages = [2, 3, 4].map((hours) => tracked({ at: due + hours * hour, id: `l${hours}` }, 'Lo'));
    const kept = foldAll(playbook, [...pages, tracked({ at: due + hour, id: 's' }, 'Hi')], cold);
    expect(last(kept)).toMatchObject([{ to: 'lead', at: due + 4 * hour, cycleStart: { at: due + hour, event: 's' } }]);
    expect(kept.state.evidence.signals).toMatchObject({ hi: { count: 1 }, lo: { count: 3 } });
  });
});

describe('an entry rule', () => {
  const unconditional = aPlaybook({ sql: '{ enter: [ { id: any } ] }' });

  it('without a condition holds at once', () => {
    const [, sql] = last(foldAll(unconditional, [titled('CTO', start)]));
    expect(sql).toMatchObject({ from: 'lead', to: 'sql', criteria: [{ id: 'any', values: {} }], via: 'any' });
  });

  it('enters no stage that imported history had entered in this cycle', () => {
    const kept = foldAll(unconditional, [
      imported({ at: start, id: 'a' }, 'sql'),
      imported({ at: start + hour, id: 'b' }, 'mql'),
      titled('CTO', start + day),
    ]);
    expect(kept.state).toMatchObject({ stage: 'mql', historic: false });
  });
});

describe('an exit rule that holds as its stage is entered', () => {
  const exits = aPlaybook({
    mql: `{ enter: [ { id: hot, when: "score.engagement >= 20" } ], exit: [ { id: recent, when: "seen('mid', '1h') > 0", to: nurture, reason: later }, { id: chief, when: "lead.title == 'CTO'", to: disqualified, reason: no } ] }`,
  });
  const minute = 60_000;

  it('waits until it has been false once, each for itself', () => {
    const entered = foldAll(exits, [
      titled('CTO', start),
      tracked({ at: start, id: 'm' }, 'Mid'),
      tracked({ at: start + 1, id: 'h' }, 'Hi'),
    ]);
    const steps = [
      [tracked({ at: start + minute, id: 'l' }, 'Lo'), ['recent', 'chief'], 'mql'],
      [titled('Developer', start + 2 * minute), ['recent'], 'mql'],
      [titled('CTO', start + 3 * minute), [], 'disqualified'],
    ] as const;
    let kept = entered;
    for (const [fact, waitingExits, stage] of steps) {
      kept = foldAll(exits, [fact], kept);
      expect(kept.state).toMatchObject({ waitingExits, stage });
    }
  });
});

describe('a playbook that speaks of one stage', () => {
  const stages = 'stages: { mql: { enter: [ { id: hot, when: "score.engagement >= 20" } ] } }';
  const { playbook: sparse } = compilePlaybook(playbookText({ exclusions }).replace(/^stages: .*$/m, stages));
  const lead = foldAll(sparse!, [titled('CTO', start)]);
  const command = { to: 'sql', by: 'sales', actorId: 'ana' } as const;

  it('enters no other, schedules nothing and explains what there is', () => {
    expect(lead.state).toMatchObject({ stage: 'lead', waitingExits: [], due: null, quietUntil: null });
    const mql = foldAll(sparse!, [tracked({ at: start, id: 'h' }, 'Hi')], lead);
    expect(mql.state).toMatchObject({ stage: 'mql', waitingExits: [], due: null, quietUntil: null });
    const { stages: explained, exits } = explainLead(sparse!, mql.state, start);
    expect(explained).toEqual([
      { stage: 'accepted', criteria: [] },
      { stage: 'sql', criteria: [] },
    ]);
    expect(exits).toEqual([]);
  });

  it('lets nobody move a lead on, but for the CRM', () => {
    expect(moveLead(sparse!, lead.state, command, start)).toMatchObject({
      rejected: 'not-allowed',
      detail: 'The playbook does not let sales move a lead to sql.',
    });
    const created = foldAll(sparse!, [outcome({ at: start, id: 'o' }, 'created')], lead);
    expect(last(created)).toMatchObject([
      { to: 'sql', handoff: { nextStep: null } },
      { to: 'opportunity', incomplete: ['amount'] },
    ]);
  });
});
