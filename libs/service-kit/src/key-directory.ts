import { type KeyPublished, keyPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import type { Positions } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const unknownKeyPauseMs = 1_000;
const revocationDelayMs = 5_000;
/** Longer than this nobody with a known key waits for one reading, all of them together. */
const patienceMs = 300;

interface Reading {
  readonly done: Promise<void>;
  /** Resolves when it is done, however that ended, or has taken too long. */
  readonly awaited: Promise<void>;
}

/**
 * The keys that ingest published on `access`, verified locally by their hashes. A new key is known within a second, a
 * revoked one is refused after five at most, as long as the topic can be read; known ones do not wait for one that cannot.
 */
export class KeyDirectory {
  private readonly byHash = new Map<string, KeyPublished>();
  private readonly next: Positions = {};
  private readAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private reading: Reading | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly clock: () => number,
  ) {}

  /** The key that a secret text is, unless it is unknown or revoked. */
  async find(secretText: string): Promise<KeyPublished | undefined> {
    const hash = createHash('sha256').update(secretText).digest('hex');
    if (!this.byHash.has(hash)) await this.look(this.readAt + unknownKeyPauseMs)?.done;
    // While the topic cannot be read, nobody could be told of a revocation either: a known key stays what it was.
    else await this.look(this.triedAt + revocationDelayMs)?.awaited;
    const key = this.byHash.get(hash);
    return key?.revokedAt === undefined ? key : undefined;
  }

  /** Reads what was published since, unless it is not yet time; concurrent callers share one reading. */
  private look(notBefore: number): Reading | undefined {
    if (this.clock() < notBefore) return undefined;
    this.reading ??= this.begin();
    return this.reading;
  }

  private begin(): Reading {
    const done = this.read().finally(() => {
      this.triedAt = this.clock();
      this.reading = undefined;
    });
    const awaited = Promise.race([done.catch(() => undefined), delay(patienceMs, undefined, { ref: false })]);
    return { done, awaited };
  }

  private async read(): Promise<void> {
    for (const batch of await this.transport.readTable(topics.access, this.next)) {
      for (const { envelope, partition, position } of batch.records) {
        (this.next[batch.topic] ??= {})[partition] = position + 1;
        if (envelope.type !== keyPublished.type) continue;
        const key = envelope.data as KeyPublished;
        this.byHash.set(key.hash, key);
      }
    }
    this.readAt = this.clock();
  }
}
