import { isConflict } from '@baton/persistence/database-faults';
import type { UnitOfWork, UnitWork } from './handler.js';
import { lastPositions } from './outbox-store.js';
import type { Positions } from './record.js';
import { carryCurrent } from './trace-batch.js';
import { type Publisher, transact } from './transact.js';

const conflictAttempts = 3;

/**
 * The transactions of commands and timers. Work that met another transaction (a deadlock or a serialization failure) is
 * run again at once, three times in all; any other error comes through.
 */
export function unitOfWorkOver(publisher: Publisher, ready: () => Promise<void>): UnitOfWork {
  return {
    async run<Result>(work: UnitWork<Result>): Promise<{ result: Result; positions: Positions }> {
      await ready();
      for (let attempt = 1; ; attempt += 1) {
        try {
          const { effects, segments } = await transact(publisher, async (sql) => carryCurrent(await work(sql)));
          return { result: effects.result, positions: lastPositions(segments) };
        } catch (error) {
          if (!isConflict(error) || attempt === conflictAttempts) throw error;
        }
      }
    },
  };
}
