import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  day,
  foldAll,
  hour,
  identified,
  imported,
  type Kept,
  outcome,
  start,
  stagesOf,
  tracked,
} from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { advanceLead } from './advance-lead.js';
import type { LeadFact } from './lead-fact.js';
import { moveLead } from './move-lead.js';

const playbook = aPlaybook({
  mql: '{ enter: [ { id: points, when: "score.engagement >= 20" } ], exit: [ { id: cold, when: "score.engagement < 10", to: nurture, reason: later } ] }',
});

const historic = true;
const person = identified({ at: start + hour, id: 'i', historic }, { source: 'website' });
const rows: LeadFact[] = [
  person,
  imported({ at: start + 2 * hour, id: 'r1' }, 'mql', { owner: 'rep:112' }),
  imported({ at: start + 3 * hour, id: 'r2' }, 'accepted'),
  imported({ at: start + 5 * hour, id: 'r3' }, 'mql'),
  { ...tracked({ at: start, id: 'r0', historic }, 'Hi') },
  outcome({ at: start + 6 * hour, id: 'r4', historic }, 'won', { amount: 5 }),
];

/** The stages of each lead's cycle as a reader gathers them: changes, re-dated by corrections. */
function gathered({ folds }: Kept): Record<string, number> {
  const byNumber = new Map(
    folds.flatMap(({ changes }) => changes.map(({ number, to, at }) => [number, { to, at }] as const)),
  );
  for (const { corrects, at } of folds.flatMap(({ corrected }) => corrected)) {
    byNumber.set(corrects, { ...byNumber.get(corrects)!, at });
  }
  return Object.fromEntries([...byNumber.values()].map(({ to, at }) => [to, at - start]));
}

describe('imported history', () => {
  it('gives the same stages at the same times, whatever order the rows come in and however often', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rows, { minLength: rows.length }),
        fc.array(fc.constantFrom(...rows), { maxLength: 4 }),
        (order, repeats) => {
          const kept = foldAll(playbook, [...order, ...repeats]);
          expect(gathered(kept)).toEqual({ lead: 0, mql: 2 * hour, accepted: 3 * hour, customer: 6 * hour });
          expect(kept.state).toMatchObject({
            stage: 'customer',
            since: start + 6 * hour,
            historic: true,
            aside: null,
            deal: { amount: 5 },
          });
          expect(kept.state.entered.map(({ stage, at }) => [stage, at - start])).toEqual([
            ['lead', 0],
            ['mql', 2 * hour],
            ['accepted', 3 * hour],
            ['customer', 6 * hour],
          ]);
          expect(kept.folds.flatMap(({ changes }) => changes).every((change) => change.historic === true)).toBe(true);
        },
      ),
    );
  });

  it('re-dates a stage that turns out to be earlier, naming the change', () => {
    const kept = foldAll(playbook, [person, rows[3]!, rows[1]!]);
    const [redated] = kept.folds.at(-1)!.corrected;
    expect(redated).toMatchObject({
      corrects: 2,
      stage: 'mql',
      kind: 're-dated',
      at: start + 2 * hour,
      actor: { kind: 'import' },
    });
  });

  it('names the owner of the file, and the importer as actor', () => {
    const kept = foldAll(playbook, rows.slice(0, 2));
    expect(kept.folds.at(-1)!.changes[0]).toMatchObject({
      from: 'lead',
      to: 'mql',
      owner: 'rep:112',
      actor: { kind: 'import' },
      via: 'imported',
    });
  });

  it('is left alone by rules, exits and wake-ups', () => {
    const kept = foldAll(playbook, [
      ...rows.slice(0, 3),
      imported({ at: start + 7 * hour, id: 'r5' }, 'nurture', { reason: 'later' }),
      rows[4]!,
    ]);
    expect(kept.state).toMatchObject({ stage: 'nurture', due: null, quietUntil: null });
    expect(advanceLead(playbook, kept.state, start + 900 * day).changes).toEqual([]);
  });

  it('comes to life with the first live fact', () => {
    const kept = foldAll(playbook, [person, rows[4]!, identified({ at: start + day, id: 'live' }, { title: 'CTO' })]);
    expect(stagesOf(kept)).toEqual([`lead@${hour}`, `mql@${day}`]);
    expect(kept.state.historic).toBe(false);
    expect(kept.folds.at(-1)!.changes[0]).not.toHaveProperty('historic');
  });

  it('gives an exit that holds already no chance to act as life begins', () => {
    const kept = foldAll(playbook, [person, rows[1]!, identified({ at: start + day, id: 'live' })]);
    expect(kept.state).toMatchObject({ stage: 'mql', waitingExits: ['cold'] });
  });

  it('comes to life with a person, too', () => {
    const { state } = foldAll(playbook, rows.slice(0, 2));
    const moved = moveLead(playbook, state, { to: 'accepted', by: 'sales', actorId: 'ana' }, start + day);
    expect(moved).toMatchObject({ state: { stage: 'accepted', historic: false } });
  });

  it('does not decide the stages of a live cycle', () => {
    const kept = foldAll(playbook, [identified({ at: start, id: 'live' }), rows[1]!]);
    expect(kept.state.stage).toBe('lead');
    expect(kept.folds.at(-1)).toMatchObject({
      changes: [],
      notApplied: [{ outcome: 'mql', why: expect.stringMatching(/live/) }],
    });
  });

  it('names a stage that there is not', () => {
    const kept = foldAll(playbook, [person, imported({ at: start + 2 * hour, id: 'r' }, 'prospect')]);
    expect(kept.folds.at(-1)!.notApplied).toMatchObject([
      { outcome: 'prospect', why: expect.stringMatching(/no stage "prospect"/) },
    ]);
  });

  it('keeps the reason of the stage aside that the lead went to last', () => {
    const aside = [
      imported({ at: start + 9 * hour, id: 'a' }, 'disqualified', { reason: 'no' }),
      imported({ at: start + 8 * hour, id: 'b' }, 'nurture', { reason: 'later' }),
    ];
    for (const order of [aside, [...aside].reverse()]) {
      const kept = foldAll(playbook, [person, ...order]);
      expect(kept.state).toMatchObject({ stage: 'disqualified', aside: { reason: 'no', by: 'person' } });
      const reasons = kept.folds.flatMap(({ changes }) => changes.map(({ to, reason }) => [to, reason]));
      expect(Object.fromEntries(reasons)).toEqual({ lead: undefined, nurture: 'later', disqualified: 'no' });
    }
  });
});
