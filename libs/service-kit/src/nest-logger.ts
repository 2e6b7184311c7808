import type { Logger } from '@baton/observability/logger';
import type { LoggerService } from '@nestjs/common';

/** Carries what Nest itself has to say into the log; its start-up chatter is left out. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: () => {},
    warn: (message: unknown, context?: unknown) => logger.warn('framework warning', { text: String(message), context }),
    error: (message: unknown, ...details: unknown[]) =>
      logger.error('framework error', { error: message instanceof Error ? message : String(message), details }),
    fatal: (message: unknown) =>
      logger.error('framework failure', { error: message instanceof Error ? message : String(message) }),
  };
}
