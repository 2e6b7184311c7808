import { describe, expect, it } from '@jest/globals';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { GroupCommit, OverloadError } from './group-commit.js';

function publications(count: number, id = 'e'): Publication[] {
  return Array.from({ length: count }, (_, index) => ({
    topic: topics.visitorEvents,
    key: 'k',
    type: 't',
    id: `${id}${index}`,
    time: '2026-03-02T12:00:00.000Z',
    data: {},
  }));
}

/** Writes only when it is let, and refuses what it is told to. */
function gate(refuses: (ids: readonly string[]) => boolean = () => false) {
  const written: string[][] = [];
  const waiting: (() => void)[] = [];
  async function write(events: readonly Publication[]): Promise<void> {
    await new Promise<void>((resolve) => waiting.push(resolve));
    const ids = events.map(({ id }) => id);
    if (refuses(ids)) throw new Error('refused');
    written.push(ids);
  }
  async function open(groups: number): Promise<void> {
    for (let opened = 0; opened < groups;) {
      const resolve = waiting.shift();
      if (resolve) opened += 1;
      resolve?.();
      await new Promise((next) => setImmediate(next));
    }
  }
  return { write, written, open };
}

let now = 0;
const options = { clock: () => now, mostWaiting: 10, mostWaitingBytes: 1000, gatherMs: 0 };

describe('a group commit', () => {
  it('answers nobody before their events are written, and writes many requests at once', async () => {
    const { write, written, open } = gate();
    const commits = new GroupCommit({ write, ...options });
    const answered: string[] = [];
    const all = ['a', 'b', 'c'].map((id) => commits.add(publications(2, id), 1).then(() => answered.push(id)));
    const opening = open(1);
    expect(answered).toEqual([]);
    await opening;
    await Promise.all(all);
    expect(written).toEqual([['a0', 'a1', 'b0', 'b1', 'c0', 'c1']]);
  });

  it('turns callers away beyond its bound, with a whole time that grows with the overload and falls back after it', async () => {
    const { write, open } = gate();
    const commits = new GroupCommit({ write, ...options });
    const taken = commits.add(publications(9), 1);
    const turnedAway = async () => {
      const error = await commits.add(publications(5), 1).catch((refused: unknown) => refused);
      expect(error).toBeInstanceOf(OverloadError);
      return (error as OverloadError).retryAfterSeconds;
    };
    const times = [
      await turnedAway(),
      ((now += 1500), await turnedAway()),
      ((now += 2000), await turnedAway()),
      ((now += 1e6), await turnedAway()),
    ];
    expect(times).toEqual([1, 2, 4, 60]);
    await open(1);
    await taken;
    await commits.drained();
    const again = commits.add(publications(9), 1);
    expect(await turnedAway()).toBe(1);
    await open(1);
    await again;
  });

  it('takes a request that alone is larger than its bound', async () => {
    const { write, open } = gate();
    const commits = new GroupCommit({ write, ...options });
    const taken = commits.add(publications(50), 5000);
    await open(1);
    await taken;
  });

  it('writes each request by itself when the group is refused, so that one fails alone', async () => {
    const { write, written, open } = gate((ids) => ids.includes('bad0'));
    const commits = new GroupCommit({ write, ...options });
    const outcomes = Promise.allSettled(['a', 'bad', 'c'].map((id) => commits.add(publications(1, id), 1)));
    await open(4);
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([['a0'], ['c0']]);
  });
});
