import { describe, expect, it } from '@jest/globals';
import type { Readable } from 'node:stream';
import { type LiveEvent, LiveFeed } from './live-feed.js';

const stage = (lead: string): LiveEvent => ({ event: 'stage', data: { lead, at: '2026-03-02T09:00:00.000Z' } });

/** Everything that has been pushed to a reader so far. */
function heard(reader: Readable): string {
  let text = '';
  for (let chunk = reader.read() as Buffer | null; chunk !== null; chunk = reader.read() as Buffer | null)
    text += chunk.toString();
  return text;
}
const leadsIn = (text: string): string[] => [...text.matchAll(/"lead":"([^"]+)"/g)].map((match) => match[1] ?? '');
const lastIdIn = (text: string): string => [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';

describe('the live feed', () => {
  it('hands events to every open reader, with ids that count on', () => {
    const feed = new LiveFeed({ id: 'boot' });
    const [one, two] = [feed.open(), feed.open()];
    feed.publish([stage('kim'), stage('lee')]);
    const text = heard(one);
    expect(text).toContain('id: boot-2\nevent: stage\ndata: {"lead":"lee"');
    expect(heard(two)).toBe(text);
    feed.close();
  });

  it('continues behind the last id that a reader names', () => {
    const feed = new LiveFeed({ id: 'boot' });
    const first = feed.open();
    feed.publish([stage('kim')]);
    const id = lastIdIn(heard(first));
    feed.publish([stage('lee'), stage('max')]);
    const text = heard(feed.open(id));
    expect(leadsIn(text)).toEqual(['lee', 'max']);
    expect(text).not.toContain('resync');
    feed.close();
  });

  it.each(['boot-0', 'other-5', 'nonsense', 'boot-999'])(
    'asks to read everything anew when %s cannot be continued',
    (id) => {
      const feed = new LiveFeed({ id: 'boot', remembered: 2 });
      feed.publish(['a', 'b', 'c', 'd'].map(stage));
      const text = heard(feed.open(id));
      expect(text).toContain('event: resync');
      expect(leadsIn(text)).toEqual([]);
      expect(lastIdIn(text)).toBe('boot-4');
      feed.close();
    },
  );

  it('says so when a burst is larger than what it remembers', () => {
    const feed = new LiveFeed({ id: 'boot', remembered: 2 });
    const reader = feed.open();
    feed.publish(['a', 'b', 'c'].map(stage));
    const text = heard(reader);
    expect(text.indexOf('resync')).toBeGreaterThan(0);
    expect(leadsIn(text)).toEqual(['b', 'c']);
    feed.close();
  });

  it('lets go of a reader that does not read, and keeps the others', () => {
    const feed = new LiveFeed({ id: 'boot', maxBufferedBytes: 500 });
    const [slow, quick] = [feed.open(), feed.open()];
    for (let round = 0; round < 20; round += 1) {
      feed.publish([stage(`lead-${round}`)]);
      heard(quick);
    }
    expect(slow.destroyed).toBe(true);
    expect(quick.destroyed).toBe(false);
    feed.close();
  });

  it('sends a sign of life while nothing happens', async () => {
    const feed = new LiveFeed({ id: 'boot', heartbeatMs: 1 });
    const reader = feed.open();
    heard(reader);
    await new Promise<void>((resolve) => reader.once('readable', resolve));
    expect(heard(reader)).toContain(': still here');
    feed.close();
  });

  it('forgets readers that went away', async () => {
    const feed = new LiveFeed({ id: 'boot' });
    const reader = feed.open();
    expect(feed.openReaders).toBe(1);
    const closed = new Promise<void>((resolve) => reader.once('close', resolve));
    reader.destroy();
    await closed;
    expect(feed.openReaders).toBe(0);
  });
});
