import type { Logger } from '@baton/observability/logger';

/**
 * Puts into the log what Node would print as it is: its warnings, and the fault that nobody handles, which ends the process as
 * ever. Printed by Node, an error shows all that it carries, a row of the database too; the log masks that.
 */
export function logLastWords(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.error('a fault that nobody handles ends this process', { error });
    process.exit(1);
  });
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn('Node warns', { warning }));
}
