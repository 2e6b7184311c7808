import { describe, expect, it } from '@jest/globals';
import { foldAll, identified, start, tracked } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import { ledgerAt } from './ledger.js';
import { scoresAt } from './scores.js';

describe('an award of a rule that the playbook no longer has', () => {
  it('counts neither in the score nor in the ledger', () => {
    const former = aPlaybook({ engagement: '{ rules: [ { id: old, signal: hi, points: 20 } ] }' });
    const now = aPlaybook({ engagement: '{ rules: [ { id: new, signal: hi, points: 5 } ] }' });
    const { evidence } = foldAll(former, [
      identified({ at: start, id: 'i' }),
      tracked({ at: start, id: 'a' }, 'Hi'),
    ]).state;
    expect(scoresAt(former, evidence, start).engagement).toBe(20);
    expect(scoresAt(now, evidence, start).engagement).toBe(0);
    expect(ledgerAt(now, evidence, start).engagement.entries).toEqual([]);
  });
});
