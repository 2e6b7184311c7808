import { faultOf } from '@baton/persistence/database-faults';
import { type Consumption, type Part, commitParts, consumeBatch } from './batch-consumer.js';

export const defaultMaxBatch = 500;

interface Ready extends Part {
  readonly done: PromiseWithResolvers<void>;
}

/**
 * Lets partitions of a topic that have something at the same moment share a transaction. What a transaction costs it then
 * costs once: what one transaction publishes lies in several partitions of the next topic, and would otherwise multiply from
 * service to service. Nobody waits for company longer than for what has come already to be looked at.
 *
 * A partition's outcome stays its own: what fails in company is tried again by each partition alone, and rejects as
 * `consumeBatch` does.
 */
export class GroupCommit {
  private ready: Ready[] = [];

  constructor(
    readonly consumption: Consumption,
    /** Of the topic; the only one has no company to wait for. */
    private readonly partitions: number,
  ) {}

  consume(part: Part): Promise<void> {
    if (this.partitions === 1) return consumeBatch(this.consumption, part.records, part.from);
    const done = Promise.withResolvers<void>();
    if (this.ready.push({ ...part, done }) === 1) setImmediate(() => this.begin());
    return done.promise;
  }

  private begin(): void {
    const { maxBatch = defaultMaxBatch } = this.consumption.subscription;
    const groups = groupsOf(this.ready, maxBatch);
    this.ready = [];
    for (const parts of groups) void this.handle(parts);
  }

  private async handle(parts: readonly Ready[]): Promise<void> {
    const inCompany = parts.length > 1 ? await this.together(parts) : 'each alone';
    for (const { records, from, done } of parts) {
      if (inCompany === 'each alone') consumeBatch(this.consumption, records, from).then(done.resolve, done.reject);
      else if (inCompany === 'done') done.resolve();
      else done.reject(inCompany.fault);
    }
  }

  /** A fault of the database is everybody's; of any other each must find out whose it is. */
  private async together(parts: readonly Ready[]): Promise<'done' | 'each alone' | { fault: unknown }> {
    try {
      await commitParts(this.consumption, parts);
      return 'done';
    } catch (fault) {
      return faultOf(fault) === 'own' ? 'each alone' : { fault };
    }
  }
}

/** Neighbours as long as they are not more than `most` records; one that is more stays alone. */
function groupsOf(parts: readonly Ready[], most: number): Ready[][] {
  const groups: Ready[][] = [];
  let count = Infinity;
  for (const part of parts) {
    count += part.records.length;
    if (count > most) {
      groups.push([]);
      count = part.records.length;
    }
    groups.at(-1)!.push(part);
  }
  return groups;
}
