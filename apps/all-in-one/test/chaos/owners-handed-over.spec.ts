import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import type { LeadStageChanged } from '@baton/contracts/lead-stages';
import { compileRoster } from '@baton/domain/routing/directory';
import { validateRoster } from '@baton/domain/routing/roster';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Decided } from './decided.js';
import type { Merge } from './merges.js';
import { Inheritance } from './owners-handed-over.js';

const source = readFileSync(fileURLToPath(new URL('roster.yaml', import.meta.url)), 'utf8');
const checked = validateRoster(parse(source));
if ('faults' in checked) throw new Error(JSON.stringify(checked.faults));
const directory = compileRoster(1, checked.roster);

/** `c` goes on with the stage of `from`. */
function changesOf(lead: string, ...from: readonly string[]): [string, LeadStageChanged] {
  const criteria = from.map((one) => ({ id: 'merged', values: { lead: one } }));
  return [`${lead}:change:2`, { to: 'mql', via: 'merged', criteria } as unknown as LeadStageChanged];
}

function given(lead: string, rep: string, { behind = 1, by = 'rule' } = {}): Decided {
  const data = { owner: { rep, team: null }, change: `${lead}:change:${behind}`, decision: { by } };
  return { id: `${lead}:${behind}`, lead, data: data as unknown as LeadAssigned };
}

function merges(...pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, Merge> {
  return new Map(pairs.map(([absorbed, survivor]) => [absorbed, { absorbed, survivor, receivedAt: 0, index: 0 }]));
}

const judged = (decisions: readonly Decided[], changes: readonly [string, LeadStageChanged][]) =>
  new Inheritance({ directory, decisions, changes: new Map(changes) }).handOvers(merges(['a', 'b'], ['b', 'c']));

describe('the oracle of owners that merges hand over', () => {
  it.each([
    ['whoever had the absorbed lead', [given('b', 'ana'), given('c', 'ana', { behind: 2 })], [changesOf('c', 'b')]],
    ['whom the survivor had before, who is the same', [given('b', 'ana'), given('c', 'ana')], [changesOf('c', 'b')]],
  ])('finds right %s', (_what, decisions, changes) => {
    expect(judged(decisions, changes)).toEqual({ made: 1, alongChains: 0, faults: [] });
  });

  it.each([
    [
      'from a lead that had taken it over itself',
      [given('a', 'ana'), given('b', 'ana', { behind: 2 }), given('c', 'ana', { behind: 2 })],
      [changesOf('b', 'a'), changesOf('c', 'b')],
      { made: 2, alongChains: 1 },
    ],
    [
      'past a lead that was gone before it could take it over',
      [given('a', 'ana'), given('b', 'ben'), given('c', 'ana', { behind: 2 })],
      [changesOf('c', 'a', 'b')],
      { made: 1, alongChains: 1 },
    ],
    [
      'past a lead that was gone before it was given anybody',
      [given('a', 'ana'), given('c', 'ana', { behind: 2 })],
      [changesOf('b', 'a'), changesOf('c', 'b')],
      { made: 1, alongChains: 1 },
    ],
    [
      'of the next in line where the first is away',
      [given('a', 'gus'), given('b', 'ben'), given('c', 'ben', { behind: 2 })],
      [changesOf('c', 'a', 'b')],
      { made: 1, alongChains: 1 },
    ],
  ])('follows an owner %s', (_what, decisions, changes, counts) => {
    expect(judged(decisions, changes)).toEqual({ ...counts, faults: [] });
  });

  it.each([
    ['somebody else has the survivor', [given('b', 'ana'), given('c', 'ben', { behind: 2 })], [changesOf('c', 'b')]],
    ['nobody has the survivor', [given('b', 'ana')], [changesOf('c', 'b')]],
    [
      'the lead in between comes first',
      [given('a', 'ana'), given('b', 'ben'), given('c', 'ben', { behind: 2 })],
      [changesOf('c', 'a', 'b')],
    ],
  ])('finds a fault where %s', (_what, decisions, changes) => {
    expect(judged(decisions, changes)).toMatchObject({ made: 0, faults: [expect.stringContaining('c went on')] });
  });

  it('leaves the survivor to whom a person gave it meanwhile', () => {
    const byPerson = given('c', 'ben', { behind: 2, by: 'person' });
    expect(judged([given('b', 'ana'), byPerson], [changesOf('c', 'b')])).toEqual({
      made: 0,
      alongChains: 0,
      faults: [],
    });
  });
});
