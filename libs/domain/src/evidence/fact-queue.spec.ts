import { describe, expect, it } from '@jest/globals';
import { identified } from '../../test/lead-log.js';
import { aPlaybook } from '../../test/playbook-text.js';
import type { NeedsHistory, Occurrence } from './evidence.js';
import { FactQueue, type QueueStep } from './fact-queue.js';

const playbook = aPlaybook({});
const queued = (id: string) => ({ fact: identified({ at: 1, id }), playbook });
const occurrence = (event: string, signal: string): Occurrence => ({ at: 1, event, signal });
const nothing: QueueStep = { newOccurrences: [], revoked: [] };
const needs = (...signals: string[]): NeedsHistory => ({ needs: 'history', signals });

describe('the facts of one lead in a batch', () => {
  it('are folded in order, each once, without history as long as none is asked for', () => {
    const queue = new FactQueue();
    const seen: unknown[] = [];
    const fold = () =>
      queue.fold(({ fact }, history) => {
        seen.push([fact.eventId, history]);
        return nothing;
      });
    expect(fold()).toBeNull();
    queue.push(queued('a'));
    queue.push(queued('b'));
    expect(fold()).toBeNull();
    queue.push(queued('c'));
    expect(fold()).toBeNull();
    expect(seen).toEqual([
      ['a', null],
      ['b', null],
      ['c', null],
    ]);
  });

  it('stop at the first that needs what nobody has handed over, and go on from there with it', () => {
    const queue = new FactQueue();
    for (const id of ['a', 'b', 'c']) queue.push(queued(id));
    const seen: unknown[] = [];
    const step = ({ fact }: { fact: { eventId: string } }, history: readonly Occurrence[] | null) => {
      seen.push([fact.eventId, history]);
      if (fact.eventId === 'a') return { newOccurrences: [occurrence('a', 'hi'), occurrence('a', 'lo')], revoked: [] };
      return fact.eventId === 'b' && history === null ? needs('hi', 'mid') : nothing;
    };
    expect(queue.fold(step)).toEqual(['hi', 'mid']);
    queue.give(['hi'], [occurrence('x', 'hi')]);
    expect(queue.fold(step)).toEqual(['hi', 'mid']);
    queue.give(['hi', 'mid'], [occurrence('x', 'hi'), occurrence('y', 'mid'), occurrence('z', 'lo')]);
    expect(queue.fold(step)).toBeNull();
    expect(seen).toEqual([
      ['a', null],
      ['b', null],
      ['b', null],
      ['b', null],
      ['b', [occurrence('x', 'hi'), occurrence('y', 'mid'), occurrence('a', 'hi')]],
      ['c', null],
    ]);
  });

  it('see nothing in their history of what was taken back in this batch', () => {
    const queue = new FactQueue();
    for (const id of ['a', 'b', 'c']) queue.push(queued(id));
    queue.give(['hi'], [occurrence('x', 'hi'), occurrence('y', 'hi')]);
    let told: readonly Occurrence[] | null = null;
    queue.fold(({ fact }, history) => {
      if (fact.eventId === 'a') return { newOccurrences: [occurrence('a', 'hi')], revoked: [] };
      if (fact.eventId === 'b') return { newOccurrences: [], revoked: ['x', 'a'] };
      if (history === null) return needs('hi');
      told = history;
      return nothing;
    });
    expect(told).toEqual([occurrence('y', 'hi')]);
  });

  it('are a fault where a fold asks again for what it was given', () => {
    const queue = new FactQueue();
    queue.push(queued('a'));
    queue.give(['hi', 'lo'], []);
    expect(() => queue.fold(() => needs('hi', 'lo'))).toThrow('A fold asked again for the history of hi, lo.');
  });
});
