import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOf } from '../src/partition-of.js';

describe('partitionOf', () => {
  // The values that Apache Kafka's own tests expect of its partitioner.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    expect(murmur2(new TextEncoder().encode(key))).toBe(hash);
  });

  it('stays within the partitions, whatever the key', () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => `lead-${index} ☎ ${'ü'.repeat(index % 7)}`);
    const used = new Set(keys.map((key) => partitionOf(key, 7)));
    expect([...used].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('has one answer for one partition', () => {
    expect(partitionOf('anything', 1)).toBe(0);
  });
});
