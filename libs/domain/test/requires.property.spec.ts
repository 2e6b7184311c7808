import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isRejection } from '../src/lifecycle/fold.js';
import type { MoveCommand } from '../src/lifecycle/move-command.js';
import { moveLead } from '../src/lifecycle/move-lead.js';
import { compilePlaybook } from '../src/playbook/compile-playbook.js';
import type { Playbook } from '../src/playbook/definition.js';
import { day, foldAll, identified, outcome, start, tracked } from './lead-log.js';
import { type PlaybookText, playbookText } from './playbook-text.js';
import { propertyRuns } from './property-runs.js';

const names = ['amount', 'closeDate', 'followUp', 'need', 'size'] as const;

function requiring(names: readonly string[], text: PlaybookText): Playbook {
  const free = 'opportunity: { by: [sales, crm] }';
  const asking = `opportunity: { by: [sales, crm], requires: [${names.join(', ')}] }`;
  const { playbook, faults } = compilePlaybook(playbookText(text).replace(free, asking));
  if (playbook === null) throw new Error(faults.map(({ message }) => message).join('\n'));
  return playbook;
}

/** A playbook whose traits have the names of everything that its stages require. */
const playbook = requiring(names, {
  traits: '{ amount: text, closeDate: text, followUp: text, need: text, size: text }',
  mql: `{ by: [sales], requires: [${names.join(', ')}] }`,
  checklist:
    '[ { id: need, ask: What?, type: text }, { id: size, ask: How many?, type: number, from: event.properties.size } ]',
});

const traits = fc.record(
  Object.fromEntries(names.map((name) => [name, fc.constantFrom('42000', '2026-06-01', 'speed', ' ')])),
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;
const answers = fc.record({ need: fc.constantFrom('speed', ''), size: fc.constantFrom(12, 40) }, { requiredKeys: [] });
const deal = fc.record(
  {
    amount: fc.constantFrom(0, 42_000),
    closeDate: fc.constantFrom('2026-06-01'),
    followUp: fc.constantFrom('2026-04-01'),
  },
  { requiredKeys: [] },
);

describe('what a stage requires', () => {
  it('is told by the move, by answers or by a CRM, never by a trait of that name', () => {
    fc.assert(
      fc.property(traits, answers, deal, (visitor, given, told) => {
        const { state } = foldAll(playbook, [identified({ at: start, id: 'i' }, visitor)]);
        const command: MoveCommand = { to: 'mql', by: 'sales', actorId: 'ana', answers: given, ...told };
        const result = moveLead(playbook, state, command, start + day);
        const known = { ...given, ...told } as Readonly<Record<string, unknown>>;
        const missing = names.filter((name) => known[name] === undefined || known[name] === '');
        expect(isRejection(result) ? result.names : []).toEqual(missing);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('is flagged missing on what a CRM reports, whatever traits the lead has', () => {
    fc.assert(
      fc.property(traits, answers, deal, (visitor, given, { amount, closeDate }) => {
        const told = {
          ...(amount === undefined ? {} : { amount }),
          ...(closeDate === undefined ? {} : { closeDate }),
        };
        const size = given.size === undefined ? {} : { size: given.size };
        const { folds } = foldAll(playbook, [
          identified({ at: start, id: 'i' }, visitor),
          tracked({ at: start + 1, id: 't' }, 'Hi', size),
          outcome({ at: start + day, id: 'o' }, 'created', told),
        ]);
        const known: Readonly<Record<string, unknown>> = { ...size, ...told };
        const missing = names.filter((name) => known[name] === undefined);
        expect(folds.at(-1)!.changes.at(-1)?.incomplete ?? []).toEqual(missing);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('is there once a CRM has told it: a later move need not tell it again', () => {
    const asking = requiring(['amount'], {});
    const { state } = foldAll(asking, [
      identified({ at: start, id: 'i' }),
      outcome({ at: start + 1, id: 'o' }, 'updated', { amount: 7 }),
    ]);
    const sql = moveLead(asking, state, { to: 'sql', by: 'sales', actorId: 'ana' }, start + day);
    if (isRejection(sql)) throw new Error(sql.detail);
    const moved = moveLead(asking, sql.state, { to: 'opportunity', by: 'sales', actorId: 'ana' }, start + day);
    expect(moved).toMatchObject({ changes: [{ to: 'opportunity', amount: 7 }] });
  });
});
