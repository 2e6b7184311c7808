import type { Logger } from '@baton/observability/logger';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { mkdirSync } from 'node:fs';
import { lockHome } from './home-lock.js';
import type { UndoStack } from './undo-stack.js';

/** Starts the PostgreSQL of a home folder, which nobody else may be using; answers its URL. `undo` stops it again. */
export async function embeddedDatabase(home: string, logger: Logger, undo: UndoStack): Promise<string> {
  mkdirSync(home, { recursive: true });
  const lock = await lockHome(home);
  undo.add(() => lock.release());
  const postgres = await startEmbeddedPostgres({ home, log: logger });
  undo.add(() => postgres.stop());
  return postgres.socketUrl;
}
