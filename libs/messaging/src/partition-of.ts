const encoder = new TextEncoder();

/**
 * The partition of a key: murmur2 of its UTF-8 bytes, as Kafka's default partitioner computes it, so that a key keeps its
 * partition on either transport. Answers 0 to `partitions - 1`.
 */
export function partitionOf(key: string, partitions: number): number {
  return partitions === 1 ? 0 : (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions;
}

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** 32-bit murmur2 with Kafka's seed; answers a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) hash = Math.imul(hash, multiplier) ^ scrambled(view.getInt32(at, true));
  hash = withTail(hash, bytes, whole);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

function scrambled(word: number): number {
  const mixed = Math.imul(word, multiplier);
  return Math.imul(mixed ^ (mixed >>> 24), multiplier);
}

function withTail(hash: number, bytes: Uint8Array, from: number): number {
  const tail = bytes.length - from;
  if (tail === 0) return hash;
  let mixed = hash;
  for (let at = tail - 1; at >= 0; at -= 1) mixed ^= (bytes[from + at] ?? 0) << (8 * at);
  return Math.imul(mixed, multiplier);
}
