import type { Database, Sql } from '@baton/persistence/sql';
import type { Probe } from './crash-point.js';
import type { Effects } from './handler.js';
import { type Outbox, append } from './outbox-store.js';
import type { Segment } from './segment.js';

/** A service's way to write and publish in one commit. */
export interface Publisher {
  readonly outbox: Outbox;
  readonly database: Database;
  readonly probe: Probe;
  /** Told of segments after their commit. */
  announce(segments: readonly Segment[]): void;
}

/**
 * Runs work and publishes what it answers, in one transaction; the outbox comes last, so that its counters are locked for a
 * moment only. Answers after the commit. When the commit's own outcome is unknown (the connection broke) it rejects and
 * calls `rolledBack`: what the work remembered is then doubtful, the database is not.
 */
export async function transact<Result extends Effects>(
  publisher: Publisher,
  work: (sql: Sql) => Promise<Result>,
): Promise<{ effects: Result; segments: readonly Segment[] }> {
  let effects: Result | undefined;
  const done = await publisher.database
    .transaction(async (sql) => {
      effects = await work(sql);
      const segments = await append(sql, publisher.outbox, effects.publish);
      await publisher.probe.at('after-counter-lock');
      return { effects, segments };
    })
    .catch((error: unknown) => {
      effects?.rolledBack?.();
      throw error;
    });
  await publisher.probe.at('after-commit');
  publisher.announce(done.segments);
  await publisher.probe.at('after-hand-over');
  done.effects.committed?.();
  return done;
}
